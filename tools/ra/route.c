/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/cmp/cmp.h"
#include "tools/ra/est/est.h"
#include "tools/ra/http/http.h"
#include "tools/ra/http/public.h"
#include "tools/ra/ocsp/ocsp.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/scep/scep.h"

#define EST "/.well-known/est/"
#define SCEP "/scep"
#define SCEP_CGI "/cgi-bin/pkiclient.exe"	/* RFC 8894 4.1 */
#define CASE RA_API "applications/{}"

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
	{ "POST", EST "serverkeygen", ra_est_serverkeygen },
	{ "POST", EST "{}/serverkeygen", ra_est_serverkeygen },
	{ "POST", EST "simplereenroll", ra_est_reenroll },
	{ "POST", EST "{}/simplereenroll", ra_est_reenroll },
	{ "GET", SCEP, ra_scep_get },
	{ "POST", SCEP, ra_scep_post },
	{ "GET", SCEP "/{}", ra_scep_get },
	{ "POST", SCEP "/{}", ra_scep_post },
	{ "GET", SCEP_CGI, ra_scep_get },
	{ "POST", SCEP_CGI, ra_scep_post },
	{ "GET", RA_API "profiles", ra_api_profiles },
	{ "GET", RA_API "profiles/{}", ra_api_profile },
	{ "POST", RA_API "applications", ra_api_begin },
	{ "GET", CASE, ra_api_status },
	{ "POST", CASE "/code", ra_api_code },
	{ "POST", CASE "/identify", ra_api_identify },
	{ "GET", CASE "/answers", ra_api_answers },
	{ "PUT", CASE "/answers", ra_api_fill },
	{ "GET", CASE "/contents", ra_api_contents },
	{ "POST", CASE "/agree", ra_api_agree },
	{ "GET", CASE "/documents", ra_api_documents },
	{ "POST", CASE "/documents", ra_api_document },
	{ "POST", CASE "/send-docs", ra_api_send_docs },
	{ "GET", CASE "/print", ra_api_print },
	{ "POST", CASE "/request", ra_api_request },
	{ "GET", CASE "/certificate", ra_api_certificate },
	{ "POST", CASE "/installed", ra_api_installed },
	{ "POST", CASE "/cancel", ra_api_cancel },
	{ "POST", CASE "/suspend", ra_api_suspend },
	{ "POST", CASE "/resume", ra_api_resume },
	{ "POST", CASE "/renew", ra_api_renew },
	{ "POST", CASE "/revoke", ra_api_revoke },
	{ "POST", RA_API "renewals", ra_api_renew_shown },
	{ "POST", RA_API "revocations", ra_api_revoke_shown },
	{ "POST", "/payments", ra_api_payment },
	{ "POST", RA_CMP_PATH, ra_cmp_post },
	{ "POST", RA_CMP_PATH "/p/{}", ra_cmp_post },
	{ "GET", RA_OCSP_PATH "/{*}", ra_ocsp_get },
	{ "POST", RA_OCSP_PATH, ra_ocsp_post },
	{ "GET", "/crl", ra_public_crl },
	{ "GET", "/root.crl", ra_public_root_list },
	{ "GET", "/ca.pem", ra_public_ca },
	{ "GET", "/ca.cer", ra_public_issuer },
	{ "GET", "/healthz", ra_public_health },
};

/* Those that are there without TLS too: what they give is signed itself, or
 * known to everybody. */
static const char *const without_tls[] = {
	RA_CMP_PATH,
	RA_CMP_PATH "/p/{}",
	RA_OCSP_PATH "/{*}",
	RA_OCSP_PATH,
	"/crl",
	"/root.crl",
	"/ca.cer",
	SCEP,
	SCEP "/{}",
	SCEP_CGI,
	"/healthz",
};

static bool
is_plain_label(const char *label, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)label[i] <= ' ' || (unsigned char)label[i] >= 0x7f)
			return false;
	return len > 0 && len < RA_LABEL_MAX;
}

/* Where the rest of path begins that {*} at the end of pattern stands for; NULL
 * when it is another path. */
static const char *
rest_of(const char *pattern, const char *path)
{
	const size_t head = strcspn(pattern, "{");

	return strcmp(pattern + head, "{*}") == 0 &&
	    strncmp(pattern, path, head) == 0 && path[head] != '\0' ?
	    path + head : NULL;
}

