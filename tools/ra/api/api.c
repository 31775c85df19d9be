/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/api/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "tools/ra/est/est.h"
#include "tools/ra/http/media.h"
#include "tools/ra/http/basic.h"

#define TYPE "application/json"

void
ra_api_json(ra_reply *reply, unsigned status, json_t *value)
{
	tmg_auto_free char *text = value != NULL ?
	    json_dumps(value, JSON_COMPACT) : NULL;

	json_decref(value);
	if (text == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	ra_reply_bytes(reply, TYPE, tmg_view_str(text));
	if (reply->status == HTTP_OK)
		reply->status = status;
}

void
ra_api_error(ra_reply *reply, unsigned status, const char *field,
    const char *text)
{
	json_t *error = json_pack("{s:s}", "text", text);

	/* what a request brought along need not be UTF-8 */
	if (error == NULL)
		error = json_pack("{s:s}", "text", _("this is not possible"));
	if (field != NULL && field[0] != '\0')
		json_object_set_new(error, "field", json_string(field));
	ra_api_json(reply, status, json_pack("{s:o}", "error", error));
}

static const struct {
	tmg_rc rc;
	unsigned status;
} statuses[] = {
	{ TMG_PENDING, HTTP_CONFLICT },		/* something must happen before */
	{ TMG_MISMATCH, HTTP_CONFLICT },
	{ TMG_OCCUPIED, HTTP_CONFLICT },
	{ TMG_DENIED, HTTP_FORBIDDEN },
	{ TMG_PIN_WRONG, HTTP_FORBIDDEN },
	{ TMG_NOT_FOUND, HTTP_NOT_FOUND },
};

void
ra_api_fault(ra_reply *reply, ra_desk *desk, tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(statuses); i++) {
		if (statuses[i].rc == rc) {
			ra_api_error(reply, statuses[i].status, NULL,
			    desk->fault.text);
			return;
		}
	}
	ra_reply_fault(reply, desk, rc);
}

void
ra_api_finish(ra_reply *reply)
{
	tmg_auto_free char *text = NULL;
	size_t len = reply->len;

	if (reply->status == HTTP_OK || reply->body == NULL || reply->type == NULL ||
	    strncmp(reply->type, "text/plain", 10) != 0)
		return;
	while (len > 0 && reply->body[len - 1] == '\n')
		len--;
	if ((text = strndup((const char *)reply->body, len)) != NULL)
		ra_api_error(reply, reply->status, NULL, text);
}

bool
ra_api_body(const ra_call *call, ra_reply *reply, const ra_body_rows *rows,
    json_t **body)
{
	char field[RA_ANSWER_NAME];
	tmg_fault f = { .rc = TMG_OK };

	if (call->body.len > 0 && !ra_media_is(call->content_type, TYPE)) {
		ra_reply_text(reply, HTTP_UNSUPPORTED_TYPE,
		    _("the content type must be %s"), TYPE);
		return false;
	}
	if (ra_body_parse(rows, call->body, body, field, &f) == TMG_OK)
		return true;
	ra_api_error(reply, HTTP_BAD_REQUEST, field, f.text);
	return false;
}

/* ---- who is there ---- */

static bool
refuse(ra_reply *reply, const char *why)
{
	reply->challenge = true;
	ra_reply_text(reply, HTTP_UNAUTHORIZED, "%s", why);
	return false;
}

/* What the gate said, when it let nobody in. */
static bool
shut_out(ra_desk *desk, ra_reply *reply, tmg_rc rc, long wait_s)
{
	if (rc == TMG_DENIED)
		return refuse(reply,
		    _("no such application or account, or not its access code"));
	if (rc == TMG_BUSY) {
		reply->retry_after_s = wait_s;
		ra_reply_text(reply, HTTP_TOO_MANY,
		    _("too many failed tries; the next one counts in %ld seconds"),
		    wait_s);
		return false;
	}
	desk->fault = desk->store->fault;
	ra_reply_fault(reply, desk, rc);
	return false;
}

static bool
let_in(ra_reply *reply, const ra_user *user, ra_visitor *who)
{
	const bool own = strcmp(user->role, "application") == 0;

	if (!own && strcmp(user->role, "applicant") != 0) {
		ra_reply_text(reply, HTTP_FORBIDDEN,
		    _("the account %s is not an applicant's"), user->name);
		return false;
	}
	who->account = !own;
	memcpy(reply->user, user->name, sizeof(reply->user));
	snprintf(who->actor, sizeof(who->actor), "applicant%s%s",
	    own ? "" : ":", own ? "" : who->name);
	return true;
}

