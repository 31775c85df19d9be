/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data objects as they are read: 4.4.1, 7.2.5 to 7.2.7.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

#define TEMPLATE_MAX 1024

enum {
	TAG_CERTIFICATE = 0x7f21,
	ATTEST_REFERENCE = 0x81,	/* in DE, Yubico's */
	OCCURRENCE_WAY = 0x04,	/* 7.2.5: by number, counted from 0 */
};

/* ---- what is stored ---------------------------------------------------------------- */
tmg_view
pgp_do_get(const vc_pgp *pgp, pgp_do_id id)
{
	return (tmg_view){ pgp->dos[id].data, pgp->dos[id].len };
}

tmg_rc
pgp_do_set(vc_pgp *pgp, pgp_do_id id, tmg_view value)
{
	uint8_t *copy = value.len > 0 ? OPENSSL_malloc(value.len) : NULL;

	if (value.len > 0 && copy == NULL)
		return TMG_E_NOMEM;
	if (copy != NULL)
		memcpy(copy, value.ptr, value.len);
	OPENSSL_clear_free(pgp->dos[id].data, pgp->dos[id].len);
	pgp->dos[id] = (pgp_do){ copy, value.len };
	return TMG_OK;
}

void
pgp_dos_clear(vc_pgp *pgp)
{
	for (size_t i = 0; i < PGP_DOS; i++) {
		OPENSSL_clear_free(pgp->dos[i].data, pgp->dos[i].len);
		pgp->dos[i] = (pgp_do){ 0 };
	}
}

tmg_rc
pgp_dos_factory(const vc_profile *profile, vc_pgp *pgp)
{
	/* 4.4.1: whether PW1 (81) is good for several signatures */
	const uint8_t several[] = { profile->pin_policy == PIN_ONCE };
	static const uint8_t zeros[60], untouched[] = { 0x00, 0x20 };
	static const uint8_t rsa2048[] = { 0x01, 0x08, 0x00, 0x00, 0x20, 0x00 };
	const struct { pgp_do_id id; const uint8_t *value; size_t len; } full[] = {
		{ DO_ATTR_SIG, rsa2048, sizeof(rsa2048) },
		{ DO_ATTR_DEC, rsa2048, sizeof(rsa2048) },
		{ DO_ATTR_AUT, rsa2048, sizeof(rsa2048) },
		{ DO_PW_STATUS, several, 1 }, { DO_FINGERPRINTS, zeros, 60 },
		{ DO_CA_FINGERPRINTS, zeros, 60 }, { DO_DATES, zeros, 12 },
		{ DO_UIF_SIG, untouched, 2 }, { DO_UIF_DEC, untouched, 2 },
		{ DO_UIF_AUT, untouched, 2 }, { DO_UIF_ATT, untouched, 2 },
		{ DO_COUNTER, zeros, 3 },
	};
	tmg_rc rc;

	for (pgp_do_id id = 0; id < PGP_DOS; id++)
		if (id != DO_CERT_ATT && (rc = pgp_do_set(pgp, id, (tmg_view){ 0 })))
			return rc;
	for (size_t i = 0; i < TMG_COUNT(full); i++)
		if ((rc = pgp_do_set(pgp, full[i].id, (tmg_view){ full[i].value, full[i].len })))
			return rc;
	return TMG_OK;
}

/* ---- what is made when it is asked for ------------------------------------------------ */
static void
put_aid(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	(void)pgp;
	vc_card_app_name(card, VC_APP_OPENPGP, out);
}

void
pgp_historical(const vc_profile *profile, bool terminated, tmg_out *out)
{
	static const uint8_t head[] = { 0x00, 0x31, 0xc5, 0x73, 0xc0, 0x01 };

	tmg_put(out, TMG_VIEW(head));
	tmg_put_u8(out, profile->extended ? 0xc0 : 0x80);
	tmg_put_u8(out, terminated ? 0x03 : 0x05);
	tmg_put_u16(out, SW_OK);
}

static void
put_historical(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	pgp_historical(card->profile, pgp->terminated, out);
}

/* 4.1.3.1 */
static void
put_lengths(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	const uint16_t most = card->profile->extended ? PGP_COMMAND_MAX : 0xff;

	(void)pgp;
	for (int i = 0; i < 2; i++) {
		tmg_put_u16(out, 0x0202);
		tmg_put_u16(out, most);
	}
}

/* 4.1.3.2: there is a button */
static void
put_features(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	static const uint8_t button[] = { 0x81, 0x01, 0x20 };

	(void)card;
	(void)pgp;
	tmg_put(out, TMG_VIEW(button));
}

/* 4.4.3.7: all but secure messaging and AES; MSE, no PIN block 2 */
static void
put_capabilities(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	(void)pgp;
	tmg_put_u16(out, card->profile->no_kdf ? 0x7c00 : 0x7d00);
	tmg_put_u16(out, 0x00ff);
	tmg_put_u16(out, PGP_CERT_MAX);
	tmg_put_u16(out, PGP_SPECIAL_MAX);
	tmg_put_u16(out, 0x0001);
}

