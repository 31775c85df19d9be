/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EST /simpleenroll and /simplereenroll, RFC 7030 4.2.
 */
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/est-body.h"
#include "src/enroll/est.h"
#include "src/enroll/session.h"
#include "src/http/status.h"

#define TYPE "application/pkcs7-mime"	/* RFC 7030 4.2.3 */

/* RFC 8951 3.1 takes Content-Transfer-Encoding out of EST again. */
static const char *const headers[] = {
	"Content-Type: application/pkcs10", "Accept: " TYPE, NULL,
};

static tmg_rc
read_answer(tmg_authority *a, tmg_http_response *r, tmg_decision *d)
{
	tmg_rc rc;

	/* RFC 7030 4.2.3: ask again with the same request */
	if (r->status == TMG_HTTP_ACCEPTED) {
		d->retry_after_s = r->retry_after_s;
		return tmg_authority_raise(a, TMG_PENDING,
		    _("%s: the request was taken and waits for a decision"), a->uri.where);
	}
	if (r->status != TMG_HTTP_OK)
		return tmg_refusal_status(a, r);
	if ((rc = tmg_refusal_type(a, r, TYPE)))
		return rc;
	if ((rc = tmg_est_body_certs(r->body, r->len, d->certs)))
		return tmg_authority_raise(a, rc,
		    _("%s: the certificate in its answer cannot be read (no certs-only "
		    "CMS, or cut off). It may have been issued: ask again with the same "
		    "request"), a->uri.where);
	return TMG_OK;
}

/* It has to be in the request, which comes here signed. */
static tmg_rc
check_challenge(tmg_authority *a, tmg_view csr)
{
	const tmg_view wants = { a->wants, a->wants_len };

	if (!tmg_est_demands_challenge(wants) || tmg_est_has_challenge(csr))
		return TMG_OK;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: it wants a challenge password in the request, or a link to the TLS "
	    "connection in its place (RFC 7030 3.5)"), a->uri.where);
}

static tmg_rc
post(tmg_authority *a, bool renews, tmg_view body, tmg_http_response *r)
{
	char url[TMG_EST_URL_MAX];
	tmg_http *http = NULL;
	tmg_rc rc;

	if ((rc = tmg_est_url(a, renews ? "simplereenroll" : "simpleenroll", url,
	    sizeof(url))) || (rc = tmg_session_get(a, &http)))
		return tmg_pass(&a->fault, rc);
	rc = tmg_est_do(a, http, &(tmg_http_request){ .url = url, .post = true,
	    .headers = headers, .body = body,
	    .over = a->channel.len > 0 ? &a->channel : NULL }, r);
	if (rc == TMG_RESET)
		a->channel.len = 0;
	return tmg_pass(&a->fault, rc);
}

static tmg_rc
post_csr(tmg_authority *a, bool renews, tmg_view csr, tmg_http_response *r)
{
	const size_t size = tmg_est_body_size(csr.len);
	tmg_auto_free uint8_t *body = malloc(size);
	tmg_out o = { body, size, 0, false };

	if (body == NULL || tmg_est_body_put(&o, csr))
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	return post(a, renews, tmg_out_view(&o), r);
}

/* What a server says of an empty request when it has nothing against whoever
 * sends it.  500 is among them: some fall over one. */
static const long about_the_request[] = {
	TMG_HTTP_OK, TMG_HTTP_ACCEPTED, TMG_HTTP_NO_CONTENT, TMG_HTTP_BAD_REQUEST,
	TMG_HTTP_LENGTH_REQUIRED, TMG_HTTP_TOO_LARGE, TMG_HTTP_UNSUPPORTED_TYPE,
	TMG_HTTP_UNPROCESSABLE, TMG_HTTP_SERVER_ERROR,
};

/* RFC 7030 3.2.3: the client is authenticated first, then its request read. */
tmg_rc
tmg_est_admits(tmg_authority *a, bool renews)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	tmg_rc rc;

	if ((rc = post(a, renews, (tmg_view){ NULL, 0 }, &r)))
		return rc;
	for (size_t i = 0; i < TMG_COUNT(about_the_request); i++)
		if (r.status == about_the_request[i])
			return TMG_OK;
	return tmg_refusal_status(a, &r);
}

tmg_rc
tmg_est_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	tmg_rc rc;

	if ((rc = check_challenge(a, csr)) ||
	    (rc = post_csr(a, renews, csr, &r)))
		return tmg_pass(&a->fault, rc);
	return read_answer(a, &r, d);
}

/* The authority knows the request by itself: no ticket. */
tmg_rc
tmg_est_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d)
{
	(void)ticket;
	return tmg_est_submit(a, csr, renews, d);
}
