/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accounts: who may come in, and as what.
 */
#ifndef RA_ACCOUNT_H
#define RA_ACCOUNT_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/desk/number.h"

#define RA_ROLE_APPLICANT "applicant"	/* enrolls */
#define RA_ROLE_OFFICER "officer"	/* decides about applications */
#define RA_ROLE_OPERATOR "operator"	/* runs the authority, and decides nothing */
#define RA_ROLE_CLOSED "closed"		/* nothing */

/* Whether an account can be given that role. */
bool
ra_role_ok(const char *role);

/*
 * Makes the account user, or changes all but its name, and audits.
 *
 *   actor      for the log: "operator:olga"
 *   password   of the account; empty: one that nobody knows is made, as for who
 *              comes with a certificate
 *
 * Verdicts  TMG_OCCUPIED  the certificate is another account's
 */
TMG_MUST_USE tmg_rc
ra_account_put(ra_desk *desk, ra_user *user, tmg_view password,
    const char *actor);

/*
 * Names der, a certificate, as the one that user comes with, and notes when it
 * begins and ends.  Nothing is stored.
 *
 * Verdicts  TMG_MISMATCH  it cannot be read
 */
TMG_MUST_USE tmg_rc
ra_account_name(ra_user *user, tmg_view der, tmg_fault *f);

/*
 * A new account of staff, or an old one that begins anew: its certificate is
 * void, and password opens it once, to tie another.
 *
 * Verdicts  TMG_DENIED  it is the actor's own, or it is an applicant's
 */
TMG_MUST_USE tmg_rc
ra_account_invite(ra_desk *desk, ra_user *user, const char *actor,
    char password[RA_CODE_MAX]);

/*
 * From now on the certificate der opens the account user, as it is in the store,
 * and its password nothing.
 *
 * Verdicts  TMG_OCCUPIED  it is another account's
 */
TMG_MUST_USE tmg_rc
ra_account_tie(ra_desk *desk, ra_user *user, tmg_view der);

/*
 * Nobody comes in by it any more; what it did stays in the audit log.
 *
 * Verdicts  TMG_NOT_FOUND; TMG_DENIED as ra_account_invite()
 */
TMG_MUST_USE tmg_rc
ra_account_close(ra_desk *desk, const char *name, const char *actor);

#endif
