/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/guard.h"

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"

/* A signer that refuses should say why; the verdict must not be lost if not. */
static void
note_refusal(tmg_guard *g, tmg_rc rc)
{
	const tmg_fault *why = g->inner->fault;

	if (why->rc == rc && why->text[0] != '\0')
		tmg_fault_copy(&g->watch.refusal, why, rc);
	else
		tmg_raise(&g->watch.refusal, rc, 0,
		    _("the key did not sign the TLS handshake (%s)"), tmg_rc_name(rc));
}

static tmg_rc
guard_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_guard *g = (tmg_guard *)s;
	const int64_t began = tmg_now_ms();
	tmg_rc rc;

	if (g->watch.left == 0)
		return tmg_raise(&g->watch.refusal, TMG_DENIED, 0, "%s",
		    _("the authority asked your key for more signatures than one "
		    "exchange needs; it got none of them beyond that"));
	g->watch.left--;
	rc = tmg_signer_sign(g->inner, spec, input, sig);
	g->watch.busy_ms += tmg_now_ms() - began;
	if (rc)
		note_refusal(g, rc);
	return rc;
}

static const tmg_signer_ops guard_ops = {
	.sign = guard_sign,
	.decrypt = tmg_signer_no_decrypt,
	.derive = tmg_signer_no_derive,
};

void
tmg_guard_init(tmg_guard *g, tmg_signer *inner)
{
	*g = (tmg_guard){
		.base = { .ops = &guard_ops, .alg = inner->alg, .spki = inner->spki,
		    .pads = inner->pads },
		.inner = inner,
	};
	g->base.fault = &g->watch.refusal;
}
