/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/isoapplet.h"

#include "src/base/scope.h"
#include "tools/vcard/state.h"

enum {
	INTERFACE_MAJOR = 0x00,
	INTERFACE_MINOR = 0x06,
	CAN_EXTEND = 0x01,
	CAN_RANDOM = 0x02,
	CAN_EC = 0x04,

	SET_FIRST = 0x01,	/* P1 of CHANGE REFERENCE DATA: there is no old one */
	PIN = 0x01,
	PUK = 0x02,
};

/* ---- the life before the first PIN -------------------------------------------------------- */
static uint16_t
set_puk(vc_card *card, vc_p15 *p15, tmg_view value)
{
	if (p15->pins[PIN].has_puk)
		return SW_P1P2;
	if (value.len != p15->kind->puk_len)
		return SW_LENGTH;
	p15_pin_set(&p15->pins[PIN], p15->kind, (tmg_view){ NULL, 0 }, value,
	    (uint8_t)card->profile->pin_tries, (uint8_t)card->profile->puk_tries);
	p15->pins[PIN].set = false;
	card->dirty = true;
	return SW_OK;
}

/* From now on the rules hold, but for who is here already. */
static uint16_t
set_pin(vc_card *card, vc_p15 *p15, tmg_view value)
{
	const p15_pin before = p15->pins[PIN];

	if (value.len < p15->kind->pin_least || value.len > p15->kind->pin_len)
		return SW_LENGTH;
	p15_pin_set(&p15->pins[PIN], p15->kind, value,
	    (tmg_view){ before.puk, before.has_puk ? p15->kind->puk_len : 0 },
	    (uint8_t)card->profile->pin_tries, (uint8_t)card->profile->puk_tries);
	p15->active = true;
	p15->session.open = true;
	card->dirty = true;
	return SW_OK;
}

static uint16_t
change(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	if (p15->active)
		return p15_change(card, p15, c, out);
	if (c->p1 != SET_FIRST || (c->p2 != PIN && c->p2 != PUK))
		return SW_P1P2;
	return c->p2 == PUK ? set_puk(card, p15, c->data) : set_pin(card, p15, c->data);
}

/* The environment is not to be touched without the PIN. */
static uint16_t
mse(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	if (!p15_may_key(p15, 0, P15_OP_USE))
		return SW_SECURITY;
	return p15_mse(card, p15, c, out);
}

static const p15_row rows[] = {
	{ INS_SELECT, p15_select },
	{ P15_READ, p15_read },
	{ P15_UPDATE, p15_update },
	{ P15_CREATE, p15_create },
	{ P15_DELETE, p15_delete },
	{ P15_VERIFY, p15_verify },
	{ P15_CHANGE, change },
	{ P15_UNBLOCK, p15_unblock },
	{ P15_MSE, mse },
	{ P15_PSO, p15_pso },
	{ P15_GENERATE, iso_generate },
	{ P15_PUT_KEY, iso_put_key },
	{ P15_CHALLENGE, p15_challenge },
};

static const p15_alg algs[] = {
	{ 0x11, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_NONE },
	{ 0x21, TMG_FAMILY_EC, P15_ECDSA_HASHED, TMG_HASH_SHA1 },
};

static const tmg_alg makes[] = {
	TMG_ALG_RSA2048, TMG_ALG_P256, TMG_ALG_P384, TMG_ALG_BP256, TMG_ALG_NONE,
};

/* As pkcs15-init lays it out: it gives no DF a name, so the application is found by that of
 * the applet alone. */
static const p15_layout layout = {
	.nameless = true,
	.label = "tamga IsoApplet",
	.maker = "tamga",
	.dir_len = 512,
	.pin_flags = 0x8c00,	/* case-sensitive, initialized, needs-padding */
	.unused = 0x5033, .aodf = 0x4401, .prkdf = 0x4402, .pukdf = 0x4403, .cdf = 0x4404,
	.dodf = 0x4405, .public_key = 0x3300, .certificate = 0x3400,
	.field_size = true,
	.rules = {
		[P15_CLASS_APP] = { 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x90 },
		[P15_CLASS_OPEN] = { 0xff, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x00 },
		[P15_CLASS_FIXED] = { 0xff, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x00 },
	},
	.rules_len = { 8, 8, 8, 0, 0 },
};

/* As it was installed: an MF that anybody may fill. */
static tmg_rc
factory(vc_card *card, vc_p15 *p15)
{
	const fs_file mf = { .descriptor = FD_DF, .life = FS_LIFE_ACTIVE };

	(void)card;
	p15_empty(p15);
	vc_fs_init(&p15->fs, &mf);
	p15->active = false;
	return TMG_OK;
}

static uint16_t
selected(const vc_card *card, vc_p15 *p15, tmg_out *out)
{
	(void)p15;
	tmg_put_u8(out, INTERFACE_MAJOR);
	tmg_put_u8(out, INTERFACE_MINOR);
	tmg_put_u8(out, CAN_RANDOM | CAN_EC | (card->profile->extended ? CAN_EXTEND : 0));
	return SW_OK;
}

static const p15_kind kind = {
	.rows = rows, .row_count = TMG_COUNT(rows),
	.rules_tag = FCP_RULES_OWN, .condition = p15_condition_compact,
	.algs = algs, .alg_count = TMG_COUNT(algs), .makes = makes,
	.pin_least = 4, .pin_len = 16, .fill = 0x00, .puk_len = 16,
	.life = FS_LIFE_ACTIVE,
	.no_pin = SW_P1P2, .blocked = SW_TRIES,
	.naming = &p15_key_numbers,
	.select = selected,
	.factory = factory,
	.layout = &layout,
};

const vc_app vc_isoapplet_app = {
	.name = "isoapplet",
	.record = STATE_ISOAPPLET,
	.aid = { 0xf2, 0x76, 0xa2, 0x88, 0xbc, 0xfb, 0xa6, 0x9d, 0x34, 0xf3, 0x10, 0x01 },
	.aid_len = 12,
	.aid_least = 12,
	.files = true,
	.kind = &kind,
	.code = &p15_code,
};
