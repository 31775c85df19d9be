/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key slots: what is in them, GENERATE ASYMMETRIC KEY PAIR (SP 800-73-4
 * part 2, 3.3.2), and Yubico's import, move and delete.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/piv.h"

enum {
	TAG_CONTROL = 0xac,
	TAG_MECHANISM = 0x80,
	TAG_PUBLIC = 0x7f49,
	TAG_PIN_POLICY = 0xaa,
	TAG_TOUCH_POLICY = 0xab,
	MOVE_TO_NOWHERE = 0xff,
};

static const uint8_t refs[] = {
	PIV_KEY_AUTH, PIV_KEY_SIGN, PIV_KEY_MANAGE, PIV_KEY_CARD, PIV_KEY_ATTEST,
};

void
vc_keys_factory(vc_piv *piv)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(refs); i++)
		piv->keys[n++].ref = refs[i];
	for (uint8_t ref = PIV_KEY_RETIRED_FIRST; ref <= PIV_KEY_RETIRED_LAST; ref++)
		piv->keys[n++].ref = ref;
	for (size_t i = 0; i < PIV_KEYS; i++)
		vc_key_clear(&piv->keys[i]);
}

vc_key *
vc_key_slot(vc_piv *piv, const vc_profile *profile, uint8_t ref)
{
	if (ref == PIV_KEY_ATTEST && !profile->yubikey)
		return NULL;
	for (size_t i = 0; i < PIV_KEYS; i++)
		if (piv->keys[i].ref == ref)
			return &piv->keys[i];
	return NULL;
}

void
vc_key_clear(vc_key *key)
{
	vc_pkey_drop(&key->pair);
	*key = (vc_key){ .ref = key->ref, .alg = &vc_alg_none };
}

tmg_rc
vc_key_store(vc_key *key, const vc_alg *alg, EVP_PKEY *pkey, uint8_t origin,
    uint8_t pin_policy, uint8_t touch_policy)
{
	tmg_rc rc;

	if ((rc = vc_pkey_keep(&key->pair, alg->alg, pkey)))
		return rc;
	key->alg = alg;
	key->origin = origin;
	key->pin_policy = pin_policy;
	key->touch_policy = touch_policy;
	return TMG_OK;
}

/* SP 800-73-4 part 1 table 4b: 9C always, 9E never, the others once. */
uint8_t
vc_key_pin_policy(const vc_profile *profile, uint8_t ref, uint8_t asked)
{
	if (asked != POLICY_DEFAULT)
		return asked;
	if (ref == PIV_KEY_SIGN)
		return PIN_ALWAYS;
	if (ref == PIV_KEY_CARD)
		return PIN_NEVER;
	return profile->pin_policy != POLICY_DEFAULT ? profile->pin_policy : PIN_ONCE;
}

static bool
has_alg(const vc_profile *profile, const vc_alg *alg)
{
	if (alg == &vc_alg_none)
		return false;
	return profile->yubikey ? vc_since(profile, alg->since[0], alg->since[1]) :
	    alg->standard;
}

/* Policies are Yubico's; a card without extensions refuses the tags. */
static uint16_t
parse_policies(const vc_profile *profile, uint8_t ref, tmg_view fields,
    uint8_t *pin, uint8_t *touch)
{
	const struct { uint32_t tag; uint8_t *to; } wanted[] = {
		{ TAG_PIN_POLICY, pin }, { TAG_TOUCH_POLICY, touch },
	};
	tmg_view v;

	for (size_t i = 0; i < TMG_COUNT(wanted); i++) {
		*wanted[i].to = POLICY_DEFAULT;
		if (tmg_tlv_find(fields, wanted[i].tag, &v) != TMG_OK)
			continue;
		if (!profile->yubikey || v.len != 1 || v.ptr[0] > 3)
			return SW_DATA;
		*wanted[i].to = v.ptr[0];
	}
	*pin = vc_key_pin_policy(profile, ref, *pin);
	if (*touch == POLICY_DEFAULT)
		*touch = TOUCH_NEVER;
	return SW_OK;
}

