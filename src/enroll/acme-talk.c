/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-talk.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/session.h"
#include "src/http/header.h"
#include "src/http/status.h"

#define TYPE_JOSE "application/jose+json"	/* RFC 8555 6.2 */
#define TYPE_PROBLEM "application/problem+json"
#define SENDS 6u	/* times one message is sent before its server is given up */
#define NAP_MS 250

/* ---- problems ---------------------------------------------------------- */

/* RFC 8555 6.7; what each asks of the person.  rc is what becomes of it. */
static const struct {
	const char *type;
	tmg_rc rc;
	unsigned remedies;
	const char *words;
} problems[] = {
	{ "accountDoesNotExist", TMG_DENIED, 0,
	  N_("it does not know our account") },
	{ "alreadyRevoked", TMG_DENIED, 0,
	  N_("the certificate was revoked already") },
	{ "badCSR", TMG_DENIED, TMG_TRY_TYPE,
	  N_("it does not take the request; another kind of key may do") },
	{ "badPublicKey", TMG_DENIED, TMG_TRY_TYPE,
	  N_("it does not take that kind of key") },
	{ "badRevocationReason", TMG_UNSUPPORTED, 0,
	  N_("it revokes nothing for that reason") },
	{ "caa", TMG_DENIED, 0,
	  N_("a CAA record of the domain forbids this CA; allow it there (RFC 8659)") },
	{ "connection", TMG_DENIED, 0,
	  N_("it could not connect to what is to be proven; is the port open to the "
	    "world, and does the name lead here?") },
	{ "dns", TMG_DENIED, 0,
	  N_("it could not look the name up; does it exist in the public DNS?") },
	{ "externalAccountRequired", TMG_DENIED, TMG_TRY_CREDENTIAL,
	  N_("it wants an account that you have with it; give its key id and its key") },
	{ "incorrectResponse", TMG_DENIED, 0,
	  N_("what it found there is not our proof; does another server answer?") },
	{ "invalidContact", TMG_DENIED, 0,
	  N_("it does not take that contact; say contact=mailto:somebody@example.org") },
	{ "rateLimited", TMG_PENDING, 0,
	  N_("it was asked too often; wait") },
	{ "rejectedIdentifier", TMG_DENIED, TMG_TRY_SUBJECT,
	  N_("it issues no certificate for that name") },
	{ "serverInternal", TMG_E_IO, 0,
	  N_("it failed inside; try again later") },
	{ "tls", TMG_DENIED, 0,
	  N_("it could not speak TLS with what is to be proven") },
	{ "unauthorized", TMG_DENIED, 0,
	  N_("it does not find us entitled to that") },
	{ "unsupportedContact", TMG_DENIED, 0,
	  N_("it does not take that contact; say contact=mailto:somebody@example.org") },
	{ "unsupportedIdentifier", TMG_UNSUPPORTED, TMG_TRY_SUBJECT,
	  N_("it issues no certificate for that kind of name") },
	{ "userActionRequired", TMG_DENIED, 0,
	  N_("it wants you to look at something first, perhaps at new terms") },
};

tmg_rc
tmg_acme_refused(tmg_authority *a, const tmg_acme_problem *p, const char *subject)
{
	const char *words = _("it refuses");
	const char *where = a->uri.where, *colon = subject[0] != '\0' ? ": " : "";
	char said[160] = "", see[sizeof(p->see) + 40] = "";
	unsigned remedies = 0;
	tmg_rc rc = TMG_DENIED;

	for (size_t i = 0; i < TMG_COUNT(problems); i++)
		if (strcmp(problems[i].type, p->type) == 0) {
			rc = problems[i].rc;
			remedies = problems[i].remedies;
			words = _(problems[i].words);
		}
	if (p->said[0] != '\0')
		snprintf(said, sizeof(said), " (\"%.150s\")", p->said);
	if (p->see[0] != '\0')
		snprintf(see, sizeof(see), _("; see %s"), p->see);
	return tmg_advise(&a->fault, remedies, tmg_authority_raise(a, rc,
	    "%s: %.70s%s%s%s%s", where, subject, colon, words, said, see));
}

/* RFC 9110 15.6.4: who says when to come back has lost nothing. */
static tmg_rc
busy(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_PENDING,
	    _("%s: it is out of service for now"), a->uri.where);
}

static tmg_rc
refused(tmg_authority *a, tmg_http_response *r)
{
	tmg_acme_problem *p = &tmg_acme_of(a)->problem;

	tmg_acme_of(a)->retry_after_s = r->retry_after_s;
	*p = (tmg_acme_problem){ .type = "" };
	if (r->status == TMG_HTTP_UNAVAILABLE && r->retry_after_s >= 0)
		return busy(a);
	if (r->location[0] == '\0' && tmg_header_type_is(r->type, TYPE_PROBLEM) &&
	    tmg_acme_read_problem((tmg_view){ r->body, r->len }, p) == TMG_OK)
		return tmg_acme_refused(a, p, "");
	return tmg_refusal_status(a, r);
}

/* ---- nonces ------------------------------------------------------------ */

static void
keep_nonce(tmg_acme *acme, const tmg_http_response *r)
{
	acme->nonce[0] = '\0';
	if (tmg_acme_is_base64url(r->nonce))
		memcpy(acme->nonce, r->nonce, sizeof(acme->nonce));
}

