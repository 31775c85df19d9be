/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/card/turn.h"
#include "src/codec/hex.h"
#include "tools/tamga/report.h"

enum {
	INS_SELECT = 0xa4,
	INS_READ_BINARY = 0xb0,
	BY_FILE = 0x00,		/* P1 of SELECT, ISO/IEC 7816-4:2005 table 39 */
	BY_AID = 0x04,
	SW_OK = 0x9000,
	NAME_MAX_BYTES = 16,
	ANSWER_MAX = 4096,
};

/* What is asked for, in this order. */
struct name {
	const char *what, *spec;
	uint8_t by;
	bool read;		/* a file: its first bytes too */
	uint8_t len, bytes[NAME_MAX_BYTES];
};

static const struct name names[] = {
	{ "PIV", "NIST SP 800-73-5", BY_AID, false, 5,
	    { 0xa0, 0x00, 0x00, 0x03, 0x08 } },
	{ "OpenPGP", "OpenPGP card 3.4.1", BY_AID, false, 6,
	    { 0xd2, 0x76, 0x00, 0x01, 0x24, 0x01 } },
	{ "PKCS#15", "ISO/IEC 7816-15", BY_AID, false, 12,
	    { 0xa0, 0x00, 0x00, 0x00, 0x63, 0x50, 0x4b, 0x43, 0x53, 0x2d, 0x31,
	    0x35 } },
	{ "GIDS", "Generic Identity Device Specification 2.0", BY_AID, false, 11,
	    { 0xa0, 0x00, 0x00, 0x03, 0x97, 0x42, 0x54, 0x46, 0x59, 0x02, 0x01 } },
	{ "IsoApplet", "IsoApplet 1.0", BY_AID, false, 12,
	    { 0xf2, 0x76, 0xa2, 0x88, 0xbc, 0xfb, 0xa6, 0x9d, 0x34, 0xf3, 0x10,
	    0x01 } },
	{ "IAS ECC", "IAS-ECC 1.0.1", BY_AID, false, 12,
	    { 0xa0, 0x00, 0x00, 0x00, 0x18, 0x80, 0x00, 0x00, 0x00, 0x06, 0x62,
	    0x40 } },
	{ "eSign", "CWA 14890-1", BY_AID, false, 10,
	    { 0xa0, 0x00, 0x00, 0x01, 0x67, 0x45, 0x53, 0x49, 0x47, 0x4e } },
	{ "passport", "ICAO Doc 9303-10", BY_AID, false, 7,
	    { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 } },
	{ "FIDO", "CTAP 2.1, 11.3", BY_AID, false, 8,
	    { 0xa0, 0x00, 0x00, 0x06, 0x47, 0x2f, 0x00, 0x01 } },
	{ "Yubico management", "YubiKey", BY_AID, false, 8,
	    { 0xa0, 0x00, 0x00, 0x05, 0x27, 0x47, 0x11, 0x17 } },
	{ "OATH", "YKOATH", BY_AID, false, 7,
	    { 0xa0, 0x00, 0x00, 0x05, 0x27, 0x21, 0x01 } },
	{ "card manager", "GlobalPlatform 2.3", BY_AID, false, 8,
	    { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00 } },
	{ "MF", "ISO/IEC 7816-4", BY_FILE, false, 2, { 0x3f, 0x00 } },
	{ "EF.DIR", "ISO/IEC 7816-4", BY_FILE, true, 2, { 0x2f, 0x00 } },
	{ "EF.ATR/INFO", "ISO/IEC 7816-4", BY_FILE, true, 2, { 0x2f, 0x01 } },
};

struct answer {
	tmg_rc rc;		/* else the rest is no answer */
	uint16_t sw;
	char shape[REPORT_SHAPE_MAX];
};

static tmg_rc
ask(tmg_channel *ch, const tmg_capdu *c, struct answer *a)
{
	uint8_t bytes[ANSWER_MAX];
	tmg_out out = TMG_OUT(bytes);

	a->rc = ch->ops->exchange(ch, c, &out, &a->sw);
	report_shape(tmg_out_view(&out), a->shape);
	return a->rc;
}

static tmg_rc
select_name(tmg_channel *ch, const struct name *name, struct answer *a)
{
	return ask(ch, &(tmg_capdu){ 0, INS_SELECT, name->by, 0,
	    { name->bytes, name->len }, TMG_LE_SHORT }, a);
}

/* The status word, or why there is none. */
static json_t *
said_json(const struct answer *a)
{
	return a->rc == TMG_OK ? json_sprintf("%04X", a->sw)
	    : json_string(tmg_rc_name(a->rc));
}

static json_t *
row_json(const struct name *name, const struct answer *selected,
    const struct answer *read)
{
	char bytes[2 * NAME_MAX_BYTES + 1];
	json_t *row;

	tmg_hex_text(bytes, sizeof(bytes), (tmg_view){ name->bytes, name->len });
	row = json_pack("{s:s, s:s, s:s, s:o, s:s}", "what", name->what,
	    "specification", name->spec, "name", bytes, "sw", said_json(selected),
	    "answer", selected->rc == TMG_OK ? selected->shape : "");
	if (read->rc != TMG_OK)
		json_object_set_new(row, "contents", said_json(read));
	else if (read->sw == SW_OK)
		json_object_set_new(row, "contents", json_string(read->shape));
	return row;
}

static tmg_rc
ask_one(tmg_channel *ch, const struct name *name, json_t *answers)
{
	struct answer selected = { .sw = 0 }, read = { .sw = 0 };
	tmg_rc rc;

	rc = select_name(ch, name, &selected);
	if (rc == TMG_OK && name->read && selected.sw == SW_OK)
		rc = ask(ch, &(tmg_capdu){ 0, INS_READ_BINARY, 0, 0, { NULL, 0 },
		    TMG_LE_SHORT }, &read);
	json_array_append_new(answers, row_json(name, &selected, &read));
	return rc;
}

void
report_unanswered(const char *what, tmg_rc rc, json_t *answers)
{
	json_array_append_new(answers, json_pack("{s:s, s:s}", "what", what,
	    "sw", tmg_rc_name(rc)));
}

tmg_rc
report_answers(struct cli *cli, tmg_card *card, json_t *answers)
{
	tmg_channel *ch = tmg_card_channel(card);
	tmg_auto(tmg_turn) turn = { NULL };
	tmg_rc rc;

	if ((rc = tmg_turn_take(&turn, ch)))
		report_unanswered("turn", rc, answers);
	for (size_t i = 0; rc == TMG_OK && i < TMG_COUNT(names); i++)
		rc = ask_one(ch, &names[i], answers);
	ch->aid_len = 0;
	return rc == TMG_OK ? rc : report_failed(cli, rc, &ch->fault);
}
