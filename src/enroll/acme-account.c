/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-account.h"

#include <jansson.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/option.h"

#define MAC_KEY_MAX 512u	/* bytes of an external account's key */

#define auto_record __attribute__((__cleanup__(tmg_acme_record_release))) tmg_acme_record

/* ---- the key ----------------------------------------------------------- */

static tmg_rc
use_key(tmg_authority *a, const tmg_acme_record *r)
{
	tmg_acme_account *account = &tmg_acme_of(a)->account;
	const tmg_rc rc = tmg_acme_key_open(a, &r->key, &account->soft, &account->signer);

	if (rc == TMG_OK)
		memcpy(account->url, r->url, sizeof(account->url));
	return rc;
}

/* Written down before anybody hears of it. */
static tmg_rc
load_or_make(tmg_authority *a, tmg_acme_record *r)
{
	tmg_rc rc = tmg_acme_store_load(a, r);

	if (rc != TMG_NOT_FOUND)
		return rc;
	*r = (tmg_acme_record){ .directory = "" };
	memcpy(r->directory, tmg_acme_of(a)->url, sizeof(r->directory));
	if ((rc = tmg_acme_key_make(a, tmg_option_get(a, "account-key"), &r->key)))
		return rc;
	return tmg_acme_store_save(a, r);
}

/* ---- registering ------------------------------------------------------- */

/* Once a process, however often it is looked whether there is an account. */
static tmg_rc
ask_person(tmg_authority *a, const char *terms)
{
	const tmg_rc rc = a->spec.agree(a->spec.asker, terms, &a->fault);

	tmg_acme_of(a)->agreed = rc == TMG_OK;
	return tmg_pass(&a->fault, rc);
}

/* The words of whoever agreed are kept; agreeing to "the terms" whatever they
 * become is not agreeing. */
static tmg_rc
check_terms(tmg_authority *a)
{
	const char *agreed = tmg_option_get(a, "terms");
	const char *terms = tmg_acme_of(a)->directory.terms;

	if (terms[0] == '\0' || tmg_acme_of(a)->agreed ||
	    (agreed != NULL && strcmp(agreed, terms) == 0))
		return TMG_OK;
	if (a->spec.agree != NULL)
		return ask_person(a, terms);
	if (agreed != NULL)
		return tmg_authority_raise(a, TMG_DENIED, _("%s: its terms of service are "
		    "others than those you agreed to; read %.140s and, if you agree, say "
		    "--ca-option terms= and that address"), a->uri.where, terms);
	return tmg_authority_raise(a, TMG_DENIED, _("%s: nobody agreed to its terms of "
	    "service; read %.140s and, if you agree, say --ca-option terms= and that "
	    "address"), a->uri.where, terms);
}

static tmg_rc
check_binding(tmg_authority *a)
{
	const tmg_acme *acme = tmg_acme_of(a);

	if (!acme->directory.bound || a->spec.user != NULL)
		return TMG_OK;
	return tmg_advise(&a->fault, TMG_TRY_CREDENTIAL, tmg_authority_raise(a,
	    TMG_DENIED, _("%s: it takes only accounts that it knows from elsewhere; as "
	    "user give the key id that it told you, as password the key"), a->uri.where));
}

/* A key on a token that is not there is missed before another one is made. */
static tmg_rc
check_key(tmg_authority *a, tmg_acme_record *r)
{
	const char *named = tmg_option_get(a, "account-key");
	tmg_soft *soft = NULL;
	tmg_signer *signer;
	tmg_rc rc;

	if (r->key.len == 0 && (named == NULL ||
	    (rc = tmg_acme_key_make(a, named, &r->key))))
		return named == NULL ? TMG_OK : rc;
	rc = tmg_acme_key_open(a, &r->key, &soft, &signer);
	tmg_soft_free(&soft);
	return rc;
}

tmg_rc
tmg_acme_account_check(tmg_authority *a)
{
	auto_record r = { .directory = "" };
	tmg_rc rc;

	if ((rc = tmg_acme_hear(a, NULL)))
		return rc;
	rc = tmg_acme_store_load(a, &r);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if (r.url[0] == '\0' && ((rc = check_binding(a)) || (rc = check_terms(a))))
		return rc;
	return tmg_pass(&a->fault, check_key(a, &r));
}

/* RFC 8555 7.3.4: the account's public key, signed with the key that the CA
 * gave to whoever it knows. */
static tmg_rc
bind(tmg_authority *a, const json_t *jwk, json_t **binding)
{
	const tmg_acme *acme = tmg_acme_of(a);
	tmg_auto_free char *payload = json_dumps(jwk, JSON_COMPACT);
	json_t *header = json_pack("{s:s, s:s}", "kid", a->spec.user, "url",
	    acme->directory.new_account);
	uint8_t bytes[MAC_KEY_MAX];
	tmg_out key = TMG_OUT(bytes);
	tmg_view text = a->spec.password;	/* base64url, as the CA gave it */
	tmg_rc rc;

	while (text.len > 0 && text.ptr[text.len - 1] == '=')
		text.len--;
	if (tmg_base64url_parse(text, &key) || key.len == 0)
		rc = tmg_authority_raise(a, TMG_E_USAGE,
		    _("the key that %s gave you is not base64url; copy it again"),
		    a->uri.where);
	else if ((rc = header == NULL || payload == NULL ? TMG_E_NOMEM :
	    tmg_jws_mac(a->ctx, tmg_out_view(&key), header, tmg_view_str(payload),
	    binding)))
		rc = tmg_authority_raise(a, rc, "%s", _("out of memory"));
	explicit_bzero(bytes, sizeof(bytes));
	json_decref(header);
	return rc;
}

