/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of keys, hashes and paddings, by name.
 */
#ifndef TAMGA_ALG_H
#define TAMGA_ALG_H

#include "tamga/view.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tmg_alg {
	TMG_ALG_NONE,		/* not known */
	TMG_ALG_RSA1024,
	TMG_ALG_RSA2048,
	TMG_ALG_RSA3072,
	TMG_ALG_RSA4096,
	TMG_ALG_P256,
	TMG_ALG_P384,
	TMG_ALG_P521,
	TMG_ALG_BP256,
	TMG_ALG_BP384,
	TMG_ALG_BP512,
	TMG_ALG_ED25519,
	TMG_ALG_X25519,
	TMG_ALG_COUNT
} tmg_alg;

typedef enum tmg_family {
	TMG_FAMILY_NONE,
	TMG_FAMILY_RSA,
	TMG_FAMILY_EC,		/* short Weierstrass: ECDSA and ECDH */
	TMG_FAMILY_ED,		/* Edwards: EdDSA */
	TMG_FAMILY_X,		/* Montgomery: ECDH only */
} tmg_family;

typedef struct tmg_alg_row {
	tmg_alg alg;
	tmg_family family;
	const char *name;	/* what people type: "rsa:2048", "ec:p256", "ed25519" */
	const char *group;	/* libcrypto's name: "P-256"; NULL for RSA */
	unsigned bits;		/* modulus or field */
} tmg_alg_row;

/* The row of alg; the row "none" for what is no algorithm. */
TMG_API const tmg_alg_row *
tmg_alg_get(tmg_alg alg);

/* Verdicts TMG_NOT_FOUND.  Case does not matter; "rsa" means rsa:2048, "ec" means ec:p256. */
TMG_API TMG_MUST_USE tmg_rc
tmg_alg_parse(const char *name, tmg_alg *alg);

/* The size of an RSA modulus or of one coordinate, in bytes. */
TMG_API size_t
tmg_alg_bytes(tmg_alg alg);

typedef enum tmg_hash {
	TMG_HASH_NONE,
	TMG_HASH_SHA1,
	TMG_HASH_SHA224,
	TMG_HASH_SHA256,
	TMG_HASH_SHA384,
	TMG_HASH_SHA512,
	TMG_HASH_COUNT
} tmg_hash;

/* libcrypto's name, "SHA256"; NULL for TMG_HASH_NONE. */
TMG_API const char *
tmg_hash_name(tmg_hash hash);

/* Bytes of a digest, 0 for TMG_HASH_NONE. */
TMG_API size_t
tmg_hash_bytes(tmg_hash hash);

/* "sha256", "SHA-256" and "SHA2-256" are the same.  Verdicts TMG_NOT_FOUND. */
TMG_API TMG_MUST_USE tmg_rc
tmg_hash_parse(const char *name, tmg_hash *hash);

#ifdef __cplusplus
}
#endif

#endif
