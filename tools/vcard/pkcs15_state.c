/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of a card with files: doc/design/vcard-state.md.
 */
#include "src/base/scope.h"
#include "tools/vcard/pkcs15.h"

enum {
	REC_LIFE = 0x80,	/* 1: rules hold; how often it changed */
	REC_FILE = 0x81,
	REC_PIN = 0x82,
	REC_KEY = 0x83,		/* place, algorithm, PrivateKeyInfo */

	LIFE_LEN = 3,
	PIN_HAS_PUK = 1,
	PIN_SET = 2,
	PIN_LEN = 6 + 2 * P15_PIN_MAX,
};

/* ---- out ------------------------------------------------------------------------------------ */
static void
save_pin(const p15_pin *pin, uint8_t ref, tmg_out *out)
{
	const uint8_t head[] = { ref, pin->most, pin->left, pin->puk_most, pin->puk_left,
	    (uint8_t)((pin->has_puk ? PIN_HAS_PUK : 0) | (pin->set ? PIN_SET : 0)) };

	tmg_tlv_put_head(out, REC_PIN, PIN_LEN);
	tmg_put(out, TMG_VIEW(head));
	tmg_put(out, TMG_VIEW(pin->value));
	tmg_put(out, TMG_VIEW(pin->puk));
}

void
p15_save(const vc_p15 *p15, tmg_out *out)
{
	const uint8_t life[LIFE_LEN] = {
		p15->active, (uint8_t)(p15->changes >> 8), (uint8_t)p15->changes,
	};

	tmg_tlv_put(out, REC_LIFE, TMG_VIEW(life));
	for (uint8_t i = 0; i < FS_FILES; i++)
		if (p15->fs.files[i].kind != FS_FREE)
			vc_fs_put(&p15->fs, i, REC_FILE, out);
	for (uint8_t i = 1; i < P15_PINS; i++)
		if (p15->pins[i].set || p15->pins[i].has_puk)
			save_pin(&p15->pins[i], i, out);
	for (uint8_t i = 0; i < P15_KEYS; i++) {
		const vc_pkey *key = &p15->keys[i];

		if (key->alg == TMG_ALG_NONE)
			continue;
		tmg_tlv_put_head(out, REC_KEY, 2 + key->der_len);
		tmg_put_u8(out, i);
		tmg_put_u8(out, (uint8_t)key->alg);
		tmg_put(out, (tmg_view){ key->der, key->der_len });
	}
}

/* ---- and back, trusting nothing --------------------------------------------------------------- */
static tmg_rc
load_pin(vc_p15 *p15, tmg_view v)
{
	p15_pin *pin;

	if (v.len != PIN_LEN || v.ptr[0] == 0 || v.ptr[0] >= P15_PINS || v.ptr[1] == 0 ||
	    v.ptr[2] > v.ptr[1] || v.ptr[4] > v.ptr[3] || v.ptr[5] == 0 ||
	    v.ptr[5] > (PIN_SET | PIN_HAS_PUK))
		return TMG_E_MALFORMED;
	pin = &p15->pins[v.ptr[0]];
	*pin = (p15_pin){
		.set = (v.ptr[5] & PIN_SET) != 0, .most = v.ptr[1], .left = v.ptr[2], .puk_most = v.ptr[3],
		.puk_left = v.ptr[4], .has_puk = (v.ptr[5] & PIN_HAS_PUK) != 0,
	};
	memcpy(pin->value, v.ptr + 6, P15_PIN_MAX);
	memcpy(pin->puk, v.ptr + 6 + P15_PIN_MAX, P15_PIN_MAX);
	return TMG_OK;
}

/* Keys stand behind the files that they are. */
static tmg_rc
load_key(vc_card *card, vc_p15 *p15, tmg_view v)
{
	tmg_view h;
	EVP_PKEY *pkey;
	tmg_rc rc;

	if (tmg_view_take(&v, 2, &h) || h.ptr[1] == TMG_ALG_NONE || h.ptr[1] >= TMG_ALG_COUNT ||
	    h.ptr[0] >= (p15->kind->naming->ruled ? P15_KEYS : P15_NUMBERED) ||
	    (p15->kind->naming->ruled && p15->fs.files[h.ptr[0]].kind != FS_KEY))
		return TMG_E_MALFORMED;
	if ((rc = vc_pkey_decode((tmg_alg)h.ptr[1], card->lib, v, &pkey)))
		return rc;
	return vc_pkey_keep(&p15->keys[h.ptr[0]], (tmg_alg)h.ptr[1], pkey);
}

static tmg_rc
load_life(vc_p15 *p15, tmg_view v)
{
	if (v.len != LIFE_LEN || v.ptr[0] > 1)
		return TMG_E_MALFORMED;
	p15->active = v.ptr[0] == 1;
	p15->changes = (uint16_t)(v.ptr[1] << 8 | v.ptr[2]);
	return TMG_OK;
}

static tmg_rc
load_record(vc_card *card, vc_p15 *p15, const tmg_tlv *t)
{
	switch (t->tag) {
	case REC_LIFE:
		return load_life(p15, t->value);
	case REC_FILE:
		return vc_fs_take(&p15->fs, t->value);
	case REC_PIN:
		return load_pin(p15, t->value);
	case REC_KEY:
		return load_key(card, p15, t->value);
	default:
		return TMG_E_MALFORMED;
	}
}

tmg_rc
p15_load(vc_card *card, vc_p15 *p15, tmg_view records)
{
	tmg_tlv t;
	tmg_rc rc;

	p15_empty(p15);
	while ((rc = tmg_tlv_next(&records, &t)) == TMG_OK)
		if ((rc = load_record(card, p15, &t)))
			return rc;
	if (rc != TMG_NOT_FOUND || !vc_fs_sound(&p15->fs))
		return TMG_E_MALFORMED;
	p15_forget(p15);
	return TMG_OK;
}
