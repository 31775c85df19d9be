/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IAS ECC: ISO/IEC 7816-15 in an application that only its name selects, keys and PINs
 * that are data objects of it, a signature in two commands.  Gemalto's MultiApp ID
 * answers SELECT with FCI and has its MF current from power-up on; Oberthur's ID-One Cosmo
 * answers with FCP, attributes in a template of their own, and has an MF only once its
 * root was selected, whose name the ATR tells.  Nothing can be written.
 * Where that comes from: doc/design/pkcs15-card.md.
 */
#include "tools/vcard/ias.h"

#include "src/base/scope.h"
#include "tools/vcard/state.h"

static const p15_row rows[] = {
	{ INS_SELECT, p15_select },
	{ P15_READ, p15_read },
	{ P15_READ_ODD, p15_read_odd },
	{ P15_UPDATE, p15_update },
	{ P15_VERIFY, p15_verify },
	{ P15_CHANGE, p15_change },
	{ P15_UNBLOCK, p15_unblock },
	{ P15_MSE, p15_mse },
	{ P15_PSO, ias_pso },
	{ P15_INTERNAL, p15_internal_auth },
	{ P15_CHALLENGE, p15_challenge },
	{ P15_CREATE, p15_create },
	{ P15_DELETE, p15_delete },
};

/* The hash in the upper half, the padding in the lower. */
static const p15_alg algs[] = {
	{ 0x10, TMG_FAMILY_NONE, P15_DIGEST, TMG_HASH_SHA1 },
	{ 0x40, TMG_FAMILY_NONE, P15_DIGEST, TMG_HASH_SHA256 },
	{ 0x12, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA1 },
	{ 0x42, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_SHA256 },
	{ 0x02, TMG_FAMILY_RSA, P15_PKCS1, TMG_HASH_NONE },
	{ 0x1a, TMG_FAMILY_RSA, P15_UNPAD, TMG_HASH_NONE },
};

static const tmg_alg makes[] = { TMG_ALG_RSA1024, TMG_ALG_RSA2048, TMG_ALG_NONE };

/* EF.ATR: services, pre-issuing data, capabilities, the root's name, buffers, the OID. */
#define ABOUT(name) "\x80\x00" "\x43\x01\xb8" "\x46\x04\x40\x70\x14\x10"	\
	"\x47\x03\x94\x01\x80" name						\
	"\xe0\x10\x02\x02\x00\xff\x02\x02\x00\xff\x02\x02\x01\x00\x02\x02\x01\x00"	\
	"\x78\x08\x06\x06\x2b\x81\x22\xf8\x78\x02" "\x82\x02\x90\x00"
static const char multiapp_about[] = ABOUT("\x4f\x0b\xf0" "IasEccRoot");
static const char cosmo_about[] = ABOUT("\x4f\x10\xa0\x00\x00\x00\x77\x01\x08\x00\x07\x00"
    "\x00\xfe\x00\x00\x01\x00");

/* What only its name leads to: E8 28, ISO/IEC 7816-15, and the issuer's end of it. */
#define ECC_EID { 0xe8, 0x28, 0xbd, 0x08, 0x0f, 0xd2, 0x50, 'E', 'C', 'C', '-', 'e', 'I', 'D' }
#define ECC_EID_LEN 14

/* The roots, names of the MF. */
#define MULTIAPP_ROOT { 0xf0, 'I', 'a', 's', 'E', 'c', 'c', 'R', 'o', 'o', 't' }
#define MULTIAPP_ROOT_LEN 11
#define COSMO_ROOT { 0xa0, 0x00, 0x00, 0x00, 0x77, 0x01, 0x08, 0x00, 0x07, 0x00, 0x00, 0xfe,	\
	0x00, 0x00, 0x01, 0x00 }
#define COSMO_ROOT_LEN 16

