/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another key for the account (RFC 8555 7.3.5): a message of the new key inside
 * one of the old key.
 *
 * The record holds the new key as "next" before the server hears of it.  Whoever
 * finds it there asks by which key the server knows the account: it was changed
 * or it was not, and either way the other key is still at hand.
 */
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-account.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-talk.h"
#include "src/http/status.h"

#define auto_record __attribute__((__cleanup__(tmg_acme_record_release))) tmg_acme_record

/* A key with what signs by it. */
typedef struct hand {
	tmg_soft *soft;
	tmg_signer *signer;
} hand;

static void
hand_release(hand *h)
{
	tmg_soft_free(&h->soft);
}

static bool
problem_is(const tmg_authority *a, const char *type)
{
	return strcmp(tmg_acme_of(a)->problem.type, type) == 0;
}

static tmg_rc
adopt(tmg_authority *a, tmg_acme_record *r)
{
	r->key = r->next;
	explicit_bzero(&r->next, sizeof(r->next));
	return tmg_acme_store_save(a, r);
}

static tmg_rc
drop(tmg_authority *a, tmg_acme_record *r)
{
	explicit_bzero(&r->next, sizeof(r->next));
	return tmg_acme_store_save(a, r);
}

/* ---- after somebody ended in the middle -------------------------------- */

tmg_rc
tmg_acme_change_settle(tmg_authority *a, tmg_acme_record *r, bool *changed)
{
	tmg_auto(hand) next = { NULL, NULL };
	char url[TMG_ACME_URL_MAX];
	json_t *question;
	bool same;
	tmg_rc rc;

	if (changed != NULL)
		*changed = false;
	if (r->next.len == 0)
		return TMG_OK;
	if ((rc = tmg_acme_key_open(a, &r->next, &next.soft, &next.signer)))
		return tmg_pass(&a->fault, rc);
	question = json_pack("{s:b}", "onlyReturnExisting", 1);
	rc = tmg_acme_account_ask(a, next.signer, question, url);
	json_decref(question);
	same = rc == TMG_OK && strcmp(url, r->url) == 0;
	if (changed != NULL)
		*changed = same;
	if (rc == TMG_OK)
		return same ? adopt(a, r) : drop(a, r);
	/* not changed: the old key is the account's, and the new one may yet be */
	return problem_is(a, "accountDoesNotExist") ? TMG_OK : tmg_pass(&a->fault, rc);
}

/* ---- changing ---------------------------------------------------------- */

static tmg_rc
no_memory(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
}

/* {"account": ..., "oldKey": ...} signed by the new key, which says what it is. */
static tmg_rc
make_inner(tmg_authority *a, const tmg_acme_record *r, const hand *old,
    const hand *next, char **inner)
{
	json_t *old_jwk = NULL, *next_jwk = NULL, *o, *header;
	tmg_auto_free char *payload = NULL;
	tmg_rc rc;

	if ((rc = tmg_jws_jwk(a->ctx, old->signer, &old_jwk)))
		return no_memory(a);
	if ((rc = tmg_jws_jwk(a->ctx, next->signer, &next_jwk))) {
		json_decref(old_jwk);
		return no_memory(a);
	}
	o = json_pack("{s:s, s:o}", "account", r->url, "oldKey", old_jwk);
	header = json_pack("{s:o, s:s}", "jwk", next_jwk, "url",
	    tmg_acme_of(a)->directory.key_change);
	payload = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	rc = payload == NULL || header == NULL ? TMG_E_NOMEM :
	    tmg_jws_sign(a->ctx, next->signer, header, tmg_view_str(payload), inner);
	json_decref(o);
	json_decref(header);
	if (rc == TMG_E_NOMEM)
		return no_memory(a);
	return rc == TMG_OK ? rc : tmg_fault_copy(&a->fault, next->signer->fault, rc);
}

/* 409 names the account that has the new key. */
static tmg_rc
taken(tmg_authority *a, tmg_acme_record *r, const char *place)
{
	tmg_rc rc;

	if (strcmp(place, r->url) == 0)
		return adopt(a, r);
	if ((rc = drop(a, r)))
		return rc;
	return tmg_authority_raise(a, TMG_OCCUPIED, _("%s: the new key has an account of "
	    "its own there (%.120s); name another key"), a->uri.where, place);
}

static tmg_rc
hand_over(tmg_authority *a, tmg_acme_record *record, const hand *old, const hand *next)
{
	tmg_auto_free char *inner = NULL;
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if ((rc = make_inner(a, record, old, next, &inner)))
		return rc;
	rc = tmg_acme_send(a, &(tmg_acme_sender){ old->signer, record->url },
	    tmg_acme_of(a)->directory.key_change, inner, "Accept: application/json", &r);
	if (rc == TMG_OK)
		return adopt(a, record);
	return r.status == TMG_HTTP_CONFLICT && tmg_acme_is_url(r.place)
	    ? taken(a, record, r.place) : rc;
}

/* What was begun with another key than the one wanted now is given up. */
static tmg_rc
choose_next(tmg_authority *a, const char *name, tmg_acme_record *r)
{
	tmg_acme_key wanted;
	tmg_rc rc = TMG_OK;

	if (name == NULL && r->next.len > 0 && r->next.token[0] == '\0')
		return TMG_OK;
	if ((rc = tmg_acme_key_make(a, name, &wanted)))
		return rc;
	if (wanted.len == r->key.len && memcmp(wanted.der, r->key.der, wanted.len) == 0)
		rc = tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: that is the account's key already"), a->uri.where);
	else
		r->next = wanted;
	explicit_bzero(&wanted, sizeof(wanted));
	return rc == TMG_OK ? tmg_acme_store_save(a, r) : rc;
}

static tmg_rc
check(tmg_authority *a, tmg_acme_record *r)
{
	tmg_rc rc;

	if ((rc = tmg_acme_hear(a, NULL)))
		return rc;
	if (tmg_acme_of(a)->directory.key_change[0] == '\0')
		return tmg_authority_raise(a, TMG_UNSUPPORTED,
		    _("%s: it lets nobody change an account's key"), a->uri.where);
	rc = tmg_acme_store_load(a, r);
	return rc != TMG_NOT_FOUND && (rc != TMG_OK || r->url[0] != '\0') ? rc
	    : tmg_authority_raise(a, TMG_NOT_FOUND,
		_("%s: this computer has no account there"), a->uri.where);
}

tmg_rc
tmg_acme_change(tmg_authority *a, const char *name)
{
	tmg_auto(hand) old = { NULL, NULL };
	tmg_auto(hand) next = { NULL, NULL };
	auto_record r = { .directory = "" };
	tmg_auto_fd fd = -1;
	bool begun, changed;
	tmg_rc rc;

	tmg_acme_account_close(a);
	if ((rc = tmg_acme_store_lock(a, &fd)) || (rc = check(a, &r)))
		return tmg_pass(&a->fault, rc);
	begun = r.next.len > 0 && (r.next.token[0] == '\0') == (name == NULL);
	if ((rc = tmg_acme_change_settle(a, &r, &changed)) || (begun && changed))
		return tmg_pass(&a->fault, rc);
	if ((rc = choose_next(a, name, &r)) ||
	    (rc = tmg_acme_key_open(a, &r.key, &old.soft, &old.signer)) ||
	    (rc = tmg_acme_key_open(a, &r.next, &next.soft, &next.signer)))
		return tmg_pass(&a->fault, rc);
	return tmg_pass(&a->fault, hand_over(a, &r, &old, &next));
}
