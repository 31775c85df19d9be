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

tmg_rc
tmg_provision_revoke(tmg_ctx *ctx, tmg_view cert, int reason,
    const tmg_authority_spec *credentials, tmg_fault *f)
{
	tmg_auto(tmg_journal) origin = { .retry_after = -1 };
	tmg_auto_ptr(tmg_authority) authority = NULL;
	tmg_authority_spec spec = { .uri = NULL };
	tmg_rc rc;

	if (credentials != NULL)
		spec = *credentials;
	if (spec.uri == NULL && (rc = ask_origin(ctx, cert, &origin, &spec, f)))
		return rc;
	if ((rc = tmg_authority_open(ctx, &spec, f, &authority)))
		return rc;
	rc = tmg_authority_revoke(authority, cert, reason);
	return rc == TMG_OK ? rc : tmg_fault_copy(f, tmg_authority_fault(authority), rc);
}
