/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/est/est.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/pkcs7.h"
#include "tools/ra/desk/errand.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/http/media.h"
#include "tools/ra/profile/csrattrs.h"

#define TYPE_CERTS "application/pkcs7-mime; smime-type=certs-only"
#define TYPE_CSRATTRS "application/csrattrs"
#define TYPE_CSR "application/pkcs10"

/* The profile a path label names; the configured one without a label. */
static const ra_profile *
profile_of(const ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const char *name = call->label[0] != '\0' ? call->label :
	    desk->config->default_profile;
	const ra_profile *p = ra_profiles_find(desk->profiles, name);

	if (p == NULL)
		ra_reply_text(reply, HTTP_NOT_FOUND,
		    _("there is no profile \"%s\" here"), name);
	return p;
}

static void
reply_cert(ra_reply *reply, tmg_view cert)
{
	const size_t cap = cert.len + RA_CERTS_ONLY_MORE;
	tmg_auto_free uint8_t *store = malloc(cap);
	tmg_out o = { store, cap, 0, false };

	if (store == NULL || ra_certs_only(cert, &o)) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	ra_reply_base64(reply, TYPE_CERTS, tmg_out_view(&o));
}

void
ra_est_cacerts(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto_free uint8_t *der = NULL;
	size_t len;

	if (profile_of(desk, call, reply) == NULL)
		return;
	if (ra_ca_der(desk->office->ca, &der, &len))
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	else
		reply_cert(reply, (tmg_view){ der, len });
}

void
ra_est_csrattrs(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const ra_profile *p = profile_of(desk, call, reply);
	uint8_t store[RA_CSRATTRS_MAX];
	tmg_out o = TMG_OUT(store);

	if (p == NULL)
		return;
	if (ra_csrattrs_make(p, &o))
		ra_reply_text(reply, HTTP_SERVER_ERROR,
		    _("the profile's csrattrs do not fit"));
	else if (o.len == 0)
		reply->status = HTTP_NO_CONTENT;	/* RFC 7030 4.5.2 */
	else
		ra_reply_base64(reply, TYPE_CSRATTRS, tmg_out_view(&o));
}

/* ---- who is there ---- */

static void
ask_who(ra_reply *reply, const char *why)
{
	reply->challenge = true;
	ra_reply_text(reply, HTTP_UNAUTHORIZED, "%s", why);
}

static void
say_wait(ra_reply *reply, long wait_s)
{
	reply->retry_after_s = wait_s;
	ra_reply_text(reply, HTTP_TOO_MANY,
	    _("too many failed tries; the next one counts in %ld seconds"), wait_s);
}

/* True when owner holds the account of a good password; else reply is done. */
static bool
enter_by_password(ra_desk *desk, const ra_call *call, ra_reply *reply,
    char owner[RA_OWNER_MAX])
{
	tmg_auto_secret password = { .len = 0 };
	ra_user user = { .name = "" };
	long wait_s = 0;
	tmg_rc rc;

	if (ra_basic_parse(call->authorization, owner, &password)) {
		ask_who(reply, _("these are no credentials of HTTP Basic"));
		return false;
	}
	const ra_credentials who = { call->peer, owner,
		tmg_secret_view(&password), NULL };

	rc = ra_gate_enter(desk->office->gate, desk->store,
	    ra_desk_now(desk), &who, &user, &wait_s);
	if (rc == TMG_OK && strcmp(user.role, "applicant") == 0) {
		memcpy(reply->user, user.name, sizeof(reply->user));
		return true;
	}
	if (rc == TMG_OK)
		ra_reply_text(reply, HTTP_FORBIDDEN,
		    _("the account %s is not an applicant's"), owner);
	else if (rc == TMG_BUSY)
		say_wait(reply, wait_s);
	else if (rc == TMG_DENIED)
		ask_who(reply, _("no such account, or not its password"));
	else {
		desk->fault = desk->store->fault;
		ra_reply_fault(reply, desk, rc);
	}
	return false;
}