static tmg_rc
describe(tmg_authority *a, json_t *o)
{
	const tmg_acme *acme = tmg_acme_of(a);
	const char *contact = tmg_option_get(a, "contact");
	json_t *jwk = NULL, *binding = NULL;
	tmg_rc rc = TMG_OK;

	if (acme->directory.terms[0] != '\0')
		json_object_set_new(o, "termsOfServiceAgreed", json_true());
	if (contact != NULL)
		json_object_set_new(o, "contact", json_pack("[s]", contact));
	if (a->spec.user == NULL)
		return TMG_OK;
	if ((rc = tmg_jws_jwk(a->ctx, acme->account.signer, &jwk)))
		return tmg_authority_raise(a, rc, "%s", _("out of memory"));
	if ((rc = bind(a, jwk, &binding)) == TMG_OK)
		json_object_set_new(o, "externalAccountBinding", binding);
	json_decref(jwk);
	return rc;
}

/* The same key again is answered with the account it has (7.3): so it does no
 * harm that a process ended before the answer was written down. */
tmg_rc
tmg_acme_account_ask(tmg_authority *a, tmg_signer *signer, const json_t *what,
    char url[TMG_ACME_URL_MAX])
{
	tmg_auto_free char *payload = json_dumps(what, JSON_COMPACT);
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if (payload == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = tmg_acme_send(a, &(tmg_acme_sender){ signer, NULL },
	    tmg_acme_of(a)->directory.new_account, payload, "Accept: application/json",
	    &r)))
		return rc;
	if (!tmg_acme_is_url(r.place))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: its answer names no account; tell its operator"), a->uri.where);
	memcpy(url, r.place, TMG_ACME_URL_MAX);
	return TMG_OK;
}

static tmg_rc
enlist(tmg_authority *a, tmg_acme_record *r)
{
	json_t *o;
	tmg_rc rc;

	if ((rc = check_binding(a)) || (rc = check_terms(a)))
		return rc;
	o = json_object();
	if ((rc = describe(a, o)) == TMG_OK)
		rc = tmg_acme_account_ask(a, tmg_acme_of(a)->account.signer, o, r->url);
	json_decref(o);
	if (rc != TMG_OK)
		return rc;
	memcpy(r->terms, tmg_acme_of(a)->directory.terms, sizeof(r->terms));
	return tmg_acme_store_save(a, r);
}

tmg_rc
tmg_acme_account_open(tmg_authority *a)
{
	tmg_acme_account *account = &tmg_acme_of(a)->account;
	auto_record r = { .directory = "" };
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	if (account->url[0] != '\0')
		return TMG_OK;
	tmg_acme_account_close(a);
	if ((rc = tmg_acme_hear(a, NULL)) || (rc = tmg_acme_store_lock(a, &fd)) ||
	    (rc = load_or_make(a, &r)) || (rc = tmg_acme_change_settle(a, &r, NULL)) ||
	    (rc = use_key(a, &r)))
		return tmg_pass(&a->fault, rc);
	if (r.url[0] == '\0' && (rc = enlist(a, &r)))
		return tmg_pass(&a->fault, rc);
	memcpy(account->url, r.url, sizeof(account->url));
	return TMG_OK;
}

tmg_rc
tmg_acme_account_find(tmg_authority *a)
{
	auto_record r = { .directory = "" };
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	if (tmg_acme_of(a)->account.url[0] != '\0')
		return TMG_OK;
	if ((rc = tmg_acme_hear(a, NULL)) || (rc = tmg_acme_store_load(a, &r)))
		return rc;
	if (r.next.len > 0 && ((rc = tmg_acme_store_lock(a, &fd)) ||
	    (rc = tmg_acme_store_load(a, &r)) ||
	    (rc = tmg_acme_change_settle(a, &r, NULL))))
		return tmg_pass(&a->fault, rc);
	return r.url[0] == '\0' ? TMG_NOT_FOUND : use_key(a, &r);
}

tmg_rc
tmg_acme_account_lost(tmg_authority *a)
{
	auto_record r = { .directory = "" };
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	tmg_acme_of(a)->account.url[0] = '\0';
	if ((rc = tmg_acme_store_lock(a, &fd)) || (rc = tmg_acme_store_load(a, &r)))
		return tmg_pass(&a->fault, rc);
	r.url[0] = '\0';
	return tmg_acme_store_save(a, &r);
}

void
tmg_acme_account_close(tmg_authority *a)
{
	tmg_acme_account *account = &tmg_acme_of(a)->account;

	tmg_soft_free(&account->soft);
	*account = (tmg_acme_account){ .soft = NULL };
}
