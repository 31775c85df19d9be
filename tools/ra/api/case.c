/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of one application between its first and its certificate.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "tools/ra/api/api.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/register.h"
#include "tools/ra/form/form.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/store/digest.h"

/* What every step begins with: whose it is, and what was sent. */
struct visit {
	ra_visitor who;
	ra_app app;
	const ra_profile *profile;
	json_t *body;
};

static void
visit_release(struct visit *v)
{
	ra_app_release(&v->app);
	json_decref(v->body);
}

static bool
visit(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_body_rows *rows, struct visit *v)
{
	return ra_api_enter(desk, call, reply, &v->who, &v->app) &&
	    (v->profile = ra_api_find_profile(desk, reply, v->app.profile)) !=
	    NULL && (rows == NULL || ra_api_body(call, reply, rows, &v->body));
}

#define VISIT(v) __attribute__((__cleanup__(visit_release))) \
	struct visit v = { .body = NULL }

/* How it stands after a verb, or what was in its way. */
static void
tell(ra_desk *desk, ra_reply *reply, tmg_rc rc, const char *id)
{
	if (rc == TMG_OK)
		ra_api_tell(desk, reply, HTTP_OK, id);
	else
		ra_api_fault(reply, desk, rc);
}

/* ---- the code ---- */

void
ra_api_code(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto_secret old = { .len = 0 };
	tmg_auto(ra_app) app = { .id = "" };
	char name[RA_OWNER_MAX];
	VISIT(v);

	if (!visit(desk, call, reply, &ra_body_code, &v))
		return;
	if (v.who.account || ra_basic_parse(call->authorization, name, &old)) {
		ra_reply_text(reply, HTTP_FORBIDDEN,
		    _("an account has a password, no access code to change"));
		return;
	}
	const char *code = ra_body_text(v.body, "code");

	if (strlen(code) > TMG_PIN_MAX) {
		ra_api_error(reply, HTTP_UNPROCESSABLE, "code",
		    _("this is too long"));
		return;
	}
	tell(desk, reply, ra_case_change_code(desk, v.app.id,
	    tmg_secret_view(&old), tmg_view_str(code), &app), v.app.id);
}

/* ---- who it is ---- */

static tmg_rc
ask_register(ra_desk *desk, const struct visit *v, const char *number)
{
	tmg_auto(ra_answers) known = { 0 };
	tmg_auto(ra_app) app = { .id = "" };
	const tmg_rc rc = ra_register_ask(desk, v->profile, number, &known);

	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	return ra_case_identify(desk, v->app.id, number,
	    rc == TMG_OK ? &known : NULL, &app);
}

/* A register is asked for the application that is to know, and for no other. */
void
ra_api_identify(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_rc rc;
	VISIT(v);

	if (!visit(desk, call, reply, &ra_body_identify, &v) ||
	    !ra_api_count(desk, call, reply, &ra_limit_look_up, v.app.id))
		return;
	if (!ra_life_may(&v.app, RA_EV_IDENTIFY, RA_BY_SYSTEM)) {
		ra_api_error(reply, HTTP_CONFLICT, NULL,
		    _("nobody is looked up at this step"));
		return;
	}
	rc = ask_register(desk, &v, ra_body_text(v.body, "number"));
	if (rc == TMG_BUSY)
		reply->retry_after_s = RA_REGISTER_RETRY_S;
	if (rc == TMG_MISMATCH || rc == TMG_NOT_FOUND)
		ra_api_error(reply, HTTP_UNPROCESSABLE, "number", desk->fault.text);
	else if (rc == TMG_UNSUPPORTED)
		ra_api_error(reply, HTTP_NOT_IMPLEMENTED, NULL, desk->fault.text);
	else
		tell(desk, reply, rc, v.app.id);
}

/* ---- the form ---- */

static bool
is_filled_in(const ra_profile *p, const char *name)
{
	return ra_form_has(p, name) || strcmp(p->identity.field, name) == 0;
}

void
ra_api_answers(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_answers) answers = { 0 };
	json_t *o;
	tmg_rc rc;
	VISIT(v);

	if (!visit(desk, call, reply, NULL, &v))
		return;
	if ((rc = ra_answers_load(desk->store, v.app.id, &answers))) {
		desk->fault = desk->store->fault;
		ra_api_fault(reply, desk, rc);
		return;
	}
	o = json_object();
	for (size_t i = 0; i < answers.count; i++)
		if (is_filled_in(v.profile, answers.row[i].name))
			json_object_set_new(o, answers.row[i].name,
			    json_string(answers.row[i].value));
	ra_api_json(reply, HTTP_OK, json_pack("{s:o}", "answers", o));
}

