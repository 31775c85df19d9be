/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-proof.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-order.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/option.h"

#define AUTHZ_NAP_S 5L	/* a proof is shown meanwhile: do not stay away long */

/* The first that the person gave and the CA offers. */
static const tmg_acme_way *const ways[] = {
	&tmg_acme_webroot,
	&tmg_acme_listen,
	&tmg_acme_alpn,
	&tmg_acme_hook_dns,
	&tmg_acme_hook_http,
	&tmg_acme_hook_alpn,
	&tmg_acme_attest,
};

static bool
is_given(const tmg_authority *a, const tmg_acme_way *way)
{
	const char *type = tmg_option_get(a, "challenge");

	return tmg_option_get(a, way->option) != NULL &&
	    (type == NULL || strcmp(type, way->challenge) == 0);
}

tmg_rc
tmg_acme_prove_check(tmg_authority *a)
{
	for (size_t i = 0; i < TMG_COUNT(ways); i++)
		if (is_given(a, ways[i]))
			return TMG_OK;
	return tmg_authority_raise(a, TMG_E_USAGE,
	    _("%s: say how to prove that the name is yours, with --ca-option: "
	    "webroot=FOLDER of the web server that answers for it, "
	    "listen=ADDRESS:PORT, where port 80 of the name leads, or hook=PROGRAM that "
	    "changes its DNS; that the key is the device's: challenge=device-attest-01"),
	    a->uri.where);
}

/* ---- one authorization ------------------------------------------------- */

static tmg_rc
fetch(tmg_authority *a, const char *url, tmg_acme_authz *z, long *retry_after_s)
{
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if ((rc = tmg_acme_fetch(a, url, "Accept: application/json", &r)))
		return rc;
	*retry_after_s = r.retry_after_s;
	return tmg_acme_read_authz((tmg_view){ r.body, r.len }, z) == TMG_OK ? TMG_OK
	    : tmg_authority_raise(a, TMG_E_MALFORMED,
		_("%s: what it wants proven cannot be read; tell its operator"),
		a->uri.where);
}

/* What it says of the challenge that failed. */
static tmg_rc
failed(tmg_authority *a, const tmg_acme_authz *z)
{
	static const tmg_acme_problem nothing = { .type = "" };
	const tmg_acme_problem *p = &nothing;
	char subject[TMG_ACME_SAID] = "";

	snprintf(subject, sizeof(subject), "%.200s", z->name.value);
	for (size_t i = 0; i < z->count; i++) {
		if (z->challenges[i].status != TMG_ACME_INVALID)
			continue;
		p = &z->challenges[i].problem;
		snprintf(subject, sizeof(subject), "%.180s, %s", z->name.value,
		    z->challenges[i].type);
	}
	return tmg_acme_refused(a, p, subject);
}

/* "http-01, dns-01" */
static const char *
offered(const tmg_acme_authz *z, char *text, size_t cap)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < z->count && used < cap; i++)
		used += (size_t)snprintf(text + used, cap - used, "%s%s",
		    i > 0 ? ", " : "", z->challenges[i].type);
	return text;
}

static const tmg_acme_challenge *
challenge_of(const tmg_acme_authz *z, const char *type)
{
	for (size_t i = 0; i < z->count; i++)
		if (strcmp(z->challenges[i].type, type) == 0 &&
		    z->challenges[i].token[0] != '\0')
			return &z->challenges[i];
	return NULL;
}

static void
take(tmg_acme_proof *p, const tmg_acme_way *way, const tmg_acme_authz *z,
    const tmg_acme_challenge *c)
{
	p->way = way;
	p->name = z->name;
	p->wildcard = z->wildcard;
	p->asked = c->status == TMG_ACME_PROCESSING;
	memcpy(p->url, c->url, sizeof(p->url));
	memcpy(p->token, c->token, sizeof(p->token));
}