static tmg_rc
have_nonce(tmg_authority *a, tmg_http *http)
{
	tmg_acme *acme = tmg_acme_of(a);
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if (acme->nonce[0] != '\0')
		return TMG_OK;
	/* RFC 8555 7.2: GET is answered like HEAD */
	if ((rc = tmg_http_do(http, &(tmg_http_request){ .url =
	    acme->directory.new_nonce }, &r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	if (r.status < 200 || r.status > 299)
		return refused(a, &r);
	keep_nonce(acme, &r);
	return acme->nonce[0] != '\0' ? TMG_OK : tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: it gave no nonce to write messages with; is it an ACME server?"),
	    a->uri.where);
}

/* ---- messages ---------------------------------------------------------- */

/* RFC 8555 6.2: the key itself, or the account it belongs to. */
static tmg_rc
make_header(tmg_authority *a, const tmg_acme_sender *who, const char *url,
    json_t **header)
{
	json_t *jwk = NULL;
	tmg_rc rc;

	if (who->url == NULL && (rc = tmg_jws_jwk(a->ctx, who->signer, &jwk)))
		return rc;
	*header = json_pack("{s:s, s:s}", "nonce", tmg_acme_of(a)->nonce, "url", url);
	if (who->url != NULL)
		jwk = json_string(who->url);
	if (json_object_set_new(*header, who->url != NULL ? "kid" : "jwk", jwk)) {
		json_decref(*header);
		*header = NULL;
		return TMG_E_NOMEM;
	}
	return TMG_OK;
}

static tmg_rc
sign(tmg_authority *a, const tmg_acme_sender *who, const char *url,
    const char *payload, char **message)
{
	json_t *header = NULL;
	tmg_rc rc = make_header(a, who, url, &header);

	if (rc == TMG_OK)
		rc = tmg_jws_sign(a->ctx, who->signer, header, tmg_view_str(payload),
		    message);
	json_decref(header);
	if (rc == TMG_OK)
		return TMG_OK;
	if (who->signer->fault->rc == rc)
		return tmg_fault_copy(&a->fault, who->signer->fault, rc);
	return tmg_authority_raise(a, rc,
	    _("%s: the message could not be signed (%s)"), a->uri.where,
	    tmg_rc_name(rc));
}

static tmg_rc
send_once(tmg_authority *a, const tmg_acme_sender *who, const char *url,
    const char *payload, const char *accept, tmg_http_response *r)
{
	const char *headers[] = { "Content-Type: " TYPE_JOSE, accept, NULL };
	tmg_auto_free char *message = NULL;
	tmg_http *http = NULL;
	tmg_rc rc;

	if (!tmg_acme_is_url(url))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: it names an address that is not https://; nothing was sent "
		    "there"), a->uri.where);
	/* never the session that shows our certificate */
	if ((rc = tmg_session_open(a, &http)) || (rc = have_nonce(a, http)) ||
	    (rc = sign(a, who, url, payload, &message)))
		return tmg_pass(&a->fault, rc);
	tmg_acme_of(a)->nonce[0] = '\0';
	if ((rc = tmg_http_do(http, &(tmg_http_request){ .url = url, .post = true,
	    .headers = headers, .body = tmg_view_str(message) }, r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	keep_nonce(tmg_acme_of(a), r);
	return r->status >= 200 && r->status <= 299 ? TMG_OK : refused(a, r);
}

/* Whether the same message is to be sent again: with another nonce (RFC 8555
 * 6.5), or when the server said that it will have time (RFC 9110 10.2.3). */
static bool
goes_again(tmg_authority *a, tmg_rc rc, unsigned n)
{
	const tmg_acme *acme = tmg_acme_of(a);

	if (strcmp(acme->problem.type, "badNonce") == 0)
		return true;
	return rc == TMG_PENDING && acme->retry_after_s >= 0 && n + 1 < SENDS &&
	    tmg_acme_nap(a, n, acme->retry_after_s, LONG_MAX / 1000);
}

tmg_rc
tmg_acme_send(tmg_authority *a, const tmg_acme_sender *who, const char *url,
    const char *payload, const char *accept, tmg_http_response *r)
{
	tmg_rc rc;

	for (unsigned n = 0; n < SENDS; n++) {
		tmg_acme_of(a)->problem.type[0] = '\0';
		rc = send_once(a, who, url, payload != NULL ? payload : "", accept, r);
		if (rc == TMG_OK || !goes_again(a, rc, n))
			return rc;
	}
	return tmg_authority_raise(a, TMG_E_IO,
	    _("%s: it refuses every nonce it gives; do several servers stand behind "
	    "one name? Try again later"), a->uri.where);
}

tmg_rc
tmg_acme_post(tmg_authority *a, const char *url, const char *payload,
    tmg_http_response *r)
{
	const tmg_acme_account *account = &tmg_acme_of(a)->account;

	return tmg_acme_send(a, &(tmg_acme_sender){ account->signer, account->url }, url,
	    payload, "Accept: application/json", r);
}

tmg_rc
tmg_acme_fetch(tmg_authority *a, const char *url, const char *accept,
    tmg_http_response *r)
{
	const tmg_acme_account *account = &tmg_acme_of(a)->account;

	return tmg_acme_send(a, &(tmg_acme_sender){ account->signer, account->url }, url,
	    NULL, accept, r);
}

bool
tmg_acme_nap(tmg_authority *a, unsigned n, long retry_after_s, long most_s)
{
	const int64_t left = tmg_acme_of(a)->until_ms - tmg_now_ms();
	int64_t ms = (int64_t)NAP_MS << (n < 4 ? n : 4);

	if (retry_after_s > most_s)
		retry_after_s = most_s;
	if (retry_after_s * 1000 > ms)
		ms = retry_after_s * 1000;
	if (left <= 0 || ms > left)
		return false;

	struct timespec nap = { .tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&nap, &nap) != 0)
		continue;
	return true;
}