#define RULES(last) { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, (last) }
#define LAYOUT(name_, maker_, paths_, about_, root_, root_len_) {					\
	.label = (name_), .maker = (maker_),				\
	.name = ECC_EID, .name_len = ECC_EID_LEN, .paths = (paths_),	\
	.root = root_, .root_len = (root_len_),				\
	.about = 0x2f01, .about_bytes = about_, .about_len = sizeof(about_) - 1,	\
	.aodf = 0x7001, .prkdf = 0x7002, .cdf = 0x7005, .dodf = 0x7006,	\
	.key = 0x0001, .certificate = 0xb001, .data = 0xb101,		\
	.two_pins = true, .read_only = true, .tells_algs = true, .names_hashes = true, .one_use = true,	\
	.pin_flags = 0x4c00,	/* local, initialized, needs-padding */	\
	.rules = {							\
		[P15_CLASS_APP] = RULES(0xff), [P15_CLASS_OPEN] = RULES(0x00),	\
		[P15_CLASS_FIXED] = RULES(0x00), [P15_CLASS_KEY] = RULES(0x91),	\
		[P15_CLASS_KEY_2] = RULES(0x92),			\
	},								\
	.rules_len = { 8, 8, 8, 8, 8 },					\
}

static const p15_layout multiapp_layout = LAYOUT("tamga multiapp", "tamga, as Gemalto",
    P15_PATHS_SHORT, multiapp_about, MULTIAPP_ROOT, MULTIAPP_ROOT_LEN);
static const p15_layout cosmo_layout = LAYOUT("tamga cosmo", "tamga, as Oberthur",
    P15_PATHS_HOME, cosmo_about, COSMO_ROOT, COSMO_ROOT_LEN);

/* Its root: the MF is current, and nothing is told of it. */
static uint16_t
selected(const vc_card *card, vc_p15 *p15, tmg_out *out)
{
	(void)card;
	(void)p15;
	(void)out;
	return SW_OK;
}

#define KIND(layout_, control_, rules_) {				\
	.rows = rows, .row_count = TMG_COUNT(rows),			\
	.control = (control_), .rules_tag = (rules_),			\
	.condition = p15_condition_compact,				\
	.algs = algs, .alg_count = TMG_COUNT(algs), .makes = makes,	\
	.pin_least = 4, .pin_len = 8, .fill = 0xff, .puk_len = 8,	\
	.life = FS_LIFE_ACTIVE,						\
	.one_shot = 1u << 2,						\
	.no_pin = SW_NO_REFERENCE, .blocked = SW_BLOCKED,		\
	.naming = &p15_key_objects, .local = 0x80, .challenge = 8,	\
	.select = selected,						\
	.factory = p15_issued,						\
	.layout = (layout_),						\
}

static const p15_kind multiapp = KIND(&multiapp_layout, FCI_TEMPLATE, FCP_RULES_COMPACT);
static const p15_kind cosmo = KIND(&cosmo_layout, FCP_TEMPLATE, FCP_RULES_INSIDE);

const vc_app vc_multiapp_app = {
	.name = "multiapp",
	.record = STATE_MULTIAPP,
	.aid = MULTIAPP_ROOT,
	.aid_len = MULTIAPP_ROOT_LEN,
	.aid_least = MULTIAPP_ROOT_LEN,
	.control = true,
	.names = true,
	.files = true,
	.native = true,
	/* card service data: names whole, EF.DIR and EF.ATR by READ BINARY */
	.historical = { 0x31, 0xb8, 0x64, 0x40, 0x70, 0x14, 0x10 },
	.historical_len = 7,
	.kind = &multiapp,
	.code = &p15_code,
};

const vc_app vc_cosmo_app = {
	.name = "cosmo",
	.record = STATE_COSMO,
	.aid = COSMO_ROOT,
	.aid_len = COSMO_ROOT_LEN,
	.aid_least = 9,
	.control = true,
	.names = true,
	.files = true,
	/* the beginning of its name */
	.historical = { 0xf9, 0xa0, 0x00, 0x00, 0x00, 0x77, 0x01, 0x08, 0x00, 0x07 },
	.historical_len = 10,
	.atr = { 0x3b, 0xdd, 0x18, 0x00, 0x81, 0x31, 0xfe, 0x45, 0x80, 0xf9, 0xa0, 0x00, 0x00,
	    0x00, 0x77, 0x01, 0x08, 0x00, 0x07, 0x90, 0x00, 0xfe },
	.atr_len = 22,
	.kind = &cosmo,
	.code = &p15_code,
};
