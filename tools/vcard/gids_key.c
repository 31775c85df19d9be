/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys made on the card, brought to it, and their public halves.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "tools/vcard/gids.h"

enum {
	TAG_MAKE = 0xac,
	TAG_MECHANISM = 0x80,
	TAG_REFERENCE = 0x83,

	TAG_VALUES = 0xa5,
	TAG_TYPE = 0x83,
	TAG_WRAPPED_BY = 0x84,	/* the key under which a key comes; 0: none */
	TAG_VALUE = 0x87,
	TYPE_SECRET = 0x01,
	TYPE_RSA = 0x02,

	DER_SEQUENCE = 0x30,
	DER_INTEGER = 0x02,
	PUBLIC_MAX = 600,
};

int
gids_key_find(const vc_gids *g, uint8_t ref)
{
	const int at = vc_fs_child(&g->fs, FS_MF, (uint16_t)(GIDS_ID_KEYS | ref));

	return at != FS_NONE && g->fs.files[at].kind == FS_KEY ? at : FS_NONE;
}

void
gids_key_drop(gids_key *key)
{
	vc_pkey_drop(&key->pair);
	OPENSSL_cleanse(key, sizeof(*key));
}

/* ---- public halves ---------------------------------------------------------------------- */
static uint16_t
put_public(const vc_pkey *pair, tmg_out *out)
{
	uint8_t bytes[PUBLIC_MAX];
	tmg_out o = TMG_OUT(bytes);

	if (vc_pkey_public(pair->alg, pair->pkey, &o))
		return SW_INTERNAL;
	tmg_tlv_put(out, GIDS_TAG_PUBLIC, tmg_out_view(&o));
	return SW_OK;
}

/* Asked for with 70 { 84 reference, A5 { 7F49 80 } }: an extended header list. */
uint16_t
gids_public(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	static const uint8_t wanted[] = { 0x7f, 0x49, 0x80 };
	tmg_view in = c->data, template, list;
	uint16_t sw;
	uint8_t ref;
	int at;

	(void)card;
	if (tmg_tlv_expect(&in, GIDS_TAG_KEY, &template) || in.len != 0 ||
	    !gids_byte(template, GIDS_TAG_KEY_REF, &ref) ||
	    tmg_tlv_find(template, TAG_VALUES, &list) != TMG_OK ||
	    !tmg_view_equal(list, TMG_VIEW(wanted)))
		return SW_DATA;
	if ((at = gids_key_find(g, ref)) == FS_NONE)
		return SW_NO_REFERENCE;
	if ((sw = gids_may(g, at, GIDS_PUBLIC)) != SW_OK)
		return sw;
	return g->keys[at].pair.alg == TMG_ALG_NONE ? SW_NO_REFERENCE :
	    put_public(&g->keys[at].pair, out);
}

/* ---- GENERATE ASYMMETRIC KEY PAIR ------------------------------------------------------------ */
static uint16_t
keep(vc_card *card, gids_key *key, tmg_alg alg, EVP_PKEY *pkey)
{
	if (vc_pkey_keep(&key->pair, alg, pkey))
		return SW_INTERNAL;
	card->dirty = true;
	return SW_OK;
}

static uint16_t
make(vc_card *card, gids_key *key, tmg_alg alg, tmg_out *out)
{
	EVP_PKEY *pkey;
	uint16_t sw;

	if (vc_pkey_generate(alg, card->lib, &pkey))
		return SW_INTERNAL;
	card->delay_ms = card->profile->keygen_ms;
	return (sw = keep(card, key, alg, pkey)) != SW_OK ? sw : put_public(&key->pair, out);
}

uint16_t
gids_generate(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	tmg_view in = c->data, template;
	uint8_t mechanism, ref;
	uint16_t sw;
	int at;

	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (tmg_tlv_expect(&in, TAG_MAKE, &template) || in.len != 0 ||
	    !gids_byte(template, TAG_MECHANISM, &mechanism) ||
	    !gids_byte(template, TAG_REFERENCE, &ref))
		return SW_DATA;
	if ((at = gids_key_find(g, ref)) == FS_NONE)
		return SW_NO_REFERENCE;
	if ((sw = gids_may(g, at, GIDS_MAKE)) != SW_OK)
		return sw;
	if (gids_alg_of(mechanism) == TMG_ALG_NONE)
		return SW_NO_FUNCTION;
	if (!gids_crts_hold(&g->keys[at], mechanism))
		return SW_CONDITIONS;
	return make(card, &g->keys[at], gids_alg_of(mechanism), out);
}

