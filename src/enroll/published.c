/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority publishes, fetched once.
 */
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/authority.h"
#include "src/enroll/session.h"

/* One of them is an anchor or leads to one: then the answer is about a CA
 * that is believed.  The rest are roll-over and issuing certificates, which
 * count for nothing until a chain is checked through them. */
static tmg_rc
check_cacerts(tmg_authority *a, const tmg_certs *certs)
{
	for (size_t i = 0; i < tmg_certs_count(certs); i++)
		if (tmg_certs_verify(a->ctx, tmg_certs_get(certs, i), certs,
		    a->anchors, NULL, NULL) == TMG_OK)
			return TMG_OK;
	return tmg_authority_raise(a, TMG_MISMATCH,
	    _("%s: none of its CA certificates leads to one you trust; if the CA is "
	    "right, give its certificate too"), a->uri.where);
}

/* Whether somebody refused us who has not seen our certificate yet. */
static bool
may_insist(const tmg_authority *a, tmg_rc rc)
{
	return rc == TMG_DENIED && a->spec.signer != NULL && !a->binding->sealed;
}

static tmg_rc
fetch_cacerts(tmg_authority *a, tmg_certs *heard)
{
	tmg_http *http = NULL;
	tmg_rc rc = tmg_session_open(a, &http);

	if (rc == TMG_OK)
		rc = a->binding->cacerts(a, http, heard);
	if (may_insist(a, rc) && (rc = tmg_session_get(a, &http)) == TMG_OK)
		rc = a->binding->cacerts(a, http, heard);
	return rc == TMG_OK ? check_cacerts(a, heard) : tmg_pass(&a->fault, rc);
}

tmg_rc
tmg_authority_cacerts(tmg_authority *a, const tmg_certs **certs)
{
	tmg_auto_ptr(tmg_certs) heard = NULL;
	tmg_rc rc;

	if (a->cacerts == NULL) {
		if ((rc = tmg_certs_new(&heard)))
			return tmg_authority_raise(a, rc, "%s", _("out of memory"));
		if ((rc = fetch_cacerts(a, heard)))
			return tmg_pass(&a->fault, rc);
		a->cacerts = heard;
		heard = NULL;
	}
	*certs = a->cacerts;
	return TMG_OK;
}

static tmg_rc
fetch_wants(tmg_authority *a, tmg_out *wants)
{
	tmg_http *http = NULL;
	tmg_rc rc = tmg_session_open(a, &http);

	if (rc == TMG_OK)
		rc = a->binding->wants(a, http, wants);
	if (may_insist(a, rc) && (rc = tmg_session_get(a, &http)) == TMG_OK)
		rc = a->binding->wants(a, http, wants);
	return tmg_pass(&a->fault, rc);
}

tmg_rc
tmg_authority_wants(tmg_authority *a, tmg_view *csrattrs)
{
	tmg_auto_free uint8_t *store = NULL;
	tmg_out o;
	tmg_rc rc;

	if (a->wants == NULL) {
		store = malloc(TMG_WANTS_MAX);
		if (store == NULL)
			return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
		o = (tmg_out){ store, TMG_WANTS_MAX, 0, false };
		if ((rc = fetch_wants(a, &o)))
			return tmg_pass(&a->fault, rc);
		a->wants = store;
		a->wants_len = o.len;
		store = NULL;
	}
	*csrattrs = (tmg_view){ a->wants, a->wants_len };
	return TMG_OK;
}
