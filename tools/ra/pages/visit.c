/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/visit.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/store/digest.h"

#define LANG_MAX 8
#define LANG_KEPT_S (365 * 86400L)
#define DEVICE_KEPT_S (180 * 86400L)

void
ra_visit_release(ra_visit *v)
{
	ra_posted_release(&v->form);
	ra_page_release(&v->page);
	explicit_bzero(v->token, sizeof(v->token));
}

/* ---- who is there ---- */

static void
choose_language(ra_visit *v)
{
	const ra_language *asked =
	    ra_language_find(ra_posted_get(v->call->query, "lang"));
	char kept[LANG_MAX];

	if (asked != NULL)
		ra_cookie_print(RA_COOKIE_LANG, asked->code, LANG_KEPT_S,
		    v->reply->cookie[1]);
	else if (ra_cookie_find(v->call->cookie, RA_COOKIE_LANG, kept, sizeof(kept)))
		asked = ra_language_find(kept);
	v->language = asked != NULL ? asked :
	    ra_language_choose(v->call->languages);
}

static tmg_rc
use_token(ra_visit *v)
{
	return ra_token_hash("form", v->token, v->csrf);
}

static tmg_rc
give_token(ra_visit *v)
{
	tmg_rc rc;

	if ((rc = ra_token_new(v->desk->office->ctx, v->token)))
		return rc;
	ra_cookie_print(RA_COOKIE_TOKEN, v->token, 0, v->reply->cookie[0]);
	return use_token(v);
}

static tmg_rc
find_session(ra_visit *v)
{
	ra_session session = { .id = "" };
	char id[RA_HASH_TEXT];
	tmg_rc rc;

	if ((rc = ra_token_hash("session", v->token, id)))
		return rc;
	rc = ra_session_get(v->desk->store, id, &session);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc == TMG_OK && session.expires > ra_desk_now(v->desk))
		memcpy(v->number, session.subject, sizeof(v->number));
	return rc;
}

/* Staff is who shows the certificate of such an account; one that we issued
 * must be in force, too. */
static tmg_rc
find_staff(ra_visit *v)
{
	ra_user user = { .name = "" };
	char hash[RA_HASH_TEXT];
	tmg_rc rc;

	if (v->call->peer_cert.len == 0)
		return TMG_OK;
	if ((rc = ra_sha256_text(v->call->peer_cert, hash)))
		return rc;
	rc = ra_user_by_certificate(v->desk->store, hash, &user);
	if (rc || ra_desk_trusts(v->desk, v->call->peer_cert))
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	if (strcmp(user.role, RA_ROLE_OFFICER) == 0)
		v->officer = user;
	else if (strcmp(user.role, RA_ROLE_OPERATOR) == 0)
		v->operator = user;
	return TMG_OK;
}

/* Who has an application open and chooses a language is written to in it. */
static tmg_rc
keep_language(ra_visit *v)
{
	tmg_auto(ra_txn) txn = { NULL };
	ra_app app;
	tmg_rc rc;

	if (v->number[0] == '\0' || v->reply->cookie[1][0] == '\0')
		return TMG_OK;
	memcpy(app.id, v->number, sizeof(app.id));
	snprintf(app.language, sizeof(app.language), "%s", v->language->code);
	if ((rc = ra_txn_begin(&txn, v->desk->store)) ||
	    (rc = ra_app_speak(v->desk->store, &app)))
		return rc;
	return ra_txn_commit(&txn);
}

tmg_rc
ra_visit_begin(ra_visit *v)
{
	tmg_rc rc;

	choose_language(v);
	if (!ra_cookie_find(v->call->cookie, RA_COOKIE_TOKEN, v->token,
	    sizeof(v->token)) || !ra_token_ok(v->token)) {
		if ((rc = give_token(v)))
			return rc;
	} else if ((rc = use_token(v)) || (rc = find_session(v)) ||
	    (rc = keep_language(v))) {
		return rc;
	}
	if ((rc = find_staff(v)))
		return rc;
	snprintf(v->reply->user, sizeof(v->reply->user), "%s",
	    v->officer.name[0] != '\0' ? v->officer.name :
	    v->operator.name[0] != '\0' ? v->operator.name : v->number);
	return TMG_OK;
}

/* A new token: whoever knew the one before has nothing. */
tmg_rc
ra_visit_open(ra_visit *v, const char *number)
{
	const time_t now = ra_desk_now(v->desk);
	ra_session session = { .expires = now + RA_SESSION_S };
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	snprintf(session.subject, sizeof(session.subject), "%s", number);
	if ((rc = ra_visit_close(v)) ||
	    (rc = ra_token_hash("session", v->token, session.id)) ||
	    (rc = ra_txn_begin(&txn, v->desk->store)) ||
	    (rc = ra_session_expire(v->desk->store, now)) ||
	    (rc = ra_session_add(v->desk->store, &session)) ||
	    (rc = ra_txn_commit(&txn)))
		return rc;
	memcpy(v->number, session.subject, sizeof(v->number));
	return TMG_OK;
}

