/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root that was fetched from where it lies: what it signs for the authority
 * below it, years after both were made.
 */
#ifndef RA_ROOT_H
#define RA_ROOT_H

#include "tools/ra/ca/keeper.h"
#include "tools/ra/desk/conf.h"

#define RA_ROOT_LIST_DAYS 180	/* a root is not fetched more often than needed */

/* The certificates of an authority, and its root's key. */
typedef struct ra_root {
	tmg_ctx *ctx;
	ra_keeper *keeper;
	X509 *cert;		/* the root's */
	X509 *ca;		/* the authority's that issues */
} ra_root;

void ra_root_release(ra_root *root);

/*
 * Opens it: place is the folder that init made, or a token's key.  Which root it
 * is, says the authority's own file of certificates.
 *
 * Verdicts  TMG_UNSUPPORTED  the authority has none above it
 *           TMG_MISMATCH     another root's key, or a wrong passphrase
 */
TMG_MUST_USE tmg_rc
ra_root_open(tmg_ctx *ctx, const ra_config *config, const ra_keysource *place,
    ra_root *root, tmg_fault *f);

/*
 * A new certificate for the authority: its name, its key, and so many days, but
 * not beyond the root's.
 *
 *   crl   in   where the root's list will be; NULL unsaid
 *
 * Verdicts  TMG_UNSUPPORTED  the root has ended
 */
TMG_MUST_USE tmg_rc
ra_root_renew(ra_root *root, int days, const char *crl, X509 **cert, tmg_fault *f);

/*
 * The root's next revocation list: what stood on the one before, and serial.
 *
 *   before   in   DER; empty: it is the first
 *   serial   in   "" nobody more
 *
 * Verdicts  TMG_MISMATCH  before is no list of this root's; serial is no number
 *           TMG_OCCUPIED  serial stands on it already
 */
TMG_MUST_USE tmg_rc
ra_root_list(ra_root *root, tmg_view before, const char *serial, int reason,
    int days, uint8_t **der, size_t *len, int64_t *number, tmg_fault *f);

#endif
