/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PUT DATA: 4.4.2, 7.2.8.
 */
#include <openssl/crypto.h>

#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

enum {
	TAG_CERTIFICATE = 0x7f21,
	FINGERPRINT = 20,
	DATE = 4,
	RC_LEAST = 8,
	TOUCH_FIXED = 0x02,	/* 4.4.3.6: only a new key takes it back */
	TOUCH_CACHED_FIXED = 0x04,	/* YubiKeys; 03 is not fixed */
	KDF_ALGORITHM = 0x81,
	KDF_NONE = 0x00,
	KDF_ITERATED = 0x03,
	KDF_FIRST_PW1 = 0x87,
	KDF_FIRST_PW3 = 0x88,
};

struct row;
typedef uint16_t putter(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v);

static putter put_whole, put_part, put_attr, put_pw_status, put_code, put_touch, put_kdf,
    put_attest;

static const struct row {
	uint16_t tag;
	bool user;		/* PW1 (82) opens it; PW3 all others */
	pgp_do_id id;
	uint16_t least, most;
	uint16_t at;		/* where in what is stored */
	putter *put;
} rows[] = {
	{ 0x0101, true, DO_PRIVATE_1, 0, PGP_SPECIAL_MAX, 0, put_whole },
	{ 0x0102, false, DO_PRIVATE_2, 0, PGP_SPECIAL_MAX, 0, put_whole },
	{ 0x0103, true, DO_PRIVATE_3, 0, PGP_SPECIAL_MAX, 0, put_whole },
	{ 0x0104, false, DO_PRIVATE_4, 0, PGP_SPECIAL_MAX, 0, put_whole },
	{ 0x005b, false, DO_NAME, 0, 39, 0, put_whole },
	{ 0x005e, false, DO_LOGIN, 0, PGP_SPECIAL_MAX, 0, put_whole },
	{ 0x5f2d, false, DO_LANGUAGE, 0, 8, 0, put_whole },
	{ 0x5f35, false, DO_SEX, 0, 1, 0, put_whole },
	{ 0x5f50, false, DO_URL, 0, PGP_SPECIAL_MAX, 0, put_whole },
	{ 0x00c1, false, DO_ATTR_SIG, 1, PGP_ATTR_MAX, PGP_SIG, put_attr },
	{ 0x00c2, false, DO_ATTR_DEC, 1, PGP_ATTR_MAX, PGP_DEC, put_attr },
	{ 0x00c3, false, DO_ATTR_AUT, 1, PGP_ATTR_MAX, PGP_AUT, put_attr },
	{ 0x00c4, false, DO_PW_STATUS, 1, 1, 0, put_pw_status },
	{ 0x00c7, false, DO_FINGERPRINTS, FINGERPRINT, FINGERPRINT, 0, put_part },
	{ 0x00c8, false, DO_FINGERPRINTS, FINGERPRINT, FINGERPRINT, 20, put_part },
	{ 0x00c9, false, DO_FINGERPRINTS, FINGERPRINT, FINGERPRINT, 40, put_part },
	{ 0x00ca, false, DO_CA_FINGERPRINTS, FINGERPRINT, FINGERPRINT, 0, put_part },
	{ 0x00cb, false, DO_CA_FINGERPRINTS, FINGERPRINT, FINGERPRINT, 20, put_part },
	{ 0x00cc, false, DO_CA_FINGERPRINTS, FINGERPRINT, FINGERPRINT, 40, put_part },
	{ 0x00ce, false, DO_DATES, DATE, DATE, 0, put_part },
	{ 0x00cf, false, DO_DATES, DATE, DATE, 4, put_part },
	{ 0x00d0, false, DO_DATES, DATE, DATE, 8, put_part },
	{ 0x00d3, false, 0, 0, PGP_PIN_MAX, 0, put_code },
	{ 0x00d6, false, DO_UIF_SIG, 2, 2, 0, put_touch },
	{ 0x00d7, false, DO_UIF_DEC, 2, 2, 0, put_touch },
	{ 0x00d8, false, DO_UIF_AUT, 2, 2, 0, put_touch },
	{ 0x00d9, false, DO_UIF_ATT, 2, 2, 0, put_touch },
	{ 0x00fc, false, DO_CERT_ATT, 0, PGP_CERT_MAX, 0, put_attest },
	{ 0x00f9, false, DO_KDF, 3, 255, 0, put_kdf },
	{ TAG_CERTIFICATE, false, DO_CERT_AUT, 0, PGP_CERT_MAX, 0, put_whole },
};

