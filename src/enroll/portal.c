/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/portal.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/answer.h"
#include "src/enroll/session.h"
#include "src/http/status.h"

#define API "/api/v1/applications"
#define RENEWALS "/api/v1/renewals"
#define REVOCATIONS "/api/v1/revocations"
#define TYPE_JSON "application/json"
#define TYPE_CHAIN "application/pem-certificate-chain"
#define TYPE_PEM "application/x-pem-file"

#define RESPONSE __attribute__((__cleanup__(tmg_http_response_release))) \
	tmg_http_response r = { 0 }

static tmg_portal_place *
place_of(const tmg_authority *a)
{
	return a->state;
}

/* An application is opened by its number; whoever gave a name as well meant
 * an account, and an application has none. */
static tmg_rc
portal_open(tmg_authority *a)
{
	tmg_portal_place *place = calloc(1, sizeof(*place));

	if ((a->state = place) == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if (tmg_portal_path(a->uri.path, place))
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("\"%s\": after the host, a portal takes the name of a profile or "
		    "applications/NUMBER"), a->uri.path);
	/* who renews, or has lost the code, shows the certificate and nothing else */
	if (a->spec.signer != NULL) {
		a->spec.user = NULL;
		a->spec.password = (tmg_view){ NULL, 0 };
	}
	if (place->number[0] == '\0')
		return TMG_OK;
	if (a->spec.user != NULL && strcmp(a->spec.user, place->number) != 0)
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("application %s is opened by its access code, not by the account "
		    "%s"), place->number, a->spec.user);
	if (a->spec.password.len > 0)
		a->spec.user = place->number;
	return TMG_OK;
}

static void
portal_close(tmg_authority *a)
{
	free(a->state);
	a->state = NULL;
}

static void
url_of(const tmg_authority *a, const char *path, char url[TMG_PORTAL_URL_MAX])
{
	char base[320];

	tmg_ca_uri_base(&a->uri, base, sizeof(base));
	snprintf(url, TMG_PORTAL_URL_MAX, "%s%s", base, path);
}

/* "/api/v1/applications/NUMBER/verb" */
static void
path_of(char path[128], const char *number, const char *verb)
{
	snprintf(path, 128, API "/%.23s/%s", number, verb);
}

/* The portal's own words stand in JSON; refusals want one line of text. */
static tmg_rc
refused(tmg_authority *a, tmg_http_response *r)
{
	char said[TMG_PORTAL_SAID];

	if (tmg_portal_read_error((tmg_view){ r->body, r->len }, said) == TMG_OK &&
	    strlen(said) <= r->len) {
		r->len = strlen(said);
		memcpy(r->body, said, r->len);
		strcpy(r->type, "text/plain");
	}
	return tmg_refusal_status(a, r);
}

static tmg_rc
get(tmg_authority *a, tmg_http *http, const char *path, tmg_http_response *r)
{
	char url[TMG_PORTAL_URL_MAX];

	url_of(a, path, url);
	return tmg_pass(&a->fault, tmg_http_do(http, &(tmg_http_request){
	    .url = url }, r, &a->fault));
}

static const char *
type_of(const char *type)
{
	return type != NULL ? type : TYPE_JSON;
}

/* call->path is the whole one.  A GET has no body, so nothing is said of it. */
static tmg_rc
exchange(tmg_authority *a, const tmg_call *call, tmg_http_response *r)
{
	const bool get = call->verb == TMG_VERB_GET;
	char accept[TMG_PORTAL_TYPE_MAX], type[TMG_PORTAL_TYPE_MAX];
	const char *const headers[] = { accept, get ? NULL : type, NULL };
	char url[TMG_PORTAL_URL_MAX];
	tmg_http *http = NULL;
	tmg_rc rc;

	if ((rc = tmg_session_get(a, &http)))
		return tmg_pass(&a->fault, rc);
	url_of(a, call->path, url);
	snprintf(accept, sizeof(accept), "Accept: %s", type_of(call->wants));
	snprintf(type, sizeof(type), "Content-Type: %s", type_of(call->type));
	return tmg_pass(&a->fault, tmg_http_do(http, &(tmg_http_request){
	    .url = url, .post = !get, .put = call->verb == TMG_VERB_PUT,
	    .headers = headers, .body = call->body }, r, &a->fault));
}

static tmg_rc
post(tmg_authority *a, const char *path, const char *body, tmg_http_response *r)
{
	return exchange(a, &(tmg_call){ .verb = TMG_VERB_POST, .path = path,
	    .body = tmg_view_str(body) }, r);
}

/* ---- what it is -------------------------------------------------------- */

