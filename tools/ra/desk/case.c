/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/policy.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/desk/vet.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/profile/identity.h"

#define CODE_MIN 8		/* characters of a code that people choose */

/* Starts every verb: a turn, the application, its profile. */
static tmg_rc
open_case(ra_desk *d, ra_txn *txn, const char *id, ra_app *app,
    const ra_profile **profile)
{
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_txn_begin(txn, d->store)))
		return ra_desk_says(d, rc);
	rc = ra_app_get(d->store, id, app);
	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0, _("there is no application %s"),
		    id);
	if (rc)
		return ra_desk_says(d, rc);
	*profile = ra_profiles_find(d->profiles, app->profile);
	if (*profile == NULL)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s needs the profile %s, which is not there any more"),
		    app->id, app->profile);
	return TMG_OK;
}

static tmg_rc
form_says(ra_desk *d, const ra_form_errors *errors, tmg_rc rc)
{
	if (rc != TMG_MISMATCH)
		return tmg_raise(&d->fault, rc, 0, _("out of memory"));
	return tmg_raise(&d->fault, rc, 0, "%s", errors->row[0].text);
}

/* ---- beginning ---- */

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

static bool
mails_code(const ra_profile *profile)
{
	return profile->flow.line[0] == RA_REGISTERED;
}

/* A code that is mailed proves that the mail arrived: nobody can make it. */
static tmg_rc
choose_code(ra_desk *d, const ra_profile *profile, const char *once,
    char code[RA_CODE_MAX])
{
	const tmg_rc rc = once == NULL || mails_code(profile) ?
	    ra_number_new(d->office->ctx, code, RA_CODE_MAX) :
	    ra_number_from("code", once, code, RA_CODE_MAX);

	return rc ? tmg_raise(&d->fault, rc, 0,
	    _("no random numbers to be had")) : TMG_OK;
}

static tmg_rc
make_code(ra_desk *d, const ra_profile *profile, const char *once,
    const ra_app *app, char code[RA_CODE_MAX])
{
	tmg_rc rc;

	code[0] = '\0';
	if ((rc = choose_code(d, profile, once, code)))
		return rc;
	return put_account(d, app->id, tmg_view_str(code));
}

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

/* Where the answers say that it is dealt with. */
static tmg_rc
bind_branch(ra_desk *d, const ra_profile *profile, const ra_answers *answers,
    ra_app *app)
{
	const ra_branch *branch;
	tmg_rc rc;

	if (ra_form_branch(profile, answers, &branch))
		return TMG_OK;
	snprintf(app->branch, sizeof(app->branch), "%s", branch->name);
	return (rc = ra_app_branch(d->store, app)) ? ra_desk_says(d, rc) : TMG_OK;
}

static tmg_rc
take_form(ra_desk *d, const ra_profile *profile, const char *step,
    const ra_answers *given, ra_form_errors *errors, ra_app *app)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_rc rc;

	if ((rc = ra_answers_load(d->store, app->id, &answers)))
		return ra_desk_says(d, rc);
	if ((rc = ra_form_take(profile, step, given, &answers, errors)))
		return form_says(d, errors, rc);
	if ((rc = ra_answers_save(d->store, app->id, &answers)))
		return ra_desk_says(d, rc);
	return bind_branch(d, profile, &answers, app);
}

