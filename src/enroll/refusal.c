/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP answers that are not what was asked for, as verdicts with words. */
#include "src/enroll/authority.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/http/header.h"
#include "src/http/status.h"

#define SAID_MAX 140u		/* bytes of the server's own text */

static bool
is_page(const tmg_http_response *r)
{
	return tmg_header_type_is(r->type, "text/html") ||
	    tmg_header_type_is(r->type, "application/xhtml+xml");
}

/* Plain text of the server, one clean line; a page says nothing to a person. */
static void
take_text(char *to, size_t cap, const tmg_http_response *r)
{
	const bool text = r->type[0] == '\0' || tmg_header_type_is(r->type, "text/plain");

	tmg_header_clean(to, cap, (tmg_view){ r->body, text ? r->len : 0 });
}

/* Statuses of RFC 9110 15, and RFC 7030 4.2.3 for what they mean here. */
static const struct {
	long first, last;
	tmg_rc rc;
	const char *words;
} statuses[] = {
	{ TMG_HTTP_BAD_REQUEST, TMG_HTTP_BAD_REQUEST, TMG_DENIED,
	  N_("it does not accept the request") },
	{ TMG_HTTP_FORBIDDEN, TMG_HTTP_FORBIDDEN, TMG_DENIED,
	  N_("it refuses you") },
	{ TMG_HTTP_NOT_FOUND, TMG_HTTP_NOT_FOUND, TMG_NOT_FOUND,
	  N_("there is no such service; is the path label right?") },
	{ TMG_HTTP_METHOD_NOT_ALLOWED, TMG_HTTP_METHOD_NOT_ALLOWED, TMG_UNSUPPORTED,
	  N_("it does not offer that operation") },
	{ TMG_HTTP_NOT_ACCEPTABLE, TMG_HTTP_NOT_ACCEPTABLE, TMG_UNSUPPORTED,
	  N_("it cannot answer in the form the protocol asks for") },
	{ TMG_HTTP_GONE, TMG_HTTP_GONE, TMG_NOT_FOUND,
	  N_("the service has been given up") },
	{ TMG_HTTP_UNSUPPORTED_TYPE, TMG_HTTP_UNSUPPORTED_TYPE, TMG_UNSUPPORTED,
	  N_("it does not take requests in the protocol's form") },
	{ TMG_HTTP_TOO_MANY, TMG_HTTP_TOO_MANY, TMG_E_IO,
	  N_("it got too many requests; try again later") },
	{ 400, 499, TMG_DENIED,
	  N_("it refuses the request") },
	{ TMG_HTTP_NOT_IMPLEMENTED, TMG_HTTP_NOT_IMPLEMENTED, TMG_UNSUPPORTED,
	  N_("it does not offer that operation") },
	{ TMG_HTTP_UNAVAILABLE, TMG_HTTP_UNAVAILABLE, TMG_E_IO,
	  N_("it is out of service for now; try again later") },
	{ 500, 599, TMG_E_IO,
	  N_("it failed inside; try again later, and tell its operator if it goes on") },
	{ 0, 999, TMG_E_MALFORMED,
	  N_("it answered what the protocol does not know; is the address right?") },
};

static tmg_rc
say(tmg_authority *a, tmg_rc rc, const tmg_http_response *r, const char *words)
{
	char said[SAID_MAX];

	take_text(said, sizeof(said), r);
	if (said[0] == '\0')
		return tmg_authority_raise(a, rc, _("%s: %s (status %ld)"),
		    a->uri.where, words, r->status);
	return tmg_authority_raise(a, rc, _("%s: %s (status %ld: \"%s\")"),
	    a->uri.where, words, r->status, said);
}

static const char *
who_are_you(const tmg_authority *a)
{
	if (a->spec.bearer.len > 0)
		return _("it does not accept your token");
	if (a->spec.user != NULL)
		return _("it does not accept this user name and password");
	return a->spec.signer != NULL ? _("it does not accept your certificate alone")
	    : _("it wants to know who you are: give a user name and password, or a "
		"certificate");
}

static tmg_rc
redirected(tmg_authority *a, const tmg_http_response *r)
{
	char target[SAID_MAX];

	tmg_header_clean(target, sizeof(target), tmg_view_str(r->location));
	return tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: it sends us on to %s. Nothing was sent there; if that is the "
	    "authority, give that address"), a->uri.where, target);
}

tmg_rc
tmg_refusal_status(tmg_authority *a, const tmg_http_response *r)
{
	if (r->status == TMG_HTTP_UNAUTHORIZED)
		return tmg_advise(&a->fault, TMG_TRY_CREDENTIAL,
		    say(a, TMG_DENIED, r, who_are_you(a)));
	if (r->location[0] != '\0')
		return redirected(a, r);
	for (size_t i = 0; i < TMG_COUNT(statuses); i++)
		if (r->status >= statuses[i].first && r->status <= statuses[i].last)
			return say(a, statuses[i].rc, r, _(statuses[i].words));
	return say(a, TMG_E_MALFORMED, r, "");
}

tmg_rc
tmg_refusal_type(tmg_authority *a, const tmg_http_response *r, const char *want)
{
	if (tmg_header_type_is(r->type, want))
		return TMG_OK;
	if (is_page(r))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: it answered with a web page instead of %s. Is the address "
		    "right, or does a proxy or sign-in page stand in between?"),
		    a->uri.where, want);
	return tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: it answered with \"%s\" instead of %s; is the address right?"),
	    a->uri.where, r->type, want);
}
