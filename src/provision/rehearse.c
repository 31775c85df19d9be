/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request made once with a software key of the same kind: every name,
 * extension and wish of the authority is tried before the token is touched.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/soft.h"
#include "src/provision/work.h"

tmg_rc
tmg_rehearse(tmg_provision *p, tmg_out *csr)
{
	const tmg_csr_spec spec = tmg_work_csr_spec(p);
	tmg_auto_ptr(tmg_soft) key = NULL;
	tmg_alg alg;
	tmg_rc rc;

	if (tmg_alg_parse(p->j.alg, &alg) != TMG_OK)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("\"%s\" is no type of key"), p->j.alg);
	/* a modulus' length matters only to an authority that wants one */
	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA && p->j.wants.len == 0)
		alg = TMG_ALG_RSA2048;
	if ((rc = tmg_soft_generate(p->ctx, alg, &key)))
		return tmg_raise(&p->fault, rc == TMG_UNSUPPORTED ? TMG_E_CRYPTO : rc, 0,
		    _("libcrypto refused to make a key of the type %s"), p->j.alg);
	tmg_soft_signer(key)->pads = tmg_token_info(p->token)->pads;
	rc = tmg_authority_rehearse(p->authority, &spec, tmg_soft_signer(key),
	    p->j.renews[0] != '\0', csr);
	return rc == TMG_OK ? rc : tmg_work_authority_said(p, rc);
}