static uint16_t
put_whole(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	const pgp_do_id id = row->tag == TAG_CERTIFICATE ?
	    DO_CERT_AUT + pgp->session.occurrence : row->id;

	(void)card;
	return pgp_do_set(pgp, id, v) ? SW_INTERNAL : SW_OK;
}

static uint16_t
put_part(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	(void)card;
	memcpy(pgp->dos[row->id].data + row->at, v.ptr, v.len);
	return SW_OK;
}

/* 4.4.3.9: a key of another kind does not outlive its attributes; nor do its
 * fingerprint and date, or a reader would take them for the next key's. */
static void
drop_key(vc_pgp *pgp, pgp_key_id key)
{
	pgp_key_clear(&pgp->keys[key]);
	memset(pgp->dos[DO_FINGERPRINTS].data + key * FINGERPRINT, 0, FINGERPRINT);
	memset(pgp->dos[DO_DATES].data + key * DATE, 0, DATE);
}

static uint16_t
put_attr(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	const pgp_key_id key = (pgp_key_id)row->at;
	const tmg_alg alg = pgp_attr_parse(key, v), before = pgp_alg_of(pgp, key);

	(void)card;
	if (alg == TMG_ALG_NONE)
		return SW_DATA;
	if (pgp_do_set(pgp, row->id, v))
		return SW_INTERNAL;
	if (alg != before)
		drop_key(pgp, key);
	return SW_OK;
}

static uint16_t
put_pw_status(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	return v.ptr[0] > 1 ? SW_DATA : put_whole(card, pgp, row, v);
}

/* 4.3.4: an empty one takes it away. */
static uint16_t
put_code(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	(void)row;
	if (v.len > 0 && v.len < RC_LEAST)
		return SW_DATA;
	pgp_pin_set(card->profile, pgp, PGP_RC, v);
	return SW_OK;
}

static uint16_t
put_touch(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	const uint8_t most = pgp_attests(card) ? TOUCH_CACHED_FIXED : TOUCH_FIXED;
	const uint8_t now = pgp_do_get(pgp, row->id).ptr[0];

	if (row->id == DO_UIF_ATT && !pgp_attests(card))
		return SW_NO_REFERENCE;
	if (now == TOUCH_FIXED || now == TOUCH_CACHED_FIXED)
		return SW_CONDITIONS;
	if (v.ptr[0] > most || v.ptr[1] != 0x20)
		return SW_DATA;
	return put_whole(card, pgp, row, v);
}

static uint16_t
put_attest(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	return pgp_attests(card) ? put_whole(card, pgp, row, v) : SW_NO_REFERENCE;
}

static bool
may_start(tmg_view v)
{
	return v.len >= RC_LEAST && v.len <= PGP_PIN_MAX;
}

/*
 * 4.3.2: what is derived from the passwords of the factory comes along, for
 * from now on only derived ones arrive; without derivation they are back.
 */
static uint16_t
put_kdf(vc_card *card, vc_pgp *pgp, const struct row *row, tmg_view v)
{
	tmg_view algorithm, pw1 = { 0 }, pw3 = { 0 };

	if (card->profile->no_kdf)
		return SW_NO_REFERENCE;
	if (tmg_tlv_find(v, KDF_ALGORITHM, &algorithm) || algorithm.len != 1 ||
	    (algorithm.ptr[0] != KDF_NONE && algorithm.ptr[0] != KDF_ITERATED))
		return SW_DATA;
	if (algorithm.ptr[0] == KDF_ITERATED &&
	    (tmg_tlv_find(v, KDF_FIRST_PW1, &pw1) || tmg_tlv_find(v, KDF_FIRST_PW3, &pw3) ||
	    !may_start(pw1) || !may_start(pw3)))
		return SW_DATA;
	if (pgp_do_set(pgp, row->id, v))
		return SW_INTERNAL;
	pgp_pins_factory(card->profile, pgp);
	if (algorithm.ptr[0] == KDF_ITERATED) {
		pgp_pin_set(card->profile, pgp, PGP_PW1, pw1);
		pgp_pin_set(card->profile, pgp, PGP_PW3, pw3);
	}
	return SW_OK;
}

uint16_t
pgp_put_data(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	const uint16_t tag = (uint16_t)(c->p1 << 8 | c->p2);

	(void)out;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint16_t sw;

		if (rows[i].tag != tag)
			continue;
		if (!(rows[i].user ? pgp->session.other : pgp->session.admin))
			return SW_SECURITY;
		if (c->data.len < rows[i].least || c->data.len > rows[i].most)
			return SW_LENGTH;
		if ((sw = rows[i].put(card, pgp, &rows[i], c->data)) == SW_OK)
			card->dirty = true;
		return sw;
	}
	return SW_NO_REFERENCE;
}
