/* SPDX-License-Identifier: BSD-2-Clause */
/* The access code of an application. */
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case-parts.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/life/audit.h"

#define CODE_MIN 8		/* characters of a code that people choose */

static tmg_rc
put_account(ra_desk *d, const char *id, tmg_view code)
{
	ra_user user = { .role = "application" };
	tmg_rc rc;

	snprintf(user.name, sizeof(user.name), "%s", id);
	if ((rc = ra_password_hash(code, user.password)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	return (rc = ra_user_put(d->store, &user)) ? ra_desk_says(d, rc) : TMG_OK;
}

bool
ra_case_mails_code(const ra_profile *profile)
{
	return profile->flow.line[0] == RA_REGISTERED;
}

/* A code that is mailed proves that the mail arrived: nobody can make it. */
static tmg_rc
choose_code(ra_desk *d, const ra_profile *profile, const char *once,
    char code[RA_CODE_MAX])
{
	const tmg_rc rc = once == NULL || ra_case_mails_code(profile) ?
	    ra_number_new(d->office->ctx, code, RA_CODE_MAX) :
	    ra_number_from("code", once, code, RA_CODE_MAX);

	return rc ? tmg_raise(&d->fault, rc, 0,
	    _("no random numbers to be had")) : TMG_OK;
}

tmg_rc
ra_case_make_code(ra_desk *d, const ra_profile *profile, const char *once,
    const ra_app *app, char code[RA_CODE_MAX])
{
	tmg_rc rc;

	code[0] = '\0';
	if ((rc = choose_code(d, profile, once, code)))
		return rc;
	return put_account(d, app->id, tmg_view_str(code));
}

tmg_rc
ra_case_same_code(ra_desk *d, const ra_profile *profile, const char *once,
    const ra_app *app, char code[RA_CODE_MAX])
{
	ra_user user;
	tmg_rc rc;

	code[0] = '\0';
	if (ra_case_mails_code(profile))
		return TMG_OK;
	if ((rc = choose_code(d, profile, once, code)))
		return rc;
	if ((rc = ra_user_get(d->store, app->id, &user)) == TMG_OK)
		rc = ra_password_verify(tmg_view_str(code), user.password);
	if (rc != TMG_OK)
		code[0] = '\0';
	return tmg_is_fault(rc) ? ra_desk_says(d, rc) : TMG_OK;
}

static tmg_rc
check_new_code(ra_desk *d, tmg_view old, tmg_view new)
{
	if (new.len < CODE_MIN)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the new code must have %d characters at least"), CODE_MIN);
	if (tmg_view_equal(old, new))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the new code must not be the old one"));
	return TMG_OK;
}

static tmg_rc
check_old_code(ra_desk *d, const char *id, tmg_view old)
{
	ra_user user;
	tmg_rc rc = ra_user_get(d->store, id, &user);

	if (rc == TMG_OK)
		rc = ra_password_verify(old, user.password);
	if (tmg_is_fault(rc))
		return ra_desk_says(d, rc);
	return rc == TMG_OK ? TMG_OK : tmg_raise(&d->fault, TMG_PIN_WRONG, 0,
	    _("this is not the access code of application %s"), id);
}

tmg_rc
ra_case_change_code(ra_desk *d, const char *id, tmg_view old, tmg_view new,
    ra_app *app)
{
	const ra_actor self = { RA_BY_APPLICANT, "applicant" };
	tmg_auto(ra_txn) txn = { NULL };
	const ra_profile *profile;
	tmg_rc rc;

	if ((rc = ra_case_open(d, &txn, id, app, &profile)) ||
	    (rc = check_old_code(d, id, old)) ||
	    (rc = check_new_code(d, old, new)) ||
	    (rc = put_account(d, id, new)))
		return rc;
	if (app->state == RA_REGISTERED &&
	    (rc = ra_desk_step(d, app, RA_EV_ACTIVATE, &self, "")))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_case_new_code(ra_desk *d, const char *id, const ra_actor *officer,
    ra_app *app, char code[RA_CODE_MAX])
{
	tmg_auto(ra_txn) txn = { NULL };
	const ra_profile *profile;
	tmg_rc rc;

	code[0] = '\0';
	if ((rc = ra_case_open(d, &txn, id, app, &profile)) ||
	    (rc = ra_case_make_code(d, profile, NULL, app, code)) ||
	    (rc = ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = officer->name, .event = "new-code", .app = app->id,
	    .detail = "" }, &d->fault)))
		return rc;
	return ra_desk_commit(d, &txn);
}
