/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GetNextCACert, RFC 8894 4.7: the CA that follows, signed by the one in force.
 * Only the CA itself may name it: a registration authority speaks for it in
 * messages, and is nobody's heir.
 */
#include <openssl/x509v3.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/scep.h"
#include "src/http/status.h"

#define TYPE_NEXT "application/x-x509-next-ca-cert"

static tmg_rc
refuse_answer(tmg_authority *a, tmg_rc rc)
{
	return tmg_authority_raise(a, rc == TMG_E_NOMEM ? rc : TMG_E_MALFORMED, "%s: %s",
	    a->uri.where, rc == TMG_E_NOMEM ? _("out of memory") :
	    _("what it says of the CA that follows cannot be read; tell its operator"));
}

/* Of the authority that is in force, which GetCACert named and we believe. */
static tmg_rc
judge_signer(tmg_authority *a, const tmg_scep_message *m)
{
	tmg_rc rc = X509_check_ca(m->signer) > 0 ? tmg_scep_is_server(a, m->signer) :
	    TMG_MISMATCH;

	if (rc != TMG_MISMATCH)
		return rc;
	return tmg_authority_raise(a, rc, _("%s: the certificate of the CA that follows is "
	    "not signed by the CA in force; do not believe it, and tell its operator"),
	    a->uri.where);
}

static tmg_rc
open_answer(tmg_authority *a, tmg_view der, tmg_scep_message *m)
{
	const tmg_scep *scep = a->state;
	const tmg_scep_allow allow = { .sha1 = scep->legacy };
	tmg_fault why = { 0 };
	tmg_rc rc;

	if ((rc = tmg_scep_read_signed(tmg_ctx_libctx(a->ctx), der, m)))
		return refuse_answer(a, rc);
	if ((rc = judge_signer(a, m)))
		return rc;
	rc = tmg_scep_verify(m, &allow, &why);
	return rc == TMG_OK ? rc :
	    tmg_authority_raise(a, rc, "%s: %s", a->uri.where, why.text);
}

/* Whoever is no CA follows none. */
static tmg_rc
take_certs(tmg_authority *a, tmg_view cms, tmg_certs *next)
{
	const size_t before = tmg_certs_count(next);
	tmg_cert_facts facts;
	tmg_rc rc = tmg_certs_add_cms(next, cms);

	if (rc == TMG_OK && tmg_certs_count(next) == before)
		rc = TMG_E_MALFORMED;
	for (size_t i = before; rc == TMG_OK && i < tmg_certs_count(next); i++)
		if ((rc = tmg_cert_facts_get(tmg_certs_get(next, i), &facts)) == TMG_OK &&
		    !facts.ca)
			rc = TMG_E_MALFORMED;
	return rc == TMG_OK ? rc : refuse_answer(a, rc);
}

static tmg_rc
read_answer(tmg_authority *a, const tmg_http_response *r, tmg_certs *next)
{
	__attribute__((__cleanup__(tmg_scep_message_release)))
	tmg_scep_message m = { .cms = NULL };
	tmg_rc rc;

	if (r->status == TMG_HTTP_NOT_FOUND)
		return tmg_authority_raise(a, TMG_NOT_FOUND,
		    _("%s: no CA follows the one in force yet; ask again nearer to its end"),
		    a->uri.where);
	if (r->status != TMG_HTTP_OK)
		return tmg_refusal_status(a, r);
	if ((rc = tmg_refusal_type(a, r, TYPE_NEXT)) ||
	    (rc = open_answer(a, (tmg_view){ r->body, r->len }, &m)))
		return rc;
	return take_certs(a, tmg_scep_view(&m.content), next);
}

tmg_rc
tmg_scep_next(tmg_authority *a, tmg_certs *next)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	const tmg_scep *scep = a->state;
	char url[TMG_SCEP_URL_MAX];
	tmg_http *http = NULL;
	tmg_rc rc;

	if ((rc = tmg_session_open(a, &http)) || (rc = tmg_scep_caps(a, http)))
		return tmg_pass(&a->fault, rc);
	if ((scep->caps & TMG_SCEP_CAP_NEXT) == 0)
		return tmg_authority_raise(a, TMG_UNSUPPORTED, _("%s: its SCEP server "
		    "does not tell which CA follows (it has no GetNextCACert)"), a->uri.where);
	tmg_scep_url(a, "GetNextCACert", url);
	if ((rc = tmg_http_do(http, &(tmg_http_request){ .url = url }, &r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	return read_answer(a, &r, next);
}
