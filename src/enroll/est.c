/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/est.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define WELL_KNOWN ".well-known/est"	/* RFC 7030 3.2.2 */

/* A label that is an operation's name would make the path mean another thing. */
static const char *const operations[] = {
	"cacerts", "simpleenroll", "simplereenroll", "fullcmc", "serverkeygen",
	"csrattrs",
};

tmg_rc
tmg_est_label(const char *path, tmg_view *label)
{
	const size_t n = strlen(WELL_KNOWN);

	if (strncmp(path, WELL_KNOWN, n) == 0 && (path[n] == '/' || path[n] == '\0'))
		path += path[n] == '/' ? n + 1 : n;
	if (strchr(path, '/') != NULL)
		return TMG_E_USAGE;
	for (size_t i = 0; i < TMG_COUNT(operations); i++)
		if (strcmp(path, operations[i]) == 0)
			return TMG_E_USAGE;
	*label = tmg_view_str(path);
	return TMG_OK;
}

tmg_rc
tmg_est_url(tmg_authority *a, const char *operation, char *url, size_t cap)
{
	char base[320];
	tmg_view label;
	tmg_rc rc = tmg_est_label(a->uri.path, &label);
	int n;

	if (rc)
		return rc;
	tmg_ca_uri_base(&a->uri, base, sizeof(base));
	n = snprintf(url, cap, "%s/" WELL_KNOWN "%s%.*s/%s", base,
	    label.len > 0 ? "/" : "", (int)label.len, (const char *)label.ptr, operation);
	return n > 0 && (size_t)n < cap ? TMG_OK : TMG_E_USAGE;
}

/* RFC 7030 3.5 speaks of tls-unique, which TLS 1.3 has not; a server that knows RFC
 * 9266 takes that. */
static tmg_rc
choose_link(tmg_authority *a)
{
	const char *link = tmg_option_get(a, "link");

	a->exporter = link != NULL && strcmp(link, "tls-exporter") == 0;
	return link == NULL || a->exporter || strcmp(link, "tls-unique") == 0 ? TMG_OK :
	    tmg_authority_raise(a, TMG_E_USAGE,
	    _("\"%s\": the option link is tls-unique or tls-exporter"), link);
}

static const char *const options[] = { "link", NULL };

static tmg_rc
est_open(tmg_authority *a)
{
	tmg_view label;
	tmg_rc rc = tmg_est_label(a->uri.path, &label);

	if (rc == TMG_OK && (rc = choose_link(a)))
		return rc;
	return rc == TMG_OK ? TMG_OK : tmg_authority_raise(a, rc,
	    _("\"%s\": after the host, EST takes one path label at most, and none of "
	    "its operations' names"), a->uri.path);
}

static void
est_close(tmg_authority *a)
{
	(void)a;
}

const tmg_binding tmg_binding_est = {
	.name = "est",
	.spec = "RFC 7030, RFC 8951",
	.options = options,
	.open = est_open,
	.cacerts = tmg_est_cacerts,
	.wants = tmg_est_csrattrs,
	.admits = tmg_est_admits,
	.link = tmg_est_link,
	.request = tmg_binding_pkcs10,
	.forward = tmg_binding_forward,
	.vouch = tmg_binding_no_vouch,
	.submit = tmg_est_submit,
	.poll = tmg_est_poll,
	.proof = tmg_binding_no_proof,
	.installed = tmg_binding_no_installed,
	.revoke = tmg_binding_no_revoke,
	.renew_when = tmg_binding_no_renew_when,
	.next = tmg_binding_no_next,
	.call = tmg_binding_no_call,
	.close = est_close,
};
