/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Revocation (RFC 8555 7.6): by the account that this computer has, or by the
 * certificate's own key, which costs a signature of it.
 */
#include <jansson.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-talk.h"

static tmg_rc
ask(tmg_authority *a, const tmg_acme_sender *who, const char *payload)
{
	TMG_ACME_RESPONSE;

	return tmg_acme_send(a, who, tmg_acme_of(a)->directory.revoke_cert, payload,
	    "Accept: application/json", &r);
}

/* Whether the key that was lent is the certificate's. */
static bool
is_own_key(const tmg_authority *a, tmg_view cert)
{
	tmg_view spki;

	return a->spec.signer != NULL && tmg_cert_spki(cert, &spki) == TMG_OK &&
	    tmg_view_equal(spki, a->spec.signer->spki);
}

/* Another account than the one that ordered it may not (7.6). */
static tmg_rc
revoke_as(tmg_authority *a, tmg_view cert, const char *payload)
{
	const tmg_acme_account *account = &tmg_acme_of(a)->account;
	tmg_rc rc = tmg_acme_account_find(a);
	const bool known = rc == TMG_OK;

	if (known)
		rc = ask(a, &(tmg_acme_sender){ account->signer, account->url }, payload);
	else if (rc != TMG_NOT_FOUND)
		return rc;
	if (known && (rc == TMG_OK ||
	    (strcmp(tmg_acme_of(a)->problem.type, "unauthorized") != 0 &&
	    strcmp(tmg_acme_of(a)->problem.type, "accountDoesNotExist") != 0)))
		return rc;
	if (is_own_key(a, cert))
		return ask(a, &(tmg_acme_sender){ a->spec.signer, NULL }, payload);
	return known ? rc : tmg_authority_raise(a, TMG_DENIED,
	    _("%s: this computer has no account there and the certificate's key is not "
	    "at hand; insert its token"), a->uri.where);
}

tmg_rc
tmg_acme_revoke(tmg_authority *a, tmg_view cert, int reason)
{
	tmg_auto_free char *payload = NULL;
	json_t *o;
	tmg_rc rc;

	if ((rc = tmg_acme_hear(a, NULL)))
		return tmg_pass(&a->fault, rc);
	if (tmg_acme_of(a)->directory.revoke_cert[0] == '\0')
		return tmg_binding_no_revoke(a, cert, reason);
	o = json_pack("{s:o, s:i}", "certificate", tmg_jws_text(cert), "reason", reason);
	payload = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	if (payload == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	return tmg_pass(&a->fault, revoke_as(a, cert, payload));
}