bool
ra_api_who(ra_desk *desk, const ra_call *call, ra_reply *reply,
    ra_visitor *who)
{
	tmg_auto_secret password = { .len = 0 };
	ra_user user = { .name = "" };
	long wait_s = 0;
	tmg_rc rc;

	*who = (ra_visitor){ .account = false };
	if (call->authorization[0] == '\0')
		return refuse(reply,
		    _("name the application and its access code, by HTTP Basic"));
	if (ra_basic_parse(call->authorization, who->name, &password))
		return refuse(reply, _("these are no credentials of HTTP Basic"));
	const ra_credentials given = { call->peer, who->name,
		tmg_secret_view(&password), NULL };

	rc = ra_gate_enter(desk->office->gate, desk->store,
	    ra_desk_now(desk), &given, &user, &wait_s);
	return rc ? shut_out(desk, reply, rc, wait_s) : let_in(reply, &user, who);
}

static bool
is_owner(const ra_visitor *who, const ra_app *app)
{
	return strcmp(who->account ? app->owner : app->id, who->name) == 0;
}

static bool
nobodys(ra_reply *reply, const char *number)
{
	ra_reply_text(reply, HTTP_NOT_FOUND,
	    _("there is no application %s, or it is not yours"), number);
	return false;
}

static bool
get_app(ra_desk *desk, const ra_call *call, ra_reply *reply, ra_app *app)
{
	const tmg_rc rc = ra_app_get(desk->store, call->label, app);

	if (rc == TMG_NOT_FOUND)
		return nobodys(reply, call->label);
	if (rc != TMG_OK) {
		desk->fault = desk->store->fault;
		ra_api_fault(reply, desk, rc);
	}
	return rc == TMG_OK;
}

bool
ra_api_enter(ra_desk *desk, const ra_call *call, ra_reply *reply,
    ra_visitor *who, ra_app *app)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) mine = { .id = "" };

	if (ra_api_shown(desk, call, &cert, &mine))
		return get_app(desk, call, reply, app) &&
		    (ra_api_opens(&cert, &mine, app) || nobodys(reply, call->label)) &&
		    ra_api_as_shown(call, reply, &cert, &mine, who);
	return ra_api_who(desk, call, reply, who) &&
	    get_app(desk, call, reply, app) &&
	    (is_owner(who, app) || nobodys(reply, call->label));
}

const ra_profile *
ra_api_find_profile(ra_desk *desk, ra_reply *reply, const char *name)
{
	const ra_profile *p = ra_profiles_find(desk->profiles, name);

	if (p == NULL)
		ra_reply_text(reply, HTTP_NOT_FOUND,
		    _("there is no profile \"%s\" here"), name);
	return p;
}

/* Whether it is let in; where not, the reply says why. */
static bool
is_within(ra_desk *desk, ra_reply *reply, tmg_rc rc, long wait_s)
{
	if (rc == TMG_OK)
		return true;
	if (rc != TMG_BUSY) {
		ra_api_fault(reply, desk, ra_desk_says(desk, rc));
		return false;
	}
	reply->retry_after_s = wait_s;
	ra_reply_text(reply, HTTP_TOO_MANY,
	    _("this was done too often; wait %ld seconds"), wait_s);
	return false;
}

bool
ra_api_count(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_limit *limit, const char *subject)
{
	long wait_s = 0;
	const tmg_rc rc = ra_limit_count(desk->store, ra_desk_now(desk), limit,
	    call->peer, subject, &wait_s);

	return is_within(desk, reply, rc, wait_s);
}

bool
ra_api_may(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_limit *limit)
{
	long wait_s = 0;
	const tmg_rc rc = ra_limit_look(desk->store, ra_desk_now(desk), limit,
	    call->peer, "", &wait_s);

	return is_within(desk, reply, rc, wait_s);
}

/* ---- JSON ---- */

json_t *
ra_api_words(const ra_words *words)
{
	json_t *list = json_array();

	for (size_t i = 0; i < words->count; i++)
		json_array_append_new(list, json_string(words->word[i]));
	return list;
}

json_t *
ra_api_time(time_t at)
{
	char text[32];
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return json_null();
	return json_string(text);
}
