/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of MyEID: made by GENERATE ASYMMETRIC KEY PAIR, brought by PUT DATA part by part,
 * agreed with by GENERAL AUTHENTICATE (ISO/IEC 7816-4 11.5.5); reference manual 2.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "src/base/scope.h"
#include "tools/vcard/myeid.h"

enum {
	PUT_MODULUS = 0x80,
	PUT_EXPONENT = 0x81,
	PUT_P = 0x83,
	PUT_Q = 0x84,
	PUT_DP = 0x85,
	PUT_DQ = 0x86,		/* of a key on a curve: its point */
	PUT_QINV = 0x87,	/* of a key on a curve: its number */
	PUT_MODULUS_1 = 0x88,	/* RSA 2048: its halves */
	PUT_MODULUS_2 = 0x89,
	PUT_POINT = PUT_DQ,
	PUT_SCALAR = PUT_QINV,

	TAG_DYNAMIC = 0x7c,
	TAG_EXPONENTIAL = 0x85,
	TAG_POINT = 0x86,
};

/* What the file was created for. */
static tmg_alg
alg_of(const p15_kind *kind, const fs_file *f)
{
	const tmg_family family = f->descriptor == FD_RSA_KEY ? TMG_FAMILY_RSA : TMG_FAMILY_EC;

	for (const tmg_alg *at = kind->makes; *at != TMG_ALG_NONE; at++)
		if (tmg_alg_get(*at)->family == family && tmg_alg_get(*at)->bits == f->size)
			return *at;
	return TMG_ALG_NONE;
}

uint16_t
my_generate(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	static const uint8_t exponent[] = { 0x30, 0x05, 0x81, 0x03, 0x01, 0x00, 0x01 };
	const int at = p15->fs.ef;
	EVP_PKEY *pkey;
	tmg_alg alg;

	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (at == FS_NONE || p15->fs.files[at].kind != FS_KEY)
		return at == FS_NONE ? SW_NO_FILE : SW_STRUCTURE;
	if (!p15_may(p15, at, P15_OP_GENERATE))
		return SW_SECURITY;
	if ((alg = alg_of(p15->kind, &p15->fs.files[at])) == TMG_ALG_NONE)
		return SW_NO_FUNCTION;
	if (c->data.len != 0 && !tmg_view_equal(c->data, TMG_VIEW(exponent)))
		return SW_DATA;
	if (vc_pkey_generate(alg, card->lib, &pkey) || vc_pkey_keep(&p15->keys[at], alg, pkey))
		return SW_INTERNAL;
	card->delay_ms = card->profile->keygen_ms;
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

/* ---- from outside ---------------------------------------------------------------------------- */
static tmg_view
part(const p15_session *s, unsigned what)
{
	const p15_part *p = &s->parts[what - P15_PART_FIRST];

	return (tmg_view){ p->bytes, p->len };
}

static bool
has(const p15_session *s, unsigned what)
{
	return part(s, what).len > 0;
}

/* Complete, whatever came last. */
static bool
is_whole_rsa(const p15_session *s)
{
	return has(s, PUT_P) && has(s, PUT_Q) && has(s, PUT_DP) && has(s, PUT_DQ) &&
	    has(s, PUT_QINV) && has(s, PUT_EXPONENT) && (has(s, PUT_MODULUS) ||
	    (has(s, PUT_MODULUS_1) && has(s, PUT_MODULUS_2)));
}

static tmg_rc
build_rsa(const vc_card *card, const p15_session *s, tmg_alg alg, EVP_PKEY **pkey)
{
	uint8_t whole[2 * P15_PART_MAX];
	tmg_out n = TMG_OUT(whole);

	tmg_put(&n, part(s, PUT_MODULUS));
	tmg_put(&n, part(s, PUT_MODULUS_1));
	tmg_put(&n, part(s, PUT_MODULUS_2));
	return vc_pkey_of_rsa(alg, card->lib, &(vc_rsa_parts){
		.e = part(s, PUT_EXPONENT), .p = part(s, PUT_P), .q = part(s, PUT_Q),
		.dp = part(s, PUT_DP), .dq = part(s, PUT_DQ), .qinv = part(s, PUT_QINV),
		.n = tmg_out_view(&n),
	    }, pkey);
}

/* The point must be that of the number. */
static tmg_rc
build_ec(const vc_card *card, const p15_session *s, tmg_alg alg, EVP_PKEY **pkey)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out objects = TMG_OUT(bytes);
	tmg_view point;
	tmg_rc rc;

	if ((rc = vc_pkey_of_scalar(alg, card->lib, part(s, PUT_SCALAR), pkey)))
		return rc;
	if (vc_pkey_public(alg, *pkey, &objects) == TMG_OK &&
	    tmg_tlv_find(tmg_out_view(&objects), TAG_POINT, &point) == TMG_OK &&
	    tmg_view_equal(point, part(s, PUT_POINT)))
		return TMG_OK;
	EVP_PKEY_free(*pkey);
	return TMG_E_MALFORMED;
}

