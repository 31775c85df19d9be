/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificate of an application: fetched, installed, revoked.
 */
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/ca/proof.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/desk/renew.h"

#define SIGNATURE_MAX 1024	/* RSA 8192 */

/* An event of the applicant's that his profile's way need not have.  It is looked
 * up anew: whoever asked may have read it before somebody else had it issued. */
static tmg_rc
note(ra_desk *desk, const char *id, ra_event event, const ra_visitor *who)
{
	const ra_actor actor = ra_visitor_actor(who);
	tmg_auto(ra_app) app = { .id = "" }, then = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_app_get(desk->store, id, &app)))
		return ra_desk_says(desk, rc);
	return ra_life_may(&app, event, actor.by) ?
	    ra_desk_decide(desk, id, event, &actor, "", &then) : TMG_OK;
}

/* ---- fetching ---- */

static void
reply_chain(ra_desk *desk, ra_reply *reply, const ra_cert *cert)
{
	const unsigned char *at = cert->der;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert->len);
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());
	char *text;

	if (x == NULL || bio == NULL || PEM_write_bio_X509(bio, x) != 1 ||
	    ra_ca_pem(desk->office->ca, bio)) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	const long len = BIO_get_mem_data(bio, &text);

	ra_reply_bytes(reply, "application/pem-certificate-chain",
	    (tmg_view){ (uint8_t *)text, (size_t)len });
}

void
ra_api_certificate(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_visitor who;
	tmg_rc rc;

	if (!ra_api_enter(desk, call, reply, &who, &app))
		return;
	rc = ra_desk_progress(desk, &app, &cert);
	if (rc == TMG_PENDING) {
		reply->retry_after_s = desk->config->retry_after_s;
		ra_api_error(reply, HTTP_ACCEPTED, NULL, desk->fault.text);
		return;
	}
	if (rc == TMG_OK)
		rc = note(desk, app.id, RA_EV_DOWNLOAD, &who);
	if (rc == TMG_OK || rc == TMG_MISMATCH)	/* somebody else noted it */
		reply_chain(desk, reply, &cert);
	else
		ra_api_fault(reply, desk, rc);
}

/* ---- proof that it is installed ---- */

static tmg_rc
check_proof(ra_desk *desk, const ra_app *app, const ra_cert *cert,
    tmg_view signature)
{
	const tmg_rc rc = ra_proof_check(app->id,
	    (tmg_view){ cert->der, cert->len }, signature);

	return rc == TMG_OK ? TMG_OK : tmg_raise(&desk->fault, rc, 0,
	    _("this is not the certified key's signature of the application's proof"));
}

void
ra_api_installed(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_json) body = NULL;
	uint8_t store[SIGNATURE_MAX];
	tmg_out signature = TMG_OUT(store);
	tmg_fault f = { .rc = TMG_OK };
	ra_visitor who;
	tmg_rc rc;

	if (!ra_api_enter(desk, call, reply, &who, &app) ||
	    !ra_api_body(call, reply, &ra_body_proof, &body))
		return;
	if (ra_body_bytes(body, "signature", &signature, &f)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, "signature", f.text);
		return;
	}
	/* whoever has it installed has fetched it, wherever that was */
	if ((rc = ra_desk_progress(desk, &app, &cert)) == TMG_OK &&
	    (rc = check_proof(desk, &app, &cert, tmg_out_view(&signature))) ==
	    TMG_OK &&
	    (rc = note(desk, app.id, RA_EV_DOWNLOAD, &who)) == TMG_OK)
		rc = note(desk, app.id, RA_EV_INSTALL, &who);
	if (rc == TMG_OK)
		ra_api_tell(desk, reply, HTTP_OK, app.id);
	else
		ra_api_fault(reply, desk, rc);
}

/* ---- renewing ---- */

/* Tells how the new application stands: its number is another one. */
void
ra_api_renew_app(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const char *id)
{
	tmg_auto_free uint8_t *store = malloc(RA_BODY_MAX);
	tmg_out request = { store, RA_BODY_MAX, 0, store == NULL };
	tmg_auto(ra_app) next = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_json) body = NULL;
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc;

	if (!ra_api_body(call, reply, &ra_body_request, &body))
		return;
	if (ra_body_bytes(body, "request", &request, &f)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, "request", f.text);
		return;
	}
	rc = ra_renew_submit(desk, id, tmg_out_view(&request), call->peer_cert,
	    &next, &cert);
	if (rc == TMG_OK || rc == TMG_PENDING)
		ra_api_tell(desk, reply, HTTP_OK, next.id);
	else if (rc == TMG_DENIED)
		ra_api_error(reply, HTTP_CONFLICT, NULL, desk->fault.text);
	else
		ra_api_fault(reply, desk, rc);
}

void
ra_api_renew(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;

	if (ra_api_enter(desk, call, reply, &who, &app))
		ra_api_renew_app(desk, call, reply, app.id);
}

/* ---- revoking ---- */

void
ra_api_revoke_app(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_visitor *who, const char *id)
{
	const ra_actor actor = ra_visitor_actor(who);
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_json) body = NULL;
	const char *word;
	int reason = 0;
	tmg_rc rc;

	if (!ra_api_body(call, reply, &ra_body_reason, &body))
		return;
	word = ra_body_text(body, "reason");
	if (word[0] != '\0' && ra_reason_parse(word, &reason)) {
		ra_api_error(reply, HTTP_UNPROCESSABLE, "reason",
		    _("no such reason; RFC 5280 5.3.1 has them: keyCompromise, superseded, ..."));
		return;
	}
	rc = ra_desk_revoke(desk, id, reason, &actor, &cert);
	if (rc == TMG_OK)
		ra_api_tell(desk, reply, HTTP_OK, id);
	else
		ra_api_fault(reply, desk, rc);
}

void
ra_api_revoke(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;

	if (ra_api_enter(desk, call, reply, &who, &app))
		ra_api_revoke_app(desk, call, reply, &who, app.id);
}
