/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/store.h"

/* Whom the enrollment believed, unless the caller knows better. */
static tmg_rc
ask_origin(tmg_ctx *ctx, tmg_view cert, tmg_journal *origin,
    tmg_authority_spec *spec, tmg_fault *f)
{
	tmg_rc rc = tmg_store_find(ctx, cert, origin, f);

	if (rc == TMG_NOT_FOUND)
		return tmg_advise(f, TMG_TRY_AUTHORITY, tmg_raise(f, rc, 0,
		    _("no enrollment on this computer brought this certificate; "
		    "name its authority and whom to believe")));
	if (rc != TMG_OK)
		return rc;
	spec->uri = origin->authority;
	spec->insecure_http = origin->insecure_http;
	spec->options = (const char *const *)origin->options;
	if (spec->anchors != NULL || spec->fingerprint != NULL)
		return TMG_OK;
	if (origin->fingerprint[0] != '\0')
		spec->fingerprint = origin->fingerprint;
	else
		spec->anchors = origin->anchors;
	return TMG_OK;
}

/* The authority that issued cert; origin holds what it borrows. */
static tmg_rc
open_issuer(tmg_ctx *ctx, tmg_view cert, const tmg_authority_spec *credentials,
    tmg_journal *origin, tmg_authority **authority, tmg_fault *f)
{
	tmg_authority_spec spec = { .uri = NULL };
	tmg_rc rc;

	if (credentials != NULL)
		spec = *credentials;
	if (spec.uri == NULL && (rc = ask_origin(ctx, cert, origin, &spec, f)))
		return rc;
	return tmg_authority_open(ctx, &spec, f, authority);
}

tmg_rc
tmg_provision_renew_when(tmg_ctx *ctx, tmg_view cert,
    const tmg_authority_spec *credentials, tmg_renewal *when, tmg_fault *f)
{
	tmg_auto(tmg_journal) origin = { .retry_after = -1 };
	tmg_auto_ptr(tmg_authority) authority = NULL;
	tmg_rc rc;

	if ((rc = open_issuer(ctx, cert, credentials, &origin, &authority, f)))
		return rc;
	rc = tmg_authority_renew_when(authority, cert, when);
	return rc == TMG_OK ? rc : tmg_fault_copy(f, tmg_authority_fault(authority), rc);
}

tmg_rc
tmg_provision_revoke(tmg_ctx *ctx, tmg_view cert, int reason,
    const tmg_authority_spec *credentials, tmg_fault *f)
{
	tmg_auto(tmg_journal) origin = { .retry_after = -1 };
	tmg_auto_ptr(tmg_authority) authority = NULL;
	tmg_rc rc;

	if ((rc = open_issuer(ctx, cert, credentials, &origin, &authority, f)))
		return rc;
	rc = tmg_authority_revoke(authority, cert, reason);
	return rc == TMG_OK ? rc : tmg_fault_copy(f, tmg_authority_fault(authority), rc);
}
