/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an authority's private key is: in this process, or on a token that may
 * be pulled out.
 */
#ifndef RA_KEEPER_H
#define RA_KEEPER_H

#include <openssl/x509.h>

#include "tamga/ctx.h"
#include "tamga/signer.h"

typedef struct ra_keeper ra_keeper;

/*
 *   at_once  signing is arithmetic in this process
 *   sign     calls fn with the private key, once; the key is fn's for the call
 *   lend     as sign, with the key as what the library signs with
 *   close    frees
 *
 * Safe for several threads at once; f is the caller's.
 */
typedef int ra_sign_fn(void *what, EVP_PKEY *key);
typedef tmg_rc ra_lend_fn(void *what, tmg_signer *signer);
typedef struct ra_keeper_ops {
	bool at_once;
	tmg_rc (*sign)(ra_keeper *k, ra_sign_fn *fn, void *what, tmg_fault *f);
	tmg_rc (*lend)(ra_keeper *k, tmg_ctx *ctx, ra_lend_fn *fn, void *what,
	    tmg_fault *f);
	void (*close)(ra_keeper *k);
} ra_keeper_ops;

/* Embed it first in your own structure. */
struct ra_keeper {
	const ra_keeper_ops *ops;
	EVP_PKEY *public;	/* in software: what certificates are made of */
};

/* How a key is found. */
typedef struct ra_keysource {
	const char *key;	/* a PEM file, or a token's: "pkcs11:..." */
	const char *secret;	/* see ra_passphrase_read() */
	const char *vcard;	/* socket of a tamga-vcard; "" readers of the system */
} ra_keysource;

bool ra_keysource_is_token(const char *key);

/*
 * Opens what source names.
 *
 *   cert   whose key it must be: the token is then not asked what it holds and
 *          need not be there now.  NULL: a new authority's
 *
 * Verdicts  TMG_MISMATCH  it is another key than cert's, or the passphrase is
 *                         wrong; TMG_NOT_FOUND; TMG_DENIED (others can read it)
 */
TMG_MUST_USE tmg_rc
ra_keeper_open(tmg_ctx *ctx, const ra_keysource *source, const X509 *cert,
    ra_keeper **keeper, tmg_fault *f);

/* Of a key in this process; takes a reference of its own. */
TMG_MUST_USE tmg_rc
ra_keeper_of(EVP_PKEY *key, ra_keeper **keeper);

/* On a token: see ra_keeper_open(). */
TMG_MUST_USE tmg_rc
ra_keeper_token(tmg_ctx *ctx, const ra_keysource *source, const X509 *cert,
    ra_keeper **keeper, tmg_fault *f);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_keeper_free(ra_keeper **keeper);

/* The hash that fits a key; NULL for one that brings its own. */
const EVP_MD *
ra_keeper_hash(const EVP_PKEY *key);

/* With the hash that fits the key.
 * Verdicts  TMG_REMOVED, TMG_BUSY, ... of a token that is not there, as faults:
 *           TMG_E_IO, because it is nobody's request that is wrong */
TMG_MUST_USE tmg_rc
ra_keeper_sign_cert(ra_keeper *keeper, X509 *cert, tmg_fault *f);
TMG_MUST_USE tmg_rc
ra_keeper_sign_crl(ra_keeper *keeper, X509_CRL *crl, tmg_fault *f);

/* Reads a private key from a PEM file, encrypted or its owner's alone; source
 * is asked only when it is encrypted. */
TMG_MUST_USE tmg_rc
ra_key_load(tmg_ctx *ctx, const char *key_file, const char *source,
    EVP_PKEY **key, tmg_fault *f);

/* Verdicts TMG_DENIED: pem, read from file, is a key in the clear that others
 * than its owner can read. */
TMG_MUST_USE tmg_rc
ra_key_private(const char *file, const uint8_t *pem, tmg_fault *f);

#endif