/* The owner of a certificate of ours; cert and app are its. */
static bool
enter_by_cert(ra_desk *desk, const ra_call *call, ra_reply *reply,
    bool renews, ra_cert *cert, ra_app *app)
{
	const tmg_rc rc = ra_desk_recognise(desk, call->peer_cert, renews, cert, app);

	if (rc != TMG_OK) {
		ra_reply_fault(reply, desk, rc);
		return false;
	}
	memcpy(reply->user, app->owner, sizeof(reply->user));
	return true;
}

static bool
enter(ra_desk *desk, const ra_call *call, ra_reply *reply,
    char owner[RA_OWNER_MAX])
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };

	if (call->authorization[0] != '\0')
		return enter_by_password(desk, call, reply, owner);
	if (call->peer_cert.len == 0) {
		ask_who(reply, _("name an account and its password, or show a certificate issued here"));
		return false;
	}
	if (!enter_by_cert(desk, call, reply, false, &cert, &app))
		return false;
	memcpy(owner, app.owner, sizeof(app.owner));
	return true;
}

/* ---- requests ---- */

static void
reply_outcome(ra_desk *desk, ra_reply *reply, tmg_rc rc, const ra_app *app,
    const ra_cert *cert)
{
	if (rc == TMG_OK) {
		reply_cert(reply, (tmg_view){ cert->der, cert->len });
		return;
	}
	if (rc == TMG_PENDING)
		reply->retry_after_s = ra_errand_again(desk, app);
	ra_reply_fault(reply, desk, rc);
}

/* Fills in->csr from the body and hands it in. */
static void
submit(ra_desk *desk, const ra_call *call, ra_reply *reply, ra_submission *in)
{
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out der = { store, RA_CSR_MAX, 0, false };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc;

	if (store == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	if ((rc = ra_est_body(call->body, &der, &desk->fault))) {
		ra_reply_fault(reply, desk, rc);
		return;
	}
	in->csr = tmg_out_view(&der);
	if ((rc = ra_est_link(desk, call, in)) == TMG_OK)
		rc = ra_desk_submit(desk, in, &app, &cert);
	reply_outcome(desk, reply, rc, &app, &cert);
}

static bool
is_csr(const ra_call *call, ra_reply *reply)
{
	if (ra_media_is(call->content_type, TYPE_CSR))
		return true;
	ra_reply_text(reply, HTTP_UNSUPPORTED_TYPE,
	    _("the content type must be %s"), TYPE_CSR);
	return false;
}

void
ra_est_enroll(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	char owner[RA_OWNER_MAX] = "";
	ra_submission in = { .owner = owner };

	if ((in.profile = profile_of(desk, call, reply)) == NULL ||
	    !enter(desk, call, reply, owner) || !is_csr(call, reply))
		return;
	submit(desk, call, reply, &in);
}

void
ra_est_reenroll(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	ra_submission in = { .owner = app.owner, .previous = &cert,
		.previous_app = &app };
	tmg_rc rc;

	if (call->label[0] != '\0' && profile_of(desk, call, reply) == NULL)
		return;
	if (call->peer_cert.len == 0) {
		ra_reply_text(reply, HTTP_FORBIDDEN,
		    _("show the certificate that is to be renewed (TLS client certificate)"));
		return;
	}
	if (!enter_by_cert(desk, call, reply, true, &cert, &app))
		return;
	if ((rc = ra_renew_profile(desk, &app, call->label, &in.profile))) {
		ra_reply_fault(reply, desk, rc);
		return;
	}
	if (!is_csr(call, reply))
		return;
	submit(desk, call, reply, &in);
}

/* A request that waits would wait for a key that nobody has yet. */
void
ra_est_serverkeygen(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	char owner[RA_OWNER_MAX] = "";
	ra_submission in = { .owner = owner };

	if ((in.profile = profile_of(desk, call, reply)) == NULL)
		return;
	if (!in.profile->server_keys || desk->office->ca->ops->elsewhere) {
		ra_reply_text(reply, HTTP_NOT_FOUND,
		    _("profile %s: keys are made by those who use them"),
		    in.profile->name);
		return;
	}
	if (enter(desk, call, reply, owner) && is_csr(call, reply))
		ra_est_make_key(desk, call->body, &in, reply);
}