static void
put_pw_status(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	(void)card;
	tmg_put(out, pgp_do_get(pgp, DO_PW_STATUS));
	for (int i = 0; i < PGP_PINS; i++)
		tmg_put_u8(out, PGP_PIN_MAX);
	for (int i = 0; i < PGP_PINS; i++)
		tmg_put_u8(out, pgp->pins[i].left);
}

static void
put_key_info(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	for (uint8_t i = 0; i < PGP_KEYS; i++) {
		tmg_put_u8(out, i + 1);
		tmg_put_u8(out, pgp->keys[i].origin);
	}
	if (pgp_attests(card)) {
		tmg_put_u8(out, ATTEST_REFERENCE);
		tmg_put_u8(out, pgp->keys[PGP_ATT].origin);
	}
}

/* The key that the maker put there: P-256. */
static void
put_attest_attr(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	(void)card;
	(void)pgp;
	pgp_attr_put(PGP_SIG, TMG_ALG_P256, out);
}

static void
put_algorithms(const vc_card *card, const vc_pgp *pgp, tmg_out *out)
{
	(void)card;
	(void)pgp;
	pgp_attr_list(out);
}

/* ---- the table: made, stored, or made of others ------------------------------------------ */
typedef enum reader { ALWAYS, BY_USER, BY_ADMIN } reader;

static const uint16_t cardholder[] = { 0x5b, 0x5f2d, 0x5f35, 0 };
static const uint16_t application[] = { 0x4f, 0x5f52, 0x7f66, 0x7f74, 0x73, 0 };
static const uint16_t discretionary[] = {
	0xc0, 0xc1, 0xc2, 0xc3, 0xda, 0xc4, 0xc5, 0xc6, 0xcd, 0xde, 0xd6, 0xd7, 0xd8, 0xd9, 0,
};
static const uint16_t security[] = { 0x93, 0 };

static const struct row {
	uint16_t tag;
	reader need;
	bool tagged;		/* alone, too, it is answered with its tag */
	const uint16_t *parts;
	void (*put)(const vc_card *card, const vc_pgp *pgp, tmg_out *out);
	pgp_do_id id;
} rows[] = {
	{ 0x0065, ALWAYS, true, cardholder, NULL, 0 },
	{ 0x006e, ALWAYS, true, application, NULL, 0 },
	{ 0x0073, ALWAYS, true, discretionary, NULL, 0 },
	{ 0x007a, ALWAYS, true, security, NULL, 0 },
	{ 0x004f, ALWAYS, false, NULL, put_aid, 0 },
	{ 0x5f52, ALWAYS, false, NULL, put_historical, 0 },
	{ 0x7f66, ALWAYS, true, NULL, put_lengths, 0 },
	{ 0x7f74, ALWAYS, true, NULL, put_features, 0 },
	{ 0x00c0, ALWAYS, false, NULL, put_capabilities, 0 },
	{ 0x00c4, ALWAYS, false, NULL, put_pw_status, 0 },
	{ 0x00de, ALWAYS, false, NULL, put_key_info, 0 },
	{ 0x00fa, ALWAYS, true, NULL, put_algorithms, 0 },
	{ 0x005b, ALWAYS, false, NULL, NULL, DO_NAME },
	{ 0x5f2d, ALWAYS, false, NULL, NULL, DO_LANGUAGE },
	{ 0x5f35, ALWAYS, false, NULL, NULL, DO_SEX },
	{ 0x005e, ALWAYS, false, NULL, NULL, DO_LOGIN },
	{ 0x5f50, ALWAYS, false, NULL, NULL, DO_URL },
	{ 0x0101, ALWAYS, false, NULL, NULL, DO_PRIVATE_1 },
	{ 0x0102, ALWAYS, false, NULL, NULL, DO_PRIVATE_2 },
	{ 0x0103, BY_USER, false, NULL, NULL, DO_PRIVATE_3 },
	{ 0x0104, BY_ADMIN, false, NULL, NULL, DO_PRIVATE_4 },
	{ 0x00c1, ALWAYS, false, NULL, NULL, DO_ATTR_SIG },
	{ 0x00c2, ALWAYS, false, NULL, NULL, DO_ATTR_DEC },
	{ 0x00c3, ALWAYS, false, NULL, NULL, DO_ATTR_AUT },
	{ 0x00c5, ALWAYS, false, NULL, NULL, DO_FINGERPRINTS },
	{ 0x00c6, ALWAYS, false, NULL, NULL, DO_CA_FINGERPRINTS },
	{ 0x00cd, ALWAYS, false, NULL, NULL, DO_DATES },
	{ 0x00d6, ALWAYS, false, NULL, NULL, DO_UIF_SIG },
	{ 0x00d7, ALWAYS, false, NULL, NULL, DO_UIF_DEC },
	{ 0x00d8, ALWAYS, false, NULL, NULL, DO_UIF_AUT },
	{ 0x00d9, ALWAYS, false, NULL, NULL, DO_UIF_ATT },
	{ 0x00da, ALWAYS, false, NULL, put_attest_attr, 0 },
	{ 0x00fc, ALWAYS, false, NULL, NULL, DO_CERT_ATT },
	{ 0x0093, ALWAYS, false, NULL, NULL, DO_COUNTER },
	{ 0x00f9, ALWAYS, false, NULL, NULL, DO_KDF },
};

