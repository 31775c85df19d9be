/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The beginning: what is asked for, and the journal's first entry.
 */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

static tmg_rc
put_text(tmg_provision *p, char *to, size_t size, const char *from,
    const char *what)
{
	const int n = snprintf(to, size, "%s", from != NULL ? from : "");

	if (n < 0 || (size_t)n >= size)
		return tmg_raise(&p->fault, TMG_E_USAGE, 0, _("%s is too long"), what);
	return TMG_OK;
}

static tmg_rc
describe_request(tmg_provision *p, const tmg_csr_spec *csr)
{
	tmg_rc rc;

	p->j.hash = (int)csr->hash;
	p->j.pss = csr->pss;
	p->j.challenged = csr->challenge != NULL;
	p->challenge = csr->challenge;
	if ((rc = tmg_text_set(&p->j.subject, csr->subject)) ||
	    (rc = tmg_text_set(&p->j.template_name, csr->template_name)) ||
	    (rc = tmg_strings_set(&p->j.san, csr->san)) ||
	    (rc = tmg_strings_set(&p->j.key_usage, csr->key_usage)) ||
	    (rc = tmg_strings_set(&p->j.ext_key_usage, csr->ext_key_usage)) ||
	    (rc = tmg_strings_set(&p->j.policies, csr->policies)))
		return rc;
	return TMG_OK;
}

/* The label is the end of the path: "est+https://ra.example/label". */
static tmg_rc
describe_authority(tmg_provision *p, const tmg_provision_spec *spec)
{
	const tmg_authority_spec *a = &spec->authority;
	tmg_auto_free char *uri = NULL;
	size_t len;
	tmg_rc rc;

	p->who = *a;
	p->j.insecure_http = a->insecure_http;
	if ((rc = tmg_certs_set(&p->j.anchors, a->anchors)) ||
	    (rc = tmg_strings_set(&p->j.options, a->options)) ||
	    (rc = put_text(p, p->j.fingerprint, sizeof(p->j.fingerprint),
	    a->fingerprint, _("the fingerprint"))))
		return rc;
	if (a->uri == NULL)
		return TMG_OK;

	len = strlen(a->uri);
	while (spec->profile != NULL && len > 0 && a->uri[len - 1] == '/')
		len--;
	if (asprintf(&uri, "%.*s%s%s", (int)len, a->uri,
	    spec->profile != NULL ? "/" : "",
	    spec->profile != NULL ? spec->profile : "") < 0) {
		uri = NULL;
		return TMG_E_NOMEM;
	}
	return put_text(p, p->j.authority, sizeof(p->j.authority), uri,
	    _("the authority's URI"));
}

static tmg_rc
find_token(tmg_provision *p, const tmg_provision_spec *spec)
{
	tmg_rc rc;

	if (p->token != NULL)
		return TMG_OK;
	rc = tmg_tokens_find(p->tokens, spec->token, &p->token);
	return rc == TMG_OK ? rc : tmg_fault_copy(&p->fault,
	    tmg_tokens_fault(p->tokens), rc);
}

/* The token's first slot for logging in, where slots have a purpose each. */
static tmg_rc
default_slot(tmg_provision *p)
{
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_token_keys(p->token, &count)))
		return tmg_work_token_said(p, rc);
	for (size_t i = 0; i < count; i++) {
		const tmg_slot *slot = tmg_key_slot(tmg_token_key(p->token, i));

		if ((slot->uses & TMG_USE_AUTH) == 0)
			continue;
		memcpy(p->j.slot, slot->name, sizeof(p->j.slot));
		return TMG_OK;
	}
	return tmg_advise(&p->fault, TMG_TRY_SLOT | TMG_TRY_LOOK,
	    tmg_raise(&p->fault, TMG_NOT_FOUND, 0,
		_("%s has no slot for logging in; choose one"), p->j.label));
}

