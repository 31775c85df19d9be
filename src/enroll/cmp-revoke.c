/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Revocation requests, RFC 9810 5.3.9: protected by a secret, or signed by the
 * key of the certificate that is revoked.
 */
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/enroll/cmp.h"
#include "src/pki/x509.h"

static tmg_rc
set_up(tmg_cmp_talk *t, OSSL_CMP_CTX *ctx, tmg_view der, int reason)
{
	tmg_held(X509) cert = NULL;

	if (tmg_x509_parse(tmg_ctx_libctx(t->a->ctx), der, &cert))
		return tmg_authority_raise(t->a, TMG_E_USAGE, "%s",
		    _("the certificate to revoke cannot be read"));
	if (OSSL_CMP_CTX_set1_oldCert(ctx, cert) != 1 ||
	    OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_REVOCATION_REASON, reason) != 1)
		return tmg_authority_raise(t->a, TMG_E_CRYPTO,
		    _("%s: libcrypto cannot ask for a revocation with this reason"),
		    t->a->uri.where);
	return tmg_cmp_talk_begin(t, ctx);
}

tmg_rc
tmg_cmp_revoke(tmg_authority *a, tmg_view cert, int reason)
{
	tmg_cmp_talk t = { .a = a };
	tmg_held(OSSL_CMP_CTX) ctx = NULL;
	tmg_rc rc;

	if ((rc = tmg_cmp_identified(a)) ||
	    (rc = tmg_cmp_context(a, tmg_cmp_seal_of(a), 1, &ctx)))
		return rc;
	ERR_set_mark();
	if ((rc = set_up(&t, ctx, cert, reason)) == TMG_OK &&
	    OSSL_CMP_exec_RR_ses(ctx) != 1)
		rc = tmg_cmp_explain(&t, ctx);
	ERR_pop_to_mark();
	tmg_cmp_talk_release(&t);
	return rc;
}
