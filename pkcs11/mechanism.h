/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanisms: what each is made of, as data.
 */
#ifndef TMG_PKCS11_MECHANISM_H
#define TMG_PKCS11_MECHANISM_H

#include "pkcs11/cryptoki.h"
#include "tamga/driver.h"

#define P11_FAMILY(name) (1u << TMG_FAMILY_##name)
#define P11_CURVES (P11_FAMILY(EC) | P11_FAMILY(ED) | P11_FAMILY(X))

typedef enum tmg_p11_params {
	P11_PARAMS_NONE,
	P11_PARAMS_PSS,
	P11_PARAMS_OAEP,
	P11_PARAMS_EDDSA,	/* none, or those of pure Ed25519 */
	P11_PARAMS_ECDH,
} tmg_p11_params;

typedef struct tmg_p11_mechanism {
	CK_MECHANISM_TYPE type;
	unsigned families;	/* of its keys: P11_FAMILY() */
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

/* How a secret is derived. */
typedef struct tmg_p11_derive_spec {
	tmg_hash kdf;		/* of X9.63; NONE: the secret as it is */
	tmg_view shared;	/* goes into the KDF; the caller's */
	tmg_view peer;		/* as given: a point, maybe in an OCTET STRING */
} tmg_p11_derive_spec;

CK_RV
tmg_p11_mechanism_derive(const tmg_p11_mechanism *row,
    const CK_MECHANISM *given, tmg_p11_derive_spec *spec);

/* Nothing may be given beside the mechanism. */
CK_RV
tmg_p11_mechanism_plain(const CK_MECHANISM *given);

static inline bool
tmg_p11_mechanism_takes(const tmg_p11_mechanism *row, tmg_alg alg)
{
	return (row->families & 1u << tmg_alg_get(alg)->family) != 0;
}

/* Are its keys used so at all: is the padding left to us, or so by itself; does it
 * agree on secrets? */
bool
tmg_p11_mechanism_able(const tmg_p11_mechanism *row,
    const tmg_backend_info *info);

/* Can this token do it with a key that it may hold? */
bool
tmg_p11_mechanism_fits(const tmg_p11_mechanism *row,
    const tmg_backend_info *info);

#endif
