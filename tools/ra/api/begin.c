/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POST applications: the first step of a profile's way.  A way that begins
 * with the request, as machines have it, is for accounts.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/terms.h"

void
ra_api_form_errors(ra_reply *reply, const ra_form_errors *errors)
{
	json_t *fields = json_array();
	json_t *error = json_pack("{s:s, s:s}", "text", errors->row[0].text,
	    "field", errors->row[0].input->name);

	for (size_t i = 0; i < errors->count; i++)
		json_array_append_new(fields, json_pack("{s:s, s:s}", "field",
		    errors->row[i].input->name, "text", errors->row[i].text));
	json_object_set_new(error, "fields", fields);
	ra_api_json(reply, HTTP_UNPROCESSABLE, json_pack("{s:o}", "error", error));
}

bool
ra_api_agreed(ra_desk *desk, ra_reply *reply, const ra_profile *p,
    const char *hash)
{
	const tmg_rc rc = ra_terms_match(desk, p, hash);

	if (rc != TMG_OK && rc != TMG_MISMATCH)
		ra_reply_fault(reply, desk, tmg_is_fault(rc) ? rc : TMG_E_IO);
	if (rc != TMG_MISMATCH)
		return rc == TMG_OK;
	ra_api_error(reply, HTTP_CONFLICT, "terms",
	    _("agree to the terms as they are now: their text and hash are the profile's"));
	return false;
}

/* ---- by an account, with the request ---- */

static void
tell_outcome(ra_desk *desk, ra_reply *reply, tmg_rc rc, const ra_app *app)
{
	if (rc == TMG_OK || rc == TMG_PENDING)
		ra_api_tell(desk, reply, HTTP_CREATED, app->id);
	else
		ra_api_fault(reply, desk, rc);
}

static void
begin_with_request(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_profile *p, const json_t *body)
{
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out csr = { store, RA_CSR_MAX, 0, false };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_fault f = { .rc = TMG_OK };
	ra_visitor who;

	if (store == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	if (!ra_api_who(desk, call, reply, &who))
		return;
	if (!who.account) {
		ra_reply_text(reply, HTTP_FORBIDDEN,
		    _("the profile %s is for accounts"), p->name);
		return;
	}
	if (ra_body_bytes(body, "request", &csr, &f)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, "request", f.text);
		return;
	}
	const ra_submission in = { .owner = who.name, .profile = p,
		.csr = tmg_out_view(&csr) };

	tell_outcome(desk, reply, ra_desk_submit(desk, &in, &app, &cert), &app);
}

/* ---- by anybody, with a first visit ---- */

static void
tell_begun(ra_desk *desk, ra_reply *reply, const ra_profile *p,
    const ra_app *app, const char *code)
{
	const bool mailed = p->flow.line[0] == RA_REGISTERED;
	json_t *o = ra_api_describe(desk, app);

	json_object_set_new(o, "code", mailed || code[0] == '\0' ? json_null() :
	    json_string(code));
	json_object_set_new(o, "code_mailed", json_boolean(mailed));
	ra_api_json(reply, HTTP_CREATED, o);
}

static void
begin_new(ra_desk *desk, ra_reply *reply, const ra_profile *p,
    const json_t *body, const ra_answers *answers)
{
	const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
	const bool registers = p->flow.line[0] == RA_REGISTERED;
	const char *once = ra_body_text(body, "once");
	tmg_auto_free ra_form_errors *errors = calloc(1, sizeof(*errors));
	tmg_auto(ra_app) app = { .id = "" };
	char code[RA_CODE_MAX] = "";
	tmg_rc rc;

	if (errors == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	const ra_answers *given = registers ? answers : NULL;
	const char *terms = ra_body_text(body, "terms");

	rc = once[0] == '\0' ? ra_case_begin(desk, p, &applicant, terms, given,
	    errors, &app, code) : ra_case_begin_once(desk, p, &applicant, once,
	    terms, given, errors, &app, code);
	if (rc == TMG_OK)
		tell_begun(desk, reply, p, &app, code);
	else if (errors->count > 0)
		ra_api_form_errors(reply, errors);
	else
		ra_api_fault(reply, desk, rc);
	explicit_bzero(code, sizeof(code));
}

/* What does not belong to this profile's first step is not overlooked. */
static bool
fits(ra_reply *reply, const ra_profile *p, const json_t *body)
{
	const ra_state first = p->flow.line[0];
	const struct {
		const char *member;
		bool wanted;
	} rows[] = {
		{ "request", first == RA_SUBMITTED },
		{ "answers", first == RA_REGISTERED },
		{ "terms", first == RA_AGREED },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if ((json_object_get(body, rows[i].member) != NULL) ==
		    rows[i].wanted)
			continue;
		ra_api_error(reply, HTTP_BAD_REQUEST, rows[i].member,
		    rows[i].wanted ? _("this profile begins with it") :
		    _("this profile does not begin with it"));
		return false;
	}
	return true;
}

void
ra_api_begin(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_auto(ra_json) body = NULL;
	char field[RA_ANSWER_NAME];
	tmg_fault f = { .rc = TMG_OK };
	const ra_profile *p;

	if (!ra_api_body(call, reply, &ra_body_begin, &body) ||
	    (p = ra_api_find_profile(desk, reply,
	    ra_body_text(body, "profile"))) == NULL || !fits(reply, p, body))
		return;
	if (ra_body_form(body, p, &answers, field, &f))
		ra_api_error(reply, HTTP_UNPROCESSABLE, field, f.text);
	else if (!ra_api_count(desk, call, reply, &ra_limit_begin,
	    ra_answers_get(&answers, p->mail_to)))
		return;
	else if (p->flow.line[0] == RA_SUBMITTED)
		begin_with_request(desk, call, reply, p, body);
	else if (p->flow.line[0] != RA_AGREED ||
	    ra_api_agreed(desk, reply, p, ra_body_text(body, "terms")))
		begin_new(desk, reply, p, body, &answers);
}
