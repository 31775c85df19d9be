/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GENERATE ASYMMETRIC KEY PAIR and PUT DATA of a private key, the way of IsoApplet
 * (ISO/IEC 7816-8 5.1 and annex C): MSE has named the number and the kind before.
 */
#include <openssl/evp.h>

#include "tools/vcard/ec_domain.h"
#include "tools/vcard/isoapplet.h"

enum {
	P1P2_RSA = 0x4200,
	P1P2_EC = 0x0000,
	P1P2_KEY = 0x3fff,

	TAG_PUBLIC = 0x7f49,
	TAG_RSA_PRIVATE = 0x7f48,
	TAG_EC_PRIVATE = 0xe0,
	TAG_POINT = 0x86,
	TAG_COFACTOR = 0x87,
	TAG_SCALAR = 0x88,
	PUBLIC_MAX = 1024,
};

/* The place that MSE named for a key of this kind. */
static uint16_t
place(const vc_p15 *p15, uint8_t make)
{
	const p15_session *s = &p15->session;

	if (!p15_may_key(p15, s->key, P15_OP_GENERATE))
		return SW_SECURITY;
	return s->use == P15_USE_MAKE && s->key != FS_NONE && s->make == make ?
	    SW_OK : SW_CONDITIONS;
}

static uint16_t
curve_of(const vc_card *card, const vc_p15 *p15, tmg_view objects, tmg_alg *alg)
{
	switch (vc_ec_domain_find(card->lib, p15->kind->makes, objects, alg)) {
	case TMG_OK:
		return SW_OK;
	case TMG_NOT_FOUND:
		return SW_NO_FUNCTION;
	default:
		return SW_DATA;
	}
}

static uint16_t
store(vc_card *card, vc_p15 *p15, tmg_alg alg, EVP_PKEY *pkey)
{
	if (vc_pkey_keep(&p15->keys[p15->session.key], alg, pkey))
		return SW_INTERNAL;
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

static uint16_t
make(vc_card *card, vc_p15 *p15, tmg_alg alg)
{
	EVP_PKEY *pkey;

	if (vc_pkey_generate(alg, card->lib, &pkey))
		return SW_INTERNAL;
	card->delay_ms = card->profile->keygen_ms;
	return store(card, p15, alg, pkey);
}

/* A curve's parameters come back as they were sent, the point before the cofactor. */
static void
put_with_point(tmg_view sent, tmg_view point, tmg_out *out)
{
	tmg_tlv t;

	while (tmg_tlv_next(&sent, &t) == TMG_OK) {
		if (t.tag == TAG_COFACTOR)
			tmg_put(out, point);
		if (t.tag != TAG_POINT)
			tmg_tlv_put(out, t.tag, t.value);
	}
}

static uint16_t
put_public(const vc_pkey *key, tmg_view sent, tmg_out *out)
{
	uint8_t own[VC_PKEY_RESULT_MAX], all[PUBLIC_MAX];
	tmg_out objects = TMG_OUT(own), whole = TMG_OUT(all);

	if (vc_pkey_public(key->alg, key->pkey, &objects))
		return SW_INTERNAL;
	if (sent.len == 0)
		tmg_put(&whole, tmg_out_view(&objects));
	else
		put_with_point(sent, tmg_out_view(&objects), &whole);
	if (whole.full)
		return SW_DATA;
	tmg_tlv_put(out, TAG_PUBLIC, tmg_out_view(&whole));
	return SW_OK;
}

static uint16_t
generate_rsa(vc_card *card, vc_p15 *p15, const vc_command *c)
{
	uint16_t sw = place(p15, ISO_MAKE_RSA);

	if (sw == SW_OK && c->data.len != 0)
		sw = SW_LENGTH;
	return sw == SW_OK ? make(card, p15, TMG_ALG_RSA2048) : sw;
}

static uint16_t
generate_ec(vc_card *card, vc_p15 *p15, const vc_command *c)
{
	uint16_t sw = place(p15, ISO_MAKE_EC);
	tmg_alg alg;

	if (sw == SW_OK && c->data.len > PUBLIC_MAX / 2)
		sw = SW_LENGTH;
	if (sw == SW_OK)
		sw = curve_of(card, p15, c->data, &alg);
	return sw == SW_OK ? make(card, p15, alg) : sw;
}

uint16_t
iso_generate(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	const unsigned p1p2 = (unsigned)(c->p1 << 8 | c->p2);
	uint16_t sw;

	if (p1p2 != P1P2_RSA && p1p2 != P1P2_EC)
		return SW_P1P2;
	sw = p1p2 == P1P2_RSA ? generate_rsa(card, p15, c) : generate_ec(card, p15, c);
	return sw == SW_OK ? put_public(&p15->keys[p15->session.key], c->data, out) : sw;
}

/* ---- import ---------------------------------------------------------------------------- */
/* 92 p, 93 q, 94 1/q mod p, 95 d mod p-1, 96 d mod q-1 */
static uint16_t
import_rsa(vc_card *card, vc_p15 *p15, tmg_view in)
{
	vc_rsa_parts parts = { .e = { NULL, 0 } };
	tmg_view *const all[] = { &parts.p, &parts.q, &parts.qinv, &parts.dp, &parts.dq };
	EVP_PKEY *pkey;

	for (uint32_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (tmg_tlv_find(in, 0x92 + i, all[i]))
			return SW_DATA;
	if (vc_pkey_of_rsa(TMG_ALG_RSA2048, card->lib, &parts, &pkey))
		return SW_DATA;
	return store(card, p15, TMG_ALG_RSA2048, pkey);
}

static uint16_t
import_ec(vc_card *card, vc_p15 *p15, tmg_view in)
{
	tmg_view scalar;
	EVP_PKEY *pkey;
	tmg_alg alg;
	uint16_t sw;

	if ((sw = curve_of(card, p15, in, &alg)) != SW_OK)
		return sw;
	if (tmg_tlv_find(in, TAG_SCALAR, &scalar) ||
	    vc_pkey_of_scalar(alg, card->lib, scalar, &pkey))
		return SW_DATA;
	return store(card, p15, alg, pkey);
}

uint16_t
iso_put_key(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	tmg_view in = c->data;
	uint16_t sw;
	tmg_tlv t;

	(void)out;
	if ((c->p1 << 8 | c->p2) != P1P2_KEY)
		return SW_P1P2;
	if (tmg_tlv_next(&in, &t) != TMG_OK || in.len != 0 ||
	    (t.tag != TAG_RSA_PRIVATE && t.tag != TAG_EC_PRIVATE))
		return SW_DATA;
	if ((sw = place(p15, t.tag == TAG_RSA_PRIVATE ? ISO_MAKE_RSA : ISO_MAKE_EC)) != SW_OK)
		return sw;
	return t.tag == TAG_RSA_PRIVATE ? import_rsa(card, p15, t.value) :
	    import_ec(card, p15, t.value);
}
