/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deputies: each has a key of its own, and a certificate that lets it sign one
 * kind of thing in the authority's name.  Keys and certificates are made where
 * there are none, and certificates are renewed, by whoever needs them first.
 * Processes that share a key share its certificate.
 */
#ifndef RA_DEPUTY_H
#define RA_DEPUTY_H

#include "tools/ra/ca/mandate.h"
#include "tools/ra/desk/desk.h"

/* Constant once opened. */
typedef struct ra_deputy {
	const ra_mandate *mandate;
	const char *purpose;
	ra_keeper *keeper;
	char spki_hash[RA_HASH_TEXT];
	int days;
	X509 *given;			/* its certificate, of an authority upstream;
					 * NULL: ours appoints it */
} ra_deputy;

/* Opens the keys that ra.conf names; one in a file that is not there is made.
 * Verdicts as ra_keeper_open(). */
TMG_MUST_USE tmg_rc
ra_deputies_open(ra_office *office, tmg_fault *f);
void
ra_deputies_release(ra_office *office);

/*
 * The certificate that deputy has now; made when there is none, or a third of
 * its time is left.
 *
 * Verdicts  TMG_DENIED  it was revoked: the key must be replaced; one that was
 *                       given to us has expired
 */
TMG_MUST_USE tmg_rc
ra_deputy_now(ra_desk *desk, const ra_deputy *deputy, ra_cert *cert);

#endif
