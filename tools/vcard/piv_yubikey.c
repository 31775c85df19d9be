/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Yubico's small commands: version, serial number, metadata, factory reset.
 */
#include "src/codec/tlv.h"
#include "tools/vcard/piv.h"

enum {
	META_ALGORITHM = 0x01,
	META_POLICY = 0x02,
	META_ORIGIN = 0x03,
	META_PUBLIC = 0x04,
	META_FACTORY = 0x05,
	META_TRIES = 0x06,
	META_ALGORITHM_PIN = 0xff,
};

bool
vc_since(const vc_profile *profile, unsigned major, unsigned minor)
{
	return profile->version[0] > major ||
	    (profile->version[0] == major && profile->version[1] >= minor);
}

uint16_t
vc_version(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	(void)piv;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	tmg_put(out, TMG_VIEW(card->profile->version));
	return SW_OK;
}

uint16_t
vc_serial(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	(void)piv;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	tmg_put_u16(out, (uint16_t)(card->serial >> 16));
	tmg_put_u16(out, (uint16_t)(card->serial & 0xffff));
	return SW_OK;
}

static void
put_byte(tmg_out *out, uint32_t tag, uint8_t value)
{
	tmg_tlv_put(out, tag, (tmg_view){ &value, 1 });
}

static void
put_pair(tmg_out *out, uint32_t tag, uint8_t a, uint8_t b)
{
	const uint8_t pair[2] = { a, b };

	tmg_tlv_put(out, tag, TMG_VIEW(pair));
}

static uint16_t
pin_metadata(const vc_pin *pin, bool puk, tmg_out *out)
{
	put_byte(out, META_ALGORITHM, META_ALGORITHM_PIN);
	put_byte(out, META_FACTORY, vc_pin_is_factory(pin, puk));
	put_pair(out, META_TRIES, pin->most, pin->left);
	return SW_OK;
}

static uint16_t
admin_metadata(const vc_piv *piv, tmg_out *out)
{
	put_byte(out, META_ALGORITHM, piv->admin.alg);
	put_pair(out, META_POLICY, POLICY_DEFAULT, piv->admin.touch_policy);
	put_byte(out, META_FACTORY, vc_admin_is_factory(piv));
	return SW_OK;
}

static uint16_t
key_metadata(const vc_key *key, tmg_out *out)
{
	uint8_t bytes[600];
	tmg_out public = TMG_OUT(bytes);

	if (key == NULL)
		return SW_P1P2;
	if (key->alg == &vc_alg_none)
		return SW_NO_REFERENCE;
	if (vc_pkey_public(key->alg->alg, key->pair.pkey, &public))
		return SW_INTERNAL;
	put_byte(out, META_ALGORITHM, key->alg->id);
	put_pair(out, META_POLICY, key->pin_policy, key->touch_policy);
	put_byte(out, META_ORIGIN, key->origin);
	tmg_tlv_put(out, META_PUBLIC, tmg_out_view(&public));
	return SW_OK;
}

uint16_t
vc_metadata(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	if (c->p1 != 0)
		return SW_P1P2;
	switch (c->p2) {
	case PIV_PIN:
		return pin_metadata(&piv->pin, false, out);
	case PIV_PUK:
		return pin_metadata(&piv->puk, true, out);
	case PIV_KEY_ADMIN:
		return admin_metadata(piv, out);
	default:
		return key_metadata(vc_key_slot(piv, card->profile, c->p2), out);
	}
}

/* Everything but the attestation key and its certificate. */
uint16_t
vc_factory_reset(vc_card *card, vc_piv *piv, const vc_command *c)
{
	const uint32_t kept = vc_object_of_key(PIV_KEY_ATTEST);

	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (piv->pin.left != 0 || piv->puk.left != 0)
		return SW_CONDITIONS;

	for (size_t i = 0; i < PIV_KEYS; i++)
		if (piv->keys[i].ref != PIV_KEY_ATTEST)
			vc_key_clear(&piv->keys[i]);
	for (size_t i = piv->object_count; i-- > 0;)
		if (piv->objects[i].tag != kept &&
		    vc_object_store(piv, piv->objects[i].tag, (tmg_view){ 0 }))
			return SW_INTERNAL;
	vc_pin_factory(piv, card->profile);
	vc_admin_factory(piv, card->profile);
	piv->session = (vc_session){ 0 };
	card->dirty = true;
	return SW_OK;
}
