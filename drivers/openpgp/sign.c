/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures: PSO: COMPUTE DIGITAL SIGNATURE (7.2.10) with the signature key,
 * INTERNAL AUTHENTICATE (7.2.13) with the authentication key.  The card pads.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"
#include "src/driver/signing.h"

static const tmg_status operate_sw[] = {
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card refuses; if the key wants a touch, it came too late") },
	{ 0x6600, TMG_DENIED, N_("the key wants a touch, and it came too late") },
	TMG_STATUS_OF_USE,
};

static tmg_rc
bad_answer(tmg_opgp *p)
{
	return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: what the card answered to a key operation has the wrong form "
	    "or length"), p->who);
}

tmg_rc
tmg_opgp_operated(tmg_opgp *p, uint16_t sw)
{
	/* Believed to be logged in, but the card knows better. */
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return opgp_judge(p, operate_sw, sw, N_("using a key"));
}

/* How a key is used for signatures. */
static const struct {
	uint8_t ins, p1, p2;
} signing[] = {
	{ INS_PSO, 0x9e, 0x9a },
	{ 0 },			/* decryption keys do not sign */
	{ INS_INTERNAL_AUTHENTICATE, 0, 0 },
	{ 0 },
};

/* The first signature asks for nothing but the PIN; the second one knows whether
 * that is still good. */
static tmg_rc
want_login(tmg_opgp *p, const tmg_opgp_slot *slot)
{
	tmg_rc rc;

	if (slot->pw != PW_SIGN || !p->signed_blindly || !p->sign)
		return TMG_OK;
	if ((rc = tmg_opgp_learn(p)))
		return rc;
	p->signed_blindly = false;
	if (!tmg_opgp_once(p, slot))
		return TMG_OK;
	p->sign = false;
	return opgp_raise(p, TMG_LOGIN, 0,
	    _("%s: the PIN is wanted for each signature"), p->who);
}

static tmg_rc
operate(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg, tmg_view input,
    tmg_out *answer)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = want_login(p, slot)) || (rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = signing[slot->index].ins,
		.p1 = signing[slot->index].p1, .p2 = signing[slot->index].p2,
		.data = input,
		.le = tmg_signing_le(alg),
	    }, answer, &sw)))
		return opgp_pass(p, rc);
	if (tmg_opgp_once(p, slot))
		p->sign = false;
	p->signed_blindly = slot->pw == PW_SIGN && !p->about_known;

	return tmg_opgp_operated(p, sw);
}

/* ---- signatures ---------------------------------------------------------- */

/* Of RSA the card knows PKCS #1 v1.5 alone, and it pads: 7.2.10.2. */
static const tmg_signing_ways ways = { .pads = true, .plain = true };

static tmg_rc
cannot_sign(tmg_opgp *p, tmg_alg alg, tmg_rc rc)
{
	const char *kind = tmg_alg_get(alg)->name;

	return rc == TMG_UNSUPPORTED ? opgp_raise(p, rc, 0,
	    _("%s: an OpenPGP card does not sign so with a key of the kind %s"),
	    p->who, kind)
	    : opgp_raise(p, rc, 0,
	    _("%s: this cannot be signed with a key of the kind %s"), p->who, kind);
}

/* At most 40 % of the modulus: 7.2.10.2. */
static tmg_rc
check_length(tmg_opgp *p, tmg_alg alg, tmg_view sent)
{
	if (tmg_alg_get(alg)->family != TMG_FAMILY_RSA ||
	    sent.len * 10 <= tmg_alg_bytes(alg) * 4)
		return TMG_OK;
	return opgp_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: %zu bytes are more than the card signs with this key"),
	    p->who, sent.len);
}

static tmg_rc
sign(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_signing *s, tmg_view input,
    tmg_out *sig)
{
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out answer = TMG_OUT(bytes);
	tmg_rc rc;

	if ((rc = tmg_signing_begin(s, input)))
		return cannot_sign(p, s->alg, rc);
	if ((rc = check_length(p, s->alg, s->sent)) ||
	    (rc = operate(p, slot, s->alg, s->sent, &answer)))
		return rc == TMG_E_SPACE ? bad_answer(p) : rc;
	rc = tmg_signing_end(s, tmg_out_view(&answer), sig);
	return rc == TMG_E_MALFORMED ? bad_answer(p) : rc;
}

tmg_rc
tmg_opgp_sign(tmg_backend *b, uint32_t ref, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_signing s = { .ways = &ways, .ctx = b->ctx, .alg = alg, .spec = spec };
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, ref, &slot)))
		return rc;
	if (signing[slot->index].ins == 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the key in slot %s does not sign"), p->who,
		    slot->row.name);
	return sign(p, slot, &s, input, sig);
}
