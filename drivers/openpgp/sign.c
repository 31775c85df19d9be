/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures: PSO: COMPUTE DIGITAL SIGNATURE (7.2.10) with the signature key,
 * INTERNAL AUTHENTICATE (7.2.13) with the authentication key.  The card pads.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"
#include "src/pki/ecdsa.h"
#include "src/pki/padding.h"

static const tmg_opgp_sw operate_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card refuses; if the key wants a touch, it came too late") },
	{ 0x6600, TMG_DENIED, N_("the key wants a touch, and it came too late") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED,
	    N_("the card's key cannot do this; is the slot empty, or its key of "
	    "another kind?") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED,
	    N_("the card does not take so much, or its key is of another kind") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card's key cannot do this") },
};

static tmg_rc
bad_answer(tmg_opgp *p)
{
	return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: what the card answered to a key operation has the wrong form "
	    "or length"), p->who);
}

/* A short answer is asked for with a short Le, so that it needs no extended
 * length from cards that stumble over it. */
static uint32_t
expected(tmg_alg alg)
{
	return tmg_alg_get(alg)->family == TMG_FAMILY_RSA &&
	    alg != TMG_ALG_RSA1024 ? TMG_LE_ANY : TMG_LE_SHORT;
}

tmg_rc
tmg_opgp_operated(tmg_opgp *p, uint16_t sw)
{
	/* Believed to be logged in, but the card knows better. */
	if (sw == TMG_SW_LOGIN)
		tmg_opgp_doubt(p);
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

static tmg_rc
operate(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg, tmg_view input,
    tmg_out *answer)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = signing[slot->index].ins,
		.p1 = signing[slot->index].p1, .p2 = signing[slot->index].p2,
		.data = input,
		.le = expected(alg),
	    }, answer, &sw)))
		return opgp_pass(p, rc);
	if (tmg_opgp_once(p, slot))
		p->sign = false;

	return tmg_opgp_operated(p, sw);
}

/* ---- by family ----------------------------------------------------------- */

/* What PKCS#1 signs, at most 40 % of the modulus: 7.2.10.2. */
static tmg_rc
rsa_input(tmg_opgp *p, tmg_alg alg, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *t)
{
	if (spec->hash == TMG_HASH_NONE)
		tmg_put(t, input);
	else if (tmg_digest_info(spec->hash, input, t))
		return opgp_raise(p, TMG_E_USAGE, 0,
		    _("%s: this is no digest of that kind"), p->who);
	if (!t->full && t->len * 10 <= tmg_alg_bytes(alg) * 4)
		return TMG_OK;
	return opgp_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: %zu bytes are more than the card signs with this key"),
	    p->who, input.len);
}

static tmg_rc
sign_rsa(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	uint8_t bytes[TMG_SIG_MAX], answer[TMG_SIG_MAX];
	tmg_out t = TMG_OUT(bytes), s = TMG_OUT(answer);
	tmg_rc rc;

	if ((rc = rsa_input(p, alg, spec, input, &t)) ||
	    (rc = operate(p, slot, alg, tmg_out_view(&t), &s)))
		return rc;
	if (s.len != tmg_alg_bytes(alg))
		return bad_answer(p);
	tmg_put(sig, tmg_out_view(&s));
	return tmg_out_done(sig);
}

/* The hash as it is, its leftmost bytes when it is longer than the field
 * (FIPS 186-4 6.4). */
static tmg_rc
sign_ec(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	const size_t field = tmg_alg_bytes(alg);
	uint8_t answer[2 * TMG_FIELD_MAX];
	tmg_out s = TMG_OUT(answer);
	tmg_rc rc;

	(void)spec;
	if (input.len > field)
		input.len = field;
	if ((rc = operate(p, slot, alg, input, &s)))
		return rc == TMG_E_SPACE ? bad_answer(p) : rc;
	if (s.len != 2 * field)
		return bad_answer(p);
	return tmg_ecdsa_join(tmg_out_view(&s), sig);
}

static tmg_rc
sign_ed(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	uint8_t answer[TMG_SIG_MAX];
	tmg_out s = TMG_OUT(answer);
	tmg_rc rc;

	(void)spec;
	if ((rc = operate(p, slot, alg, input, &s)))
		return rc;
	if (s.len != 2 * tmg_alg_bytes(alg))
		return bad_answer(p);
	tmg_put(sig, tmg_out_view(&s));
	return tmg_out_done(sig);
}

/* PSS and raw operations: the card would pad what is padded. */
static const struct {
	tmg_family family;
	tmg_rc (*sign)(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_alg alg,
	    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
} schemes[] = {
	[TMG_SIGN_PKCS1] = { TMG_FAMILY_RSA, sign_rsa },
	[TMG_SIGN_PSS] = { TMG_FAMILY_NONE, NULL },
	[TMG_SIGN_RAW] = { TMG_FAMILY_NONE, NULL },
	[TMG_SIGN_ECDSA] = { TMG_FAMILY_EC, sign_ec },
	[TMG_SIGN_EDDSA] = { TMG_FAMILY_ED, sign_ed },
};

tmg_rc
tmg_opgp_sign(tmg_backend *b, uint32_t ref, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, ref, &slot)))
		return rc;
	if (signing[slot->index].ins == 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the key in slot %s does not sign"), p->who,
		    slot->row.name);
	if ((size_t)spec->scheme >= TMG_COUNT(schemes) ||
	    schemes[spec->scheme].sign == NULL ||
	    schemes[spec->scheme].family != tmg_alg_get(alg)->family)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: an OpenPGP card does not sign so with a key of the "
		    "kind %s"), p->who, tmg_alg_get(alg)->name);
	return schemes[spec->scheme].sign(p, slot, alg, spec, input, sig);
}