static tmg_rc
choose(tmg_authority *a, const tmg_acme_authz *z, tmg_acme_proof *p)
{
	const tmg_acme_challenge *c;
	char types[128];

	for (size_t i = 0; i < TMG_COUNT(ways); i++) {
		if (!is_given(a, ways[i]) ||
		    (c = challenge_of(z, ways[i]->challenge)) == NULL)
			continue;
		take(p, ways[i], z, c);
		return TMG_OK;
	}
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: for %.90s it takes these proofs only: %s; nothing you said gives one"),
	    a->uri.where, z->name.value, offered(z, types, sizeof(types)));
}

/* RFC 8555 8.1 */
static tmg_rc
answer(tmg_authority *a, tmg_acme_proof *p)
{
	char thumbprint[TMG_JWK_THUMBPRINT];
	json_t *jwk = NULL;
	tmg_rc rc = tmg_jws_jwk(a->ctx, tmg_acme_of(a)->account.signer, &jwk);

	if (rc == TMG_OK)
		rc = tmg_jws_thumbprint(a->ctx, jwk, thumbprint);
	json_decref(jwk);
	if (rc != TMG_OK)
		return tmg_authority_raise(a, rc, "%s", _("out of memory"));
	snprintf(p->answer, sizeof(p->answer), "%s.%s", p->token, thumbprint);
	return TMG_OK;
}

/* ---- taking away ------------------------------------------------------- */

static void
hide(tmg_authority *a, const tmg_acme_proof *p)
{
	p->way->hide(a, p, tmg_option_get(a, p->way->option));
}

/* Whichever challenge of an authorization was tried is over now. */
static void
tidy(tmg_authority *a, const tmg_acme_authz *z)
{
	tmg_acme_proof p = { .shown = true };

	if (choose(a, z, &p) == TMG_OK && p.way->lasting && answer(a, &p) == TMG_OK)
		hide(a, &p);
}

/* ---- all of them ------------------------------------------------------- */

static tmg_rc
collect(tmg_authority *a)
{
	tmg_acme *acme = tmg_acme_of(a);
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));
	tmg_acme_proof *p;
	long retry_after_s;
	tmg_rc rc;

	acme->proofs = calloc(acme->order.count, sizeof(*acme->proofs));
	if (acme->proofs == NULL || z == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	for (size_t i = 0; i < acme->order.count; i++) {
		p = &acme->proofs[acme->proof_count];
		if ((rc = fetch(a, acme->order.authorizations[i], z, &retry_after_s)))
			return rc;
		if (z->status != TMG_ACME_PENDING && acme->left)
			tidy(a, z);
		if (z->status == TMG_ACME_VALID)
			continue;
		if (z->status == TMG_ACME_INVALID)
			return failed(a, z);
		if ((rc = choose(a, z, p)) || (rc = answer(a, p)))
			return rc;
		p->retry_after_s = p->asked ? retry_after_s : -1;
		p->shown = acme->left;
		memcpy(p->authz, acme->order.authorizations[i], sizeof(p->authz));
		acme->proof_count++;
	}
	acme->left = false;
	return TMG_OK;
}

static tmg_rc
show(tmg_authority *a)
{
	tmg_acme *acme = tmg_acme_of(a);
	tmg_rc rc;

	for (size_t i = 0; i < acme->proof_count; i++) {
		tmg_acme_proof *p = &acme->proofs[i];

		/* also what failed half-way is taken away */
		p->shown = true;
		if ((rc = p->way->show(a, p, tmg_option_get(a, p->way->option))))
			return rc;
	}
	return TMG_OK;
}

/* RFC 8555 7.1.6: an authorization that is decided takes no more answers; an
 * earlier "{}" of ours arrived that we do not know of.  Else rc stands. */
static tmg_rc
is_decided(tmg_authority *a, const tmg_acme_proof *p, tmg_rc rc)
{
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));
	const tmg_fault before = a->fault;
	long ignored;

	if (z != NULL && fetch(a, p->authz, z, &ignored) == TMG_OK &&
	    z->status != TMG_ACME_PENDING)
		return TMG_OK;
	a->fault = before;
	return rc;
}

