/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cards with files: the file system alone, then the card that its issuer made.
 */
#include "tests/unit/vcard-bench.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "tools/vcard/pkcs15.h"

#define AID "A000000063504B43532D3135"
#define SELECT_APP "00A404000C" AID "00"
#define PIN_OK "0020000106313233343536"
#define PIN_BAD "0020000106393939393939"
#define PIN2_OK "0020000206363534333231"
#define HASH "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

static const vc_profile issued = {
	.apps = VC_APP_BIT(VC_APP_PKCS15), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};

/* With an EC key first and an RSA key second. */
static void
bench_sold(struct bench *b, const vc_profile *profile, const char *algs)
{
	bench_open(b, profile);
	assert_int_equal(vc_card_provision(&b->chip->card, algs), TMG_OK);
}

/* ---- the file system --------------------------------------------------------------------- */
static void
dfs_nest_to_a_depth_and_no_further(void **state)
{
	const fs_file mf = { .kind = FS_DF };
	vc_fs fs;
	int at = FS_MF;

	(void)state;
	vc_fs_init(&fs, &mf);
	for (uint16_t i = 1; i < FS_DEPTH_MAX; i++) {
		const fs_file df = { .kind = FS_DF, .id = i };

		assert_int_equal(vc_fs_add(&fs, at, &df, &at), TMG_OK);
	}
	const fs_file df = { .kind = FS_DF, .id = 99 }, ef = { .kind = FS_EF, .id = 100, .size = 4 };
	int inner;

	assert_int_equal(vc_fs_add(&fs, at, &df, &inner), TMG_NOT_FOUND);
	assert_int_equal(vc_fs_add(&fs, at, &ef, &inner), TMG_OK);
	assert_int_equal(vc_fs_add(&fs, inner, &ef, &inner), TMG_NOT_FOUND);
	assert_true(vc_fs_sound(&fs));

	/* what is inside goes along, and the parent is current */
	vc_fs_make_current(&fs, inner);
	vc_fs_remove(&fs, vc_fs_child(&fs, FS_MF, 1));
	assert_int_equal(fs.df, FS_MF);
	assert_int_equal(fs.ef, FS_NONE);
	assert_int_equal(fs.bytes, 0);
	for (int i = 1; i < FS_FILES; i++)
		assert_int_equal(fs.files[i].kind, FS_FREE);
	vc_fs_clear(&fs);
}

static void
a_card_is_full_at_its_last_byte_and_file(void **state)
{
	const fs_file mf = { .kind = FS_DF };
	fs_file ef = { .kind = FS_EF, .size = FS_FILE_MAX };
	vc_fs fs;
	int at;

	(void)state;
	vc_fs_init(&fs, &mf);
	for (ef.id = 1; fs.bytes + FS_FILE_MAX <= FS_TOTAL_MAX; ef.id++)
		assert_int_equal(vc_fs_add(&fs, FS_MF, &ef, &at), TMG_OK);
	assert_int_equal(vc_fs_add(&fs, FS_MF, &ef, &at), TMG_E_SPACE);
	ef.size = (uint16_t)(FS_TOTAL_MAX - fs.bytes);
	assert_int_equal(vc_fs_add(&fs, FS_MF, &ef, &at), TMG_OK);
	assert_int_equal(fs.bytes, FS_TOTAL_MAX);
	assert_int_equal(vc_fs_add(&fs, FS_MF, &ef, &at), TMG_OCCUPIED);
	for (ef.id = 1000, ef.size = 0; vc_fs_add(&fs, FS_MF, &ef, &at) == TMG_OK; ef.id++)
		;
	assert_int_equal(ef.id, 1000 + FS_FILES - 1 - 4);
	vc_fs_clear(&fs);
}

