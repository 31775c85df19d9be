/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERATE ASYMMETRIC KEY PAIR: SP 800-73-4 part 2, 3.3.2. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

enum {
	TAG_TEMPLATE = 0xac,
	TAG_ALG = 0x80,
	TAG_PIN_POLICY = 0xaa,		/* Yubico's */
	TAG_TOUCH_POLICY = 0xab,
};

#define PUBLIC_MAX 2048u	/* bytes; RSA 4096 needs some 530 */

static const tmg_status generate_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the management key is wanted first") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED,
	    N_("the card makes no such key, or not with these policies") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card makes no such key, or not with these policies") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED,
	    N_("the card makes no such key in this slot") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED,
	    N_("the card makes no such key in this slot") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED,
	    N_("the card makes no such key in this slot") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card makes no keys") },
};

static const uint8_t pin_numbers[] = {
	[TMG_PIN_NEVER] = 1, [TMG_PIN_ONCE] = 2, [TMG_PIN_ALWAYS] = 3,
};

static const uint8_t touch_numbers[] = {
	[TMG_TOUCH_NEVER] = 1, [TMG_TOUCH_ALWAYS] = 2, [TMG_TOUCH_CACHED] = 3,
};

tmg_rc
tmg_piv_policy_put(tmg_piv *p, const tmg_piv_slot *slot, const tmg_keyspec *spec,
    tmg_out *out)
{
	const bool pin = spec->pin != TMG_PIN_UNKNOWN &&
	    spec->pin != slot->row.pin;
	const bool touch = spec->touch > TMG_TOUCH_NEVER;

	if ((pin || touch) && tmg_piv_extension(p) != TMG_OK)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: PIN and touch policies cannot be chosen on a "
		    "standard PIV card"), p->who);
	if (pin)
		tmg_tlv_put(out, TAG_PIN_POLICY,
		    (tmg_view){ &pin_numbers[spec->pin], 1 });
	if (touch)
		tmg_tlv_put(out, TAG_TOUCH_POLICY,
		    (tmg_view){ &touch_numbers[spec->touch], 1 });
	return tmg_out_done(out);
}

/* What some versions should not be asked for.  Only a card that already told
 * its version is judged. */
static const struct {
	uint32_t from, to;	/* versions, one byte each; to is sound again */
	tmg_family family;
	const char *why;
} flaws[] = {
	{ 0x040206, 0x040305, TMG_FAMILY_RSA,
	    N_("RSA keys made by this card's version can be broken "
	    "(CVE-2017-15361); choose ec:p256") },
};

static tmg_rc
check_flaws(tmg_piv *p, tmg_family family)
{
	const uint32_t v = (uint32_t)p->version[0] << 16 |
	    (uint32_t)p->version[1] << 8 | p->version[2];

	if (p->ext != PIV_EXT_PRESENT)
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(flaws); i++)
		if (v >= flaws[i].from && v < flaws[i].to &&
		    flaws[i].family == family)
			return piv_raise(p, TMG_DENIED, 0, "%s: %s", p->who,
			    _(flaws[i].why));
	return TMG_OK;
}

static tmg_rc
check_spec(tmg_piv *p, const tmg_keyspec *spec, uint8_t id)
{
	if (id == 0)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: PIV knows no keys of the kind %s"), p->who,
		    tmg_alg_get(spec->alg)->name);
	return check_flaws(p, tmg_alg_get(spec->alg)->family);
}

static tmg_rc
read_public(tmg_piv *p, const tmg_keyspec *spec, tmg_view answer, tmg_out *spki)
{
	tmg_view fields;
	tmg_rc rc;

	if ((rc = tmg_tlv_find(answer, TMG_TAG_PUBKEY, &fields)) == TMG_OK)
		rc = tmg_pubkey_spki(spec->alg, fields, spki);
	if (rc == TMG_OK || rc == TMG_E_SPACE)
		return rc;
	return piv_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: the card made a key, but its public half cannot be read"),
	    p->who);
}

tmg_rc
tmg_piv_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	tmg_piv *p = tmg_piv_of(b);
	const uint8_t id = tmg_piv_alg_id(spec->alg);
	uint8_t inner[16], outer[32], bytes[PUBLIC_MAX];
	tmg_out fields = TMG_OUT(inner), data = TMG_OUT(outer);
	tmg_out answer = TMG_OUT(bytes);
	const tmg_piv_slot *slot;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, spec->slot, &slot)) ||
	    (rc = check_spec(p, spec, id)) ||
	    (rc = tmg_piv_want_admin(p)))
		return rc;
	tmg_tlv_put(&fields, TAG_ALG, (tmg_view){ &id, 1 });
	if ((rc = tmg_piv_policy_put(p, slot, spec, &fields)))
		return rc;
	tmg_tlv_put(&data, TAG_TEMPLATE, tmg_out_view(&fields));
	rc = tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_GENERATE,
		.p2 = (uint8_t)spec->slot,
		.data = tmg_out_view(&data),
		.le = TMG_LE_ANY,
	}, &answer, &sw);
	if (rc)
		return piv_pass(p, rc);
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	if ((rc = piv_judge(p, generate_sw, sw, N_("making a key"))))
		return rc;
	return read_public(p, spec, tmg_out_view(&answer), spki);
}
