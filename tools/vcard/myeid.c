/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MyEID 4.0 (Aventra): every key is a file, PINs and the whole card are made by PUT
 * DATA, rules hold once the card was activated.
 */
#include "tools/vcard/myeid.h"

#include "src/base/scope.h"
#include "tools/vcard/state.h"

enum {
	LIFE_ACTIVE = 0x07,
	ACTIVATE_CARD = 0x04,	/* P1 */
	P1_OWN = 0x01,		/* of GET and PUT DATA: the card's own */

	GET_MODULUS = 0x01,
	GET_POINT = 0x86,
	GET_INFO = 0xa0,
	GET_FILES = 0xa1,
	GET_CAN = 0xaa,
	PUT_PIN_LAST = 14,
	PUT_INITIALISE = 0xe0,

	INITIALISE_LEN = 8,
	PIN_DATA_LEAST = 18,
};

/* ---- the whole card ---------------------------------------------------------------------- */
static tmg_rc
begin(vc_p15 *p15, const uint8_t *mf_rules, const uint8_t *df_rules)
{
	fs_file mf = { .descriptor = FD_DF, .life = LIFE_ACTIVE, .rules_len = 3 };
	fs_file df = {
		.kind = FS_DF, .id = P15_ID_APP, .descriptor = FD_DF, .life = LIFE_ACTIVE,
		.name = P15_AID, .name_len = P15_AID_LEN,
		.rules_len = 3,
	};
	int at;

	memcpy(mf.rules, mf_rules, 3);
	memcpy(df.rules, df_rules, 3);
	p15_empty(p15);
	vc_fs_init(&p15->fs, &mf);
	p15->active = false;
	return vc_fs_add(&p15->fs, FS_MF, &df, &at);
}

static tmg_rc
factory(vc_card *card, vc_p15 *p15)
{
	static const uint8_t mf[] = { 0x11, 0x3f, 0xff }, df[] = { 0x11, 0x1f, 0xff };

	(void)card;
	return begin(p15, mf, df);
}

/* Two bytes of sizes, rules of the MF, rules of 5015. */
static uint16_t
initialise(vc_card *card, vc_p15 *p15, tmg_view v)
{
	uint8_t rules[INITIALISE_LEN];

	if (v.len != INITIALISE_LEN)
		return SW_LENGTH;
	if (!p15_may(p15, FS_MF, P15_OP_DELETE))
		return SW_SECURITY;
	memcpy(rules, v.ptr, sizeof(rules));
	card->dirty = true;
	return begin(p15, rules + 2, rules + 5) == TMG_OK ? SW_OK : SW_INTERNAL;
}

static uint16_t
activate(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	if (c->p1 != ACTIVATE_CARD)
		return p15_activate(card, p15, c, out);
	if (c->p2 != 0)
		return SW_P1P2;
	if (vc_fs_by_name(&p15->fs, c->data) == FS_NONE)
		return SW_NOT_FOUND;
	p15->active = true;
	card->dirty = true;
	return SW_OK;
}

/* ---- PUT DATA ------------------------------------------------------------------------------ */
/* PIN and PUK of eight bytes, tries of each; only while no rules hold. */
static uint16_t
make_pin(vc_card *card, vc_p15 *p15, uint8_t ref, tmg_view v)
{
	tmg_view pin, puk;

	if (v.len < PIN_DATA_LEAST || tmg_view_take(&v, 8, &pin) || tmg_view_take(&v, 8, &puk))
		return SW_LENGTH;
	if (p15->active)
		return SW_CONDITIONS;
	if (v.ptr[0] == 0 || v.ptr[1] == 0)
		return SW_DATA;
	p15_pin_set(&p15->pins[ref], p15->kind, pin, puk, v.ptr[0], v.ptr[1]);
	card->dirty = true;
	return SW_OK;
}

static uint16_t
put_data(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	(void)out;
	if (c->p1 != P1_OWN)
		return SW_P1P2;
	if (c->p2 >= 1 && c->p2 <= PUT_PIN_LAST)
		return make_pin(card, p15, c->p2, c->data);
	if (c->p2 == PUT_INITIALISE)
		return initialise(card, p15, c->data);
	return my_put_key(card, p15, c->p2, c->data);
}

/* ---- GET DATA ------------------------------------------------------------------------------ */
static uint16_t
get_info(const vc_card *card, const vc_p15 *p15, tmg_out *out)
{
	static const uint8_t head[] = { 'M', 'y', 'E', 'I', 'D', 4, 0, 1, 0, 0, 0, 0, 0, 0 };

	tmg_put(out, TMG_VIEW(head));
	tmg_put_u16(out, (uint16_t)(card->serial >> 16));
	tmg_put_u16(out, (uint16_t)(card->serial & 0xffff));
	tmg_put_u16(out, p15->changes);
	return SW_OK;
}

static uint16_t
get_files(const vc_p15 *p15, tmg_out *out)
{
	for (int i = 1; i < FS_FILES; i++)
		if (p15->fs.files[i].kind != FS_FREE && p15->fs.files[i].parent == p15->fs.df)
			tmg_put_u16(out, p15->fs.files[i].id);
	return SW_OK;
}

/* RSA and curves; their longest keys */
static uint16_t
get_can(tmg_out *out)
{
	static const uint8_t can[] = { 0x01, 0x00, 0x09, 0x08, 0x00, 0, 0, 0, 0, 0x02, 0x09 };

	tmg_put(out, TMG_VIEW(can));
	return SW_OK;
}

