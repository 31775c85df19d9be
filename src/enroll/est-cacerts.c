/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EST /cacerts, RFC 7030 4.1.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/est-body.h"
#include "src/enroll/est.h"
#include "src/http/status.h"

#define TYPE "application/pkcs7-mime"	/* RFC 7030 4.1.3 */

static const char *const headers[] = { "Accept: " TYPE, NULL };

static tmg_rc
read_answer(tmg_authority *a, tmg_http_response *r, tmg_certs *certs)
{
	tmg_rc rc;

	if (r->status != TMG_HTTP_OK)
		return tmg_refusal_status(a, r);
	if ((rc = tmg_refusal_type(a, r, TYPE)))
		return rc;
	if ((rc = tmg_est_body_certs(r->body, r->len, certs)))
		return tmg_authority_raise(a, rc,
		    _("%s: its CA certificates cannot be read (no certs-only CMS, or "
		    "cut off); tell its operator"), a->uri.where);
	return TMG_OK;
}

tmg_rc
tmg_est_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	char url[TMG_EST_URL_MAX];
	tmg_rc rc;

	if ((rc = tmg_est_url(a, "cacerts", url, sizeof(url))))
		return tmg_pass(&a->fault, rc);
	if ((rc = tmg_est_do(a, http, &(tmg_http_request){ .url = url,
	    .headers = headers }, &r)))
		return tmg_pass(&a->fault, rc);
	return read_answer(a, &r, certs);
}
