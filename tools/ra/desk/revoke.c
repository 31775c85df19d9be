/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a desk does about certificates that are out: knowing them again,
 * revoking them, saying so in public.
 */
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/desk/errand.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/life/audit.h"

#define DAY 86400


static tmg_rc
find_cert(ra_desk *d, const char *name, ra_cert *cert)
{
	tmg_rc rc = ra_cert_get(d->store, name, cert);

	if (rc == TMG_NOT_FOUND)
		rc = ra_cert_of_app(d->store, name, cert);
	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0,
		    _("%s is neither a serial number nor an application with a certificate"),
		    name);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* The authority's own certificates belong to no application. */
static tmg_rc
note_revocation(ra_desk *d, const ra_cert *cert, const ra_actor *actor,
    const char *detail)
{
	const time_t now = ra_desk_now(d);
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if (cert->app[0] == '\0')
		return ra_audit_add(d->store, &(ra_audit){ .at = now,
		    .actor = actor->name, .event = "revoke", .app = "",
		    .detail = detail }, &d->fault);
	if ((rc = ra_app_get(d->store, cert->app, &app)))
		return ra_desk_says(d, rc);
	return ra_desk_step(d, &app, RA_EV_REVOKE, actor, detail);
}

static tmg_rc
revoke_found(ra_desk *d, ra_cert *cert, int reason, const ra_actor *actor)
{
	const bool held = cert->revoked != 0 && cert->reason == RA_CERT_HOLD;
	char detail[RA_REASON_MAX];
	tmg_rc rc;

	cert->revoked = ra_desk_now(d);
	cert->reason = reason;
	rc = ra_cert_revoke(d->store, cert->serial, cert->revoked,
	    reason);
	if (rc == TMG_OCCUPIED)
		return tmg_raise(&d->fault, rc, 0,
		    _("certificate %s is revoked already"), cert->serial);
	if (rc || (held && (rc = ra_crl_outdate(d->store))))
		return ra_desk_says(d, rc);
	snprintf(detail, sizeof(detail), "serial %s reason %s", cert->serial,
	    ra_reason_name(reason));
	if (cert->app[0] != '\0' && (rc = ra_errand_revoke(d, cert->app, reason)))
		return rc;
	return note_revocation(d, cert, actor, detail);
}

tmg_rc
ra_desk_revoke_within(ra_desk *d, const char *name, int reason,
    const ra_actor *actor, ra_cert *cert)
{
	tmg_rc rc = find_cert(d, name, cert);

	return rc ? rc : revoke_found(d, cert, reason, actor);
}

tmg_rc
ra_desk_revoke(ra_desk *d, const char *name, int reason,
    const ra_actor *actor, ra_cert *cert)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_desk_revoke_within(d, name, reason, actor, cert)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* ---- knowing a certificate again ---- */

/* late_s: how long after its end it still counts. */
static tmg_rc
check_current(ra_desk *d, const ra_cert *cert, time_t late_s)
{
	const time_t now = ra_desk_now(d);

	if (cert->revoked != 0)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    cert->reason == RA_CERT_HOLD ?
		    _("the certificate %s is suspended") :
		    _("the certificate %s was revoked"), cert->serial);
	if (now < cert->not_before)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the certificate %s is not valid yet"), cert->serial);
	if (now - late_s > cert->not_after)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the certificate %s has expired: enroll anew"), cert->serial);
	return TMG_OK;
}

/* Byte for byte what was issued: stronger than any chain that leads to us. */
static tmg_rc
find_issued(ra_desk *d, tmg_view der, ra_cert *cert, ra_app *app)
{
	tmg_auto(ra_X509) x = NULL;
	char serial[TMG_SERIAL_MAX];
	tmg_rc rc = tmg_x509_keyless(d->office->ctx, der, &x);

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (rc == TMG_E_NOMEM)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if (x == NULL || ra_serial_text(X509_get0_serialNumber(x), serial))
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the client certificate cannot be read"));
	rc = ra_cert_get(d->store, serial, cert);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	if (rc || cert->app[0] == '\0' ||
	    !tmg_view_equal(der, (tmg_view){ cert->der, cert->len }))
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the client certificate was not issued here"));
	rc = ra_app_get(d->store, cert->app, app);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* How long after its end a certificate renews itself, as its profile says. */
static time_t
grace_of(const ra_desk *d, const ra_app *app)
{
	const ra_profile *p = ra_profiles_find(d->profiles, app->profile);

	return p != NULL ? (time_t)p->renewal_grace_days * DAY : 0;
}

tmg_rc
ra_desk_recognise(ra_desk *d, tmg_view der, bool renews, ra_cert *cert, ra_app *app)
{
	tmg_rc rc;

	if ((rc = find_issued(d, der, cert, app)))
		return rc;
	if ((rc = check_current(d, cert, renews ? grace_of(d, app) : 0)))
		ra_app_release(app);
	return rc;
}

/* What we issued is in the store; of another authority's we know the time. */
static tmg_rc
check_ours(ra_desk *d, const char *serial, tmg_view der)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	const tmg_rc rc = ra_cert_get(d->store, serial, &cert);

	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	return rc == TMG_NOT_FOUND || !tmg_view_equal(der,
	    (tmg_view){ cert.der, cert.len }) ? TMG_OK : check_current(d, &cert, 0);
}

tmg_rc
ra_desk_trusts(ra_desk *d, tmg_view der)
{
	tmg_auto(ra_X509) x = NULL;
	const tmg_rc rc = tmg_x509_keyless(d->office->ctx, der, &x);
	time_t now = ra_desk_now(d);
	char serial[TMG_SERIAL_MAX];

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (rc == TMG_E_NOMEM)
		return tmg_raise(&d->fault, rc, 0, _("out of memory"));
	if (rc || ra_serial_text(X509_get0_serialNumber(x), serial)) {
		ERR_clear_error();
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the client certificate cannot be read"));
	}
	if (X509_cmp_time(X509_get0_notBefore(x), &now) >= 0 ||
	    X509_cmp_time(X509_get0_notAfter(x), &now) <= 0)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the client certificate is not valid now"));
	return check_ours(d, serial, der);
}
