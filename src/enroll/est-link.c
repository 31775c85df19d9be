/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linking identity and proof of possession, RFC 7030 3.5: the request holds,
 * as its challengePassword, what is unique of the connection that carries it.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/enroll/est.h"
#include "src/enroll/session.h"

static const char *const headers[] = { "Accept: application/csrattrs", NULL };

/* Whatever is answered: it is the connection that is wanted. */
static tmg_rc
connect_bound(tmg_authority *a, tmg_http **http)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	char url[TMG_EST_URL_MAX];
	tmg_rc rc;

	if ((rc = tmg_est_url(a, "csrattrs", url, sizeof(url))) ||
	    (rc = tmg_session_bind(a, http)))
		return rc;
	return tmg_http_do(*http, &(tmg_http_request){ .url = url,
	    .headers = headers }, &r, &a->fault);
}

static tmg_rc
cannot_link(tmg_authority *a)
{
	return tmg_advise(&a->fault, TMG_TRY_CHALLENGE, tmg_authority_raise(a,
	    TMG_UNSUPPORTED, _("%s: it wants the request linked to the TLS connection "
	    "(RFC 7030 3.5), which needs TLS 1.2 with the extended master secret, and "
	    "offers none; with the option \"link=tls-exporter\" TLS 1.3 will do, where it "
	    "knows that; if it gave you a challenge password, use that"),
	    a->uri.where));
}

tmg_rc
tmg_est_link(tmg_authority *a, tmg_out *challenge)
{
	tmg_http *http = NULL;
	tmg_rc rc = connect_bound(a, &http);

	if (rc == TMG_UNSUPPORTED)
		return cannot_link(a);
	if (rc != TMG_OK)
		return tmg_pass(&a->fault, rc);
	a->channel = *tmg_http_channel(http);
	if (a->channel.len == 0)
		return cannot_link(a);
	tmg_base64_put(challenge, (tmg_view){ a->channel.bytes, a->channel.len }, 0);
	return tmg_out_done(challenge);
}
