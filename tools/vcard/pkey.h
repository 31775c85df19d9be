/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys and what a card computes with them, whichever application
 * holds them.
 */
#ifndef VCARD_PKEY_H
#define VCARD_PKEY_H

#include <openssl/types.h>

#include "tamga/alg.h"

#define VC_PKEY_RESULT_MAX 600	/* bytes of what one operation gives */

/* One that a card keeps. */
typedef struct vc_pkey {
	tmg_alg alg;		/* TMG_ALG_NONE: there is none */
	uint8_t *der;		/* PrivateKeyInfo, what the state file holds */
	size_t der_len;
	EVP_PKEY *pkey;
} vc_pkey;

/* Takes pkey over, also when it fails; what was there is dropped. */
TMG_MUST_USE tmg_rc
vc_pkey_keep(vc_pkey *key, tmg_alg alg, EVP_PKEY *pkey);
void
vc_pkey_drop(vc_pkey *key);

TMG_MUST_USE tmg_rc
vc_pkey_generate(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY **pkey);

/* Public objects as ISO/IEC 7816-8 table 3 has them inside 7F49: 81 modulus and
 * 82 exponent, or 86 point. */
TMG_MUST_USE tmg_rc
vc_pkey_public(tmg_alg alg, const EVP_PKEY *pkey, tmg_out *out);

/* ---- from outside: pkey_import.c -------------------------------------------- */
/* Parts of an RSA key; an empty view: was not given.  p and q must be. */
typedef struct vc_rsa_parts {
	tmg_view e;		/* not given: 65537 */
	tmg_view p, q, dp, dq, qinv;
	tmg_view n;
} vc_rsa_parts;

/* Whatever was given must agree.  Faults TMG_E_MALFORMED: no such key can be. */
TMG_MUST_USE tmg_rc
vc_pkey_of_rsa(tmg_alg alg, OSSL_LIB_CTX *lib, const vc_rsa_parts *parts, EVP_PKEY **pkey);
/* Of a scalar (EC, big-endian) or the 32 bytes of RFC 8032 and RFC 7748. */
TMG_MUST_USE tmg_rc
vc_pkey_of_scalar(tmg_alg alg, OSSL_LIB_CTX *lib, tmg_view scalar, EVP_PKEY **pkey);

/* PrivateKeyInfo (RFC 5208), what a state file holds; free with
 * OPENSSL_clear_free().  Decoding wants a key of just that algorithm. */
TMG_MUST_USE tmg_rc
vc_pkey_encode(EVP_PKEY *pkey, uint8_t **der, size_t *len);
TMG_MUST_USE tmg_rc
vc_pkey_decode(tmg_alg alg, OSSL_LIB_CTX *lib, tmg_view der, EVP_PKEY **pkey);

/* ---- private operations ------------------------------------------------------ */
/* What a command answers that did one of these. */
uint16_t
vc_pkey_sw(tmg_rc rc);

/* Raw RSA, ECDSA (DER) of a hash, EdDSA of a message.
 * Verdicts TMG_UNSUPPORTED: not with this kind of key.
 * Faults TMG_E_MALFORMED: the input is not what this key takes. */
TMG_MUST_USE tmg_rc
vc_pkey_private(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out);

/* RSA with the padding of PKCS#1 v1.5 put on or taken off by the card. */
TMG_MUST_USE tmg_rc
vc_pkey_rsa_sign(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view info, tmg_out *out);
TMG_MUST_USE tmg_rc
vc_pkey_rsa_decrypt(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out);
/* ... of OAEP with SHA-1 (RFC 8017 7.1). */
TMG_MUST_USE tmg_rc
vc_pkey_rsa_oaep(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out);

/* ECDSA as r and s, each as long as the field. */
TMG_MUST_USE tmg_rc
vc_pkey_ecdsa_flat(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out);

/* The shared secret with a public point.  As vc_pkey_private(). */
TMG_MUST_USE tmg_rc
vc_pkey_derive(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out);

#endif
