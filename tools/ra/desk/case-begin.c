/* SPDX-License-Identifier: BSD-2-Clause */
/* How an application begins: by its applicant, at the counter, or by a program
 * that may ask again. */
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case-parts.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/life/audit.h"

/* An application that nobody has an account for owns itself. */
static tmg_rc
draft(ra_desk *d, const ra_profile *profile, const char *once, ra_app *app)
{
	tmg_rc rc;

	*app = (ra_app){ .state = RA_NONE, .created = ra_desk_now(d) };
	app->changed = app->created;
	snprintf(app->profile, sizeof(app->profile), "%.*s",
	    (int)sizeof(app->profile) - 1, profile->name);
	snprintf(app->language, sizeof(app->language), "%s",
	    d->language != NULL ? d->language : "");
	ra_flow_print(&profile->flow, app->flow);
	rc = once == NULL ?
	    ra_number_new(d->office->ctx, app->id, sizeof(app->id)) :
	    ra_number_from("number", once, app->id, sizeof(app->id));
	if (rc)
		return tmg_raise(&d->fault, rc, 0,
		    _("no random numbers to be had"));
	snprintf(app->owner, sizeof(app->owner), "%s", app->id);
	return TMG_OK;
}

/* The first step of the way, by the event that leads to it. */
static ra_event
first_event(const ra_profile *profile)
{
	return profile->flow.line[0] == RA_REGISTERED ? RA_EV_REGISTER :
	    RA_EV_AGREE;
}

static tmg_rc
begin_new(ra_desk *d, const ra_profile *profile, const ra_actor *actor,
    const char *terms_hash, const ra_answers *given, ra_form_errors *errors,
    ra_app *app)
{
	tmg_rc rc;

	if ((rc = ra_life_begin(d->store, app, first_event(profile), actor,
	    terms_hash, &d->fault)))
		return rc;
	return given == NULL ? TMG_OK :
	    ra_case_take_form(d, profile, "registered", given, errors, app);
}

/* Finds what once began; TMG_NOT_FOUND: nothing yet. */
static tmg_rc
begun_before(ra_desk *d, const ra_profile *profile, const char *once,
    ra_app *app, char code[RA_CODE_MAX])
{
	char id[RA_ID_MAX];
	tmg_rc rc;

	memcpy(id, app->id, sizeof(id));
	if ((rc = ra_app_get(d->store, id, app)) == TMG_NOT_FOUND)
		return rc;
	if (rc)
		return ra_desk_says(d, rc);
	if (strcmp(app->profile, profile->name) != 0)
		return tmg_raise(&d->fault, TMG_OCCUPIED, 0,
		    _("this began an application of the profile %s before"),
		    app->profile);
	return ra_case_same_code(d, profile, once, app, code);
}

/* Who came in person was looked at, and belongs to the branch he came to. */
static tmg_rc
note_presence(ra_desk *d, const ra_actor *officer, const char *branch,
    ra_app *app)
{
	tmg_rc rc;

	if ((rc = ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = officer->name, .event = "identity-seen", .app = app->id,
	    .detail = "entered at the counter" }, &d->fault)))
		return rc;
	if (branch[0] == '\0' || app->branch[0] != '\0')
		return TMG_OK;
	snprintf(app->branch, sizeof(app->branch), "%s", branch);
	return (rc = ra_app_branch(d->store, app)) ? ra_desk_says(d, rc) : TMG_OK;
}

/* branch: of an officer who enters it; NULL it is the applicant's own. */
static tmg_rc
begin(ra_desk *d, const ra_profile *profile, const ra_actor *actor,
    const char *branch, const char *once, const char *terms_hash, const ra_answers *given,
    ra_form_errors *errors, ra_app *app, char code[RA_CODE_MAX])
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	errors->count = 0;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = draft(d, profile, once, app)))
		return rc;
	if (once != NULL && (rc = begun_before(d, profile, once, app, code)) !=
	    TMG_NOT_FOUND)
		return rc;
	if ((rc = draft(d, profile, once, app)) ||
	    (rc = begin_new(d, profile, actor, terms_hash, given, errors, app)) ||
	    (branch != NULL && (rc = note_presence(d, actor, branch, app))) ||
	    (rc = ra_case_make_code(d, profile, once, app, code)) ||
	    (rc = ra_tell(d, app, first_event(profile), code)))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_case_begin(ra_desk *d, const ra_profile *profile, const ra_actor *actor,
    const char *terms_hash, const ra_answers *given, ra_form_errors *errors,
    ra_app *app, char code[RA_CODE_MAX])
{
	return begin(d, profile, actor, NULL, NULL, terms_hash, given, errors,
	    app, code);
}

tmg_rc
ra_case_enter(ra_desk *d, const ra_profile *profile, const ra_actor *officer,
    const char *branch, const char *terms_hash, const ra_answers *given,
    ra_form_errors *errors, ra_app *app, char code[RA_CODE_MAX])
{
	return begin(d, profile, officer, branch, NULL, terms_hash, given, errors,
	    app, code);
}

tmg_rc
ra_case_begin_once(ra_desk *d, const ra_profile *profile,
    const ra_actor *actor, const char *once, const char *terms_hash,
    const ra_answers *given, ra_form_errors *errors, ra_app *app,
    char code[RA_CODE_MAX])
{
	if (strlen(once) != RA_ONCE_LEN ||
	    strspn(once, "0123456789abcdef") != RA_ONCE_LEN)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("\"once\" must be %d random hexadecimal digits in lower case"),
		    RA_ONCE_LEN);
	return begin(d, profile, actor, NULL, once, terms_hash, given, errors, app,
	    code);
}
