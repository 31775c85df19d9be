/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an OpenSSL key of our provider is: a public half in software and, for
 * a token's key, the signer that has the private half.
 */
#ifndef TMG_PKI_PKEY_H
#define TMG_PKI_PKEY_H

#include <openssl/core_dispatch.h>
#include <openssl/types.h>
#include <pthread.h>

#include "tamga/signer.h"

#define TMG_PROVIDER "tamga"
/* Finds public operations in any provider but ours. */
#define TMG_NOT_OURS "provider!=tamga"
/* Key data: a pointer to the signer, OSSL_PARAM_OCTET_PTR. */
#define TMG_PARAM_SIGNER "tamga-signer"

typedef struct tmg_provider {
	OSSL_LIB_CTX *libctx;
} tmg_provider;

typedef struct tmg_pkey {
	unsigned refs;
	OSSL_LIB_CTX *libctx;
	const char *type;	/* OpenSSL's name: "RSA" */
	EVP_PKEY *public;	/* NULL: still empty */
	bool whole;		/* public is a key, not only parameters */
	tmg_signer *signer;	/* NULL: a public key, somebody's peer */
	pthread_mutex_t turn;	/* one operation of the signer at a time */
} tmg_pkey;

tmg_pkey *
tmg_pkey_new(tmg_provider *provider, const char *type);
tmg_pkey *
tmg_pkey_ref(tmg_pkey *key);
/* Accepts NULL. */
void
tmg_pkey_unref(tmg_pkey *key);

/* The private operations, one at a time; the reason of a refusal goes to the
 * signer's fault and in short onto OpenSSL's error queue. */
TMG_MUST_USE bool
tmg_pkey_sign(tmg_pkey *key, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig);
TMG_MUST_USE bool
tmg_pkey_decrypt(tmg_pkey *key, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain);
TMG_MUST_USE bool
tmg_pkey_derive(tmg_pkey *key, tmg_view peer, tmg_out *secret);

/* Bytes of the longest signature, from the public half. */
size_t
tmg_pkey_size(const tmg_pkey *key);

/* The hash that name or md is; TMG_HASH_NONE for those we have not. */
tmg_hash
tmg_hash_of(const EVP_MD *md);

/* A row of a dispatch table; the function was declared by its own type. */
#define TMG_ROW(id, fn) { OSSL_FUNC_##id, (void (*)(void))(fn) }
#define TMG_ROWS_END { 0, NULL }

extern const OSSL_DISPATCH tmg_keymgmt_rsa[], tmg_keymgmt_ec[],
    tmg_keymgmt_ed25519[], tmg_keymgmt_x25519[];
extern const OSSL_DISPATCH tmg_signature_rsa[], tmg_signature_ecdsa[],
    tmg_signature_eddsa[];
extern const OSSL_DISPATCH tmg_cipher_rsa[];
extern const OSSL_DISPATCH tmg_exchange_ecdh[], tmg_exchange_x25519[];

#endif