static const struct row *
row_of(uint16_t tag)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].tag == tag)
			return &rows[i];
	return NULL;
}

/* What only some cards have. */
static bool
has(const vc_card *card, const struct row *row)
{
	switch (row->tag) {
	case 0x00f9:
		return !card->profile->no_kdf;
	case 0x00d9:
	case 0x00da:
	case 0x00fc:
		return pgp_attests(card);
	default:
		return true;
	}
}

static void
put_simple(const vc_card *card, const vc_pgp *pgp, const struct row *row, tmg_out *out)
{
	if (row->put != NULL)
		row->put(card, pgp, out);
	else
		tmg_put(out, pgp_do_get(pgp, row->id));
}

/* The table is two templates deep: 73 inside 6E. */
static void
put_parts(const vc_card *card, const vc_pgp *pgp, const uint16_t *parts, unsigned depth,
    tmg_out *out)
{
	for (; *parts != 0; parts++) {
		const struct row *row = row_of(*parts);
		uint8_t bytes[TEMPLATE_MAX];
		tmg_out value = TMG_OUT(bytes);

		if (!has(card, row))
			continue;
		if (row->parts == NULL)
			put_simple(card, pgp, row, &value);
		else if (depth > 0)
			put_parts(card, pgp, row->parts, depth - 1, &value);
		tmg_tlv_put(out, row->tag, tmg_out_view(&value));
	}
}

static void
put_row(const vc_card *card, const vc_pgp *pgp, const struct row *row, tmg_out *out)
{
	uint8_t bytes[TEMPLATE_MAX];
	tmg_out value = TMG_OUT(bytes);

	if (!row->tagged) {
		put_simple(card, pgp, row, out);
		return;
	}
	if (row->parts != NULL)
		put_parts(card, pgp, row->parts, 1, &value);
	else
		put_simple(card, pgp, row, &value);
	tmg_tlv_put(out, row->tag, tmg_out_view(&value));
}

static bool
may_read(const vc_pgp *pgp, reader need)
{
	return need == ALWAYS || (need == BY_USER && pgp->session.other) ||
	    (need == BY_ADMIN && pgp->session.admin);
}

uint16_t
pgp_get_data(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	const uint16_t tag = (uint16_t)(c->p1 << 8 | c->p2);
	const struct row *row = row_of(tag);

	if (c->data.len != 0)
		return SW_LENGTH;
	if (tag == TAG_CERTIFICATE) {
		tmg_put(out, pgp_do_get(pgp, DO_CERT_AUT + pgp->session.occurrence));
		return SW_OK;
	}
	if (row == NULL || !has(card, row))
		return SW_NO_REFERENCE;
	if (!may_read(pgp, row->need))
		return SW_SECURITY;
	put_row(card, pgp, row, out);
	return SW_OK;
}

uint16_t
pgp_get_next(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	(void)card;
	if (c->data.len != 0)
		return SW_LENGTH;
	if ((c->p1 << 8 | c->p2) != TAG_CERTIFICATE ||
	    pgp->session.occurrence + 1 >= PGP_KEYS)
		return SW_NO_REFERENCE;
	pgp->session.occurrence++;
	tmg_put(out, pgp_do_get(pgp, DO_CERT_AUT + pgp->session.occurrence));
	return SW_OK;
}

/* 7.2.5: the n-th certificate, counted from 0: AUT, DEC, SIG */
uint16_t
pgp_select_data(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	static const uint8_t certificate[] = { 0x60, 0x04, 0x5c, 0x02, 0x7f, 0x21 };
	tmg_view list = c->data, counted;

	(void)out;
	if (c->p2 != OCCURRENCE_WAY)
		return SW_P1P2;
	/* what programs say to YubiKeys up to 5.4.3 */
	if (pgp_attests(card) && list.len == sizeof(certificate) + 1 &&
	    list.ptr[0] == sizeof(certificate))
		(void)!tmg_view_take(&list, 1, &counted);
	if (!tmg_view_equal(list, TMG_VIEW(certificate)))
		return SW_DATA;
	if (c->p1 >= PGP_KEYS)
		return SW_NO_REFERENCE;
	pgp->session.occurrence = c->p1;
	return SW_OK;
}