static tmg_rc
portal_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	RESPONSE;
	tmg_rc rc;

	if ((rc = get(a, http, "/ca.pem", &r)))
		return rc;
	if (r.status != TMG_HTTP_OK)
		return tmg_refusal_status(a, &r);
	if ((rc = tmg_refusal_type(a, &r, TYPE_PEM)))
		return rc;
	if (tmg_certs_add_pem(certs, (tmg_view){ r.body, r.len }))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: its CA certificate cannot be read; tell its operator"),
		    a->uri.where);
	return TMG_OK;
}

static tmg_rc
portal_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	(void)a, (void)http, (void)csrattrs;
	return TMG_OK;
}

/* What only whoever has the code may read tells whether it is the code. */
static tmg_rc
portal_admits(tmg_authority *a, bool renews)
{
	tmg_http *http = NULL;
	char path[128];
	RESPONSE;
	tmg_rc rc;

	/* no request at all is refused as such only after the certificate was taken */
	if (renews) {
		if ((rc = post(a, RENEWALS, "{}", &r)))
			return rc;
		return r.status == TMG_HTTP_BAD_REQUEST ? TMG_OK : refused(a, &r);
	}
	if (place_of(a)->number[0] == '\0')
		return TMG_OK;
	path_of(path, place_of(a)->number, "contents");
	if ((rc = tmg_session_get(a, &http)) || (rc = get(a, http, path, &r)))
		return tmg_pass(&a->fault, rc);
	return r.status == TMG_HTTP_OK ? TMG_OK : refused(a, &r);
}

static tmg_rc
portal_link(tmg_authority *a, tmg_out *challenge)
{
	(void)challenge;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: a portal links no request to its connection"), a->uri.where);
}

/* ---- the request ------------------------------------------------------- */

static tmg_rc
read_certs(tmg_authority *a, tmg_http_response *r, tmg_decision *d)
{
	char said[TMG_PORTAL_SAID];
	tmg_rc rc;

	if (r->status == TMG_HTTP_ACCEPTED) {
		d->retry_after_s = r->retry_after_s;
		if (tmg_portal_read_error((tmg_view){ r->body, r->len }, said))
			said[0] = '\0';
		return tmg_authority_raise(a, TMG_PENDING, _("%s: %s"), a->uri.where,
		    said[0] != '\0' ? said : _("the request waits for a decision"));
	}
	if (r->status != TMG_HTTP_OK)
		return refused(a, r);
	if ((rc = tmg_refusal_type(a, r, TYPE_CHAIN)))
		return rc;
	return tmg_certs_add_pem(d->certs, (tmg_view){ r->body, r->len }) == TMG_OK ?
	    TMG_OK : tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: the certificate in its answer cannot be read; ask again"),
	    a->uri.where);
}

static tmg_rc
portal_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d)
{
	tmg_http *http = NULL;
	char path[128];
	RESPONSE;
	tmg_rc rc;

	(void)csr, (void)renews;
	snprintf(d->ticket, sizeof(d->ticket), "%s", ticket);
	path_of(path, ticket, "certificate");
	if ((rc = tmg_session_get(a, &http)) || (rc = get(a, http, path, &r)))
		return tmg_pass(&a->fault, rc);
	return read_certs(a, &r, d);
}

/* The number of the application that has the request now.  A renewal is another
 * application than the one of the certificate that is shown for it. */
static tmg_rc
hand_in(tmg_authority *a, tmg_view csr, bool renews,
    char number[TMG_PORTAL_NUMBER])
{
	static const tmg_portal_place none;
	const tmg_portal_place *place = renews ? &none : place_of(a);
	tmg_auto_free char *body = NULL;
	char path[128] = API;
	RESPONSE;
	tmg_rc rc;

	if (renews)
		snprintf(path, sizeof(path), "%s", RENEWALS);
	else if (place->number[0] != '\0')
		path_of(path, place->number, "request");
	if (tmg_portal_write_request(place->profile, csr, &body))
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = post(a, path, body, &r)))
		return rc;
	if (r.status != TMG_HTTP_OK && r.status != TMG_HTTP_CREATED)
		return refused(a, &r);
	if ((rc = tmg_refusal_type(a, &r, TYPE_JSON)))
		return rc;
	if (tmg_portal_read_number((tmg_view){ r.body, r.len }, number) ||
	    (place->number[0] != '\0' && strcmp(number, place->number) != 0))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: its answer names no application, or another one; it may have "
		    "the request: ask again with the same"), a->uri.where);
	return TMG_OK;
}

