/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who hands a request in: told by its challengePassword (RFC 2985 5.4.1).
 */
#ifndef RA_SCEP_WHO_H
#define RA_SCEP_WHO_H

#include "tools/ra/desk/challenge.h"
#include "tools/ra/scep/talk.h"

typedef struct ra_guest {
	char name[RA_OWNER_MAX];	/* an account, or an application's number */
	bool by_number;
	bool once;			/* by a challenge, which is there then */
	ra_challenge challenge;
	const ra_profile *profile;	/* NULL by number: the application's own */
} ra_guest;

/* Verdicts  TMG_DENIED  it opens nothing, or not what is asked for here
 *           TMG_NOT_FOUND  the profile that the address names is none */
TMG_MUST_USE tmg_rc
ra_scep_who(ra_talk *t, X509_REQ *req, ra_guest *guest);

#endif
