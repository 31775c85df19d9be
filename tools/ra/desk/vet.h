/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request that a profile would take, before it is taken in.
 */
#ifndef RA_VET_H
#define RA_VET_H

#include "tools/ra/desk/desk.h"

typedef struct ra_vet {
	const ra_profile *profile;
	const ra_request *request;
	const char *own;	/* the application that hands it in; "" a new one */
	const char *kept_key;	/* SHA-256 of the key that a renewal may keep, or "" */
	X509 **draft;		/* what the authority would sign, to be signed; NULL:
				 * nobody keeps it */
	bool spent;		/* its challengePassword opens nothing any more */
} ra_vet;

/*
 * Its key belongs to no other application and to no certificate that was
 * revoked.  In the caller's transaction, so that it stays so.
 *
 * Verdicts  TMG_DENIED  the key was used before
 */
TMG_MUST_USE tmg_rc
ra_vet_key(ra_desk *desk, const ra_vet *in);

/*
 * The authority would sign what is asked for: the applicant hears of it now,
 * not when an officer has worked on it.  Takes some milliseconds of RSA keys.
 *
 * Verdicts  TMG_MISMATCH  the certificate would be none to be signed
 *           TMG_UNSUPPORTED  the authority's own certificate has expired
 */
TMG_MUST_USE tmg_rc
ra_vet_draft(ra_desk *desk, const ra_vet *in);

/* From when to when a certificate issued now for days is valid: never longer than the
 * authority that vouches for it.  Verdicts TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
ra_vet_validity(ra_desk *desk, int days, ra_cert *cert);

#endif