/* The public half of the key whose file is current. */
static uint16_t
get_public(const vc_p15 *p15, tmg_family family, tmg_out *out)
{
	const vc_pkey *key = p15->fs.ef != FS_NONE ? &p15->keys[p15->fs.ef] : NULL;
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out objects = TMG_OUT(bytes);
	tmg_view in;
	tmg_tlv t;

	if (key == NULL || key->alg == TMG_ALG_NONE || tmg_alg_get(key->alg)->family != family)
		return SW_NO_REFERENCE;
	if (vc_pkey_public(key->alg, key->pkey, &objects))
		return SW_INTERNAL;
	in = tmg_out_view(&objects);
	if (family == TMG_FAMILY_EC)
		tmg_put(out, in);
	else if (tmg_tlv_next(&in, &t) == TMG_OK)	/* the modulus comes first */
		tmg_put(out, t.value);
	return SW_OK;
}

static uint16_t
get_data(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	if (c->p1 != P1_OWN)
		return SW_P1P2;
	switch (c->p2) {
	case GET_INFO:
		return get_info(card, p15, out);
	case GET_FILES:
		return get_files(p15, out);
	case GET_CAN:
		return get_can(out);
	case GET_MODULUS:
		return get_public(p15, TMG_FAMILY_RSA, out);
	case GET_POINT:
		return get_public(p15, TMG_FAMILY_EC, out);
	default:
		return SW_P1P2;
	}
}

/* ---- the row ------------------------------------------------------------------------------------ */
static const p15_row rows[] = {
	{ INS_SELECT, p15_select },
	{ P15_READ, p15_read },
	{ P15_UPDATE, p15_update },
	{ P15_ERASE, p15_erase },
	{ P15_CREATE, p15_create },
	{ P15_DELETE, p15_delete },
	{ P15_ACTIVATE, activate },
	{ P15_DEACTIVATE, p15_deactivate },
	{ P15_VERIFY, p15_verify },
	{ P15_CHANGE, p15_change },
	{ P15_UNBLOCK, p15_unblock },
	{ P15_MSE, p15_mse },
	{ P15_PSO, p15_pso },
	{ P15_INTERNAL, p15_internal_auth },
	{ P15_CHALLENGE, p15_challenge },
	{ P15_GENERATE, my_generate },
	{ P15_AGREE, my_agree },
	{ P15_GET_DATA, get_data },
	{ P15_PUT_DATA, put_data },
};

static const p15_alg algs[] = {
	{ 0x00, TMG_FAMILY_RSA, P15_RAW, TMG_HASH_NONE },
	{ 0x02, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_NONE },
	{ 0x12, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA1 },
	{ 0x04, TMG_FAMILY_EC, P15_ECDSA_DER, TMG_HASH_NONE },
};

static const tmg_alg makes[] = {
	TMG_ALG_RSA1024, TMG_ALG_RSA2048, TMG_ALG_P256, TMG_ALG_P384, TMG_ALG_P521, TMG_ALG_NONE,
};

/* As pkcs15-init lays it out. */
static const p15_layout layout = {
	.label = "tamga MyEID",
	.maker = "tamga",
	.dir_len = 512,
	.pin_flags = 0x0c00,	/* initialized, needs-padding */
	.unused = 0x5033, .aodf = 0x4401, .prkdf = 0x4402, .cdf = 0x4403, .pukdf = 0x4404,
	.dodf = 0x4406, .key = 0x4b01, .public_key = 0x5501, .certificate = 0x4301,
	.field_size = true,
	.rules = {
		[P15_CLASS_APP] = { 0x11, 0x1f, 0xff },
		[P15_CLASS_OPEN] = { 0x01, 0x1f, 0xff },
		[P15_CLASS_FIXED] = { 0x01, 0x3f, 0xff },
		[P15_CLASS_KEY] = { 0x11, 0x11, 0xff },
	},
	.rules_len = { 3, 3, 3, 3, 0 },
};

static uint16_t
selected(const vc_card *card, vc_p15 *p15, tmg_out *out)
{
	const int at = vc_fs_child(&p15->fs, FS_MF, P15_ID_APP);

	(void)card;
	if (at == FS_NONE)
		return SW_OK;
	vc_fs_make_current(&p15->fs, at);
	vc_fcp_put(&p15->fs.files[at], FCI_TEMPLATE, FCP_RULES_OWN,
	    p15->active ? LIFE_ACTIVE : FS_LIFE_CREATION, out);
	return SW_OK;
}

static const p15_kind kind = {
	.rows = rows, .row_count = TMG_COUNT(rows),
	.rules_tag = FCP_RULES_OWN, .condition = p15_condition_nibbles,
	.algs = algs, .alg_count = TMG_COUNT(algs), .makes = makes,
	.pin_least = 4, .pin_len = 8, .fill = 0xff, .puk_len = 8,
	.life = LIFE_ACTIVE,
	.no_pin = SW_NO_REFERENCE, .blocked = SW_BLOCKED,
	.naming = &p15_key_files, .halves = true,
	.select = selected,
	.factory = factory,
	.layout = &layout,
};

/* Its AID is that of PKCS #15: on a card that has the application pkcs15 as well,
 * that one answers. */
const vc_app vc_myeid_app = {
	.name = "myeid",
	.record = STATE_MYEID,
	.aid = P15_AID,
	.aid_len = P15_AID_LEN,
	.aid_least = P15_AID_LEN,
	.files = true,
	.native = true,
	.cla = 0xa0,
	.atr = { 0x3b, 0xf5, 0x18, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x45, 'M', 'y', 'E', 'I', 'D', 0x9a },
	.atr_len = 15,
	.kind = &kind,
	.code = &p15_code,
};
