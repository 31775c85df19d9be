/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of what a protocol cannot do; see tamga/binding.h.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/enroll/authority.h"

tmg_rc
tmg_binding_no_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	(void)pkcs10, (void)request;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: nobody else's requests can be handed in over %s"), a->uri.where,
	    a->binding->name);
}

tmg_rc
tmg_binding_no_vouch(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	(void)pkcs10, (void)request;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: %s has no word for a key that somebody else vouches for"),
	    a->uri.where, a->binding->name);
}

tmg_rc
tmg_binding_no_revoke(tmg_authority *a, tmg_view cert, int reason)
{
	(void)cert, (void)reason;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("certificates cannot be revoked over %s; ask the authority's officers"),
	    a->binding->name);
}

tmg_rc
tmg_binding_no_renew_when(tmg_authority *a, tmg_view cert, tmg_renewal *when)
{
	(void)cert, (void)when;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: nobody is told over %s when to renew"), a->uri.where, a->binding->name);
}

tmg_rc
tmg_binding_no_next(tmg_authority *a, tmg_certs *certs)
{
	(void)certs;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: %s has no question for the CA that follows; whatever it tells of that "
	    "is among its CA certificates"), a->uri.where, a->binding->name);
}

tmg_rc
tmg_binding_no_call(tmg_authority *a, const tmg_call *call, tmg_answer *answer)
{
	(void)call, (void)answer;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: %s has no applications; portal+https:// has"), a->uri.where,
	    a->binding->name);
}

tmg_rc
tmg_binding_no_proof(tmg_authority *a, const char *ticket, tmg_view cert,
    tmg_out *text)
{
	(void)a, (void)ticket, (void)cert, (void)text;
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_binding_no_installed(tmg_authority *a, const char *ticket,
    tmg_view signature)
{
	(void)ticket, (void)signature;
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: nobody is told over %s what was installed"), a->uri.where,
	    a->binding->name);
}
