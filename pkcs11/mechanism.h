/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanisms: what each is made of, as data.
 */
#ifndef TMG_PKCS11_MECHANISM_H
#define TMG_PKCS11_MECHANISM_H

#include "pkcs11/cryptoki.h"
#include "tamga/signer.h"

typedef enum tmg_p11_params {
	P11_PARAMS_NONE,
	P11_PARAMS_PSS,
	P11_PARAMS_OAEP,
	P11_PARAMS_EDDSA,	/* none, or those of pure Ed25519 */
} tmg_p11_params;

typedef struct tmg_p11_mechanism {
	CK_MECHANISM_TYPE type;
	tmg_family family;
	tmg_scheme scheme;
	tmg_hash hash;		/* made here; NONE: the input is what is signed */
	tmg_p11_params params;
	tmg_padding padding;	/* of those that decrypt */
	CK_FLAGS flags;		/* CKF_SIGN and so on */
} tmg_p11_mechanism;

extern const tmg_p11_mechanism tmg_p11_mechanisms[];
extern const size_t tmg_p11_mechanism_count;

/* NULL: no such mechanism. */
const tmg_p11_mechanism *
tmg_p11_mechanism_get(CK_MECHANISM_TYPE type);

/* The specification of a signature, parameters checked before they are read. */
CK_RV
tmg_p11_mechanism_sign(const tmg_p11_mechanism *row, const CK_MECHANISM *given,
    tmg_sign_spec *spec);

/* The same of en- and decryption; the label is the caller's still. */
CK_RV
tmg_p11_mechanism_decrypt(const tmg_p11_mechanism *row,
    const CK_MECHANISM *given, tmg_decrypt_spec *spec);

/* Can a token with these algorithms have a key for it? */
bool
tmg_p11_mechanism_fits(const tmg_p11_mechanism *row, uint32_t algs);

#endif