tmg_rc
ra_visit_close(ra_visit *v)
{
	tmg_auto(ra_txn) txn = { NULL };
	char id[RA_HASH_TEXT];
	tmg_rc rc;

	v->number[0] = '\0';
	if ((rc = ra_token_hash("session", v->token, id)) ||
	    (rc = ra_txn_begin(&txn, v->desk->store)) ||
	    (rc = ra_session_remove(v->desk->store, id)) ||
	    (rc = ra_txn_commit(&txn)))
		return rc;
	return give_token(v);
}

/* ---- what was sent ---- */

/* Browsers say where a form was; one that says nothing has the hidden field
 * alone to show. */
static bool
is_from_here(const ra_call *call)
{
	const char *origin = call->origin;

	return origin[0] == '\0' || (strncmp(origin, "https://", 8) == 0 &&
	    strcmp(origin + 8, call->host) == 0);
}

static bool
is_form_of(const ra_visit *v)
{
	const char *said = ra_posted_get(&v->form, "csrf");

	return strlen(said) == RA_HASH_TEXT - 1 &&
	    CRYPTO_memcmp(said, v->csrf, RA_HASH_TEXT - 1) == 0;
}

bool
ra_visit_read_form(ra_visit *v)
{
	const tmg_rc rc = ra_posted_read(v->call->content_type, v->call->body,
	    &v->form);

	if (rc == TMG_UNSUPPORTED) {
		ra_visit_say(v, HTTP_UNSUPPORTED_TYPE, _("Not a form"),
		    _("This address takes what a form of these pages sends."));
	} else if (rc) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("Not a form"),
		    _("What was sent is not a well-formed form."));
	} else if (!is_from_here(v->call) || !is_form_of(v)) {
		ra_visit_say(v, HTTP_FORBIDDEN, _("Please send the form again"),
		    _("This form was not sent from a page of this visit. Go back, load the page again and send the form once more; cookies must be allowed."));
	} else {
		return true;
	}
	return false;
}

static bool
is_within(ra_visit *v, tmg_rc rc, long wait_s)
{
	if (rc == TMG_OK)
		return true;
	if (rc != TMG_BUSY) {
		ra_visit_fault(v, ra_desk_says(v->desk, rc));
		return false;
	}
	v->reply->retry_after_s = wait_s;
	ra_visit_say(v, HTTP_TOO_MANY, _("Too many tries"),
	    _("This was done too often. Wait a minute and try again."));
	return false;
}

bool
ra_visit_count(ra_visit *v, const ra_limit *limit, const char *subject)
{
	long wait_s = 0;
	const tmg_rc rc = ra_limit_count(v->desk->store, ra_desk_now(v->desk),
	    limit, v->call->peer, subject, &wait_s);

	return is_within(v, rc, wait_s);
}

bool
ra_visit_may(ra_visit *v, const ra_limit *limit)
{
	long wait_s = 0;
	const tmg_rc rc = ra_limit_look(v->desk->store, ra_desk_now(v->desk),
	    limit, v->call->peer, "", &wait_s);

	return is_within(v, rc, wait_s);
}

tmg_rc
ra_visit_enter(ra_visit *v, const char *name, const char *password,
    ra_user *user, long *wait_s)
{
	char device[RA_TOKEN_MAX];
	const ra_credentials who = { v->call->peer, name,
		tmg_view_str(password), device };
	tmg_rc rc;

	if ((!ra_cookie_find(v->call->cookie, RA_COOKIE_DEVICE, device,
	    sizeof(device)) || !ra_token_ok(device)) &&
	    (rc = ra_token_new(v->desk->office->ctx, device)))
		return rc;
	rc = ra_gate_enter(v->desk->office->gate, v->desk->store,
	    ra_desk_now(v->desk), &who, user, wait_s);
	if (rc == TMG_OK)
		ra_cookie_print(RA_COOKIE_DEVICE, device, DEVICE_KEPT_S,
		    v->reply->cookie[2]);
	explicit_bzero(device, sizeof(device));
	return rc;
}

ra_actor
ra_visit_officer(const ra_visit *v, char name[RA_ACTOR_MAX])
{
	snprintf(name, RA_ACTOR_MAX, "officer:%s", v->officer.name);
	return (ra_actor){ RA_BY_OFFICER, name };
}

void
ra_visit_go(ra_visit *v, const char *location)
{
	snprintf(v->reply->location, sizeof(v->reply->location), "%s", location);
	v->reply->status = HTTP_SEE_OTHER;
}
