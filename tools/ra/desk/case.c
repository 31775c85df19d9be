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
#include "tools/ra/desk/case-parts.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/desk/vet.h"
#include "tools/ra/profile/identity.h"

tmg_rc
ra_case_open(ra_desk *d, ra_txn *txn, const char *id, ra_app *app,
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

tmg_rc
ra_case_take_form(ra_desk *d, const ra_profile *profile, const char *step,
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

	if ((rc = ra_case_open(d, &txn, id, app, &profile)))
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

	if ((rc = ra_case_open(d, &txn, id, app, &profile)) ||
	    (rc = ra_life_apply(d->store, app, event, actor, "", ra_desk_now(d),
	    &d->fault)) ||
	    (rc = ra_case_take_form(d, profile, "filled", given, errors, app)) ||
	    (rc = ra_tell(d, app, event, "")) || (rc = ra_staff_tell(d, app, event)))
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
	const ra_vet in = { profile, request, app->id, "", NULL, false };

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
	    (rc = ra_case_open(d, &txn, id, app, &profile)))
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
