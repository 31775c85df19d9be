/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA padding on the host, for tokens that only do the raw operation; RFC 8017.
 *
 * What these make is as long as the modulus and goes to RSASP1 as it is; what
 * they take is what RSADP gave.  Nothing of the process's default library
 * context is used.
 */
#ifndef TMG_PKI_PADDING_H
#define TMG_PKI_PADDING_H

#include <openssl/types.h>

#include "tamga/signer.h"

/*
 * What a raw RSA operation must sign for spec: one call for drivers.
 *
 *   bits    of the modulus, at most 8192
 *   em      out, (bits + 7) / 8 bytes
 *
 * Faults  TMG_E_USAGE: input or salt do not fit spec and modulus
 */
TMG_MUST_USE tmg_rc
tmg_pad_sign(OSSL_LIB_CTX *libctx, const tmg_sign_spec *spec, tmg_view input,
    size_t bits, tmg_out *em);

/* The message inside what a raw RSA operation decrypted.
 * Faults TMG_E_MALFORMED: the padding is wrong, no matter where. */
TMG_MUST_USE tmg_rc
tmg_unpad(OSSL_LIB_CTX *libctx, const tmg_decrypt_spec *spec, tmg_view em,
    tmg_out *plain);

/* EMSA-PKCS1-v1_5 (9.2).  input is a digest made by hash; with TMG_HASH_NONE
 * it is the whole of T.  k: bytes of the modulus. */
TMG_MUST_USE tmg_rc
tmg_pad_pkcs1(tmg_hash hash, tmg_view input, size_t k, tmg_out *em);

/* EMSA-PSS (9.1.1) with a fresh random salt of spec->salt_len bytes. */
TMG_MUST_USE tmg_rc
tmg_pad_pss(OSSL_LIB_CTX *libctx, const tmg_sign_spec *spec, tmg_view digest,
    size_t bits, tmg_out *em);

/* EME-PKCS1-v1_5 decoding (7.2.2), EME-OAEP decoding (7.1.2), both in time
 * that does not tell what was wrong. */
TMG_MUST_USE tmg_rc
tmg_unpad_pkcs1(tmg_view em, tmg_out *plain);
TMG_MUST_USE tmg_rc
tmg_unpad_oaep(OSSL_LIB_CTX *libctx, const tmg_decrypt_spec *spec, tmg_view em,
    tmg_out *plain);

/* DigestInfo (RFC 8017 9.2, note 1) of a digest: what PKCS#1 v1.5 signs. */
TMG_MUST_USE tmg_rc
tmg_digest_info(tmg_hash hash, tmg_view digest, tmg_out *t);

#endif
