/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an approved application to its certificate.
 */
#ifndef RA_ISSUE_H
#define RA_ISSUE_H

#include "tools/ra/desk/desk.h"

/* What is to be signed for. */
typedef struct ra_wanted {
	const ra_request *request;
	const ra_profile *profile;
	X509 **draft;			/* as of ra_order */
} ra_wanted;

/*
 * Issues in the caller's transaction where the authority can: one in this
 * process has signed for nobody until that is over.  Else a serial number is set
 * aside, and what it cannot sign now is told by who carries it on.
 *
 *   cert  out  what is in the store for app
 */
TMG_MUST_USE tmg_rc
ra_issue_at_once(ra_desk *desk, ra_app *app, const ra_wanted *wanted,
    ra_cert *cert);

#endif
