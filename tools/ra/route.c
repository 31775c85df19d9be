/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/est.h"
#include "tools/ra/http.h"
#include "tools/ra/public.h"

#define EST "/.well-known/est/"

static const struct {
	const char *method;
	const char *path;		/* {} stands for one label */
	void (*handle)(ra_desk *desk, const ra_call *call, ra_reply *reply);
} routes[] = {
	{ "GET", EST "cacerts", ra_est_cacerts },
	{ "GET", EST "{}/cacerts", ra_est_cacerts },
	{ "GET", EST "csrattrs", ra_est_csrattrs },
	{ "GET", EST "{}/csrattrs", ra_est_csrattrs },
	{ "POST", EST "simpleenroll", ra_est_enroll },
	{ "POST", EST "{}/simpleenroll", ra_est_enroll },
	{ "POST", EST "simplereenroll", ra_est_reenroll },
	{ "POST", EST "{}/simplereenroll", ra_est_reenroll },
	{ "GET", "/crl", ra_public_crl },
	{ "GET", "/ca.pem", ra_public_ca },
	{ "GET", "/healthz", ra_public_health },
};

static bool
is_plain_label(const char *label, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)label[i] <= ' ' || (unsigned char)label[i] >= 0x7f)
			return false;
	return len > 0 && len < RA_LABEL_MAX;
}

/* Whether path is what pattern says; label takes what stands for {}. */
static bool
matches(const char *pattern, const char *path, char label[RA_LABEL_MAX])
{
	const char *gap = strstr(pattern, "{}");
	size_t head, len;

	label[0] = '\0';
	if (gap == NULL)
		return strcmp(pattern, path) == 0;
	head = (size_t)(gap - pattern);
	if (strncmp(pattern, path, head) != 0)
		return false;
	len = strcspn(path + head, "/");
	if (strcmp(gap + 2, path + head + len) != 0 ||
	    !is_plain_label(path + head, len))
		return false;
	memcpy(label, path + head, len);
	label[len] = '\0';
	return true;
}

void
ra_route(ra_desk *desk, ra_call *call, ra_reply *reply)
{
	const char *allow = NULL;

	for (size_t i = 0; i < TMG_COUNT(routes); i++) {
		if (!matches(routes[i].path, call->path, call->label))
			continue;
		if (strcmp(routes[i].method, call->method) == 0) {
			routes[i].handle(desk, call, reply);
			return;
		}
		allow = routes[i].method;
	}
	if (allow == NULL) {
		ra_reply_text(reply, HTTP_NOT_FOUND, _("there is nothing here"));
		return;
	}
	reply->allow = strcmp(allow, "GET") == 0 ? "GET, HEAD" : allow;
	ra_reply_text(reply, HTTP_METHOD_NOT_ALLOWED,
	    _("only %s is possible here"), reply->allow);
}