tmg_rc
tmg_acme_answer_seen(tmg_authority *a, const tmg_acme_proof *p, char **payload)
{
	(void)p;
	*payload = strdup("{}");
	return *payload != NULL ? TMG_OK :
	    tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
}

/* RFC 8555 7.5.1: the answer says that the proof is there, or is it. */
static tmg_rc
tell(tmg_authority *a, tmg_acme_proof *p)
{
	tmg_auto_free char *payload = NULL;
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if (p->asked)
		return TMG_OK;
	if ((rc = p->way->answer(a, p, &payload)))
		return rc;
	rc = tmg_acme_post(a, p->url, payload, &r);
	if (rc == TMG_DENIED)
		rc = is_decided(a, p, rc);
	p->asked = rc == TMG_OK;
	return rc;
}

static tmg_rc
still_waiting(tmg_authority *a, const tmg_acme_proof *p)
{
	return tmg_authority_raise(a, TMG_PENDING,
	    _("%s: it has not looked for the proof of %.80s yet"), a->uri.where,
	    p->name.value);
}

static tmg_rc
wait_for(tmg_authority *a, const tmg_acme_proof *p)
{
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));
	long retry_after_s = p->retry_after_s;
	tmg_rc rc;

	if (z == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if (retry_after_s > 0 && !tmg_acme_nap(a, 0, retry_after_s, AUTHZ_NAP_S))
		return still_waiting(a, p);
	for (unsigned n = 0; ; n++) {
		if ((rc = fetch(a, p->authz, z, &retry_after_s)))
			return rc;
		if (z->status == TMG_ACME_VALID)
			return TMG_OK;
		if (z->status == TMG_ACME_INVALID)
			return failed(a, z);
		if (!tmg_acme_nap(a, n, retry_after_s, AUTHZ_NAP_S))
			return still_waiting(a, p);
	}
}

tmg_rc
tmg_acme_prove_taken(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: its names want different proofs, and listen= answers not both at once; "
	    "say one with --ca-option challenge=, or use webroot= or hook="), a->uri.where);
}

void
tmg_acme_prove_end(tmg_authority *a, bool goes_on)
{
	tmg_acme *acme = tmg_acme_of(a);

	for (size_t i = 0; i < acme->proof_count; i++) {
		const tmg_acme_proof *p = &acme->proofs[i];

		if (p->shown && !(goes_on && p->way->lasting))
			hide(a, p);
	}
	free(acme->proofs);
	acme->proofs = NULL;
	acme->proof_count = 0;
}

void
tmg_acme_prove_tidy(tmg_authority *a)
{
	const tmg_acme *acme = tmg_acme_of(a);
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));
	const tmg_fault before = a->fault;
	long ignored;

	for (size_t i = 0; z != NULL && i < acme->order.count; i++)
		if (fetch(a, acme->order.authorizations[i], z, &ignored) == TMG_OK)
			tidy(a, z);
	a->fault = before;
}

static tmg_rc
prove(tmg_authority *a)
{
	tmg_acme *acme = tmg_acme_of(a);
	tmg_rc rc;

	if ((rc = collect(a)) || (rc = tmg_acme_order_shown(a)) || (rc = show(a)))
		return rc;
	for (size_t i = 0; i < acme->proof_count; i++)
		if ((rc = tell(a, &acme->proofs[i])))
			return rc;
	for (size_t i = 0; i < acme->proof_count; i++)
		if ((rc = wait_for(a, &acme->proofs[i])))
			return rc;
	return TMG_OK;
}

tmg_rc
tmg_acme_prove(tmg_authority *a)
{
	const tmg_rc rc = prove(a);

	tmg_acme_prove_end(a, rc == TMG_PENDING);
	return tmg_pass(&a->fault, rc);
}
