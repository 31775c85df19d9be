/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card as its issuer hands it out: everything was written before, nothing can be
 * afterwards.  Two PINs: one to log in and decrypt, one for each signature that
 * obliges.  Modelled on the public specifications FINEID S1 and S4-1 (Setec, then
 * Gemalto); the security attributes are in the compact form of ISO/IEC 7816-4.
 */
#include "src/base/scope.h"
#include "tools/vcard/pkcs15.h"
#include "tools/vcard/state.h"

static const p15_row rows[] = {
	{ INS_SELECT, p15_select },
	{ P15_READ, p15_read },
	{ P15_READ_ODD, p15_read_odd },
	{ P15_UPDATE, p15_update },
	{ P15_UPDATE_ODD, p15_update_odd },
	{ P15_ERASE, p15_erase },
	{ P15_VERIFY, p15_verify },
	{ P15_CHANGE, p15_change },
	{ P15_UNBLOCK, p15_unblock },
	{ P15_MSE, p15_mse },
	{ P15_PSO, p15_pso },
	{ P15_INTERNAL, p15_internal_auth },
	{ P15_CHALLENGE, p15_challenge },
	{ P15_CREATE, p15_create },
	{ P15_DELETE, p15_delete },
	{ P15_ACTIVATE, p15_activate },
	{ P15_DEACTIVATE, p15_deactivate },
};

static const p15_alg algs[] = {
	{ 0x00, TMG_FAMILY_RSA, P15_RAW, TMG_HASH_NONE },
	{ 0x02, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_NONE },
	{ 0x12, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA1 },
	{ 0x42, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA256 },
	{ 0x52, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA384 },
	{ 0x62, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA512 },
	{ 0x04, TMG_FAMILY_EC, P15_ECDSA_FLAT, TMG_HASH_NONE },
};

static const tmg_alg makes[] = {
	TMG_ALG_RSA1024, TMG_ALG_RSA2048, TMG_ALG_RSA3072, TMG_ALG_RSA4096, TMG_ALG_P256,
	TMG_ALG_P384, TMG_ALG_P521, TMG_ALG_NONE,
};

static const p15_layout layout = {
	.label = "tamga issued card",
	.maker = "tamga",
	.aodf = 0x4401, .prkdf = 0x4402, .cdf = 0x4403, .trusted = 0x4405, .dodf = 0x4406,
	.key = 0x4b01, .certificate = 0x4331, .data = 0x4501,
	.two_pins = true, .read_only = true, .tells_algs = true,
	.pin_flags = 0x0c00,	/* initialized, needs-padding */
	.rules = {
		[P15_CLASS_APP] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		[P15_CLASS_OPEN] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 },
		[P15_CLASS_FIXED] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 },
		[P15_CLASS_KEY] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x91 },
		[P15_CLASS_KEY_2] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x92 },
	},
	.rules_len = { 8, 8, 8, 8, 8 },
};

/* Before it is provisioned there is a card without an application. */
tmg_rc
p15_issued(vc_card *card, vc_p15 *p15)
{
	const p15_layout *l = p15->kind->layout;
	fs_file mf = { .descriptor = FD_DF, .life = FS_LIFE_ACTIVE, .rules_len = 8 };

	(void)card;
	memcpy(mf.rules, l->rules[P15_CLASS_APP], sizeof(mf.rules));
	memcpy(mf.name, l->root, sizeof(mf.name));
	mf.name_len = l->root_len;
	p15_empty(p15);
	vc_fs_init(&p15->fs, &mf);
	p15->active = true;
	return TMG_OK;
}

/* By its name one gets into the DF of PKCS #15, where there is one. */
static uint16_t
selected(const vc_card *card, vc_p15 *p15, tmg_out *out)
{
	const int at = vc_fs_by_name(&p15->fs, (tmg_view){ vc_pkcs15_app.aid, vc_pkcs15_app.aid_len });

	(void)card;
	if (at == FS_NONE)
		return SW_OK;
	vc_fs_make_current(&p15->fs, at);
	vc_fcp_put(&p15->fs.files[at], FCI_TEMPLATE, FCP_RULES_COMPACT, FS_LIFE_ACTIVE, out);
	return SW_OK;
}

static const p15_kind kind = {
	.rows = rows, .row_count = TMG_COUNT(rows),
	.rules_tag = FCP_RULES_COMPACT, .condition = p15_condition_compact,
	.algs = algs, .alg_count = TMG_COUNT(algs), .makes = makes,
	.pin_least = 4, .pin_len = 8, .fill = 0x00, .puk_len = 8,
	.life = FS_LIFE_ACTIVE,
	.one_shot = 1u << 2,
	.no_pin = SW_NO_REFERENCE, .blocked = SW_BLOCKED,
	.naming = &p15_key_files, .halves = true,
	.select = selected,
	.factory = p15_issued,
	.layout = &layout,
};

const vc_app vc_pkcs15_app = {
	.name = "pkcs15",
	.record = STATE_PKCS15,
	.aid = P15_AID,
	.aid_len = P15_AID_LEN,
	.aid_least = P15_AID_LEN,
	.files = true,
	.native = true,
	.historical = { 0x56, 'F', 'i', 'n', 'E', 'I', 'D' },	/* card issuer's data */
	.historical_len = 7,
	.kind = &kind,
	.code = &p15_code,
};
