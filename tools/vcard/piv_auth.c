/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GENERAL AUTHENTICATE (SP 800-73-4 part 2, 3.2.4) with the asymmetric keys.
 */

#include "src/base/clock.h"
#include "src/codec/tlv.h"
#include "tools/vcard/piv.h"

#define TOUCH_CACHE_MS 15000	/* Yubico: "cached for 15 seconds" */

enum {
	TAG_TEMPLATE = 0x7c,
	TAG_CHALLENGE = 0x81,
	TAG_RESPONSE = 0x82,
	TAG_EXPONENTIATION = 0x85,
};

uint16_t
vc_touch_wanted(vc_card *card, vc_piv *piv, uint8_t policy)
{
	vc_session *s = &piv->session;
	const int64_t now = tmg_now_ms();

	if (policy != TOUCH_ALWAYS && policy != TOUCH_CACHED)
		return SW_OK;
	if (policy == TOUCH_CACHED && s->touched_ms != 0 &&
	    now - s->touched_ms < TOUCH_CACHE_MS)
		return SW_OK;
	if (!vc_card_touched(card))
		return SW_CONDITIONS;
	s->touched_ms = now;
	return SW_OK;
}

/* A freshly verified PIN serves one operation, whichever key it was for. */
static uint16_t
pin_wanted(vc_piv *piv, const vc_key *key)
{
	const bool fresh = piv->session.pin_fresh;

	piv->session.pin_fresh = false;
	if (key->pin_policy == PIN_NEVER)
		return SW_OK;
	if (key->pin_policy == PIN_ALWAYS)
		return fresh ? SW_OK : SW_SECURITY;
	return piv->session.pin ? SW_OK : SW_SECURITY;
}

typedef tmg_rc operation(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey,
    tmg_view in, tmg_out *out);

static uint16_t
use_key(vc_card *card, const vc_key *key, operation *run, tmg_view in, tmg_out *out)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out result = TMG_OUT(bytes);
	const tmg_rc rc = run(key->alg->alg, card->lib, key->pair.pkey, in, &result);

	if (rc)
		return vc_pkey_sw(rc);
	tmg_tlv_put_head(out, TAG_TEMPLATE, tmg_tlv_size(TAG_RESPONSE, result.len));
	tmg_tlv_put(out, TAG_RESPONSE, tmg_out_view(&result));
	return SW_OK;
}

/* The template must ask for a response (82, empty). */
static uint16_t
with_key(vc_card *card, vc_piv *piv, const vc_key *key, tmg_view template,
    tmg_out *out)
{
	tmg_view response, in;
	operation *run;
	uint16_t sw;

	if (tmg_tlv_find(template, TAG_RESPONSE, &response) != TMG_OK || response.len != 0)
		return SW_DATA;
	if (tmg_tlv_find(template, TAG_CHALLENGE, &in) == TMG_OK && in.len > 0)
		run = vc_pkey_private;
	else if (tmg_tlv_find(template, TAG_EXPONENTIATION, &in) == TMG_OK && in.len > 0)
		run = vc_pkey_derive;
	else
		return SW_DATA;
	if ((sw = pin_wanted(piv, key)) != SW_OK ||
	    (sw = vc_touch_wanted(card, piv, key->touch_policy)) != SW_OK)
		return sw;
	return use_key(card, key, run, in, out);
}

uint16_t
vc_authenticate(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	const vc_key *key = vc_key_slot(piv, card->profile, c->p2);
	tmg_view template;

	if (tmg_tlv_find(c->data, TAG_TEMPLATE, &template) != TMG_OK)
		return SW_DATA;
	if (c->p2 == PIV_KEY_ADMIN) {
		piv->session.pin_fresh = false;
		return vc_admin_authenticate(card, piv, c->p1, template, out);
	}
	if (key == NULL || c->p2 == PIV_KEY_ATTEST)
		return SW_P1P2;
	if (key->alg == &vc_alg_none)
		return card->profile->yubikey ? SW_DATA : SW_P1P2;
	if (key->alg->id != c->p1)
		return SW_P1P2;
	return with_key(card, piv, key, template, out);
}