static void
control_parameters_are_refused_when_they_are_none(void **state)
{
	static const struct { tmg_view fcp; tmg_rc rc; } rows[] = {
		{ BYTES("\x62\x0b\x80\x02\x00\x10\x82\x01\x01\x83\x02\x44\x01"), TMG_OK },
		{ BYTES("\x6f\x07\x82\x01\x38\x83\x02\x50\x15"), TMG_OK },
		{ BYTES("\x62\x0b\x80\x02\x00\x10\x82\x01\x02\x83\x02\x44\x01"), TMG_UNSUPPORTED },
		{ BYTES(""), TMG_E_MALFORMED },
		{ BYTES("\x64\x07\x82\x01\x38\x83\x02\x50\x15"), TMG_E_MALFORMED },
		{ BYTES("\x62\x07\x82\x01\x38\x83\x02\x50"), TMG_E_MALFORMED },
		{ BYTES("\x62\x07\x82\x01\x38\x83\x02\x50\x15\x00"), TMG_E_MALFORMED },
		{ BYTES("\x62\x04\x83\x02\x50\x15"), TMG_E_MALFORMED },		/* no descriptor */
		{ BYTES("\x62\x03\x82\x01\x38"), TMG_E_MALFORMED },		/* no identifier */
		{ BYTES("\x62\x06\x82\x01\x38\x83\x01\x50"), TMG_E_MALFORMED },
		{ BYTES("\x62\x07\x82\x01\x38\x83\x02\x3f\x00"), TMG_E_MALFORMED },
		{ BYTES("\x62\x07\x82\x01\x38\x83\x02\x3f\xff"), TMG_E_MALFORMED },
		{ BYTES("\x62\x07\x82\x01\x38\x83\x02\xff\xff"), TMG_E_MALFORMED },
		{ BYTES("\x62\x07\x82\x01\x38\x83\x02\x00\x00"), TMG_E_MALFORMED },
		{ BYTES("\x62\x06\x82\x00\x83\x02\x50\x15"), TMG_E_MALFORMED },
		{ BYTES("\x62\x0c\x80\x03\x00\x00\x10\x82\x01\x01\x83\x02\x44\x01"), TMG_E_MALFORMED },
		{ BYTES("\x62\x09\x80\x00\x82\x01\x01\x83\x02\x44\x01"), TMG_E_MALFORMED },
		{ BYTES("\x62\x0a\x82\x01\x38\x83\x02\x50\x15\x88\x01\xf8"), TMG_E_MALFORMED },
		{ BYTES("\x62\x09\x82\x01\x38\x83\x02\x50\x15\x84\x00"), TMG_E_MALFORMED },
		{ BYTES("\x62\x0a\x82\x01\x01\x83\x02\x44\x01\x84\x01\xa0"), TMG_E_MALFORMED },
		{ BYTES("\x62\x12\x82\x01\x38\x83\x02\x50\x15\x86\x09\0\0\0\0\0\0\0\0\0"),
		    TMG_E_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		fs_file f;
		const tmg_rc rc = vc_fcp_parse(rows[i].fcp, FCP_RULES_OWN, &f);

		if (rc != rows[i].rc)
			print_error("row %zu: %d\n", i, rc);
		assert_int_equal(rc, rows[i].rc);
	}
}

static void
compact_rules_mean_what_the_standard_says(void **state)
{
	static const struct { uint8_t rules[4], len; p15_op op; int condition; } rows[] = {
		{ { 0 }, 0, P15_OP_READ, P15_ALWAYS },
		{ { 0x01, 0x00 }, 2, P15_OP_READ, P15_ALWAYS },
		{ { 0x01, 0xff }, 2, P15_OP_READ, P15_NEVER },
		{ { 0x01, 0x90 }, 2, P15_OP_READ, 1 },
		{ { 0x01, 0x92 }, 2, P15_OP_READ, 2 },
		{ { 0x01, 0x12 }, 2, P15_OP_READ, 2 },
		{ { 0x01, 0x9f }, 2, P15_OP_READ, 1 },
		{ { 0x01, 0xd2 }, 2, P15_OP_READ, P15_NEVER },	/* and secure messaging */
		{ { 0x01, 0x82 }, 2, P15_OP_READ, P15_NEVER },	/* nobody named */
		{ { 0x01, 0x00 }, 2, P15_OP_UPDATE, P15_NEVER },	/* not mentioned */
		{ { 0x43, 0x91, 0x92, 0x00 }, 4, P15_OP_DELETE, 1 },
		{ { 0x43, 0x91, 0x92, 0x00 }, 4, P15_OP_UPDATE, 2 },
		{ { 0x43, 0x91, 0x92, 0x00 }, 4, P15_OP_READ, P15_ALWAYS },
		{ { 0x43, 0x91, 0x92 }, 3, P15_OP_READ, P15_NEVER },	/* cut off */
		{ { 0x43, 0x91, 0x92, 0x00 }, 4, P15_OP_CREATE_DF, P15_NEVER },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		fs_file f = { .kind = FS_EF, .rules_len = rows[i].len };

		memcpy(f.rules, rows[i].rules, sizeof(rows[i].rules));
		if (p15_condition_compact(&f, rows[i].op) != rows[i].condition)
			print_error("row %zu\n", i);
		assert_int_equal(p15_condition_compact(&f, rows[i].op), rows[i].condition);
	}
}

/* ---- the card ---------------------------------------------------------------------------------- */
static void
files_are_found_by_identifier_path_and_name(void **state)
{
	static const struct line ways[] = {
		{ "00A4000C023F00", 0x9000 }, { "00A4000C", 0x9000 },
		{ "00A4000C022F00", 0x9000 }, { "00A4000C025015", 0x9000 },
		{ "00A4000C025031", 0x9000 },	/* a child of the current DF */
		{ "00A4000C025015", 0x9000 },	/* the current DF itself */
		{ "00A4000C022F00", 0x9000 },	/* a child of its parent */
		{ "00A4000C025031", 0x6a82 },	/* not from the MF */
		{ "00A4010C025015", 0x9000 }, { "00A4020C025031", 0x9000 },
		{ "00A4010C025031", 0x6a82 }, { "00A4030C", 0x9000 }, { "00A4030C", 0x6a82 },
		{ "00A4020C025015", 0x6a82 },
		{ "00A4080C0450155031", 0x9000 }, { "00A4080C063F0050155031", 0x9000 },
		{ "00A4090C025032", 0x9000 }, { "00A4090C0450155031", 0x6a82 },
		{ "00A4040C0C" AID, 0x9000 }, { "00A4040C05A000000063", 0x9000 },
		{ "00A4040C05A000000064", 0x6a82 },
		/* what is wrong with each */
		{ "00A4000C01FF", 0x6700 }, { "00A4000C03505031", 0x6700 },
		{ "00A4080C03501550", 0x6a82 }, { "00A4080C", 0x6a82 }, { "00A4050C025015", 0x6a86 },
		{ "00A40008023F00", 0x6a86 }, { "00A40001023F00", 0x6a86 },
		{ "00A4000C029999", 0x6a82 }, { "00A4030C023F00", 0x6a82 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "ec:p256");
	CONVERSE(&b, ways);
	assert_int_equal(send_hex(&b, "00A40804025031"), 0x6a82);
	assert_int_equal(send_hex(&b, "00A4080404501543310000"), 0x6700);
	assert_int_equal(send_hex(&b, "00A408040450154B0100"), 0x9000);
	assert_got(&b, "621881020100820122830" "24B018C087FFFFFFFFFFFFF918A0105");
	assert_int_equal(send_hex(&b, SELECT_APP), 0x9000);
	assert_got(&b, "6F22820138830250158" "40C" AID "8C087FFFFFFFFFFFFFFF8A0105");
	bench_close(&b);
}

static void
files_are_read_from_any_offset(void **state)
{
	static const struct line lines[] = {
		{ "00B0000004", 0x6986 },	/* no EF is current */
		{ "00A4080C0450154501", 0x9000 },
		{ "00B0000005", 0x9000 },
		{ "00B0001300", 0x9000 },
		{ "00B0001400", 0x6b00 }, { "00B0001500", 0x6b00 }, { "00B07FFF00", 0x6b00 },
		{ "00B08100", 0x6a82 },		/* no file has that short identifier */
		{ "00B08000", 0x6a82 }, { "00B0A10004", 0x6a86 },
		{ "00B000000431323334", 0x6700 },
		{ "00B10000045402000500", 0x9000 },
		{ "00B1450104540200FF00", 0x6b00 },
		{ "00B1000000", 0x6a80 }, { "00B10000035301050000", 0x6700 },
		{ "00B1000003530105", 0x6a80 }, { "00B100000754050000000005", 0x6a80 },
		{ "00B1999903540100", 0x6a82 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "ec:p256");
	CONVERSE(&b, lines);
	send_hex(&b, "00A4080C0450154501");
	assert_int_equal(send_hex(&b, "00B0000504"), 0x9000);
	assert_got(&b, "62792074");
	assert_int_equal(send_hex(&b, "00B0001200"), 0x9000);
	assert_got(&b, "640A");
	assert_int_equal(send_hex(&b, "00B145010354010508"), 0x9000);
	assert_got(&b, "530462792074");
	/* a DF, a key */
	send_hex(&b, "00A4080C0450154B01");
	assert_int_equal(send_hex(&b, "00B0000000"), 0x6981);
	assert_int_equal(send_hex(&b, "00B15015035401000000"), 0x6700);
	bench_close(&b);
}

/* With both PINs given, and without. */
static void
nothing_on_an_issued_card_can_be_changed(void **state)
{
	static const struct line writes[] = {
		{ "00A4080C0450155032", 0x9000 },
		{ "00D6000001FF", 0x6982 }, { "00D7000006540100530100", 0x6982 },
		{ "000E0000", 0x6982 }, { "00440000", 0x6982 }, { "00040000", 0x6982 },
		{ "00E40000", 0x6982 }, { "00E40000025032", 0x6982 },
		{ "00A4080C025015", 0x9000 },
		{ "00E000000D620B800200108201018302" "4499", 0x6982 },
		{ "00E00000096207820138830250" "99", 0x6982 },
		{ "00E40000", 0x6982 }, { "00E40000023F00", 0x6985 },
		{ "0046000000", 0x6d00 }, { "00DA010100", 0x6d00 }, { "00DB3FFF00", 0x6d00 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "ec:p256");
	CONVERSE(&b, writes);
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	assert_int_equal(send_hex(&b, PIN2_OK), 0x9000);
	CONVERSE(&b, writes);
	bench_close(&b);
}

static void
pins_of_a_card_with_files_count_block_and_unblock(void **state)
{
	static const struct line life[] = {
		{ "00200001", 0x63c3 }, { PIN_OK, 0x9000 }, { "00200001", 0x9000 },
		{ "00200002", 0x63c3 },		/* each for itself */
		{ PIN_BAD, 0x63c2 }, { "00200001", 0x63c2 },
		{ "00200001083132333435360000", 0x9000 },	/* filled up by the host */
		{ "0020000103313233", 0x6700 }, { "0020000109313233343536373839", 0x6700 },
		{ "00200101", 0x6a86 }, { "00200003", 0x6a88 }, { "0020000F", 0x6a88 },
		{ "00200000", 0x6a88 }, { "00200081", 0x6a88 },
		/* changing */
		{ "002401010831323334353637" "38", 0x6a86 },
		{ "002400030C313233343536000031323334", 0x6a88 },
		{ "002400010B3132333435360000313233", 0x6700 },
		{ "0024000111313233343536000031323334353637383930", 0x6700 },
		{ "0024000110393939393939000031323334353637" "38", 0x63c2 },
		{ "00200001", 0x63c2 },		/* a wrong old one ends the login */
		{ "00240001103132333435360000313131313131" "0000", 0x9000 },
		{ PIN_OK, 0x63c2 }, { PIN_OK, 0x63c1 }, { PIN_OK, 0x63c0 }, { PIN_OK, 0x6983 },
		{ "0020000106313131313131", 0x6983 },
		/* unblocking */
		{ "002C010108" "3132333435363738", 0x6a86 },
		{ "002C0003103132333435363738" "3132333435360000", 0x6a88 },
		{ "002C00010A3132333435363738" "3132", 0x6700 },
		{ "002C0001103939393939393939" "3132333435360000", 0x63c2 },
		{ "002C0001103132333435363738" "3132333435360000", 0x9000 },
		{ "00200001", 0x63c3 }, { PIN_OK, 0x9000 },
	};
	static const struct line lost[] = {
		{ "002C0001103939393939393939" "3132333435360000", 0x63c2 },
		{ "002C0001103939393939393939" "3132333435360000", 0x63c1 },
		{ "002C0001103939393939393939" "3132333435360000", 0x63c0 },
		{ "002C0001103132333435363738" "3132333435360000", 0x6983 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "ec:p256");
	CONVERSE(&b, life);
	CONVERSE(&b, lost);
	bench_close(&b);
}

static void
keys_want_their_environment_and_their_pin(void **state)
{
	static const struct line lines[] = {
		{ "002A9E9A20" HASH "00", 0x6985 },	/* nobody said which key */
		{ "002241B607" "80010481024B01", 0x6a88 },	/* not from the MF */
		{ "002241B60B" "800104" "81063F0050154B01", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x6982 },
		{ PIN_OK, 0x9000 },
		{ "002A9E9A20" HASH "00", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x9000 },
		{ "002A808603000102", 0x6985 },		/* it was for signing */
		{ "00880000" "20" HASH "00", 0x6985 },
		{ "002241A40B" "800104" "81063F0050154B01", 0x9000 },
		{ "00880000" "20" HASH "00", 0x9000 },
		{ "00880100" "20" HASH "00", 0x6a86 }, { "00880000", 0x6700 },
		{ "002A9E9A20" HASH "00", 0x6985 },
		{ "002A9E9B20" HASH "00", 0x6a86 },
		/* an algorithm of another kind of key */
		{ "002241B60B" "800142" "81063F0050154B01", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x6985 },
		/* wrong in itself: what was said before stays */
		{ "002241B60B" "800104" "81063F0050154B01", 0x9000 },
		{ "002241B603800199", 0x6a81 }, { "002241B6028000", 0x6a80 },
		{ "002241B6", 0x6a80 }, { "002241B602FF00", 0x6a80 }, { "002241B60380", 0x6700 },
		{ "002241B6048103" "4B01", 0x6a80 }, { "002241B60181", 0x6a80 },
		{ "002241B604" "81025031", 0x6a88 }, { "002241B6028100", 0x6a80 },
		{ "002241B603840101", 0x6a88 }, { "002241B60484020000", 0x6a80 },
		{ "002241BA03800104", 0x6a86 }, { "002281B603800104", 0x6a81 },
		{ "002A9E9A20" HASH "00", 0x9000 },
		{ "002A9E9A", 0x6700 },
		{ "0022F300", 0x9000 }, { "0022F30001FF", 0x6700 },
		{ "002A9E9A20" HASH "00", 0x6985 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "ec:p256/rsa:2048");
	CONVERSE(&b, lines);
	bench_close(&b);
}

/* PIN 2 is good for one signature, PIN 1 until power goes or another name is selected. */
static void
a_signature_that_obliges_wants_its_pin_each_time(void **state)
{
	static const struct line lines[] = {
		{ SELECT_APP, 0x9000 }, { PIN_OK, 0x9000 },
		{ "002241B607" "80014281024B02", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x6982 },
		{ PIN2_OK, 0x9000 },
		{ "002A9E9A1F" "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E" "00", 0x6a80 },
		{ "002A9E9A20" HASH "00", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x6982 },
		{ "00200001", 0x9000 },
		{ SELECT_APP, 0x9000 }, { "00200001", 0x63c3 },
		{ "002A9E9A20" HASH "00", 0x6985 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "ec:p256/rsa:2048");
	CONVERSE(&b, lines);
	send_hex(&b, PIN_OK);
	vc_chip_reset(b.chip);
	assert_int_equal(send_hex(&b, "00200001"), 0x63c3);
	bench_close(&b);
}

/* What the card signed, its certificate's key opens: the padding is whole. */
static void
the_card_builds_the_digest_info_that_was_asked_for(void **state)
{
	static const struct { uint8_t ref; const char *digest; size_t len; } rows[] = {
		{ 0x12, "SHA1", 20 }, { 0x42, "SHA256", 32 }, { 0x52, "SHA384", 48 },
		{ 0x62, "SHA512", 64 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &issued, "rsa:2048");
	send_hex(&b, SELECT_APP);
	send_hex(&b, PIN_OK);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t mse[] = { 0, 0x22, 0x41, 0xb6, 7, 0x80, 1, rows[i].ref, 0x81, 2, 0x4b, 0x01 };
		uint8_t pso[5 + 64 + 1] = { 0, 0x2a, 0x9e, 0x9a, (uint8_t)rows[i].len };
		vc_p15 *p15 = vc_card_app(&b.chip->card, VC_APP_PKCS15);
		EVP_PKEY_CTX *ctx;
		EVP_MD *md = EVP_MD_fetch(b.lib, rows[i].digest, NULL);

		assert_int_equal(send_bytes(&b, TMG_VIEW(mse)), 0x9000);
		assert_int_equal(send_bytes(&b, (tmg_view){ pso, 6 + rows[i].len }), 0x9000);
		assert_int_equal(b.answer->len, 256);
		ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, p15->keys[p15->session.key].pkey, NULL);
		assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, md), 1);
		assert_int_equal(EVP_PKEY_verify(ctx, b.answer->bytes, b.answer->len, pso + 5,
		    rows[i].len), 1);
		EVP_PKEY_CTX_free(ctx);
		EVP_MD_free(md);
	}
	bench_close(&b);
}

static void
a_cryptogram_may_come_in_two_halves(void **state)
{
	uint8_t sealed[256], half[5 + 129 + 1] = { 0, 0x2a, 0x80, 0x86, 129 };
	size_t len = sizeof(sealed);
	struct bench b;
	EVP_PKEY_CTX *ctx;
	vc_p15 *p15;

	(void)state;
	bench_sold(&b, &issued, "rsa:2048");
	p15 = vc_card_app(&b.chip->card, VC_APP_PKCS15);
	send_hex(&b, SELECT_APP);
	send_hex(&b, PIN_OK);
	assert_int_equal(send_hex(&b, "002241B807" "80010281024B01"), 0x9000);
	ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, p15->keys[p15->session.key].pkey, NULL);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, sealed, &len, (const uint8_t *)"plain", 5), 1);
	EVP_PKEY_CTX_free(ctx);

	half[5] = 0x82;
	memcpy(half + 6, sealed + 128, 128);
	assert_int_equal(send_bytes(&b, TMG_VIEW(half)), 0x6985);	/* no first half */
	half[5] = 0x81;
	memcpy(half + 6, sealed, 128);
	assert_int_equal(send_bytes(&b, (tmg_view){ half, 134 }), 0x9000);
	half[5] = 0x82;
	memcpy(half + 6, sealed + 128, 128);
	assert_int_equal(send_bytes(&b, TMG_VIEW(half)), 0x9000);
	assert_got(&b, "706C61696E");
	half[5] = 0x81;
	assert_int_equal(send_bytes(&b, (tmg_view){ half, 134 }), 0x9000);
	send_hex(&b, "00200001");	/* anything between loses it */
	half[5] = 0x82;
	assert_int_equal(send_bytes(&b, TMG_VIEW(half)), 0x6985);
	half[5] = 0x83;
	assert_int_equal(send_bytes(&b, TMG_VIEW(half)), 0x6a80);
	assert_int_equal(send_hex(&b, "002A808600"), 0x6700);
	bench_close(&b);
}

static void
challenges_are_as_long_as_asked_and_differ(void **state)
{
	static const struct line wrong[] = {
		{ "00840000", 0x6700 }, { "00840100" "08", 0x6a86 }, { "0084000001FF08", 0x6700 },
		{ "00840000000200", 0x6700 },
	};
	struct bench b;
	uint8_t first[8];

	(void)state;
	bench_open(&b, &issued);
	assert_int_equal(send_hex(&b, "0084000008"), 0x9000);
	assert_int_equal(b.answer->len, 8);
	memcpy(first, b.answer->bytes, sizeof(first));
	assert_int_equal(send_hex(&b, "0084000008"), 0x9000);
	assert_memory_not_equal(first, b.answer->bytes, sizeof(first));
	CONVERSE(&b, wrong);
	bench_close(&b);
}

/* ---- the state --------------------------------------------------------------------------------- */
static void
a_saved_card_with_files_is_the_same_card(void **state)
{
	static const struct line after[] = {
		{ SELECT_APP, 0x9000 }, { "00200001", 0x63c2 }, { PIN_OK, 0x9000 },
		{ "002241B607" "80010481024B01", 0x9000 }, { "002A9E9A20" HASH "00", 0x9000 },
	};
	struct bench a, b;

	(void)state;
	bench_sold(&a, &issued, "ec:p256");
	send_hex(&a, PIN_BAD);
	bench_open(&b, &issued);
	assert_moves(&a, &b);
	CONVERSE(&b, after);
	bench_close(&a);
	bench_close(&b);
}

#define MF "\x81\x0c\x00\x00\x01\x3f\x00\x38\x00\x05\x00\x00\x00\x00"
/* place, parent, kind, identifier, then an EF without a byte */
#define FILE_AT(place, parent, kind, id) \
	"\x81\x0c" place parent kind id "\x01\x00\x05\x00\x00\x00\x00"

/* Records that are whole and say what cannot be; the digest is right. */
static void
an_impossible_file_system_is_refused(void **state)
{
	static const struct loaded rows[] = {
		{ BYTES("\xe3\x0e" MF), TMG_OK },
		{ BYTES("\xe3\x00"), TMG_E_MALFORMED },			/* no MF */
		{ BYTES("\xe3\x1c" MF MF), TMG_E_MALFORMED },		/* two in one place */
		{ BYTES("\xe3\x0e" "\x81\x0c\x00\x00\x02\x3f\x00\x38\x00\x05\x00\x00\x00\x00"),
		    TMG_E_MALFORMED },					/* the MF an EF */
		{ BYTES("\xe3\x0e" "\x81\x0c\x00\x00\x01\x3f\x01\x38\x00\x05\x00\x00\x00\x00"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF FILE_AT("\x01", "\x00", "\x02", "\x44\x01")), TMG_OK },
		{ BYTES("\xe3\x1c" MF FILE_AT("\x60", "\x00", "\x02", "\x44\x01")), TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF FILE_AT("\x01", "\xff", "\x02", "\x44\x01")), TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF FILE_AT("\x01", "\x05", "\x02", "\x44\x01")), TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF FILE_AT("\x01", "\x00", "\x00", "\x44\x01")), TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF FILE_AT("\x01", "\x00", "\x04", "\x44\x01")), TMG_E_MALFORMED },
		/* its own parent; each other's; one identifier twice */
		{ BYTES("\xe3\x1c" MF FILE_AT("\x01", "\x01", "\x01", "\x50\x15")), TMG_E_MALFORMED },
		{ BYTES("\xe3\x2a" MF FILE_AT("\x01", "\x02", "\x01", "\x50\x15")
		    FILE_AT("\x02", "\x01", "\x01", "\x50\x16")), TMG_E_MALFORMED },
		{ BYTES("\xe3\x2a" MF FILE_AT("\x01", "\x00", "\x02", "\x44\x01")
		    FILE_AT("\x02", "\x00", "\x02", "\x44\x01")), TMG_E_MALFORMED },
		/* five DFs deep, the MF among them */
		{ BYTES("\xe3\x46" MF FILE_AT("\x01", "\x00", "\x01", "\x00\x01")
		    FILE_AT("\x02", "\x01", "\x01", "\x00\x02")
		    FILE_AT("\x03", "\x02", "\x01", "\x00\x03")
		    FILE_AT("\x04", "\x03", "\x01", "\x00\x04")), TMG_E_MALFORMED },
		/* sizes and lengths that are not there */
		{ BYTES("\xe3\x1c" MF "\x81\x0c\x01\x00\x02\x44\x01\x01\x00\x05\x00\x01\x00\x00"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF "\x81\x0c\x01\x00\x01\x50\x15\x38\x00\x05\x00\x00\x11\x00"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe3\x1c" MF "\x81\x0c\x01\x00\x01\x50\x15\x38\x00\x05\x00\x00\x00\x09"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe3\x1a" MF "\x81\x0a\x01\x00\x02\x44\x01\x01\x00\x05\x00\x00"),
		    TMG_E_MALFORMED },
		/* lives, PINs, keys */
		{ BYTES("\xe3\x13" MF "\x80\x03\x01\x00\x00"), TMG_OK },
		{ BYTES("\xe3\x13" MF "\x80\x03\x02\x00\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe3\x12" MF "\x80\x02\x01\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe3\x13" MF "\x82\x03\x01\x03\x03"), TMG_E_MALFORMED },
		{ BYTES("\xe3\x12" MF "\x83\x02\x00\x05"), TMG_E_MALFORMED },	/* a DF as a key */
		{ BYTES("\xe3\x12" MF "\x83\x02\x60\x05"), TMG_E_MALFORMED },
		{ BYTES("\xe3\x20" MF FILE_AT("\x01", "\x00", "\x03", "\x4b\x01") "\x83\x02\x01\x00"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe3\x20" MF FILE_AT("\x01", "\x00", "\x03", "\x4b\x01") "\x83\x02\x01\x0d"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe3\x20" MF FILE_AT("\x01", "\x00", "\x03", "\x4b\x01") "\x83\x02\x01\x05"),
		    TMG_E_MALFORMED },					/* no bytes of it */
		{ BYTES("\xe3\x10" MF "\x8f\x00"), TMG_E_MALFORMED },
	};

	(void)state;
	LOAD_EACH(&issued, rows);
}

