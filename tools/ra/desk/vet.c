/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/vet.h"

#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/birth.h"

#define DAY 86400

/* ---- the key ---- */

static bool
may_share(const ra_vet *in, const ra_app *holder)
{
	return strcmp(holder->id, in->own) == 0 ||
	    strcmp(holder->spki_hash, in->kept_key) == 0;
}

/* Also where the certificate of another application was revoked that had it. */
static tmg_rc
check_revoked(ra_desk *d, const ra_request *request)
{
	bool revoked;
	const tmg_rc rc = ra_cert_key_revoked(d->store, request->spki_hash,
	    &revoked);

	if (rc)
		return ra_desk_says(d, rc);
	return !revoked ? TMG_OK : tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("a certificate for this key was revoked; make a new key"));
}

tmg_rc
ra_vet_key(ra_desk *d, const ra_vet *in)
{
	tmg_auto(ra_app) holder = { .id = "" };
	const tmg_rc rc = ra_app_holder(d->store, in->request->spki_hash, &holder);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc)
		return ra_desk_says(d, rc);
	if (!may_share(in, &holder))
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("this key was used in another application; make a new key"));
	return check_revoked(d, in->request);
}

/* ---- what would be signed ---- */

tmg_rc
ra_vet_validity(ra_desk *d, int days, ra_cert *cert)
{
	const time_t now = ra_desk_now(d);
	time_t end;
	tmg_rc rc;

	if ((rc = ra_ca_end(d->office->ca, &end)))
		return tmg_raise(&d->fault, rc, 0,
		    _("the authority's own certificate cannot be read"));
	if (end <= now)
		return tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("the authority's own certificate has expired: it can issue nothing"));
	cert->not_before = now - RA_BACKDATE_S;
	cert->not_after = now + (time_t)days * DAY;
	if (cert->not_after > end)
		cert->not_after = end;
	return TMG_OK;
}

/* Under a serial number that is thrown away. */
tmg_rc
ra_vet_draft(ra_desk *d, const ra_vet *in)
{
	ra_ca *ca = d->office->ca;
	ra_cert would = { .der = NULL };
	tmg_rc rc;

	if ((rc = ra_birth_check(d, in->profile, in->request->der)))
		return rc;
	if ((rc = ra_vet_validity(d, in->profile->validity_days, &would)))
		return rc;
	if ((rc = ra_serial_new(d->office->ctx, would.serial)))
		return tmg_raise(&d->fault, rc, 0, _("no random numbers to be had"));
	const ra_order order = { in->request, in->profile, would.serial,
		would.not_before, would.not_after, &d->config->points,
		ra_book_known(d->book), in->draft, in->spent };

	return ca->ops->vet(ca, &order, &d->fault);
}
