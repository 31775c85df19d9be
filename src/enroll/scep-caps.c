/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GetCACaps and GetCACert: RFC 8894 3.5 and 4.2.
 */
#include <string.h>
#include <strings.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/scep.h"
#include "src/http/header.h"
#include "src/http/status.h"

#define TYPE_ONE "application/x-x509-ca-cert"
#define TYPE_MORE "application/x-x509-ca-ra-cert"

/* Without SCEPStandard's promise a server says each by itself. */
static const struct {
	const char *word;
	unsigned caps;
} words[] = {
	{ "AES", TMG_SCEP_CAP_AES },
	{ "GetNextCACert", TMG_SCEP_CAP_NEXT },
	{ "POSTPKIOperation", TMG_SCEP_CAP_POST },
	{ "Renewal", TMG_SCEP_CAP_RENEWAL },
	{ "SHA-256", TMG_SCEP_CAP_SHA256 },
	{ "SHA-512", TMG_SCEP_CAP_SHA512 },
	{ "SCEPStandard", TMG_SCEP_CAP_AES | TMG_SCEP_CAP_SHA256 | TMG_SCEP_CAP_POST },
};

static unsigned
cap_of(tmg_view line)
{
	for (size_t i = 0; i < TMG_COUNT(words); i++)
		if (line.len == strlen(words[i].word) && strncasecmp(words[i].word,
		    (const char *)line.ptr, line.len) == 0)
			return words[i].caps;
	return 0;
}

unsigned
tmg_scep_caps_read(tmg_view text)
{
	unsigned caps = 0;
	size_t from = 0;

	for (size_t at = 0; at <= text.len; at++) {
		if (at < text.len && text.ptr[at] > ' ')
			continue;
		if (at > from)
			caps |= cap_of((tmg_view){ text.ptr + from, at - from });
		from = at + 1;
	}
	return caps;
}

static tmg_rc
judge(tmg_authority *a, const tmg_scep *scep)
{
	const unsigned hashes = TMG_SCEP_CAP_SHA256 | TMG_SCEP_CAP_SHA512;

	if (scep->legacy || ((scep->caps & TMG_SCEP_CAP_AES) != 0 &&
	    (scep->caps & hashes) != 0))
		return TMG_OK;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: its SCEP server has not both AES and SHA-256. Have it renewed; if "
	    "whoever listens may read the challenge, say --legacy"),
	    a->uri.where);
}

/* Who does not know the question has none of them: RFC 8894 3.5.1. */
tmg_rc
tmg_scep_caps(tmg_authority *a, tmg_http *http)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	tmg_scep *scep = a->state;
	char url[TMG_SCEP_URL_MAX];
	tmg_rc rc;

	if (scep->asked)
		return judge(a, scep);
	tmg_scep_url(a, "GetCACaps", url);
	if ((rc = tmg_http_do(http, &(tmg_http_request){ .url = url }, &r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	if (r.status >= 500)
		return tmg_refusal_status(a, &r);
	scep->asked = true;
	scep->caps = r.status == TMG_HTTP_OK ?
	    tmg_scep_caps_read((tmg_view){ r.body, r.len }) : 0;
	return judge(a, scep);
}

static tmg_rc
read_certs(tmg_authority *a, const tmg_http_response *r, tmg_certs *certs)
{
	const tmg_view body = { r->body, r->len };
	tmg_rc rc;

	if (r->status != TMG_HTTP_OK)
		return tmg_refusal_status(a, r);
	rc = tmg_header_type_is(r->type, TYPE_ONE) ? tmg_certs_add(certs, body) :
	    tmg_refusal_type(a, r, TYPE_MORE);
	if (rc == TMG_OK && tmg_certs_count(certs) == 0)
		rc = tmg_certs_add_cms(certs, body);
	if (rc == TMG_OK && tmg_certs_count(certs) == 0)
		rc = TMG_E_MALFORMED;
	return rc != TMG_E_MALFORMED ? rc : tmg_authority_raise(a, rc,
	    _("%s: its CA certificates cannot be read (neither one nor a certs-only "
	    "CMS); tell its operator"), a->uri.where);
}

tmg_rc
tmg_scep_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	char url[TMG_SCEP_URL_MAX];
	tmg_rc rc;

	tmg_scep_url(a, "GetCACert", url);
	if ((rc = tmg_http_do(http, &(tmg_http_request){ .url = url }, &r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	return read_certs(a, &r, certs);
}

/* Before a key is made: can we speak with it at all?  Whom a challenge is good for,
 * nobody can ask. */
tmg_rc
tmg_scep_admits(tmg_authority *a, bool renews)
{
	tmg_http *http = NULL;
	tmg_rc rc;

	(void)renews;
	if ((rc = tmg_session_open(a, &http)))
		return tmg_pass(&a->fault, rc);
	return tmg_scep_caps(a, http);
}
