/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-names.h"
#include "src/enroll/acme-proof.h"
#include "src/enroll/acme-renewal.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/option.h"
#include "src/enroll/responder.h"
#include "src/enroll/session.h"
#include "src/http/status.h"

#define WAIT_S 60L		/* how long one process waits for the CA */
#define WAIT_MAX_S 3600L

static const char *const options[] = {
	"challenge", "webroot", "listen", "hook", "chain", "contact", "terms", "wait",
	"account-key",
	NULL,
};

/* ---- what it is -------------------------------------------------------- */

/* Key id and key of an external account: sealed, so HTTP never gets them. */
static tmg_rc
check_credentials(tmg_authority *a)
{
	if (a->spec.bearer.len > 0)
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: ACME knows no bearer tokens"), a->uri.where);
	if (a->spec.user != NULL && a->spec.password.len == 0)
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: the key that goes with the key id %.60s is missing"),
		    a->uri.where, a->spec.user);
	return TMG_OK;
}

static tmg_rc
acme_open(tmg_authority *a)
{
	char base[320];
	int64_t ignored;
	tmg_rc rc;

	if ((a->state = calloc(1, sizeof(tmg_acme))) == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	tmg_acme_of(a)->retry_after_s = -1;
	if (!a->uri.tls)	/* RFC 8555 6.1 */
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: ACME is spoken over https only"), a->uri.where);
	if (a->uri.path[0] == '\0')
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: the address of its directory is missing; write "
		    "acme+https://%s/directory, or what the CA says"), a->uri.where,
		    a->uri.where);
	tmg_ca_uri_base(&a->uri, base, sizeof(base));
	if (snprintf(tmg_acme_of(a)->url, TMG_ACME_URL_MAX, "%s/%s", base, a->uri.path) >=
	    (int)TMG_ACME_URL_MAX)
		return tmg_authority_raise(a, TMG_E_USAGE, _("%s: too long"), a->uri.path);
	return (rc = check_credentials(a)) ? rc : tmg_acme_patience(a, &ignored);
}

static void
acme_close(tmg_authority *a)
{
	if (a->state == NULL)
		return;
	tmg_acme_prove_end(a, false);
	tmg_responder_free(&tmg_acme_of(a)->responder);
	tmg_acme_account_close(a);
	free(a->state);
	a->state = NULL;
}

tmg_rc
tmg_acme_patience(tmg_authority *a, int64_t *ms)
{
	const char *text = tmg_option_get(a, "wait");
	char *end = NULL;
	long s = WAIT_S;

	if (text != NULL)
		s = strtol(text, &end, 10);
	if (text != NULL && (end == text || *end != '\0' || s < 0 || s > WAIT_MAX_S))
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("wait=%.20s: say seconds, 0 to %ld"), text, WAIT_MAX_S);
	*ms = (int64_t)s * 1000;
	return TMG_OK;
}

/* ---- the directory (RFC 8555 7.1.1) ------------------------------------- */

tmg_rc
tmg_acme_hear(tmg_authority *a, tmg_http *http)
{
	tmg_acme *acme = tmg_acme_of(a);
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if (acme->heard)
		return TMG_OK;
	if (http == NULL && (rc = tmg_session_open(a, &http)))
		return tmg_pass(&a->fault, rc);
	if ((rc = tmg_http_do(http, &(tmg_http_request){ .url = acme->url }, &r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	if (r.status != TMG_HTTP_OK)
		return tmg_refusal_status(a, &r);
	if ((rc = tmg_refusal_type(a, &r, "application/json")))
		return rc;
	if (tmg_acme_read_directory((tmg_view){ r.body, r.len }, &acme->directory))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: its answer is no ACME directory; is the address right?"),
		    a->uri.where);
	acme->heard = true;
	return TMG_OK;
}

/*
 * The protocol has no way to ask who the CA is, so nobody can be introduced.
 * Who was named already is who it is: what is issued is checked against that.
 */
static tmg_rc
acme_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	tmg_rc rc = TMG_OK;

	if (a->spec.anchors == NULL)
		return tmg_advise(&a->fault, TMG_TRY_AUTHORITY, tmg_authority_raise(a,
		    TMG_UNSUPPORTED, _("%s: ACME cannot tell who the CA is; give the roots "
		    "that its server and its certificates lead to, for a public CA for "
		    "example one of /etc/ssl/certs"), a->uri.where));
	if ((rc = tmg_acme_hear(a, http)))
		return rc;
	for (size_t i = 0; i < tmg_certs_count(a->spec.anchors) && rc == TMG_OK; i++)
		rc = tmg_certs_add(certs, tmg_certs_get(a->spec.anchors, i));
	return rc == TMG_OK ? rc : tmg_authority_raise(a, rc, "%s", _("out of memory"));
}

/* It wants nothing in the request; what it wants of us is found out here. */
static tmg_rc
acme_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	tmg_rc rc;

	(void)http, (void)csrattrs;
	if ((rc = tmg_acme_prove_check(a)))
		return rc;
	return tmg_acme_account_check(a);
}

/* An account or none, which acme_wants() found out. */
static tmg_rc
acme_admits(tmg_authority *a, bool renews)
{
	(void)a, (void)renews;
	return TMG_OK;
}

static tmg_rc
acme_link(tmg_authority *a, tmg_out *challenge)
{
	(void)challenge;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: ACME links no request to its connection"), a->uri.where);
}

static tmg_rc
acme_request(tmg_authority *a, const tmg_csr_spec *spec, tmg_signer *signer,
    bool renews, tmg_out *request)
{
	json_t *names = NULL;
	tmg_rc rc = tmg_binding_pkcs10(a, spec, signer, renews, request);

	if (rc == TMG_OK)
		rc = tmg_acme_names(a, tmg_out_view(request), &names);
	json_decref(names);
	return rc;
}

/* What became of it stands in the order, whose address is kept. */
static tmg_rc
acme_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d)
{
	(void)ticket;
	return tmg_acme_submit(a, csr, renews, d);
}

const tmg_binding tmg_binding_acme = {
	.name = "acme",
	.spec = "RFC 8555, RFC 8738, RFC 9773, RFC 8737, draft-ietf-acme-device-attest",
	.sealed = true,
	.hosts = true,
	.options = options,
	.open = acme_open,
	.cacerts = acme_cacerts,
	.wants = acme_wants,
	.admits = acme_admits,
	.link = acme_link,
	.request = acme_request,
	.forward = tmg_binding_forward,
	.vouch = tmg_binding_no_vouch,
	.submit = tmg_acme_submit,
	.poll = acme_poll,
	.proof = tmg_binding_no_proof,
	.installed = tmg_binding_no_installed,
	.revoke = tmg_acme_revoke,
	.renew_when = tmg_acme_renew_when,
	.next = tmg_binding_no_next,
	.call = tmg_acme_call,
	.close = acme_close,
};