bool
ra_route_matches(const char *pattern, const char *path,
    char label[RA_LABEL_MAX])
{
	const char *gap = strstr(pattern, "{}");
	size_t head, len;

	label[0] = '\0';
	if (rest_of(pattern, path) != NULL)
		return true;
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

/* Whether a row is for a call: its path, and how that came. */
static bool
fits(size_t row, const ra_call *call, char label[RA_LABEL_MAX])
{
	bool here = !call->plain;

	for (size_t i = 0; i < TMG_COUNT(without_tls) && !here; i++)
		here = strcmp(routes[row].path, without_tls[i]) == 0;
	return here && ra_route_matches(routes[row].path, call->path, label);
}

/* Whose handlers ask registers. */
static const char *const waiting[] = {
	CASE "/identify",
	RA_SITE_IDENTITY,
	RA_SITE_IDENTITY_DESK,
};

bool
ra_route_waits(const ra_call *call)
{
	char label[RA_LABEL_MAX];

	for (size_t i = 0; i < TMG_COUNT(waiting); i++)
		if (ra_route_matches(waiting[i], call->path, label))
			return strcmp(call->method, "POST") == 0;
	return false;
}

/* Where files are sent to: at other paths a body is a form, or a request. */
bool
ra_route_takes_files(const ra_call *call)
{
	char label[RA_LABEL_MAX];

	return strcmp(call->method, "POST") == 0 &&
	    (ra_route_matches(RA_SITE_FILES, call->path, label) ||
	    ra_route_matches(CASE "/documents", call->path, label));
}

size_t
ra_route_body(ra_desk *desk, const ra_call *call)
{
	const bool known = strcmp(call->path, RA_SITE_FILES) == 0 ?
	    ra_site_knows(desk, call) : call->authorization[0] != '\0';

	return known ? RA_FILE_BODY_MAX : RA_BODY_MAX;
}

bool
ra_route_row(size_t index, const char **method, const char **path)
{
	if (index >= TMG_COUNT(routes))
		return false;
	*method = routes[index].method;
	*path = routes[index].path;
	return true;
}

/* The methods of a path, as Allow has them; how many. */
static size_t
methods_of(const ra_call *call, char allow[RA_ALLOW_MAX])
{
	char label[RA_LABEL_MAX];
	size_t at = 0, count = 0;

	for (size_t i = 0; i < TMG_COUNT(routes) && at < RA_ALLOW_MAX; i++) {
		if (!fits(i, call, label))
			continue;
		at += (size_t)snprintf(allow + at, RA_ALLOW_MAX - at, "%s%s%s",
		    count++ > 0 ? ", " : "", routes[i].method,
		    strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
	}
	return count;
}

static void
find_none(const ra_call *call, ra_reply *reply)
{
	if (methods_of(call, reply->allow) == 0)
		ra_reply_text(reply, HTTP_NOT_FOUND, _("there is nothing here"));
	else
		ra_reply_text(reply, HTTP_METHOD_NOT_ALLOWED,
		    _("only %s is possible here"), reply->allow);
}

static void
find(ra_desk *desk, ra_call *call, ra_reply *reply)
{
	for (size_t i = 0; i < TMG_COUNT(routes); i++) {
		if (strcmp(routes[i].method, call->method) == 0 &&
		    fits(i, call, call->label)) {
			const char *rest = rest_of(routes[i].path, call->path);

			call->rest = rest != NULL ? rest : "";
			routes[i].handle(desk, call, reply);
			return;
		}
	}
	if (call->plain || !ra_site_route(desk, call, reply))
		find_none(call, reply);
}

/* What ra.conf gives another place is found there, and at its own. */
static void
translate(const ra_config *config, ra_call *call, char path[PATH_MAX])
{
	const size_t len = strlen(config->ocsp.path);
	const char *rest = call->path + len;

	/* nothing else is posted there */
	if (config->cmp.root && strcmp(call->path, "/") == 0 &&
	    strcmp(call->method, "POST") == 0) {
		call->path = RA_CMP_PATH;
		return;
	}
	if (len == 0 || strncmp(call->path, config->ocsp.path, len) != 0 ||
	    (rest[0] != '\0' && rest[0] != '/') ||
	    snprintf(path, PATH_MAX, RA_OCSP_PATH "%s", rest) >= PATH_MAX)
		return;
	call->path = path;
}

void
ra_route(ra_desk *desk, ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	const char *const asked = call->path;
	char path[PATH_MAX];

	translate(desk->config, call, path);

	desk->language = NULL;
	if (call->languages[0] != '\0') {
		const ra_language *l = ra_language_choose(call->languages);

		ra_speech_begin(&speech, l);
		desk->language = l->code;
	}
	find(desk, call, reply);
	call->path = asked;
	if (strncmp(call->path, RA_API, strlen(RA_API)) == 0)
		ra_api_finish(reply);
}