static tmg_rc
portal_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d)
{
	char number[TMG_PORTAL_NUMBER];
	tmg_rc rc;

	if ((rc = hand_in(a, csr, renews, number)))
		return tmg_pass(&a->fault, rc);
	return portal_poll(a, csr, renews, number, d);
}

/* ---- proof ------------------------------------------------------------- */

/* As doc/design/ra-api.md has it; nothing of it is the server's choice. */
static tmg_rc
portal_proof(tmg_authority *a, const char *ticket, tmg_view cert, tmg_out *text)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[32];

	if (EVP_Digest(cert.ptr, cert.len, hash, NULL, EVP_sha256(), NULL) != 1)
		return tmg_authority_raise(a, TMG_E_CRYPTO, "%s", _("hashing failed"));
	tmg_put(text, tmg_view_str("tamga installed "));
	tmg_put(text, tmg_view_str(ticket));
	tmg_put_u8(text, ' ');
	for (size_t i = 0; i < sizeof(hash); i++) {
		tmg_put_u8(text, (uint8_t)digits[hash[i] >> 4]);
		tmg_put_u8(text, (uint8_t)digits[hash[i] & 15]);
	}
	return text->full ? TMG_E_SPACE : TMG_OK;
}

static tmg_rc
portal_installed(tmg_authority *a, const char *ticket, tmg_view signature)
{
	tmg_auto_free char *body = NULL;
	char path[128];
	RESPONSE;
	tmg_rc rc;

	path_of(path, ticket, "installed");
	if (tmg_portal_write_proof(signature, &body))
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = post(a, path, body, &r)))
		return rc;
	return r.status == TMG_HTTP_OK ? TMG_OK : refused(a, &r);
}

/* ---- revocation -------------------------------------------------------- */

/* RFC 5280 5.3.1, as the portal names them. */
static const char *const reasons[] = {
	[0] = "unspecified", [1] = "keyCompromise", [3] = "affiliationChanged",
	[4] = "superseded", [5] = "cessationOfOperation",
	[9] = "privilegeWithdrawn",
};

/* An application has one certificate, so its number says which; else the one
 * that is shown. */
static tmg_rc
portal_revoke(tmg_authority *a, tmg_view cert, int reason)
{
	char path[128] = REVOCATIONS, body[64];
	RESPONSE;
	tmg_rc rc;

	if (a->spec.signer == NULL && place_of(a)->number[0] == '\0')
		return tmg_binding_no_revoke(a, cert, reason);
	if (reason < 0 || (size_t)reason >= TMG_COUNT(reasons) ||
	    reasons[reason] == NULL)
		return tmg_authority_raise(a, TMG_UNSUPPORTED,
		    _("%s: it revokes nothing for that reason"), a->uri.where);
	if (a->spec.signer == NULL)
		path_of(path, place_of(a)->number, "revoke");
	snprintf(body, sizeof(body), "{\"reason\":\"%s\"}", reasons[reason]);
	if ((rc = post(a, path, body, &r)))
		return rc;
	return r.status == TMG_HTTP_OK ? TMG_OK : refused(a, &r);
}

/* ---- everything else --------------------------------------------------- */

static tmg_rc
portal_call(tmg_authority *a, const tmg_call *call, tmg_answer *answer)
{
	tmg_call whole = *call;
	char path[256];
	RESPONSE;
	tmg_rc rc;

	if (snprintf(path, sizeof(path), "/api/v1/%s", call->path) >=
	    (int)sizeof(path))
		return tmg_authority_raise(a, TMG_E_USAGE, _("%s: too long"),
		    call->path);
	whole.path = path;
	if ((rc = exchange(a, &whole, &r)))
		return rc;
	if (r.status != TMG_HTTP_OK && r.status != TMG_HTTP_CREATED)
		return refused(a, &r);
	if ((rc = tmg_refusal_type(a, &r, type_of(call->wants))))
		return rc;
	return tmg_answer_take(a, (tmg_view){ r.body, r.len }, answer);
}

const tmg_binding tmg_binding_portal = {
	.name = "portal",
	.spec = "tamga-ra /api/v1",
	.basic = true,
	.open = portal_open,
	.cacerts = portal_cacerts,
	.wants = portal_wants,
	.admits = portal_admits,
	.link = portal_link,
	.request = tmg_binding_pkcs10,
	.forward = tmg_binding_no_forward,
	.vouch = tmg_binding_no_vouch,
	.submit = portal_submit,
	.poll = portal_poll,
	.proof = portal_proof,
	.installed = portal_installed,
	.revoke = portal_revoke,
	.renew_when = tmg_binding_no_renew_when,
	.next = tmg_binding_no_next,
	.call = portal_call,
	.close = portal_close,
};
