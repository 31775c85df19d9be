/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One exchange, wherever on the same web origin it is sent on to.  What leads
 * elsewhere is the caller's answer: a person says whether that is the authority
 * (RFC 7030 3.2.1).
 */
#include <string.h>
#include <strings.h>

#include "src/base/scope.h"
#include "src/enroll/est.h"

#define HOPS_MAX 3u

/* RFC 9110 15.4; 303 is about something else than what was asked for. */
static const long moved[] = { 301, 302, 307, 308 };

static bool
is_moved(const tmg_http_response *r)
{
	for (size_t i = 0; i < TMG_COUNT(moved); i++)
		if (r->status == moved[i])
			return true;
	return false;
}

/* RFC 6454 5: scheme, host and port.  What filled its place may be cut off. */
static bool
is_same_origin(const tmg_authority *a, const tmg_http_response *r)
{
	char base[320];
	size_t n;

	tmg_ca_uri_base(&a->uri, base, sizeof(base));
	n = strlen(base);
	return strncasecmp(r->location, base, n) == 0 && r->location[n] == '/' &&
	    strlen(r->location) + 1 < sizeof(r->location);
}

tmg_rc
tmg_est_do(tmg_authority *a, tmg_http *http, const tmg_http_request *request,
    tmg_http_response *r)
{
	char url[sizeof(r->location)];
	tmg_http_request next = *request;
	tmg_rc rc;

	for (unsigned hops = 0; ; hops++) {
		rc = tmg_http_do(http, &next, r, &a->fault);
		if (rc != TMG_OK || hops == HOPS_MAX || !is_moved(r) || !is_same_origin(a, r))
			return rc;
		memcpy(url, r->location, sizeof(url));
		next.url = url;
	}
}