static void
drop_parts(p15_session *s)
{
	OPENSSL_cleanse(s->parts, sizeof(s->parts));
}

static uint16_t
finish_key(vc_card *card, vc_p15 *p15, tmg_alg alg)
{
	p15_session *s = &p15->session;
	const bool rsa = tmg_alg_get(alg)->family == TMG_FAMILY_RSA;
	EVP_PKEY *pkey;
	tmg_rc rc;

	if (rsa ? !is_whole_rsa(s) : !has(s, PUT_SCALAR) || !has(s, PUT_POINT))
		return SW_OK;
	rc = rsa ? build_rsa(card, s, alg, &pkey) : build_ec(card, s, alg, &pkey);
	drop_parts(s);
	if (rc || vc_pkey_keep(&p15->keys[p15->fs.ef], alg, pkey))
		return SW_DATA;
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

/* One part of the key whose file is current; parts of another are forgotten. */
uint16_t
my_put_key(vc_card *card, vc_p15 *p15, uint8_t what, tmg_view value)
{
	p15_session *s = &p15->session;
	const int at = p15->fs.ef;
	p15_part *p;
	tmg_alg alg;

	if (what < P15_PART_FIRST || what >= P15_PART_FIRST + P15_PARTS)
		return SW_P1P2;
	if (at == FS_NONE || p15->fs.files[at].kind != FS_KEY)
		return at == FS_NONE ? SW_NO_FILE : SW_STRUCTURE;
	if (!p15_may(p15, at, P15_OP_UPDATE))
		return SW_SECURITY;
	if ((alg = alg_of(p15->kind, &p15->fs.files[at])) == TMG_ALG_NONE)
		return SW_NO_FUNCTION;
	p = &s->parts[what - P15_PART_FIRST];
	if (value.len == 0 || value.len > sizeof(p->bytes))
		return SW_LENGTH;
	if (s->parts_of != p15->fs.files[at].id)
		drop_parts(s);
	s->parts_of = p15->fs.files[at].id;
	memcpy(p->bytes, value.ptr, value.len);
	p->len = (uint16_t)value.len;
	return finish_key(card, p15, alg);
}

/* ---- key agreement ---------------------------------------------------------------------------- */
/* 7C { 85 point }; the answer is the x coordinate, bare. */
uint16_t
my_agree(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	static const uint32_t inside[] = { TAG_DYNAMIC, TAG_EXPONENTIAL, 0 };
	const p15_session *s = &p15->session;
	const vc_pkey *key;
	tmg_view point;

	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (s->use != P15_USE_AUTH || s->alg == NULL || s->key == FS_NONE ||
	    s->alg->family != TMG_FAMILY_EC)
		return SW_CONDITIONS;
	key = &p15->keys[s->key];
	if (!p15_may_key(p15, s->key, P15_OP_USE))
		return SW_SECURITY;
	if (key->alg == TMG_ALG_NONE || tmg_alg_get(key->alg)->family != TMG_FAMILY_EC)
		return SW_NO_REFERENCE;
	if (tmg_tlv_walk(c->data, inside, &point))
		return SW_DATA;
	return vc_pkey_sw(vc_pkey_derive(key->alg, card->lib, key->pkey, point, out));
}
