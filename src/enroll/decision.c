/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of an authority, and what it decides.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/enroll/authority.h"
#include "src/enroll/granted.h"
#include "src/enroll/issued.h"

/* What both submit and poll begin and end with. */
static tmg_rc
begin_decision(tmg_authority *a, tmg_decision *d)
{
	*d = (tmg_decision){ .retry_after_s = -1 };
	return tmg_certs_new(&d->certs)
	    ? tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory")) : TMG_OK;
}

static tmg_rc
end_decision(tmg_authority *a, tmg_view csr, tmg_rc rc, tmg_decision *d)
{
	if (rc == TMG_OK)
		rc = tmg_issued_check(a, csr, &d->certs);
	if (rc == TMG_OK)
		tmg_granted_note(a, csr, d);
	else
		tmg_certs_free(&d->certs);
	return tmg_pass(&a->fault, rc);
}

static tmg_rc
check_renews(tmg_authority *a, bool renews)
{
	return !renews || a->spec.signer != NULL ? TMG_OK
	    : tmg_authority_raise(a, TMG_E_USAGE, "%s",
		_("a renewal must be authenticated by the certificate that is renewed"));
}

tmg_rc
tmg_authority_admits(tmg_authority *a, bool renews)
{
	tmg_rc rc;

	if ((rc = check_renews(a, renews)) == TMG_OK)
		rc = a->binding->admits(a, renews);
	return tmg_pass(&a->fault, rc);
}

tmg_rc
tmg_authority_link(tmg_authority *a, tmg_out *challenge)
{
	return tmg_pass(&a->fault, a->binding->link(a, challenge));
}

tmg_rc
tmg_authority_request(tmg_authority *a, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request)
{
	return tmg_pass(&a->fault, a->binding->request(a, spec, signer, renews, request));
}

tmg_rc
tmg_authority_rehearse(tmg_authority *a, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request)
{
	tmg_rc rc;

	a->rehearses = true;
	rc = tmg_authority_request(a, spec, signer, renews, request);
	a->rehearses = false;
	return rc;
}

static tmg_rc
check_readable(tmg_authority *a, tmg_view pkcs10)
{
	tmg_view spki;

	return tmg_csr_spki(pkcs10, &spki) == TMG_OK ? TMG_OK :
	    tmg_authority_raise(a, TMG_E_MALFORMED, "%s",
	    _("the request is none that can be read"));
}

tmg_rc
tmg_authority_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	const tmg_rc rc = check_readable(a, pkcs10);

	return tmg_pass(&a->fault, rc ? rc : a->binding->forward(a, pkcs10, request));
}

tmg_rc
tmg_authority_vouch(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	const tmg_rc rc = check_readable(a, pkcs10);

	return tmg_pass(&a->fault, rc ? rc : a->binding->vouch(a, pkcs10, request));
}

tmg_rc
tmg_authority_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d)
{
	tmg_rc rc;

	if ((rc = begin_decision(a, d)))
		return rc;
	if ((rc = check_renews(a, renews)) == TMG_OK)
		rc = a->binding->submit(a, csr, renews, d);
	return end_decision(a, csr, rc, d);
}

tmg_rc
tmg_authority_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d)
{
	tmg_rc rc;

	if ((rc = begin_decision(a, d)))
		return rc;
	if ((rc = check_renews(a, renews)) == TMG_OK)
		rc = a->binding->poll(a, csr, renews, ticket, d);
	return end_decision(a, csr, rc, d);
}
