/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/renew.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/request.h"
#include "tools/ra/ca/signed.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/form/answers.h"
#include "tools/ra/profile/filekind.h"

#define DAY 86400

tmg_rc
ra_renew_window(ra_desk *d, const ra_profile *profile, const ra_cert *cert)
{
	const time_t window = (time_t)profile->renewal_window_days * DAY;

	if (window == 0 || cert->not_after - ra_desk_now(d) <= window)
		return TMG_OK;
	return tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("this certificate can be renewed in its last %d days"),
	    profile->renewal_window_days);
}

/* The certificate of app, in force, and its application as it stands now. */
static tmg_rc
current(ra_desk *d, const ra_app *app, ra_cert *cert, ra_app *now)
{
	tmg_auto(ra_cert) kept = { .der = NULL };
	tmg_rc rc = ra_cert_of_app(d->store, app->id, &kept);

	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && kept.der == NULL))
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s has no certificate to renew"), app->id);
	if (rc)
		return ra_desk_says(d, rc);
	return ra_desk_recognise(d, (tmg_view){ kept.der, kept.len }, false, cert, now);
}

static tmg_rc
profile_of(ra_desk *d, const ra_app *app, const ra_profile **profile)
{
	*profile = ra_profiles_find(d->profiles, app->profile);
	return *profile != NULL ? TMG_OK : tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("the profile %s is not offered any more: enroll anew"),
	    app->profile);
}

tmg_rc
ra_renew_profile(ra_desk *d, const ra_app *app, const char *label,
    const ra_profile **profile)
{
	const tmg_rc rc = profile_of(d, app, profile);

	if (rc || label[0] == '\0' ||
	    ra_profiles_find(d->profiles, label) == *profile)
		return rc;
	return tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("this certificate is of the profile %s, not %s"),
	    (*profile)->name, label);
}

tmg_rc
ra_renew_may(ra_desk *d, const ra_app *app)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) now = { .id = "" };
	const ra_profile *profile;
	tmg_rc rc;

	if ((rc = current(d, app, &cert, &now)) ||
	    (rc = profile_of(d, app, &profile)))
		return rc;
	return ra_renew_window(d, profile, &cert);
}

/* ---- what is kept ---- */

/* Who opened the application before opens this one, by the same code. */
static tmg_rc
carry_code(ra_desk *d, const char *from, const char *to)
{
	ra_user user = { .name = "" };
	tmg_rc rc = ra_user_get(d->store, from, &user);

	if (rc == TMG_NOT_FOUND || (rc == TMG_OK &&
	    strcmp(user.role, "application") != 0))
		return TMG_OK;
	if (rc == TMG_OK) {
		snprintf(user.name, sizeof(user.name), "%s", to);
		rc = ra_user_put(d->store, &user);
	}
	return rc;
}

tmg_rc
ra_renew_carry(ra_desk *d, const ra_app *from, const ra_app *to)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_rc rc;

	if ((rc = ra_answers_load(d->store, from->id, &answers)) ||
	    (rc = ra_answers_save(d->store, to->id, &answers)) ||
	    (rc = carry_code(d, from->id, to->id)))
		return ra_desk_says(d, rc);
	return ra_tell(d, to, RA_EV_SUBMIT, "");
}

/* ---- handing in ---- */

static bool
is_same_cert(tmg_view der, const ra_cert *cert)
{
	return der.len > 0 &&
	    tmg_view_equal(der, (tmg_view){ cert->der, cert->len });
}

/* A request in an envelope that the certificate's key signed; plain requests
 * are left as they are. */
static tmg_rc
unwrap(ra_desk *d, tmg_view request, const ra_cert *cert, ra_signed *file,
    ra_submission *in)
{
	const ra_filekind *kind = ra_filekind_of(request);
	tmg_rc rc;

	in->csr = request;
	if (kind == NULL || strcmp(kind->name, "p7m") != 0)
		return TMG_OK;
	if ((rc = ra_signed_read(request, file, &d->fault)))
		return rc;
	if (!is_same_cert((tmg_view){ file->cert, file->cert_len }, cert))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the request must be signed with the certificate that it renews"));
	in->csr = (tmg_view){ file->content, file->len };
	in->by_number = false;
	return TMG_OK;
}

/* A request for the key that is there is signed by that key. */
static tmg_rc
look_at_key(ra_desk *d, ra_submission *in)
{
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	const tmg_rc rc = ra_request_read(d->office->ctx, in->csr, &request,
	    &d->fault);

	if (rc == TMG_OK && strcmp(request.spki_hash,
	    in->previous_app->spki_hash) == 0)
		in->by_number = false;
	return rc;
}

tmg_rc
ra_renew_submit(ra_desk *d, const char *id, tmg_view request,
    tmg_view peer_cert, ra_app *app, ra_cert *cert)
{
	__attribute__((__cleanup__(ra_signed_release))) ra_signed file =
	    { .content = NULL };
	tmg_auto(ra_cert) old = { .der = NULL };
	tmg_auto(ra_app) kept = { .id = "" }, now = { .id = "" };
	ra_submission in = { .previous = &old, .previous_app = &now };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_app_get(d->store, id, &kept)))
		return rc == TMG_NOT_FOUND ? tmg_raise(&d->fault, rc, 0,
		    _("there is no application %s"), id) : ra_desk_says(d, rc);
	if ((rc = current(d, &kept, &old, &now)) ||
	    (rc = profile_of(d, &now, &in.profile)))
		return rc;
	in.owner = now.owner;
	in.by_number = !is_same_cert(peer_cert, &old);
	if ((rc = unwrap(d, request, &old, &file, &in)) ||
	    (rc = look_at_key(d, &in)))
		return rc;
	return ra_desk_submit(d, &in, app, cert);
}
