/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Using keys: PSO (7.2.10, 7.2.11), INTERNAL AUTHENTICATE (7.2.13), MSE (7.2.18).
 */
#include <openssl/crypto.h>

#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

enum {
	SIGN_TAGS = 0x9e9a,
	DECIPHER_TAGS = 0x8086,
	PADDING_NONE = 0x00,
	TAG_CIPHER = 0xa6,
	TAG_PUBLIC = 0x7f49,
	TAG_POINT = 0x86,
	MSE_SET = 0x41,
	MSE_DEC = 0xb8,
	MSE_AUT = 0xa4,
};

static uint16_t
touch(vc_card *card, const vc_pgp *pgp, pgp_key_id id)
{
	return pgp_do_get(pgp, DO_UIF_SIG + id).ptr[0] == 0 || vc_card_touched(card) ?
	    SW_OK : SW_SECURITY;
}

/* DigestInfo takes at most 40 % of the modulus (7.2.10.2). */
static uint16_t
sign(vc_card *card, vc_pgp *pgp, pgp_key_id id, tmg_view in, tmg_out *out)
{
	const tmg_alg alg = pgp_alg_of(pgp, id);
	EVP_PKEY *pkey = pgp->keys[id].pair.pkey;

	switch (tmg_alg_get(alg)->family) {
	case TMG_FAMILY_RSA:
		if (in.len * 5 > tmg_alg_bytes(alg) * 2)
			return SW_DATA;
		return vc_pkey_sw(vc_pkey_rsa_sign(card->lib, pkey, in, out));
	case TMG_FAMILY_EC:
		return vc_pkey_sw(vc_pkey_ecdsa_flat(alg, card->lib, pkey, in, out));
	case TMG_FAMILY_ED:
		return vc_pkey_sw(vc_pkey_private(alg, card->lib, pkey, in, out));
	default:
		return SW_CONDITIONS;
	}
}

static void
count_signature(vc_pgp *pgp)
{
	uint8_t *n = pgp->dos[DO_COUNTER].data;

	for (int i = 2; i >= 0 && ++n[i] == 0; i--)
		;
}

static uint16_t
usable(vc_card *card, const vc_pgp *pgp, bool login, pgp_key_id id)
{
	if (!login)
		return SW_SECURITY;
	return pgp->keys[id].pair.pkey == NULL ? SW_NO_REFERENCE : touch(card, pgp, id);
}

static uint16_t
compute_signature(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	uint16_t sw;

	if ((sw = usable(card, pgp, pgp->session.sign, PGP_SIG)) != SW_OK ||
	    (sw = sign(card, pgp, PGP_SIG, c->data, out)) != SW_OK)
		return sw;
	/* 4.4.3.3: one password, one signature, unless said otherwise */
	if (pgp_do_get(pgp, DO_PW_STATUS).ptr[0] == 0)
		pgp->session.sign = false;
	count_signature(pgp);
	card->dirty = true;
	return SW_OK;
}

static uint16_t
decipher_rsa(vc_card *card, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	tmg_view padding;

	if (tmg_view_take(&in, 1, &padding) || padding.ptr[0] != PADDING_NONE)
		return SW_DATA;
	return vc_pkey_sw(vc_pkey_rsa_decrypt(card->lib, pkey, in, out));
}

static uint16_t
decipher(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	static const uint32_t path[] = { TAG_CIPHER, TAG_PUBLIC, TAG_POINT, 0 };
	const pgp_key_id id = pgp->session.dec;
	const tmg_alg alg = pgp_alg_of(pgp, id);
	uint16_t sw;
	tmg_view point;

	if ((sw = usable(card, pgp, pgp->session.other, id)) != SW_OK)
		return sw;
	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA)
		return decipher_rsa(card, pgp->keys[id].pair.pkey, c->data, out);
	if (tmg_tlv_walk(c->data, path, &point) != TMG_OK)
		return SW_DATA;
	return vc_pkey_sw(vc_pkey_derive(alg, card->lib, pgp->keys[id].pair.pkey, point, out));
}

uint16_t
pgp_pso(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	switch (c->p1 << 8 | c->p2) {
	case SIGN_TAGS:
		return compute_signature(card, pgp, c, out);
	case DECIPHER_TAGS:
		return decipher(card, pgp, c, out);
	default:
		return SW_P1P2;
	}
}

uint16_t
pgp_internal_auth(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	const pgp_key_id id = pgp->session.aut;
	uint16_t sw;

	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if ((sw = usable(card, pgp, pgp->session.other, id)) != SW_OK)
		return sw;
	return sign(card, pgp, id, c->data, out);
}

/* 7.2.18: which of keys 2 and 3 deciphers, and which authenticates */
uint16_t
pgp_mse(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	const tmg_view v = c->data;

	(void)card;
	(void)out;
	if (c->p1 != MSE_SET || (c->p2 != MSE_DEC && c->p2 != MSE_AUT))
		return SW_P1P2;
	if (v.len != 3 || v.ptr[0] != 0x83 || v.ptr[1] != 1 || v.ptr[2] < 2 || v.ptr[2] > 3)
		return SW_DATA;
	*(c->p2 == MSE_DEC ? &pgp->session.dec : &pgp->session.aut) = (pgp_key_id)(v.ptr[2] - 1);
	return SW_OK;
}
