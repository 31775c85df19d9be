/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PIV's records of the state file: doc/design/vcard-state.md.
 */
#include "src/codec/tlv.h"
#include "tools/vcard/piv.h"

enum {
	REC_PIN = 0x80,		/* most, left, eight bytes */
	REC_PUK = 0x81,
	REC_ADMIN = 0x82,	/* algorithm, touch policy, key */
	REC_KEY = 0x83,		/* slot, algorithm, PIN and touch policy, origin, PrivateKeyInfo */
	REC_OBJECT = 0x84,	/* four bytes of tag, content */
	KEY_HEAD = 5,
	OBJECT_HEAD = 4,
};

static void
save_pin(tmg_out *out, uint32_t tag, const vc_pin *pin)
{
	tmg_tlv_put_head(out, tag, 2 + PIV_PIN_LEN);
	tmg_put_u8(out, pin->most);
	tmg_put_u8(out, pin->left);
	tmg_put(out, TMG_VIEW(pin->value));
}

static void
save_key(tmg_out *out, const vc_key *key)
{
	const uint8_t head[KEY_HEAD] = {
		key->ref, key->alg->id, key->pin_policy, key->touch_policy, key->origin,
	};

	tmg_tlv_put_head(out, REC_KEY, sizeof(head) + key->pair.der_len);
	tmg_put(out, TMG_VIEW(head));
	tmg_put(out, (tmg_view){ key->pair.der, key->pair.der_len });
}

void
vc_piv_save(const vc_piv *piv, tmg_out *out)
{
	save_pin(out, REC_PIN, &piv->pin);
	save_pin(out, REC_PUK, &piv->puk);
	tmg_tlv_put_head(out, REC_ADMIN, 2 + piv->admin.len);
	tmg_put_u8(out, piv->admin.alg);
	tmg_put_u8(out, piv->admin.touch_policy);
	tmg_put(out, (tmg_view){ piv->admin.key, piv->admin.len });
	for (size_t i = 0; i < PIV_KEYS; i++)
		if (piv->keys[i].alg != &vc_alg_none)
			save_key(out, &piv->keys[i]);
	for (size_t i = 0; i < piv->object_count; i++) {
		const vc_object *o = &piv->objects[i];

		tmg_tlv_put_head(out, REC_OBJECT, OBJECT_HEAD + o->len);
		tmg_put_u16(out, (uint16_t)(o->tag >> 16));
		tmg_put_u16(out, (uint16_t)(o->tag & 0xffff));
		tmg_put(out, (tmg_view){ o->data, o->len });
	}
}

/* ---- and back, trusting nothing ---------------------------------------------- */
static tmg_rc
load_pin(vc_pin *pin, tmg_view v)
{
	if (v.len != 2 + PIV_PIN_LEN || v.ptr[0] == 0 || v.ptr[1] > v.ptr[0])
		return TMG_E_MALFORMED;
	pin->most = v.ptr[0];
	pin->left = v.ptr[1];
	memcpy(pin->value, v.ptr + 2, PIV_PIN_LEN);
	return TMG_OK;
}

static tmg_rc
load_admin(vc_admin *admin, tmg_view v)
{
	if (v.len < 2 || v.len - 2 == 0 || vc_admin_key_len(v.ptr[0]) != v.len - 2 ||
	    v.ptr[1] > TOUCH_CACHED)
		return TMG_E_MALFORMED;
	*admin = (vc_admin){ .alg = v.ptr[0], .touch_policy = v.ptr[1], .len = v.len - 2 };
	memcpy(admin->key, v.ptr + 2, admin->len);
	return TMG_OK;
}

static tmg_rc
load_key(vc_card *card, vc_piv *piv, tmg_view v)
{
	tmg_view head;
	tmg_rc rc;

	if ((rc = tmg_view_take(&v, KEY_HEAD, &head)))
		return rc;

	const vc_profile any = { .yubikey = true };
	vc_key *key = vc_key_slot(piv, &any, head.ptr[0]);
	const vc_alg *alg = vc_alg_of_id(head.ptr[1]);
	EVP_PKEY *pkey;

	if (key == NULL || alg == &vc_alg_none || head.ptr[2] < PIN_NEVER ||
	    head.ptr[2] > PIN_ALWAYS || head.ptr[3] > TOUCH_CACHED ||
	    head.ptr[4] < ORIGIN_GENERATED || head.ptr[4] > ORIGIN_IMPORTED)
		return TMG_E_MALFORMED;
	if ((rc = vc_pkey_decode(alg->alg, card->lib, v, &pkey)))
		return rc;
	return vc_key_store(key, alg, pkey, head.ptr[4], head.ptr[2], head.ptr[3]);
}

static tmg_rc
load_object(vc_piv *piv, tmg_view v)
{
	const vc_profile any = { .yubikey = true };
	const vc_profile plain = { .yubikey = false };
	tmg_view head;
	tmg_rc rc;

	if ((rc = tmg_view_take(&v, OBJECT_HEAD, &head)))
		return rc;

	const uint32_t tag = (uint32_t)head.ptr[0] << 24 | (uint32_t)head.ptr[1] << 16 |
	    (uint32_t)head.ptr[2] << 8 | head.ptr[3];

	if (v.len == 0 || (!vc_object_known(&any, tag, v.len) &&
	    !vc_object_known(&plain, tag, v.len)))
		return TMG_E_MALFORMED;
	rc = vc_object_store(piv, tag, v);
	return rc == TMG_UNSUPPORTED ? TMG_E_MALFORMED : rc;
}

static tmg_rc
load_record(vc_card *card, vc_piv *piv, const tmg_tlv *t)
{
	switch (t->tag) {
	case REC_PIN:
		return load_pin(&piv->pin, t->value);
	case REC_PUK:
		return load_pin(&piv->puk, t->value);
	case REC_ADMIN:
		return load_admin(&piv->admin, t->value);
	case REC_KEY:
		return load_key(card, piv, t->value);
	case REC_OBJECT:
		return load_object(piv, t->value);
	default:
		return TMG_E_MALFORMED;
	}
}

tmg_rc
vc_piv_load(vc_card *card, vc_piv *piv, tmg_view records)
{
	tmg_tlv t;
	tmg_rc rc;

	for (size_t i = 0; i < PIV_KEYS; i++)
		vc_key_clear(&piv->keys[i]);
	vc_objects_clear(piv);
	while ((rc = tmg_tlv_next(&records, &t)) == TMG_OK)
		if ((rc = load_record(card, piv, &t)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