static tmg_rc
describe_place(tmg_provision *p, const tmg_provision_spec *spec)
{
	tmg_rc rc;

	if ((rc = put_text(p, p->j.token, sizeof(p->j.token),
	    tmg_token_address(p->token), _("the token's URI"))) ||
	    (rc = put_text(p, p->j.label, sizeof(p->j.label),
	    tmg_token_info(p->token)->label, _("the token's label"))))
		return rc;
	if (p->j.slot[0] != '\0')
		return TMG_OK;
	if (spec->slot != NULL)
		return put_text(p, p->j.slot, sizeof(p->j.slot), spec->slot,
		    _("the slot's name"));
	return spec->renews != NULL || tmg_token_info(p->token)->named_by_id ? TMG_OK :
	    default_slot(p);
}

static bool
has_names(const tmg_strings san)
{
	return san != NULL && san[0] != NULL;
}

static tmg_rc
describe(tmg_provision *p, const tmg_provision_spec *spec)
{
	tmg_rc rc;

	p->j.pin = (int)spec->pin;
	p->j.touch = (int)spec->touch;
	p->j.replace = spec->replace || spec->destroy;
	p->destroys = spec->destroy;
	p->j.keep_key = spec->keep_key;
	p->j.attest = spec->attest;
	p->j.swap = spec->swap && spec->renews != NULL && spec->slot == NULL &&
	    !spec->keep_key;
	p->any_type = spec->alg == TMG_ALG_NONE && !spec->keep_key &&
	    spec->renews == NULL;
	if (!p->any_type)
		snprintf(p->j.alg, sizeof(p->j.alg), "%s", tmg_alg_get(
		    spec->alg != TMG_ALG_NONE ? spec->alg : TMG_ALG_P256)->name);
	if ((rc = describe_request(p, &spec->csr)) ||
	    (rc = describe_authority(p, spec)) ||
	    (rc = spec->renews != NULL ? tmg_renew_describe(p, spec) : TMG_OK) ||
	    (rc = find_token(p, spec)) ||
	    (rc = describe_place(p, spec)))
		return rc;

	/* RFC 5280 4.1.2.6: who has alternative names needs no other */
	if (p->j.subject == NULL || (p->j.subject[0] == '\0' && !has_names(p->j.san)))
		return tmg_advise(&p->fault, TMG_TRY_SUBJECT,
		    tmg_raise(&p->fault, TMG_E_USAGE, 0,
			_("nobody said whom the certificate is for; name the subject")));
	if (p->j.authority[0] == '\0')
		return tmg_advise(&p->fault, TMG_TRY_AUTHORITY,
		    tmg_raise(&p->fault, TMG_E_USAGE, 0,
			_("nobody said who is to issue; name the authority")));
	return TMG_OK;
}

/* A kept key has the type it has. */
static tmg_rc
take_place(tmg_provision *p)
{
	tmg_key_facts facts;
	tmg_rc rc;

	/* What only the PIN shows is not overwritten, nor refused at the end. */
	if ((rc = tmg_token_reveal(p->token)))
		return tmg_work_token_said(p, rc);
	p->any_slot = p->j.slot[0] == '\0';
	if (p->any_slot && ((rc = tmg_preflight_makes_keys(p)) ||
	    (rc = p->j.renews[0] != '\0' ? tmg_renew_place(p) : tmg_vacant_place(p))))
		return rc;
	if ((rc = tmg_token_slot(p->token, p->j.slot, &p->key)))
		return tmg_work_token_said(p, rc);
	if (p->j.keep_key && tmg_key_facts_get(p->key, &facts) == TMG_OK)
		snprintf(p->j.alg, sizeof(p->j.alg), "%s", tmg_alg_get(facts.alg)->name);
	return TMG_OK;
}

/* ---- the first entry ----------------------------------------------------- */

/* Another process that wrote a journal since we looked may have filled the slot
 * too: what was read of the token is old, and a key would be lost. */