/* Retired keys are never born on a card without extensions (part 2, 3.3.2). */
static bool
may_generate(const vc_profile *profile, uint8_t ref)
{
	return profile->yubikey ||
	    (ref >= PIV_KEY_AUTH && ref <= PIV_KEY_CARD && ref != PIV_KEY_ADMIN);
}

static uint16_t
put_public(const vc_key *key, tmg_out *out)
{
	uint8_t bytes[600];
	tmg_out inner = TMG_OUT(bytes);

	if (vc_pkey_public(key->alg->alg, key->pair.pkey, &inner))
		return SW_INTERNAL;
	tmg_tlv_put(out, TAG_PUBLIC, tmg_out_view(&inner));
	return SW_OK;
}

uint16_t
vc_key_generate_cmd(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	vc_key *key = vc_key_slot(piv, card->profile, c->p2);
	tmg_view control, mechanism;
	uint8_t pin, touch;
	EVP_PKEY *pkey;
	uint16_t sw;

	if (c->p1 != 0 || key == NULL || !may_generate(card->profile, c->p2))
		return SW_P1P2;
	if (!piv->session.admin)
		return SW_SECURITY;
	if (tmg_tlv_find(c->data, TAG_CONTROL, &control) != TMG_OK ||
	    tmg_tlv_find(control, TAG_MECHANISM, &mechanism) != TMG_OK ||
	    mechanism.len != 1)
		return SW_DATA;

	const vc_alg *alg = vc_alg_of_id(mechanism.ptr[0]);

	if (!has_alg(card->profile, alg))
		return SW_DATA;
	if ((sw = parse_policies(card->profile, c->p2, control, &pin, &touch)) != SW_OK)
		return sw;
	if (vc_pkey_generate(alg->alg, card->lib, &pkey) ||
	    vc_key_store(key, alg, pkey, ORIGIN_GENERATED, pin, touch))
		return SW_INTERNAL;

	card->dirty = true;
	card->delay_ms = card->profile->keygen_ms;
	return put_public(key, out);
}

uint16_t
vc_key_import_cmd(vc_card *card, vc_piv *piv, const vc_command *c)
{
	vc_key *key = vc_key_slot(piv, card->profile, c->p2);
	const vc_alg *alg = vc_alg_of_id(c->p1);
	uint8_t pin, touch;
	EVP_PKEY *pkey;
	uint16_t sw;

	if (!piv->session.admin)
		return SW_SECURITY;
	if (key == NULL || !has_alg(card->profile, alg))
		return SW_P1P2;
	if ((sw = parse_policies(card->profile, c->p2, c->data, &pin, &touch)) != SW_OK)
		return sw;

	const tmg_rc rc = vc_alg_import(alg, card->lib, c->data, &pkey);

	if (rc)
		return rc == TMG_E_MALFORMED ? SW_DATA : SW_INTERNAL;
	if (vc_key_store(key, alg, pkey, ORIGIN_IMPORTED, pin, touch))
		return SW_INTERNAL;
	card->dirty = true;
	return SW_OK;
}

/* P1: where to, FF for nowhere; P2: which. */
uint16_t
vc_key_move(vc_card *card, vc_piv *piv, const vc_command *c)
{
	vc_key *from = vc_key_slot(piv, card->profile, c->p2);
	vc_key *to = vc_key_slot(piv, card->profile, c->p1);

	if (!piv->session.admin)
		return SW_SECURITY;
	if (from == NULL || (to == NULL && c->p1 != MOVE_TO_NOWHERE) || from == to ||
	    (to != NULL && (from->ref == PIV_KEY_ATTEST || to->ref == PIV_KEY_ATTEST)))
		return SW_P1P2;
	if (from->alg == &vc_alg_none)
		return SW_NO_REFERENCE;
	if (to != NULL) {
		const uint8_t ref = to->ref;

		vc_key_clear(to);
		*to = *from;
		to->ref = ref;
		*from = (vc_key){ .ref = from->ref, .alg = &vc_alg_none };
	} else {
		vc_key_clear(from);
	}
	card->dirty = true;
	return SW_OK;
}
