/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making an authority: keys, its own certificate, a server's certificate.
 */
#ifndef RA_MAKE_H
#define RA_MAKE_H

#include "tools/ra/ca/ca.h"

/* What is made; X509 and EVP_PKEY are owned. */
typedef struct ra_made {
	EVP_PKEY *key;
	X509 *cert;
	char serial[TMG_SERIAL_MAX];
	time_t not_before, not_after;
} ra_made;

void ra_made_release(ra_made *made);

/* A self-signed CA certificate, RFC 5280 4.2.1.9 with pathLenConstraint 0,
 * for name as its CN.  Faults TMG_E_USAGE: name does not fit a CN. */
TMG_MUST_USE tmg_rc
ra_make_ca(tmg_ctx *ctx, const char *name, tmg_alg alg, int days, ra_made *made,
    tmg_fault *f);

/* A certificate for an HTTPS server at the hosts: names or addresses. */
TMG_MUST_USE tmg_rc
ra_make_server(tmg_ctx *ctx, const ra_made *ca, const char *const *hosts,
    size_t count, int days, ra_made *made, tmg_fault *f);

/* PEM; a passphrase encrypts the key (PKCS#8, AES-256). */
TMG_MUST_USE tmg_rc
ra_write_key(const EVP_PKEY *key, tmg_view passphrase, const char *path,
    tmg_fault *f);
TMG_MUST_USE tmg_rc
ra_write_cert(const X509 *cert, const char *path, tmg_fault *f);

#endif