static tmg_rc
look_again(tmg_provision *p)
{
	const unsigned long before = p->traces;
	tmg_rc rc;

	if ((rc = tmg_earlier_traces(p)))
		return rc;
	if (p->traces == before)
		return tmg_earlier(p);
	tmg_token_forget(p->token);
	if (p->any_slot)
		p->j.slot[0] = '\0';
	if ((rc = tmg_earlier(p)) != TMG_NOT_FOUND)
		return rc;
	if ((p->any_slot && (rc = take_place(p))) ||
	    (rc = tmg_preflight_slot(p)))
		return rc;
	return TMG_NOT_FOUND;
}

/* Between the look and the journal nobody else may begin. */
static tmg_rc
create(tmg_provision *p)
{
	tmg_auto(tmg_lock) store = TMG_NO_LOCK;
	tmg_rc rc;

	if ((rc = tmg_store_lock(NULL, &store, &p->fault)) ||
	    (rc = look_again(p)) != TMG_NOT_FOUND)
		return rc;
	if ((rc = tmg_replace_choose(p)) ||
	    (rc = tmg_store_new_id(p->ctx, p->j.id, &p->fault)) ||
	    (rc = tmg_store_lock(p->j.id, &p->lock, &p->fault)))
		return rc;
	p->j.begun = tmg_ctx_now(p->ctx);
	return tmg_work_reached(p, TMG_STEP_BEGUN);
}

static tmg_rc
check_all(tmg_provision *p, tmg_out *csr)
{
	tmg_auto_free uint8_t *own = NULL;
	tmg_out store;
	tmg_rc rc;

	if ((rc = take_place(p)))
		return rc;
	if (csr != NULL)
		return tmg_preflight(p, csr);
	own = malloc(TMG_CSR_MAX);
	if (own == NULL)
		return TMG_E_NOMEM;
	store = (tmg_out){ own, TMG_CSR_MAX, 0, false };
	return tmg_preflight(p, &store);
}

/* The wish is what the caller saw, however long ago.  What there is is read when
 * the traces were: a change after them is one that look_again() notices. */
static tmg_rc
look(tmg_provision *p)
{
	tmg_rc rc;

	if ((rc = tmg_earlier_traces(p)))
		return rc;
	tmg_token_forget(p->token);
	return tmg_earlier(p);
}

/* Whoever filled the slot since we looked may have asked for the same. */
static tmg_rc
filled_meanwhile(tmg_provision *p)
{
	const tmg_fault why = p->fault;
	tmg_rc rc;

	if ((rc = look(p)) != TMG_NOT_FOUND)
		return rc;
	p->fault = why;
	return why.rc;
}

static tmg_rc
begin(tmg_provision *p, const tmg_provision_spec *spec)
{
	tmg_rc rc;

	if ((rc = describe(p, spec)) ||
	    (rc = look(p)) != TMG_NOT_FOUND)
		return rc;
	if ((rc = check_all(p, NULL)) == TMG_OCCUPIED)
		return filled_meanwhile(p);
	if (rc != TMG_OK ||
	    (rc = tmg_work_login_user(p)) ||
	    (p->j.renews[0] != '\0' && (rc = tmg_preflight_admits(p))) ||
	    (rc = tmg_work_login_admin(p)))
		return rc;
	return create(p);
}

tmg_rc
tmg_provision_begin(tmg_ctx *ctx, tmg_tokens *tokens,
    const tmg_provision_spec *spec, tmg_fault *f, tmg_provision **out)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	*out = NULL;
	if ((rc = tmg_work_new(ctx, tokens, &p)))
		return rc;
	if ((rc = begin(p, spec)))
		return tmg_fault_copy(f, &p->fault, rc);
	*out = p;
	p = NULL;
	return TMG_OK;
}

tmg_rc
tmg_provision_rehearse(tmg_ctx *ctx, tmg_tokens *tokens,
    const tmg_provision_spec *spec, tmg_provision_record *about, tmg_out *csr,
    tmg_fault *f)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	if ((rc = tmg_work_new(ctx, tokens, &p)))
		return rc;
	if ((rc = describe(p, spec)) ||
	    (rc = check_all(p, csr)))
		return tmg_fault_copy(f, &p->fault, rc);
	*about = *tmg_provision_about(p);
	return TMG_OK;
}