/* ---- IsoApplet ------------------------------------------------------------------------------------ */
#define ISO_AID "F276A288BCFBA69D34F31001"
#define P256 \
	"8120FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF8220FFFFFFFF" \
	"00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC83205AC635D8AA3A93E7B3EB" \
	"BD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B8441046B17D1F2E12C4247F8BCE6E563A440" \
	"F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315E" \
	"CECBB6406837BF51F58520FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC" \
	"63255187020001"
#define ISO_PIN "00200001083132333435363738"

static const vc_profile isoapplet = {
	.apps = VC_APP_BIT(VC_APP_ISOAPPLET), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};

/* From the factory to a key that signs. */
static void
an_isoapplet_is_filled_by_its_holder(void **state)
{
	static const struct line life[] = {
		{ "00200001", 0x6d00 },		/* not selected yet */
		{ "00A404000C" ISO_AID, 0x9000 },
		{ "00200001", 0x9000 },		/* no PIN is wanted yet */
		{ ISO_PIN, 0x6a86 },		/* there is none */
		{ "00224100068001EC840100", 0x6982 },	/* but keys want one */
		{ "00E0000013621180020010820101830244018604FF000000", 0x9000 },
		{ "00E0000013621180020010820101830244018604FF000000", 0x6a89 },
		{ "00E000000B62098201118302" "4B01" "800101", 0x6a80 },
		{ "00E000000D620B80020400820111830" "24B01", 0x6a81 },	/* keys are no files */
		{ "00E000000D620B800200108201028302" "4402", 0x6a81 },	/* nor are records */
		{ "00E000000D620B80027FFF8201018302" "4402", 0x9000 },
		{ "00E40000024402", 0x9000 }, { "00E40000024402", 0x6a82 }, { "00E4000001FF", 0x6700 },
		{ "00E40100024401", 0x6a86 }, { "00E40000023F00", 0x6985 },
		{ "00E001000D620B80020010820101830" "24402", 0x6a86 },
		{ "00A40000024401", 0x9000 },
		{ "00D60000020102", 0x9000 }, { "00D6000F0101", 0x9000 }, { "00D6000F020102", 0x6a84 },
		{ "00D6001101FF", 0x6b00 }, { "00D60000", 0x6700 },
		/* the PUK, then the PIN, each once */
		{ "002400020431323334", 0x6a86 }, { "002401020431323334", 0x6700 },
		{ "002401021031323334353637383930313233343536", 0x9000 },
		{ "002401021031323334353637383930313233343536", 0x6a86 },
		{ "00240103083132333435363738", 0x6a86 }, { "0024010103313233", 0x6700 },
		{ "00240101083132333435363738", 0x9000 },
		{ "00240101083132333435363738", 0x6a86 },
		{ "00D60000020102", 0x9000 },		/* who is here stays */
		{ "00A404000C" ISO_AID, 0x9000 },
		{ "00200001", 0x63c3 }, { ISO_PIN, 0x9000 },
		/* keys */
		{ "0046420000", 0x6985 },
		{ "00224100068001EC840110", 0x6a80 }, { "00224100068001EC840101", 0x9000 },
		{ "0046420000", 0x6985 },		/* that was to be an EC key */
		{ "0046000000", 0x6a80 }, { "0046010000", 0x6a86 },
		{ "0046000003810100", 0x6a80 },
		{ "00460000CF" P256 "00", 0x6117 },		/* 256 bytes and 23 */
		{ "00DB3FFE00", 0x6a86 }, { "00DB3FFF", 0x6a80 }, { "00DB3FFF02E000", 0x6a80 },
		{ "00DB3FFF037F4800", 0x6985 },
		{ "00DB3FFF0000F4E081F1" P256 "88200000000000000000000000000000000000000000000000000000000000001234", 0x9000 },
		{ "00DB3FFF0000F4E081F1" P256 "8820" "0000000000000000000000000000000000000000000000000000000000000000", 0x6a80 },	/* zero is no key */
		{ "002241B6" "06800121840101", 0x9000 },
		{ "002A9E9A0568656C6C6F00", 0x9000 },
		{ "002241B6" "06800111840101", 0x9000 }, { "002A9E9A0568656C6C6F00", 0x6985 },
		{ "002241B6" "06800121840102", 0x9000 }, { "002A9E9A0568656C6C6F00", 0x6a88 },
		/* the PIN */
		{ "0020000108393939393939393" "9", 0x63c2 },
		{ "002A9E9A0568656C6C6F00", 0x6982 },
		{ "0020000108393939393939393" "9", 0x63c1 }, { "00200001083939393939393939", 0x63c0 },
		{ ISO_PIN, 0x63c0 },
		{ "002C00011431323334353637383930313233343536" "31323334", 0x9000 },
		{ "00200001" "0431323334", 0x9000 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &isoapplet);
	CONVERSE(&b, life);
	assert_int_equal(send_hex(&b, "00A404000C" ISO_AID), 0x9000);
	assert_got(&b, "000607");
	bench_close(&b);
}

/* A curve that is nearly one is none, whatever number was changed. */
static void
a_curve_is_taken_by_all_its_numbers(void **state)
{
	static const char good[] = "00460000CF" P256 "00";
	struct bench b;

	(void)state;
	bench_open(&b, &isoapplet);
	send_hex(&b, "00A404000C" ISO_AID);
	send_hex(&b, "00240101083132333435363738");
	send_hex(&b, ISO_PIN);
	send_hex(&b, "00224100068001EC840100");
	/* the last digit of each value: 81, 82, 83, 84, 85 and 87 */
	for (size_t i = 0; i < 6; i++) {
		static const size_t at[] = { 10 + 67, 10 + 135, 10 + 203, 10 + 337, 10 + 405, 10 + 413 };
		char bad[sizeof(good)];

		memcpy(bad, good, sizeof(good));
		bad[at[i]] = bad[at[i]] == '2' ? '3' : '2';
		assert_int_equal(send_hex(&b, bad), 0x6a81);
	}
	assert_int_equal(send_hex(&b, good), 0x6117);
	bench_close(&b);
}

/* Between the PUK and the PIN power may go. */
static void
a_half_made_isoapplet_is_kept(void **state)
{
	static const struct line after[] = {
		{ "00A404000C" ISO_AID, 0x9000 },
		{ "002401021031323334353637383930313233343536", 0x6a86 },
		{ "002401010431323334", 0x9000 },
		{ "002C00011431323334353637383930313233343536" "35353535", 0x9000 },
		{ "002000010435353535", 0x9000 },
	};
	struct bench a, b;

	(void)state;
	bench_open(&a, &isoapplet);
	send_hex(&a, "00A404000C" ISO_AID);
	assert_int_equal(send_hex(&a, "002401021031323334353637383930313233343536"), 0x9000);
	bench_open(&b, &isoapplet);
	assert_moves(&a, &b);
	CONVERSE(&b, after);
	bench_close(&a);
	bench_close(&b);
}

/* ---- MyEID ------------------------------------------------------------------------------------------ */
static const vc_profile myeid = {
	.apps = VC_APP_BIT(VC_APP_MYEID), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};

#define MY_PIN "3132333435363738"
#define INITIALISE "00DA01E008FFFF113FFF111FFF"

static void
a_myeid_holds_its_rules_once_it_is_active(void **state)
{
	static const struct line life[] = {
		{ "00CA01A000", 0x9000 }, { "00CA01AA00", 0x9000 }, { "00CA01A100", 0x9000 },
		{ "00CA02A000", 0x6a86 }, { "00CA01A200", 0x6a86 }, { "00CA010100", 0x6a88 },
		{ INITIALISE, 0x9000 }, { "00DA01E007FFFF113FFF111F", 0x6700 },
		{ "00DA02E008FFFF113FFF111FFF", 0x6a86 }, { "00DA010F00", 0x6a86 },
		{ "00DA010112" MY_PIN MY_PIN "0305", 0x9000 },
		{ "00DA010312" "3837363534333231" MY_PIN "0305", 0x9000 },
		{ "00DA010111" MY_PIN MY_PIN "03", 0x6700 },
		{ "00DA010112" MY_PIN MY_PIN "0005", 0x6a80 }, { "00DA010112" MY_PIN MY_PIN "0300", 0x6a80 },
		{ "00DA010012" MY_PIN MY_PIN "0305", 0x6a86 },
		{ "00A40804025015" "00", 0x9000 },
		{ "00E0000012621081020100820122830" "24B01860311" "11FF", 0x9000 },
		{ "0046000000", 0x9000 },		/* nothing is asked for yet */
		{ "00CA018600", 0x9000 }, { "00CA010100", 0x6a88 },
		{ "0044040005A000000064", 0x6a82 }, { "0044040105A000000063", 0x6a86 },
		{ "004404000C" AID, 0x9000 },
		/* rules hold */
		{ "0046000000", 0x6982 },
		{ "00DA010112" MY_PIN MY_PIN "0305", 0x6985 }, { INITIALISE, 0x6982 },
		{ "002241B607800104" "81024B01", 0x9000 }, { "002A9E9A20" HASH "00", 0x6982 },
		{ "0020000108" "3132333435363738", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x9000 }, { "0046000003020100", 0x6a80 },
		{ "0046010000", 0x6a86 }, { "0046000000", 0x9000 }, { "002A9E9A20" HASH "00", 0x9000 },
		{ "00A4000C" "025015", 0x9000 }, { "0046000000", 0x6986 },
		/* files by two halves of a byte */
		{ "00E000001262108002001082010183024401860303" "3FFF", 0x9000 },
		{ "00B0000004", 0x9000 }, { "00D6000001FF", 0x6982 }, { "0046000000", 0x6981 },
		{ "0020000308" "3837363534333231", 0x9000 }, { "00D6000001FF", 0x9000 },
		{ "000E00000200" "08", 0x9000 }, { "000E0000020011", 0x6b00 }, { "000E000001FF", 0x6700 },
		{ "00040000", 0x9000 }, { "00B0000004", 0x6985 }, { "00440000", 0x9000 },
		{ "00B0000004", 0x9000 },
		{ "A0E40000", 0x9000 }, { "A0CA01A000", 0x9000 }, { "A1CA01A000", 0x6e00 },
		{ "C0CA01A000", 0x6e00 },
		/* a key that is no more */
		{ "00A40004024B0100", 0x9000 }, { "00E40000", 0x9000 },
		{ "002A9E9A20" HASH "00", 0x6985 },
		{ "00E0000012621081020100820122830" "24B01860311" "11FF", 0x9000 },
		{ "00CA018600", 0x6a88 },
		/* a size that no key has */
		{ "00E0000012621081020101820122830" "24B02860311" "11FF", 0x9000 }, { "0046000000", 0x6a81 },
		/* the officer begins anew */
		{ INITIALISE, 0x9000 }, { "00A4000C025015", 0x9000 }, { "00A4000C024B01", 0x6a82 },
		{ "0020000108" "3132333435363738", 0x6a88 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &myeid);
	assert_int_equal(send_hex(&b, "00CA01A000"), 0x9000);
	assert_got(&b, "4D79454944040001000000000000010203040000");
	CONVERSE(&b, life);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dfs_nest_to_a_depth_and_no_further),
		cmocka_unit_test(a_card_is_full_at_its_last_byte_and_file),
		cmocka_unit_test(control_parameters_are_refused_when_they_are_none),
		cmocka_unit_test(compact_rules_mean_what_the_standard_says),
		cmocka_unit_test(files_are_found_by_identifier_path_and_name),
		cmocka_unit_test(files_are_read_from_any_offset),
		cmocka_unit_test(nothing_on_an_issued_card_can_be_changed),
		cmocka_unit_test(pins_of_a_card_with_files_count_block_and_unblock),
		cmocka_unit_test(keys_want_their_environment_and_their_pin),
		cmocka_unit_test(a_signature_that_obliges_wants_its_pin_each_time),
		cmocka_unit_test(the_card_builds_the_digest_info_that_was_asked_for),
		cmocka_unit_test(a_cryptogram_may_come_in_two_halves),
		cmocka_unit_test(challenges_are_as_long_as_asked_and_differ),
		cmocka_unit_test(a_saved_card_with_files_is_the_same_card),
		cmocka_unit_test(an_impossible_file_system_is_refused),
		cmocka_unit_test(an_isoapplet_is_filled_by_its_holder),
		cmocka_unit_test(a_curve_is_taken_by_all_its_numbers),
		cmocka_unit_test(a_half_made_isoapplet_is_kept),
		cmocka_unit_test(a_myeid_holds_its_rules_once_it_is_active),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
