/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An authority's keys and certificates made, each key where it is to stay.
 */
#ifndef RA_CEREMONY_H
#define RA_CEREMONY_H

#include "tools/ra/ca/make.h"

#define RA_ROOT_LIST "root.crl"

/* Secrets are sources for ra_passphrase_read(). */
typedef struct ra_ceremony {
	tmg_ctx *ctx;
	const char *name;
	tmg_alg alg;
	const char *folder;		/* the authority's */
	const char *key, *secret;	/* "" a new key in folder, in the clear when
					 * secret is "" too; or a token's, and its PIN */
	const char *root, *root_secret;	/* "" none; a folder of its own, or a token's key */
	const char *vcard;
	const char *root_name;		/* "" the authority's, and "root" behind it */
	const char *root_crl;		/* where the root's list will be; "" there is none */
} ra_ceremony;

/* The authority that issues, and the one above it, when there is one. */
typedef struct ra_tiers {
	ra_keeper *keeper;
	ra_made ca, root;
} ra_tiers;

void ra_tiers_release(ra_tiers *tiers);

/*
 * Makes folders, keys and certificates: ca.key and ca.pem in the authority's
 * folder; root.key and root.pem in the root's, always encrypted; RA_ROOT_LIST,
 * the root's first list, in the authority's where there shall be one.  Nothing that
 * is there is overwritten.
 *
 * Verdicts  TMG_OCCUPIED  the root's folder holds a root; those of the keys
 */
TMG_MUST_USE tmg_rc
ra_ceremony_hold(const ra_ceremony *c, ra_tiers *tiers, tmg_fault *f);

/* What others know the authority by: the root's certificate, if there is one. */
const X509 *
ra_tiers_anchor(const ra_tiers *tiers);

#endif