/* The code of one that was begun before, if it still is the one made then. */
static tmg_rc
same_code(ra_desk *d, const ra_profile *profile, const char *once,
    const ra_app *app, char code[RA_CODE_MAX])
{
	ra_user user;
	tmg_rc rc;

	code[0] = '\0';
	if (mails_code(profile))
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
begin_new(ra_desk *d, const ra_profile *profile, const ra_actor *actor,
    const char *terms_hash, const ra_answers *given, ra_form_errors *errors,
    ra_app *app)
{
	tmg_rc rc;

	if ((rc = ra_life_begin(d->store, app, first_event(profile), actor,
	    terms_hash, &d->fault)))
		return rc;
	return given == NULL ? TMG_OK :
	    take_form(d, profile, "registered", given, errors, app);
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
	return same_code(d, profile, once, app, code);
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
	    (rc = make_code(d, profile, once, app, code)) ||
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

/* ---- the code ---- */

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

	if ((rc = open_case(d, &txn, id, app, &profile)) ||
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
	if ((rc = open_case(d, &txn, id, app, &profile)) ||
	    (rc = make_code(d, profile, NULL, app, code)) ||
	    (rc = ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = officer->name, .event = "new-code", .app = app->id,
	    .detail = "" }, &d->fault)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* ---- who it is ---- */

static tmg_rc
keep_identity(ra_desk *d, const ra_profile *profile, const char *id,
    const char *number, const ra_answers *known)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_rc rc = ra_answers_set(&answers, profile->identity.field, number);

	for (size_t i = 0; i < profile->identity.fills.count && rc == TMG_OK; i++)
		rc = ra_answers_set(&answers, profile->identity.fills.word[i],
		    ra_answers_get(known, profile->identity.fills.word[i]));
	if (rc)
		return tmg_raise(&d->fault, TMG_E_SPACE, 0,
		    _("the register's answer is too long"));
	return (rc = ra_answers_save(d->store, id, &answers)) ?
	    ra_desk_says(d, rc) : TMG_OK;
}

tmg_rc
ra_case_identify(ra_desk *d, const char *id, const char *number,
    const ra_answers *known, ra_app *app)
{
	const ra_actor reg = { RA_BY_SYSTEM, "register" };
	tmg_auto(ra_txn) txn = { NULL };
	const ra_profile *profile;
	tmg_rc rc;

	if ((rc = open_case(d, &txn, id, app, &profile)))
		return rc;
	if (!ra_identity_valid(profile->identity.check, number))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: this is not such a number; look for a digit that is wrong"),
		    ra_said(profile, profile->identity.label));
	if (known == NULL)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0, "%s",
		    profile->identity.not_found[0] != '\0' ?
		    ra_said(profile, profile->identity.not_found) :
		    _("the register knows nobody"));
	if ((rc = keep_identity(d, profile, id, number, known)) ||
	    (rc = ra_desk_step(d, app, RA_EV_IDENTIFY, &reg, "")))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* ---- the form ---- */

tmg_rc
ra_case_fill(ra_desk *d, const char *id, ra_event event, const ra_actor *actor,
    const ra_answers *given, ra_form_errors *errors, ra_app *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	const ra_profile *profile;
	tmg_rc rc;

	if ((rc = open_case(d, &txn, id, app, &profile)) ||
	    (rc = ra_life_apply(d->store, app, event, actor, "", ra_desk_now(d),
	    &d->fault)) ||
	    (rc = take_form(d, profile, "filled", given, errors, app)) ||
	    (rc = ra_tell(d, app, event, "")))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_case_contents(ra_desk *d, const ra_app *app, ra_contents *contents)
{
	const ra_profile *profile =
	    ra_profiles_find(d->profiles, app->profile);
	tmg_auto(ra_answers) answers = { 0 };
	tmg_rc rc;

	if (profile == NULL)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s needs the profile %s, which is not there any more"),
		    app->id, app->profile);
	if ((rc = ra_answers_load(d->store, app->id, &answers)))
		return ra_desk_says(d, rc);
	if ((rc = ra_contents_make(profile, &answers, contents)))
		return tmg_raise(&d->fault, rc, 0,
		    _("application %s: the names are too long for a certificate"),
		    app->id);
	return TMG_OK;
}

/* ---- the request ---- */

static tmg_rc
check_request(ra_desk *d, const ra_profile *profile, const ra_app *app,
    const ra_request *request)
{
	static const ra_contents nothing;
	ra_contents contents = nothing;
	tmg_rc rc;

	if ((rc = ra_policy_check(profile, request, &d->fault)) ||
	    (rc = ra_case_contents(d, app, &contents)))
		return rc;
	if (profile->content_count > 0 &&
	    (rc = ra_contents_match(&contents, request, &d->fault)))
		return rc;
	const ra_vet in = { profile, request, app->id, "", NULL };

	return (rc = ra_vet_key(d, &in)) ? rc : ra_vet_draft(d, &in);
}

static tmg_rc
keep_request(ra_desk *d, ra_app *app, const ra_request *request)
{
	tmg_rc rc;

	free(app->csr);
	app->csr_len = 0;
	if ((app->csr = malloc(request->der.len)) == NULL)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(app->csr, request->der.ptr, request->der.len);
	app->csr_len = request->der.len;
	memcpy(app->csr_hash, request->csr_hash, sizeof(app->csr_hash));
	memcpy(app->spki_hash, request->spki_hash, sizeof(app->spki_hash));
	memcpy(app->subject, request->subject, sizeof(app->subject));
	return (rc = ra_app_request(d->store, app)) ? ra_desk_says(d, rc) : TMG_OK;
}

/* "key" is a step of its own only where the profile counts it. */
static tmg_rc
take_steps(ra_desk *d, ra_app *app, const ra_actor *actor, const char *detail)
{
	tmg_rc rc;

	if (ra_life_may(app, RA_EV_KEY, actor->by) &&
	    (rc = ra_desk_step(d, app, RA_EV_KEY, actor, detail)))
		return rc;
	return ra_desk_step(d, app, RA_EV_SUBMIT, actor, detail);
}

static bool
is_in_already(const ra_app *app, const ra_request *request)
{
	return app->state != RA_KEY_GENERATED &&
	    ra_state_get(app->state)->holds_key &&
	    strcmp(app->csr_hash, request->csr_hash) == 0;
}

tmg_rc
ra_case_submit(ra_desk *d, const char *id, const ra_actor *actor, tmg_view csr,
    ra_app *app)
{
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	tmg_auto(ra_txn) txn = { NULL };
	const ra_profile *profile;
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_request_read(d->office->ctx, csr, &request, &d->fault)) ||
	    (rc = open_case(d, &txn, id, app, &profile)))
		return rc;
	if (is_in_already(app, &request))
		return TMG_OK;
	if ((rc = check_request(d, profile, app, &request)) ||
	    (rc = take_steps(d, app, actor, request.csr_hash)) ||
	    (rc = keep_request(d, app, &request)) ||
	    (rc = ra_desk_settle(d, app)))
		return rc;
	return ra_desk_commit(d, &txn);
}
