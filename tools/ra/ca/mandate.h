/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a deputy may sign in the authority's name: a certificate of its own says
 * it, so the authority's key is left alone.
 */
#ifndef RA_MANDATE_H
#define RA_MANDATE_H

#include "tools/ra/ca/ca.h"

typedef struct ra_mandate {
	const char *name;		/* its CN; the authority's is its O */
	const char *key_usage;		/* in OpenSSL's words */
	const char *ext_key_usage;	/* likewise */
	bool nocheck;			/* nobody need ask whether it was revoked */
} ra_mandate;

extern const ra_mandate ra_mandate_ocsp;	/* RFC 6960 4.2.2.2 */
extern const ra_mandate ra_mandate_cmp;		/* RFC 9480 2.2, id-kp-cmcRA */
extern const ra_mandate ra_mandate_server;	/* RFC 5280 4.2.1.12, id-kp-serverAuth */
extern const ra_mandate ra_mandate_scep;	/* RFC 8894 2.1.2: to it is encrypted */

/* One to be appointed. */
typedef struct ra_appointment {
	const ra_mandate *mandate;
	EVP_PKEY *key;			/* public */
	const char *serial;
	time_t not_before, not_after;
	const ra_points *points;
	const GENERAL_NAMES *san;	/* where it is found; NULL: nobody asks */
} ra_appointment;

/* Whether a certificate, of whomever, is for that.  Faults TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
ra_mandate_fits(const ra_mandate *mandate, X509 *cert, bool *fits);

/* Its certificate, but for the signature.  Faults TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
ra_mandate_draw(X509 *cert, X509 *issuer, const ra_appointment *a);

#endif
