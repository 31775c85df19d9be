/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GET applications/NUMBER: how it stands, what is open now, and until when.
 */
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/ca/proof.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/payment.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/form/choice.h"

/* What the applicant may do, as the calls are named. */
static const struct {
	ra_event event;
	unsigned by;
	const char *action;
} actions[] = {
	{ RA_EV_ACTIVATE, RA_BY_APPLICANT, "code" },
	{ RA_EV_AGREE, RA_BY_APPLICANT, "agree" },
	{ RA_EV_IDENTIFY, RA_BY_SYSTEM, "identify" },
	{ RA_EV_FILL, RA_BY_APPLICANT, "answers" },
	{ RA_EV_SEND_DOCS, RA_BY_APPLICANT, "send-docs" },
	{ RA_EV_AGREE_DATA, RA_BY_APPLICANT, "agree" },
	{ RA_EV_KEY, RA_BY_APPLICANT, "request" },
	{ RA_EV_SUBMIT, RA_BY_APPLICANT, "request" },
	{ RA_EV_DOWNLOAD, RA_BY_APPLICANT, "certificate" },
	{ RA_EV_INSTALL, RA_BY_APPLICANT, "installed" },
	{ RA_EV_CANCEL, RA_BY_APPLICANT, "cancel" },
	{ RA_EV_SUSPEND, RA_BY_APPLICANT, "suspend" },
	{ RA_EV_RESUME, RA_BY_APPLICANT, "resume" },
	{ RA_EV_REVOKE, RA_BY_APPLICANT, "revoke" },
};

static json_t *
open_actions(ra_desk *desk, const ra_app *app)
{
	json_t *list = json_array();

	for (size_t i = 0; i < TMG_COUNT(actions); i++)
		if (ra_life_may(app, actions[i].event, actions[i].by))
			json_array_append_new(list, json_string(actions[i].action));
	if (ra_state_get(app->state)->answer == RA_ANSWER_DONE &&
	    ra_renew_may(desk, app) == TMG_OK)
		json_array_append_new(list, json_string("renew"));
	return list;
}

/* How many steps of the line are behind one; what stands beside the line is
 * as far as where it left it. */
static size_t
steps_done(const ra_flow *flow, const ra_app *app)
{
	static const struct {
		ra_state beside, before;
	} rows[] = {
		{ RA_DOCS_INCOMPLETE, RA_DOCS_RECEIVED },
		{ RA_DATA_RETURNED, RA_DATA_CHECKED },
		{ RA_ISSUE_FAILED, RA_ISSUED },
	};
	ra_state at = app->state == RA_SUSPENDED ? app->before : app->state;
	size_t less = 0;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if (rows[i].beside != app->state)
			continue;
		at = rows[i].before;
		less = 1;
	}
	for (size_t i = 0; i < flow->count; i++)
		if (flow->line[i] == at)
			return i + 1 - less;
	return 0;
}

static json_t *
steps(const ra_profile *profile, const ra_flow *flow, const ra_app *app)
{
	const size_t done = steps_done(flow, app);
	json_t *list = json_array();

	for (size_t i = 0; i < flow->count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "step",
		    ra_state_get(flow->line[i])->name, "text",
		    ra_profile_status(profile, flow->line[i]), "done", i < done));
	return list;
}

const char *
ra_api_key_at(const ra_flow *flow)
{
	return ra_flow_office_key(flow) ? "office" : "applicant";
}

/* The facts that the certificate still waits for. */
static json_t *
waits_for(const ra_app *app)
{
	const unsigned missing = ra_life_missing(app, RA_EV_APPROVE,
	    RA_BY_SYSTEM) | ra_life_missing(app, RA_EV_SUBMIT, RA_BY_APPLICANT);
	json_t *list = json_array();

	for (unsigned fact = 1; fact < RA_FACTS; fact <<= 1)
		if ((missing & fact) != 0)
			json_array_append_new(list,
			    json_string(ra_fact_name((ra_fact)fact)));
	return list;
}

/* What is confirmed does not expire any more. */
static json_t *
deadline(const ra_profile *profile, const ra_app *app)
{
	const char *state = ra_state_get(app->state)->name;

	for (size_t i = 0; i < profile->deadline_count; i++) {
		const ra_deadline *d = &profile->deadline[i];

		if (strcmp(d->state, state) == 0 &&
		    (app->facts & RA_CONFIRMED) == 0)
			return json_pack("{s:o, s:s, s:s}", "at",
			    ra_api_time(ra_due_at(d, app->entered)), "event",
			    d->event, "warning", ra_said(profile, d->warning));
	}
	return json_null();
}

/* What the applicant comes to the office with. */
static json_t *
bring(const ra_profile *profile)
{
	json_t *list = json_array();

	for (size_t i = 0; i < profile->document_count; i++) {
		const ra_document *d = &profile->document[i];

		if (!d->optional && ra_words_have(&d->channels, "in-person"))
			json_array_append_new(list,
			    json_string(ra_said(profile, d->title)));
	}
	return list;
}