void
ra_api_fill(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto_free ra_form_errors *errors = calloc(1, sizeof(*errors));
	tmg_auto(ra_answers) given = { 0 };
	tmg_auto(ra_app) app = { .id = "" };
	char field[RA_ANSWER_NAME];
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc;
	VISIT(v);

	if (errors == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	if (!visit(desk, call, reply, &ra_body_answers, &v))
		return;
	if (ra_body_form(v.body, v.profile, &given, field, &f)) {
		ra_api_error(reply, HTTP_UNPROCESSABLE, field, f.text);
		return;
	}
	const ra_actor actor = ra_visitor_actor(&v.who);

	rc = ra_case_fill(desk, v.app.id, RA_EV_FILL, &actor, &given, errors, &app);
	if (rc == TMG_MISMATCH && errors->count > 0)
		ra_api_form_errors(reply, errors);
	else
		tell(desk, reply, rc, v.app.id);
}

/* ---- what the certificate will say ---- */

/* Its hash stands for it when it is agreed to. */
static json_t *
contents_json(const ra_contents *c)
{
	json_t *san = json_array(), *o;
	char hash[RA_HASH_TEXT] = "";
	char *text;

	for (size_t i = 0; i < c->san_count; i++)
		json_array_append_new(san, json_string(c->san[i]));
	o = json_pack("{s:s, s:o}", "subject", c->subject, "san", san);
	text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	if (text == NULL || ra_sha256_text(tmg_view_str(text), hash)) {
		json_decref(o);
		o = NULL;
	} else {
		json_object_set_new(o, "hash", json_string(hash));
	}
	free(text);
	return o;
}

void
ra_api_contents(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto_free ra_contents *c = calloc(1, sizeof(*c));
	tmg_rc rc;
	VISIT(v);

	if (c == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	if (!visit(desk, call, reply, NULL, &v))
		return;
	if ((rc = ra_case_contents(desk, &v.app, c)))
		ra_api_fault(reply, desk, rc);
	else
		ra_api_json(reply, HTTP_OK, contents_json(c));
}

/* ---- consent ---- */

static bool
contents_agreed(ra_desk *desk, ra_reply *reply, const struct visit *v)
{
	tmg_auto_free ra_contents *c = calloc(1, sizeof(*c));
	tmg_auto(ra_json) now = NULL;
	tmg_rc rc;

	if (c == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return false;
	}
	if ((rc = ra_case_contents(desk, &v->app, c))) {
		ra_api_fault(reply, desk, rc);
		return false;
	}
	now = contents_json(c);
	if (now != NULL && strcmp(ra_body_text(now, "hash"),
	    ra_body_text(v->body, "contents")) == 0)
		return true;
	ra_api_error(reply, HTTP_CONFLICT, "contents",
	    _("agree to what the certificate will say now: look at the contents again"));
	return false;
}

void
ra_api_agree(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	VISIT(v);

	if (!visit(desk, call, reply, &ra_body_agree, &v))
		return;
	const bool data = json_object_get(v.body, "contents") != NULL;
	const ra_actor actor = ra_visitor_actor(&v.who);

	if (data == (json_object_get(v.body, "terms") != NULL)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, NULL,
		    _("agree to either the terms or the contents"));
		return;
	}
	if (data ? !contents_agreed(desk, reply, &v) : !ra_api_agreed(desk, reply,
	    v.profile, ra_body_text(v.body, "terms")))
		return;
	tell(desk, reply, ra_desk_decide(desk, v.app.id, data ?
	    RA_EV_AGREE_DATA : RA_EV_AGREE, &actor,
	    ra_body_text(v.body, data ? "contents" : "terms"), &app), v.app.id);
}

/* ---- steps that need no more than their name ---- */

static void
decide(ra_desk *desk, const ra_call *call, ra_reply *reply, ra_event event)
{
	tmg_auto(ra_app) app = { .id = "" };
	VISIT(v);

	if (!visit(desk, call, reply, ra_event_tells(event) ? &ra_body_reason :
	    &ra_body_nothing, &v))
		return;
	const ra_actor actor = ra_visitor_actor(&v.who);
	const char *reason = ra_body_text(v.body, "reason");

	if (strlen(reason) >= RA_REASON_MAX)
		ra_api_error(reply, HTTP_UNPROCESSABLE, "reason",
		    _("this is too long"));
	else
		tell(desk, reply, ra_desk_decide(desk, v.app.id, event, &actor,
		    reason, &app), v.app.id);
}

void
ra_api_send_docs(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	decide(desk, call, reply, RA_EV_SEND_DOCS);
}

void
ra_api_cancel(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	decide(desk, call, reply, RA_EV_CANCEL);
}

void
ra_api_suspend(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	decide(desk, call, reply, RA_EV_SUSPEND);
}

void
ra_api_resume(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	decide(desk, call, reply, RA_EV_RESUME);
}

/* ---- the request ---- */

void
ra_api_request(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out csr = { store, RA_CSR_MAX, 0, false };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_fault f = { .rc = TMG_OK };
	VISIT(v);

	if (store == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	if (!visit(desk, call, reply, &ra_body_request, &v))
		return;
	if (ra_body_bytes(v.body, "request", &csr, &f)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, "request", f.text);
		return;
	}
	const ra_actor actor = ra_visitor_actor(&v.who);

	tell(desk, reply, ra_case_submit(desk, v.app.id, &actor,
	    tmg_out_view(&csr), &app), v.app.id);
}
