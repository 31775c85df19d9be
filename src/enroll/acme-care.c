/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be asked about our account, and done with it, by name (the row
 * call): "account" GET tells of it (RFC 8555 7.3.3), PUT gives it other contacts
 * (7.3.2); POST "account/key" another key (7.3.5), "account/deactivate" an end
 * (7.3.6).
 */
#include <jansson.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/answer.h"

static tmg_rc
no_memory(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
}

/* The account of this computer, in hand. */
static tmg_rc
have(tmg_authority *a)
{
	const tmg_rc rc = tmg_acme_account_find(a);

	return rc == TMG_NOT_FOUND && a->fault.rc != rc ? tmg_authority_raise(a, rc,
	    _("%s: this computer has no account there"), a->uri.where)
	    : tmg_pass(&a->fault, rc);
}

/* Where its key is: a URI, or null. */
static tmg_rc
key_of(tmg_authority *a, json_t **key)
{
	__attribute__((__cleanup__(tmg_acme_record_release))) tmg_acme_record r;
	const tmg_rc rc = tmg_acme_store_load(a, &r);

	*key = rc != TMG_OK || r.key.token[0] == '\0' ? json_null()
	    : json_string(r.key.token);
	return rc;
}

/* What the server said of it, for us and for people. */
static tmg_rc
describe(tmg_authority *a, const tmg_http_response *r, tmg_answer *answer)
{
	tmg_auto_free char *text = NULL;
	tmg_acme_told told;
	json_t *o, *key = NULL;
	tmg_rc rc;

	if (tmg_acme_read_account((tmg_view){ r->body, r->len }, &told))
		return tmg_authority_raise(a, TMG_E_MALFORMED, _("%s: what it says of the "
		    "account cannot be read; tell its operator"), a->uri.where);
	if ((rc = key_of(a, &key)))
		return rc;
	o = json_pack("{s:s, s:s, s:s, s:o}", "account", tmg_acme_of(a)->account.url,
	    "status", told.status, "contact", told.contact, "key", key);
	text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return text != NULL ? tmg_answer_take(a, tmg_view_str(text), answer) :
	    no_memory(a);
}

static tmg_rc
show(tmg_authority *a, tmg_view body, tmg_answer *answer)
{
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	(void)body;
	if ((rc = have(a)) || (rc = tmg_acme_fetch(a, tmg_acme_of(a)->account.url,
	    "Accept: application/json", &r)))
		return rc;
	return describe(a, &r, answer);
}

static tmg_rc
update(tmg_authority *a, tmg_view body, tmg_answer *answer)
{
	tmg_auto_free char *payload = strndup((const char *)body.ptr, body.len);
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if (payload == NULL)
		return no_memory(a);
	if ((rc = have(a)) || (rc = tmg_acme_post(a, tmg_acme_of(a)->account.url, payload,
	    &r)))
		return rc;
	return describe(a, &r, answer);
}

static tmg_rc
change(tmg_authority *a, tmg_view body, tmg_answer *answer)
{
	json_t *o = json_loadb((const char *)body.ptr, body.len, 0, NULL);
	const tmg_rc rc = tmg_acme_change(a, json_string_value(json_object_get(o, "key")));

	json_decref(o);
	return rc == TMG_OK ? show(a, body, answer) : rc;
}

/* One that is over already refuses every message as unauthorized (7.3.6). */
static tmg_rc
deactivate(tmg_authority *a, tmg_view body, tmg_answer *answer)
{
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	(void)body;
	if ((rc = have(a)))
		return rc;
	rc = tmg_acme_post(a, tmg_acme_of(a)->account.url, "{\"status\":\"deactivated\"}",
	    &r);
	if (rc != TMG_OK && strcmp(tmg_acme_of(a)->problem.type, "unauthorized") != 0 &&
	    strcmp(tmg_acme_of(a)->problem.type, "accountDoesNotExist") != 0)
		return rc;
	if ((rc = tmg_acme_store_remove(a)))
		return rc;
	tmg_acme_account_close(a);
	return tmg_answer_take(a, tmg_view_str("{}"), answer);
}

static const struct {
	tmg_verb verb;
	const char *path;
	tmg_rc (*run)(tmg_authority *a, tmg_view body, tmg_answer *answer);
} calls[] = {
	{ TMG_VERB_GET, "account", show },
	{ TMG_VERB_PUT, "account", update },
	{ TMG_VERB_POST, "account/key", change },
	{ TMG_VERB_POST, "account/deactivate", deactivate },
};

tmg_rc
tmg_acme_call(tmg_authority *a, const tmg_call *call, tmg_answer *answer)
{
	for (size_t i = 0; i < TMG_COUNT(calls); i++)
		if (calls[i].verb == call->verb && strcmp(calls[i].path, call->path) == 0)
			return tmg_pass(&a->fault, calls[i].run(a, call->body, answer));
	return tmg_binding_no_call(a, call, answer);
}