/* Where it is dealt with; null: anywhere. */
static json_t *
office(const ra_profile *profile, const ra_app *app)
{
	char text[RA_BRANCH_TEXT];

	for (size_t i = 0; i < profile->branch_count; i++) {
		const ra_branch *b = &profile->branch[i];

		if (app->branch[0] == '\0' || strcmp(b->name, app->branch) != 0)
			continue;
		ra_branch_say(profile, b, text);
		return json_pack("{s:s, s:s, s:o}", "name", b->name, "text", text,
		    "bring", bring(profile));
	}
	return json_null();
}

/* What it costs, as it was chosen, and where it is paid; null: nothing. */
static json_t *
payment(ra_desk *desk, const ra_profile *profile, const ra_app *app)
{
	tmg_auto(ra_answers) answers = { 0 };
	const char *currency = profile->payment.currency;
	char price[RA_PRICE_TEXT], link[RA_PAYMENT_LINK] = "";

	if (profile->payment.price[0] == '\0' ||
	    ra_answers_load(desk->store, app->id, &answers))
		return json_null();
	ra_choice_price(profile, &answers, price);
	if (!ra_payment_link(desk, app, price, currency, link))
		link[0] = '\0';
	return json_pack("{s:s, s:s, s:b, s:s, s:s}", "price", price, "currency",
	    currency, "paid", (app->facts & RA_PAID) != 0, "link", link, "text",
	    ra_said(profile, profile->payment.text));
}

static void
set_cert(ra_desk *desk, json_t *o, const ra_app *app)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	char proof[RA_PROOF_TEXT];
	json_t *c;

	if (ra_cert_of_app(desk->store, app->id, &cert) || cert.der == NULL)
		return;
	c = json_pack("{s:s, s:o, s:o}", "serial", cert.serial, "not_before",
	    ra_api_time(cert.not_before), "not_after",
	    ra_api_time(cert.not_after));
	if (cert.revoked != 0)
		json_object_set_new(c, "revoked", ra_api_time(cert.revoked));
	json_object_set_new(o, "certificate", c);
	if (ra_proof_text(app->id, (tmg_view){ cert.der, cert.len }, proof) == TMG_OK)
		json_object_set_new(o, "proof", json_string(proof));
}

json_t *
ra_api_describe(ra_desk *desk, const ra_app *app)
{
	const ra_profile *profile =
	    ra_profiles_find(desk->profiles, app->profile);
	static const ra_profile none;
	ra_flow flow = { .count = 0 };
	json_t *o;

	if (ra_flow_parse(app->flow, &flow))
		flow.count = 0;
	if (profile == NULL)
		profile = &none;
	o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "application",
	    app->id, "profile", app->profile, "state",
	    ra_state_get(app->state)->name, "status",
	    ra_profile_status(profile, app->state), "reason", app->reason,
	    "request_sha256", app->csr_hash, "created",
	    ra_api_time(app->created), "changed", ra_api_time(app->changed));
	json_object_set_new(o, "steps", steps(profile, &flow, app));
	json_object_set_new(o, "key_at", json_string(ra_api_key_at(&flow)));
	json_object_set_new(o, "waits_for", waits_for(app));
	json_object_set_new(o, "actions", open_actions(desk, app));
	json_object_set_new(o, "deadline", deadline(profile, app));
	json_object_set_new(o, "payment", payment(desk, profile, app));
	json_object_set_new(o, "office", office(profile, app));
	set_cert(desk, o, app);
	return o;
}

void
ra_api_tell(ra_desk *desk, ra_reply *reply, unsigned status, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };
	const tmg_rc rc = ra_app_get(desk->store, id, &app);

	if (rc == TMG_OK) {
		ra_api_json(reply, status, ra_api_describe(desk, &app));
		return;
	}
	desk->fault = desk->store->fault;
	ra_api_fault(reply, desk, rc);
}

/* Whoever knows no more than the number learns no more than the status, and
 * that only where the profile lets it. */
static void
tell_stranger(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	const ra_profile *p = NULL;

	if (!ra_api_may(desk, call, reply, &ra_limit_search))
		return;
	if (ra_app_get(desk->store, call->label, &app) == TMG_OK)
		p = ra_profiles_find(desk->profiles, app.profile);
	if (p == NULL || !p->number_opens) {
		if (!ra_api_count(desk, call, reply, &ra_limit_search, ""))
			return;
		reply->challenge = true;
		ra_reply_text(reply, HTTP_UNAUTHORIZED,
		    _("name the application and its access code, by HTTP Basic"));
		return;
	}
	ra_api_json(reply, HTTP_OK, json_pack("{s:s, s:s}", "application", app.id,
	    "status", ra_profile_status(p, app.state)));
}

/* A browser may show a certificate that has nothing to do with it. */
static bool
shows_its_own(ra_desk *desk, const ra_call *call)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) mine = { .id = "" }, app = { .id = "" };

	return ra_api_shown(desk, call, &cert, &mine) &&
	    ra_app_get(desk->store, call->label, &app) == TMG_OK &&
	    ra_api_opens(&cert, &mine, &app);
}

void
ra_api_status(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;

	if (call->authorization[0] == '\0' && !shows_its_own(desk, call))
		tell_stranger(desk, call, reply);
	else if (ra_api_enter(desk, call, reply, &who, &app))
		ra_api_json(reply, HTTP_OK, ra_api_describe(desk, &app));
}
