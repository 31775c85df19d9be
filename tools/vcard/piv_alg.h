/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The algorithms of PIV keys, by the identifiers that the standard gives them.
 */
#ifndef VCARD_PIV_ALG_H
#define VCARD_PIV_ALG_H

#include <openssl/types.h>

#include "tools/vcard/pkey.h"

/* SP 800-78-4 table 6-2; 05, 16, E0, E1 Yubico's and, but for 16, SP 800-78-5's. */
typedef struct vc_alg {
	uint8_t id;
	tmg_alg alg;
	bool standard;		/* on a card without extensions */
	uint8_t since[2];	/* first firmware that has it */
} vc_alg;

extern const vc_alg vc_alg_none;

/* The row, or &vc_alg_none. */
const vc_alg *
vc_alg_of_id(uint8_t id);
const vc_alg *
vc_alg_of(tmg_alg alg);

/* A key from the fields 01..08 of Yubico's import command.
 * Faults TMG_E_MALFORMED (also: no such key can be), TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
vc_alg_import(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey);

#endif
