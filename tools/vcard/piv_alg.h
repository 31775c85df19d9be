/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The algorithms of private keys and what the card computes with them.
 */
#ifndef VCARD_PIV_ALG_H
#define VCARD_PIV_ALG_H

#include <openssl/types.h>

#include "tamga/alg.h"

/* SP 800-78-4 table 6-2; 05, 16, E0, E1 Yubico's and, but for 16, SP 800-78-5's. */
typedef struct vc_alg {
	uint8_t id;
	tmg_alg alg;
	const char *type;	/* libcrypto's name of the kind of key */
	bool standard;		/* on a card without extensions */
	uint8_t since[2];	/* first firmware that has it */
} vc_alg;

extern const vc_alg vc_alg_none;

/* The row, or &vc_alg_none. */
const vc_alg *
vc_alg_of_id(uint8_t id);
const vc_alg *
vc_alg_of(tmg_alg alg);

TMG_MUST_USE tmg_rc
vc_alg_generate(const vc_alg *alg, OSSL_LIB_CTX *lib, EVP_PKEY **pkey);

/* A key from the fields 01..08 of Yubico's import command.
 * Faults TMG_E_MALFORMED (also: no such key can be), TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
vc_alg_import(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey);

/* The objects that stand inside 7F49 (SP 800-73-4 part 2 table 11). */
TMG_MUST_USE tmg_rc
vc_alg_public(const vc_alg *alg, const EVP_PKEY *pkey, tmg_out *out);

/* The private operation on a challenge (tag 81): raw RSA, ECDSA, EdDSA.
 * Verdicts TMG_UNSUPPORTED: not with this kind of key.
 * Faults TMG_E_MALFORMED: the input is not what this key takes. */
TMG_MUST_USE tmg_rc
vc_alg_private(const vc_alg *alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in,
    tmg_out *out);

/* The shared secret with a public point (tag 85).  As vc_alg_private(). */
TMG_MUST_USE tmg_rc
vc_alg_derive(const vc_alg *alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in,
    tmg_out *out);

#endif
