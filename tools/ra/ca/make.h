/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making an authority: keys, its own certificate, a server's certificate.
 */
#ifndef RA_MAKE_H
#define RA_MAKE_H

#include "tools/ra/ca/ca.h"

/* What is made; X509 and EVP_PKEY are owned.  key is NULL where it stays on a
 * token. */
typedef struct ra_made {
	EVP_PKEY *key;
	X509 *cert;
	char serial[TMG_SERIAL_MAX];
	time_t not_before, not_after;
} ra_made;

void ra_made_release(ra_made *made);

/* An authority to be made. */
typedef struct ra_making {
	const char *name;	/* its CN */
	EVP_PKEY *public;
	const X509 *issuer;	/* NULL: itself */
	ra_keeper *signer;	/* the issuer's key */
	int days;		/* never longer than the issuer */
	int below;		/* pathLenConstraint, RFC 5280 4.2.1.9 */
	const char *crl;	/* where the issuer's list is; NULL unsaid */
} ra_making;

/* Its certificate.  Faults TMG_E_USAGE: name does not fit a CN. */
TMG_MUST_USE tmg_rc
ra_make_authority(tmg_ctx *ctx, const ra_making *making, ra_made *made,
    tmg_fault *f);

/* A new key; NULL, with libcrypto's reason, when there can be none. */
EVP_PKEY *
ra_make_key(tmg_ctx *ctx, tmg_alg alg);

/* A new key and a certificate that it signs itself, for name as its CN, for an
 * authority with none below.  Faults as ra_make_authority(). */
TMG_MUST_USE tmg_rc
ra_make_ca(tmg_ctx *ctx, const char *name, tmg_alg alg, int days, ra_made *made,
    tmg_fault *f);

/* A certificate for an HTTPS server at the hosts: names or addresses. */
TMG_MUST_USE tmg_rc
ra_make_server(tmg_ctx *ctx, X509 *issuer, ra_keeper *signer,
    const char *const *hosts, size_t count, int days, ra_made *made,
    tmg_fault *f);

/* PEM; a passphrase encrypts the key (PKCS#8, PBES2 with scrypt and AES-256:
 * RFC 7914, RFC 8018 6.2). */
TMG_MUST_USE tmg_rc
ra_write_key(const EVP_PKEY *key, tmg_view passphrase, const char *path,
    tmg_fault *f);
/* PEM: cert, and above behind it unless that is NULL. */
TMG_MUST_USE tmg_rc
ra_write_cert(const X509 *cert, const X509 *above, const char *path,
    tmg_fault *f);

#endif