/* ---- PUT DATA of a key -------------------------------------------------------------------------- */
static uint16_t
bring_secret(vc_card *card, gids_key *key, tmg_view value)
{
	if (!gids_crts_hold(key, GIDS_ALG_3DES))
		return SW_CONDITIONS;
	if (value.len != sizeof(key->secret))
		return SW_DATA;
	memcpy(key->secret, value.ptr, sizeof(key->secret));
	key->has_secret = true;
	card->dirty = true;
	return SW_OK;
}

/* Signs are not looked at: some write numbers without the zero in front. */
static bool
take_number(tmg_view *in, tmg_view *n)
{
	if (tmg_tlv_expect(in, DER_INTEGER, n))
		return false;
	while (n->len > 0 && n->ptr[0] == 0) {
		n->ptr++;
		n->len--;
	}
	return true;
}

/* RSAPrivateKey, RFC 8017 A.1.2 */
static bool
take_rsa(tmg_view der, vc_rsa_parts *parts)
{
	tmg_view in, version, d;

	return tmg_tlv_expect(&der, DER_SEQUENCE, &in) == TMG_OK && der.len == 0 &&
	    take_number(&in, &version) && version.len == 0 &&
	    take_number(&in, &parts->n) && take_number(&in, &parts->e) && take_number(&in, &d) &&
	    take_number(&in, &parts->p) && take_number(&in, &parts->q) &&
	    take_number(&in, &parts->dp) && take_number(&in, &parts->dq) &&
	    take_number(&in, &parts->qinv) && in.len == 0;
}

static tmg_alg
rsa_of(size_t bytes)
{
	for (tmg_alg alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA && tmg_alg_bytes(alg) == bytes)
			return alg;
	return TMG_ALG_NONE;
}

static uint16_t
bring_rsa(vc_card *card, gids_key *key, tmg_view value)
{
	vc_rsa_parts parts;
	EVP_PKEY *pkey;
	tmg_alg alg;

	if (!take_rsa(value, &parts) || (alg = rsa_of(parts.n.len)) == TMG_ALG_NONE)
		return SW_DATA;
	if (!gids_crts_hold(key, gids_kind_of(alg)))
		return SW_CONDITIONS;
	switch (vc_pkey_of_rsa(alg, card->lib, &parts, &pkey)) {
	case TMG_OK:
		return keep(card, key, alg, pkey);
	case TMG_E_MALFORMED:
		return SW_DATA;
	default:
		return SW_INTERNAL;
	}
}

/* 70 { 84 reference, A5 { 83 type, 84 key that wraps it, 87 value, 88 check value } }.  The
 * check value is not looked at: it is written with the same three bytes for any key. */
uint16_t
gids_put_key(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	tmg_view in = c->data, template, values, value;
	uint8_t ref, type = TYPE_SECRET, wrapped_by = 0;
	uint16_t sw;
	int at;

	(void)out;
	if (tmg_tlv_expect(&in, GIDS_TAG_KEY, &template) || in.len != 0 ||
	    !gids_byte(template, GIDS_TAG_KEY_REF, &ref) ||
	    tmg_tlv_find(template, TAG_VALUES, &values) != TMG_OK ||
	    tmg_tlv_find(values, TAG_VALUE, &value) != TMG_OK)
		return SW_DATA;
	if ((at = gids_key_find(g, ref)) == FS_NONE)
		return SW_NO_REFERENCE;
	if ((sw = gids_may(g, at, GIDS_PUT_KEY)) != SW_OK)
		return sw;
	(void)gids_byte(values, TAG_TYPE, &type);
	(void)gids_byte(values, TAG_WRAPPED_BY, &wrapped_by);
	if (wrapped_by != 0 || (type != TYPE_SECRET && type != TYPE_RSA))
		return SW_NO_FUNCTION;
	return type == TYPE_RSA ? bring_rsa(card, &g->keys[at], value) :
	    bring_secret(card, &g->keys[at], value);
}
