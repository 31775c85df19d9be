/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GIDS application, from the bare card to the one that was sold full.
 */
#include "tests/unit/vcard-bench.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <zlib.h>

#include "src/codec/hex.h"
#include "tools/vcard/cipher.h"
#include "tools/vcard/gids.h"
#include "tools/vcard/state.h"

#define NAME "A00000039742544659"
#define SELECT_APP "00A4040009" NAME
#define PIN_OK "0020008006313233343536"
#define PIN_BAD "0020008006393939393939"
#define ADMIN "010203040506070801020304050607080102030405060708"
#define HASH "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

static const vc_profile bare = {
	.apps = VC_APP_BIT(VC_APP_GIDS), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};
static const vc_profile with_piv = {
	.apps = VC_APP_BIT(VC_APP_GIDS) | VC_APP_BIT(VC_APP_PIV), .extended = true,
	.serial = 0x01020304, .pin_tries = 3, .puk_tries = 3,
};

/* A card with an EC key first, or what algs says, selected. */
static vc_gids *
bench_sold(struct bench *b, const char *algs)
{
	bench_open(b, &bare);
	assert_int_equal(vc_card_provision(&b->chip->card, algs), TMG_OK);
	assert_int_equal(send_hex(b, SELECT_APP), 0x9000);
	return vc_card_app(&b->chip->card, VC_APP_GIDS);
}

/* ---- selecting -------------------------------------------------------------------------- */
#define APPLICATION "61124F0BA00000039742544659020173034001C0"

static void
it_is_selected_by_its_name_whole_or_without_version(void **state)
{
	static const struct { const char *apdu; unsigned sw; const char *data; } rows[] = {
		{ SELECT_APP, 0x9000, APPLICATION },
		{ "00A404000B" NAME "0201", 0x9000, APPLICATION },
		{ "00A404000A" NAME "02", 0x9000, APPLICATION },
		{ "00A404040A" NAME "02", 0x9000, "620B8201388C030330308A0101" },
		{ "00A4040809" NAME, 0x9000, "64045F2F0160" },
		{ "00A4040C09" NAME, 0x9000, "" },
		{ "00A4000400", 0x9000, "620B8201388C030330308A0101" },
		{ "00A40000023FFF", 0x9000, APPLICATION },
		{ "00A4000C023F00", 0x9000, "" },
		{ "00A4040009A00000039742544660", 0x6a82, "" },
		{ "00A4040008A000000397425446", 0x6a82, "" },
		{ "00A404000A" NAME "01", 0x6a82, "" },
		{ "00A404000C" NAME "020101", 0x6a82, "" },
		{ "00A4040409A00000039742544660", 0x6a86, "" },
		{ "00A4040209" NAME, 0x6a86, "" },
		{ "00A4010002A010", 0x6a86, "" },
		{ "00A4000102A010", 0x6a86, "" },
		{ "00A4000002A010", 0x6a82, "" },
		{ "00A4000001A0", 0x6700, "" },
		{ "00A4080002A010", 0x6a86, "" },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &bare);
	assert_int_equal(send_hex(&b, "00CB3FFF045C027F71"), 0x6d00);	/* nothing is selected */
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const unsigned sw = send_hex(&b, rows[i].apdu);

		if (sw != rows[i].sw)
			print_error("row %zu: %04X\n", i, sw);
		assert_int_equal(sw, rows[i].sw);
		assert_got(&b, rows[i].data);
	}
	bench_close(&b);
}

/* ---- a bare card ---------------------------------------------------------------------------- */
#define EF(id, rules) "00E000000E620C8201398302" id "8C03" rules
#define ACTIVATE "00440000"
#define ADMIN_FILE \
	"00E000001C621A8201188302B0808C04870020FFA50BA409800102830180950" "1C0"
#define PUT_ADMIN "00DB3FFF267024840180A51F8718" ADMIN "8803B073DC"

/* As a shop's program talks to it. */
static void
a_bare_card_is_filled_and_activated(void **state)
{
	static const struct line creation[] = {
		{ SELECT_APP, 0x9000 },
		{ "00200080", 0x6a88 },			/* no PIN yet */
		{ "00CB3FFF045C027F71", 0x6a88 },
		{ "0024008008313131313131" "3131", 0x6a88 },
		{ "00240180083132333435363738", 0x9000 },
		{ "00200080", 0x9000 },			/* nobody is asked for it */
		{ "00CBA000045C02DF1F", 0x6a82 },
		{ EF("A010", "033000"), 0x9000 },
		{ "00DBA01003DF2100", 0x6985 },		/* not activated */
		{ "00CBA010025C00", 0x6985 },
		{ ACTIVATE, 0x9000 },
		{ ACTIVATE, 0x9000 },
		{ EF("A010", "033000"), 0x6a89 },
		{ "00DBA0100ADF21076D736370000000", 0x9000 },
		{ EF("A012", "032000"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ "00DBA01204DF2001AA", 0x9000 },
		{ EF("A011", "0330FF"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ "00DBA01104DF2001AA", 0x9000 },
		{ "00CBA011045C02DF20", 0x6982 },	/* never is never */
		{ ADMIN_FILE, 0x9000 },
		{ PUT_ADMIN, 0x6985 },
		{ ACTIVATE, 0x9000 },
		{ PUT_ADMIN, 0x9000 },
		{ "0022C1A403830180", 0x9000 },
		{ "00870000047C028100", 0x6985 },	/* not before the end of its making */
		{ "002C02800831313131313131" "31", 0x6985 },
		{ "00A4000C023FFF", 0x9000 },
		{ ACTIVATE, 0x9000 },
	};
	static const struct line operation[] = {
		{ "00200080", 0x63c3 },
		{ "00DBA01003DF2100", 0x6982 },
		{ EF("A015", "030000"), 0x6982 },
		{ "00240180083132333435363738", 0x6982 },
		{ "00CBA010045C02DF21", 0x9000 },
		{ "00CBA012045C02DF20", 0x9000 },
		{ "00200080083132333435363738", 0x9000 },
		{ "00200080", 0x9000 },
		{ "00DBA01003DF2100", 0x9000 },
		{ "00DBA01204DF2001BB", 0x6982 },	/* the administrator's */
		{ EF("A015", "030000"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ "00DBA01504DF2001AA", 0x9000 },
		{ "00200082", 0x9000 },			/* logged out */
		{ "00200080", 0x63c3 },
		{ "00DBA01504DF2001AB", 0x9000 },	/* anybody's */
	};
	struct bench b;

	(void)state;
	bench_open(&b, &bare);
	CONVERSE(&b, creation);
	CONVERSE(&b, operation);
	bench_close(&b);
}

/* ---- wrong commands ------------------------------------------------------------------------- */
static void
wrong_commands_are_told_what_is_wrong(void **state)
{
	static const struct line rows[] = {
		{ "00B0000000", 0x6d00 }, { "80CBA000025C00", 0x6e00 }, { "0CCBA000025C00", 0x6882 },
		{ "00CA006600", 0x6d00 },
		/* CREATE */
		{ "00E001000E620C8201398302A0158C03033000", 0x6a86 },
		{ "00E00000", 0x6a80 },
		{ "00E000000D620C8201398302A0158C030330", 0x6a80 },		/* cut off */
		{ "00E0000009620782013983" "02A015", 0x9000 },
		{ "00E0000009620782010183" "02A016", 0x6a80 },		/* transparent */
		{ "00E0000009620782013883" "02A016", 0x6a80 },		/* a DF */
		{ "00E0000009620782013983" "02B016", 0x6a80 },		/* a key's identifier */
		{ "00E0000009620782013983" "023FFF", 0x6a80 },
		{ "00E0000009620782011883" "02B016", 0x6a80 },		/* without templates */
		{ "00E0000012621082011883" "02B016A507B6058001" "578300", 0x6a80 },	/* short ones */
		{ "00E0000016621482011883" "02B016A50BB6098101" "57830116950140", 0x6a80 },
		{ "00E0000016621482011883" "02A016A50BB6098001" "57830116950140", 0x6a80 },
		{ "00E0000016621482011883" "02B000A50BB6098001" "57830116950140", 0x6a80 },
		{ "00E0000016621482013983" "02A016A50BB6098001" "57830116950140", 0x6a80 },
		{ "00E0000016621482011883" "02B016A50BB6098001" "57830116950140", 0x9000 },
		/* ACTIVATE, DELETE */
		{ "00440100", 0x6a86 }, { "0044000001AA", 0x6700 },
		{ "00E40100", 0x6a86 }, { "00E4000002B016", 0x6700 }, { "00E40000", 0x9000 },
		{ "00E40000", 0x6986 },
		/* GET DATA */
		{ "00CBFFFF025C00", 0x6a86 }, { "00CB0000025C00", 0x6986 },
		{ "00CBA099025C00", 0x6a82 }, { "00CBB081025C00", 0x6981 },
		{ "00CBA010", 0x6a80 }, { "00CBA010025D00", 0x6a80 }, { "00CBA010035C00AA", 0x6a80 },
		{ "00CBA010045C02DF", 0x6700 }, { "00CBA010035C01DF", 0x6a80 },
		{ "00CBA010055C03DF2324", 0x6a80 }, { "00CBA010065C04DF21DF22", 0x6a80 },
		{ "00CBA010045C02DF99", 0x6a80 }, { "00CBA010045C02DF7F", 0x6a88 },
		{ "00CB3FFF045C027F73", 0x6a88 }, { "00CB3FFF045C027F74", 0x6a88 },
		{ "00CB3FFF0A7008840199A5037F4980", 0x6a88 },
		{ "00CB3FFF0A7008840181A5037F4981", 0x6a80 },
		{ "00CB3FFF0570038401" "81", 0x6a80 }, { "00CB3FFF0A7008840180A5037F4980", 0x6982 },
		/* PUT DATA */
		{ "00DBFFFF03DF2100", 0x6a86 }, { "00DBA09903DF2100", 0x6a82 },
		{ "00DBB08103DF2100", 0x6981 }, { "00DBA010", 0x6a80 },
		{ "00DBA01003DF2101", 0x6a80 }, { "00DBA01004DF210000", 0x6a80 },
		{ "00DBA01203DF2000", 0x6982 },
		{ "00DB3FFF", 0x6a80 }, { "00DB3FFF027000", 0x6a80 },
		{ "00DB3FFF087006840199A5018700", 0x6a80 },
		{ "00DB3FFF097007840199A502" "8700", 0x6a88 },
		{ "00DB3FFF097007840180A502" "8700", 0x6982 },		/* the administrator's */
		{ "00DB3FFF0C700A840181A505" "8301058700", 0x6a81 },
		{ "00DB3FFF0C700A840181A505" "8401018700", 0x6a81 },
		{ "00DB3FFF097007840181A502" "8700", 0x6985 },		/* no symmetric key here */
		{ "00DB3FFF0C700A840181A505" "8301028700", 0x6a80 },
		/* VERIFY, CHANGE, UNBLOCK */
		{ "00200180", 0x6a86 }, { "00200081", 0x6a88 }, { "0020008003313131", 0x6700 },
		{ "00200080113131313131313131313131313131313131", 0x6700 },
		{ "00240280083132333435363738", 0x6a86 }, { "0024008108313233343536" "3738", 0x6a88 },
		{ "0024018003313131", 0x6700 }, { "00240080073132333435363" "1", 0x6700 },
		{ "0024008009313233343536313131", 0x6700 },
		{ "002C0080083132333435363738", 0x6a86 }, { "002C0281083132333435363738", 0x6a88 },
		{ "002C0280083132333435363738", 0x6982 },
		/* MSE */
		{ "002242B606800157840181", 0x6a86 }, { "002241B706800157840181", 0x6a86 },
		{ "0022C1B603830180", 0x6a86 }, { "002241B6", 0x6a80 }, { "002241B603840181", 0x6a80 },
		{ "002241B603800157", 0x6a80 }, { "002241B6078001578402" "0181", 0x6a80 },
		 { "002241B606810157840181", 0x6a80 },
		{ "002241B606800157840199", 0x6a88 }, { "002241B606800157840181", 0x6985 },
		{ "002281A403830181", 0x6985 }, { "002241A406800102840180", 0x9000 },
		{ "002AAC80", 0x6a86 },
		/* GENERATE */
		{ "0047010008AC0680010C830181", 0x6a86 }, { "0047000008AD0680010C830181", 0x6a80 },
		{ "0047000005AC0380010C", 0x6a80 }, { "0047000008AC0680010C830199", 0x6a88 },
		{ "0047000008AC06800101830181", 0x6a81 }, { "0047000008AC0680010D830181", 0x6985 },
		{ "0047000008AC0680010C830180", 0x6982 },
		/* GENERAL AUTHENTICATE */
		{ "00870100047C028100", 0x6a86 }, { "00870000047C028100", 0x6985 },
		{ "0022C1A403830180", 0x9000 }, { "00870000", 0x6a80 }, { "00870000037C0181", 0x6a80 },
		{ "00870000047C028300", 0x6a80 }, { "00870000057C03810" "1AA", 0x6a80 },
		{ "008700000C7C0A82080000000000000000", 0x6985 },		/* no challenge */
		{ "00870000047C028100", 0x9000 },
		{ "008700000C7C0A82080000000000000000", 0x6982 },
		{ "008700000C7C0A82080000000000000000", 0x6985 },		/* used up */
		{ "00870000047C028100", 0x9000 }, { "008700000B7C09820700000000000000", 0x6a80 },
		{ "0022F300", 0x9000 }, { "00870000047C028100", 0x6985 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	CONVERSE(&b, rows);
	bench_close(&b);
}

/* ---- data objects ------------------------------------------------------------------------------ */
static void
objects_are_put_got_emptied_and_gone(void **state)
{
	static const struct { const char *apdu; unsigned sw; const char *data; } rows[] = {
		{ "00DBA01006DF3003010203", 0x9000, "" },
		{ "00CBA010045C02DF30", 0x9000, "DF3003010203" },
		{ "00CB0000045C02DF30", 0x9000, "DF3003010203" },	/* it is the current file now */
		{ "00DBA01004DF300109", 0x9000, "" },
		{ "00CBA010045C02DF30", 0x9000, "DF300109" },
		{ "00DBA01003DF3000", 0x9000, "" },
		{ "00CBA010045C02DF30", 0x9000, "DF3000" },
		{ "00DBA01003DF3000", 0x9000, "" },
		{ "00CBA010045C02DF30", 0x6a88, "" },
		{ "10DBA01003DF3004", 0x9000, "" },		/* in parts */
		{ "00DBA0100411223344", 0x9000, "" },
		{ "00CBA010045C02DF30", 0x9000, "DF300411223344" },
		{ "00CBA013025C00", 0x9000, "" },
		{ "00DBA0130353010A", 0x9000, "" },
		{ "00DBA013055F500211" "22", 0x9000, "" },
		{ "00CBA013025C00", 0x9000, "53010A5F50021122" },
		{ "00CBA013035C015C", 0x9000, "53010A5F50021122" },
		{ "00CBA013035C0153", 0x9000, "53010A" },
		{ "00CB2F01025C00", 0x9000, "4301F44703080" "1C0460B74616D67612D7663617264" },
		{ "00CB3FFF045C027F71", 0x9000, "7F7106970103930103" },
		{ "00CB3FFF045C027F72", 0x9000, "7F7206970103930103" },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const unsigned sw = send_hex(&b, rows[i].apdu);

		if (sw != rows[i].sw)
			print_error("row %zu: %04X\n", i, sw);
		assert_int_equal(sw, rows[i].sw);
		assert_got(&b, rows[i].data);
	}
	bench_close(&b);
}

static void
a_card_is_full_at_some_time(void **state)
{
	uint8_t put[9 + 2] = { 0, 0xdb, 0xa0, 0x10, 6, 0x5f, 0x00, 0x03 };
	struct bench b;
	vc_gids *g;
	unsigned sw;

	(void)state;
	g = bench_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	for (put[6] = 1; (sw = send_bytes(&b, TMG_VIEW(put))) == 0x9000; put[6]++)
		;
	assert_int_equal(sw, 0x6a84);
	for (size_t i = 0; i < GIDS_OBJECTS; i++)
		assert_non_null(g->objects[i].data);
	assert_int_equal(send_hex(&b, "00DBA010045F010109"), 0x9000);	/* what is there may change */

	for (uint8_t n = 0x20; n < 0x90; n++) {
		uint8_t ef[] = { 0, 0xe0, 0, 0, 9, 0x62, 7, 0x82, 1, 0x39, 0x83, 2, 0xa0, n };

		if ((sw = send_bytes(&b, TMG_VIEW(ef))) != 0x9000)
			break;
	}
	assert_int_equal(sw, 0x6a84);
	bench_close(&b);
}

static void
bytes_of_all_objects_have_a_limit(void **state)
{
	static uint8_t big[12000] = { 0x53, 0x82, (11996) >> 8, 11996 & 0xff };
	struct bench b;
	vc_gids *g;
	tmg_rc rc;
	int at;
	size_t before;

	(void)state;
	g = bench_sold(&b, "ec:p256");
	at = vc_fs_child(&g->fs, FS_MF, 0xa013);
	for (uint32_t tag = 1; (rc = gids_object_store(g, at, tag, TMG_VIEW(big))) == TMG_OK; tag++)
		;
	assert_int_equal(rc, TMG_E_SPACE);
	assert_true(g->bytes > GIDS_TOTAL_MAX - sizeof(big) && g->bytes <= GIDS_TOTAL_MAX);
	before = g->bytes;
	assert_int_equal(gids_object_store(g, at, 1, TMG_VIEW(big)), TMG_OK);
	assert_int_equal(g->bytes, before);
	gids_objects_drop(g, at);
	assert_true(g->bytes < before - sizeof(big));
	bench_close(&b);
}

/* ---- the PIN --------------------------------------------------------------------------------------- */
static void
a_pin_blocks_is_changed_and_ends_with_the_power(void **state)
{
	static const struct line rows[] = {
		{ PIN_BAD, 0x63c2 }, { PIN_OK, 0x9000 }, { PIN_BAD, 0x63c2 },
		{ "00DBA01003DF3000", 0x6982 },			/* a wrong one ends the login */
		{ PIN_OK, 0x9000 }, { "0020000006313233343536", 0x9000 },
		{ "002400800A31323334353637373737", 0x9000 },	/* 123456 to 7777 */
		{ "002000800437373737", 0x9000 }, { PIN_OK, 0x63c2 },
		{ "00240080083939393931323334", 0x63c1 },
		{ "002000800437373737", 0x9000 },
		{ "00240180063132333435" "36", 0x9000 },		/* the new one alone */
		{ PIN_BAD, 0x63c2 }, { PIN_BAD, 0x63c1 }, { PIN_BAD, 0x63c0 }, { PIN_BAD, 0x6983 },
		{ PIN_OK, 0x6983 }, { "00200080", 0x6983 },
		{ "002400800C313233343536313233343536", 0x6983 },
		{ "00CB3FFF045C027F71", 0x9000 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	assert_int_equal(send_hex(&b, SELECT_APP), 0x9000);
	assert_int_equal(send_hex(&b, "00200080"), 0x63c3);
	CONVERSE(&b, rows);
	assert_got(&b, "7F7106970100930103");
	bench_close(&b);
}

/* ---- the administrator --------------------------------------------------------------------------------- */
/* Both sides prove themselves; returns what the card says to the second step. */
static unsigned
authenticate(struct bench *b, const char *key_hex, uint8_t pad)
{
	uint8_t key[GIDS_ADMIN_LEN], first[5 + 20] = { 0, 0x87, 0, 0, 20, 0x7c, 0x12, 0x81, 0x10 };
	uint8_t second[5 + 44] = { 0, 0x87, 0, 0, 44, 0x7c, 0x2a, 0x82, 0x28 }, plain[40];
	tmg_out out = TMG_OUT(key);
	unsigned sw;

	assert_int_equal(tmg_hex_parse(tmg_view_str(key_hex), &out), TMG_OK);
	assert_int_equal(send_hex(b, "0022C1A403830180"), 0x9000);
	for (uint8_t i = 0; i < 16; i++)
		first[9 + i] = i;
	assert_int_equal(send_bytes(b, TMG_VIEW(first)), 0x9000);
	assert_int_equal(b->answer->len, 20);
	memcpy(plain, b->answer->bytes + 4, 16);
	memcpy(plain + 16, first + 9, 16);
	memset(plain + 32, 0x77, 7);
	plain[39] = pad;
	assert_true(vc_cipher_run(b->lib, "DES-EDE3-CBC", CIPHER_ENCRYPT, key, TMG_VIEW(plain),
	    second + 9));
	if ((sw = send_bytes(b, TMG_VIEW(second))) != 0x9000)
		return sw;

	/* R1, R2, seven bytes of the card's, 80 */
	const tmg_view sealed = { b->answer->bytes + 4, 40 };
	uint8_t proof[40];

	assert_int_equal(b->answer->len, 44);
	assert_true(vc_cipher_run(b->lib, "DES-EDE3-CBC", CIPHER_DECRYPT, key, sealed, proof));
	assert_memory_equal(proof, plain + 16, 16);
	assert_memory_equal(proof + 16, plain, 16);
	assert_int_equal(proof[39], 0x80);
	return sw;
}

static void
an_administrator_unblocks_and_changes_the_key(void **state)
{
	static const char next[] = "101112131415161718191A1B1C1D1E1F2021222324252627";
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	assert_int_equal(authenticate(&b, next, 0x80), 0x6982);
	assert_int_equal(authenticate(&b, ADMIN, 0x00), 0x6982);
	assert_int_equal(send_hex(&b, "00DBA01204DF2001BB"), 0x6982);
	assert_int_equal(authenticate(&b, ADMIN, 0x80), 0x9000);
	assert_int_equal(send_hex(&b, "00DBA01204DF2001BB"), 0x9000);
	for (int i = 0; i < 3; i++)
		send_hex(&b, PIN_BAD);
	assert_int_equal(send_hex(&b, PIN_OK), 0x6983);
	assert_int_equal(send_hex(&b, "002C028003313131"), 0x6700);
	assert_int_equal(send_hex(&b, "002C02800431313131"), 0x9000);
	assert_int_equal(send_hex(&b, "002C02800431313131"), 0x6982);	/* nobody is here now */
	assert_int_equal(send_hex(&b, "002000800431313131"), 0x9000);

	assert_int_equal(send_hex(&b, "00DB3FFF267024840180A51F8718" ADMIN "8803B073DC"), 0x6982);
	assert_int_equal(authenticate(&b, ADMIN, 0x80), 0x9000);
	assert_int_equal(send_hex(&b, "00DB3FFF0E700C840180A507" "87051122334455"), 0x6a80);
	assert_int_equal(send_hex(&b, "00DB3FFF217" "01F840180A51A8718"
	    "101112131415161718191A1B1C1D1E1F2021222324252627"), 0x9000);
	assert_int_equal(send_hex(&b, "00200082"), 0x9000);
	assert_int_equal(authenticate(&b, ADMIN, 0x80), 0x6982);
	assert_int_equal(authenticate(&b, next, 0x80), 0x9000);
	bench_close(&b);
}

/* Writing wants: both; the user without contacts; the user or secure messaging; both. */
static void
conditions_mean_what_the_standard_says(void **state)
{
	static const struct line user[] = {
		{ PIN_OK, 0x9000 },
		{ EF("A020", "03B000"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ EF("A021", "031200"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ EF("A022", "035100"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ EF("A023", "03D000"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ "00DBA02003DF3000", 0x6982 }, { "00DBA02103DF3000", 0x6982 },
		{ "00DBA02203DF3000", 0x9000 }, { "00DBA02303DF3000", 0x6982 },
	};
	static const struct line both[] = {
		{ "00DBA02003DF3000", 0x9000 }, { "00DBA02303DF3000", 0x6982 },
		{ "00A4000C02A020", 0x9000 },
		{ "00200082", 0x9000 }, { "00E40000", 0x6982 },	/* nobody is here */
		{ PIN_OK, 0x9000 }, { "00E40000", 0x9000 }, { "00A4000C02A020", 0x6a82 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	CONVERSE(&b, user);
	assert_int_equal(authenticate(&b, ADMIN, 0x80), 0x9000);
	CONVERSE(&b, both);
	bench_close(&b);
}

static void
an_administrator_may_prove_himself_alone(void **state)
{
	uint8_t key[GIDS_ADMIN_LEN], last[5 + 12] = { 0, 0x87, 0, 0, 12, 0x7c, 0x0a, 0x82, 0x08 };
	tmg_out out = TMG_OUT(key);
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	assert_int_equal(tmg_hex_parse(tmg_view_str(ADMIN), &out), TMG_OK);
	assert_int_equal(send_hex(&b, "002281A403830180"), 0x9000);
	assert_int_equal(send_hex(&b, "00870000047C028100"), 0x9000);
	assert_int_equal(b.answer->len, 12);
	assert_true(vc_cipher_run(b.lib, "DES-EDE3-CBC", CIPHER_ENCRYPT, key,
	    (tmg_view){ b.answer->bytes + 4, 8 }, last + 9));
	assert_int_equal(send_bytes(&b, TMG_VIEW(last)), 0x9000);
	assert_int_equal(send_hex(&b, "00DBA01204DF2001BB"), 0x9000);
	assert_int_equal(send_bytes(&b, TMG_VIEW(last)), 0x6985);	/* not twice */
	bench_close(&b);
}

/* ---- keys ------------------------------------------------------------------------------------------------ */
static EVP_PKEY *
pair(vc_gids *g, uint8_t ref)
{
	return g->keys[gids_key_find(g, ref)].pair.pkey;
}

static void
rsa_keys_sign_and_decipher_as_their_templates_say(void **state)
{
	static const struct line mse[] = {
		{ "002241B606800157840181", 0x6982 },
		{ PIN_OK, 0x9000 },
		{ "002A9E9A20" HASH, 0x6985 },			/* no environment */
		{ "002241B806800147840182", 0x6985 },		/* the second only signs */
		{ "002241B806800147840181", 0x9000 },
		{ "002A9E9A20" HASH, 0x6985 },			/* another use */
		{ "002A808605" "0011223344", 0x6700 },
		{ "002241B606800157840181", 0x9000 },
		{ "002A9E9A", 0x6700 },
		{ "00880000" "20" HASH, 0x6985 },
		{ "002A9E9A20" HASH, 0x9000 },
	};
	static const struct { uint8_t alg; int padding; } schemes[] = {
		{ 0x47, RSA_PKCS1_PADDING }, { 0x87, RSA_PKCS1_OAEP_PADDING },
	};
	uint8_t sealed[5 + 256 + 2] = { 0, 0x2a, 0x80, 0x86, 0, 1, 0 }, block[256];
	size_t len = sizeof(block);
	struct bench b;
	EVP_PKEY_CTX *ctx;
	vc_gids *g;

	(void)state;
	g = bench_sold(&b, "rsa:2048");
	CONVERSE(&b, mse);
	assert_int_equal(b.answer->len, 256);
	ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, pair(g, 0x81), NULL);
	assert_int_equal(EVP_PKEY_verify_recover_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_verify_recover(ctx, block, &len, b.answer->bytes, 256), 1);
	assert_int_equal(len, 32);
	assert_int_equal(block[31], 0x1f);
	EVP_PKEY_CTX_free(ctx);

	for (size_t i = 0; i < TMG_COUNT(schemes); i++) {
		const uint8_t set[] = { 0, 0x22, 0x41, 0xb8, 6, 0x80, 1, schemes[i].alg, 0x84, 1, 0x81 };

		len = 256;
		ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, pair(g, 0x81), NULL);
		assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, schemes[i].padding), 1);
		assert_int_equal(EVP_PKEY_encrypt(ctx, sealed + 7, &len, (const uint8_t *)"plain", 5), 1);
		EVP_PKEY_CTX_free(ctx);
		assert_int_equal(send_bytes(&b, TMG_VIEW(set)), 0x9000);
		assert_int_equal(send_bytes(&b, TMG_VIEW(sealed)), 0x9000);
		assert_got(&b, "706C61696E");
		sealed[7] ^= 1;
		assert_int_equal(send_bytes(&b, TMG_VIEW(sealed)), 0x6a80);
	}

	/* who asks has padded: what is signed raw opens with the public key alone */
	assert_int_equal(send_hex(&b, "002241B606800117840182"), 0x9000);
	assert_int_equal(send_hex(&b, "002A9E9A20" HASH), 0x6a80);
	sealed[2] = 0x9e;
	sealed[3] = 0x9a;
	memset(sealed + 7, 0, 256);
	sealed[7 + 255] = 2;
	assert_int_equal(send_bytes(&b, TMG_VIEW(sealed)), 0x9000);
	len = 256;
	ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, pair(g, 0x82), NULL);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, block, &len, b.answer->bytes, 256), 1);
	assert_memory_equal(block, sealed + 7, 256);
	EVP_PKEY_CTX_free(ctx);
	bench_close(&b);
}

static void
elliptic_keys_sign_and_are_made_anew(void **state)
{
	static const struct line rows[] = {
		{ PIN_OK, 0x9000 },
		{ "002241B60680011C840181", 0x9000 }, { "002A9E9A20" HASH, 0x9000 },
		{ "002A9E9A00", 0x6700 },
		{ "002241B60680015C840181", 0x9000 }, { "002A9E9A20" HASH, 0x6a81 },
		{ "0047000008AC0680010C830181", 0x9000 },
		{ "00200082", 0x9000 }, { "002A9E9A20" HASH, 0x6985 },
		{ "0047000008AC0680010C830181", 0x6982 },
	};
	uint8_t before[71];
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, "00CB3FFF0A7008840181A5037F4980"), 0x9000);
	assert_int_equal(b.answer->len, 70);
	memcpy(before, b.answer->bytes, 70);
	assert_memory_equal(before, "\x7f\x49\x43\x86\x41\x04", 6);
	CONVERSE(&b, rows);
	assert_int_equal(send_hex(&b, "00CB3FFF0A7008840181A5037F4980"), 0x9000);
	assert_memory_not_equal(before, b.answer->bytes, 70);
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	assert_int_equal(send_hex(&b, "002241B60680011C840181"), 0x9000);
	assert_int_equal(send_hex(&b, "002A9E9A20" HASH), 0x9000);
	assert_int_equal(b.answer->len, 64);		/* r and s */
	bench_close(&b);
}

/* A key for INTERNAL AUTHENTICATE, and one that holds nothing yet. */
static void
a_key_is_for_what_its_templates_say(void **state)
{
	static const struct line rows[] = {
		{ PIN_OK, 0x9000 },
		{ "00E000001D621B8201188302B0858C058F10101000A50BA40980011C830185950140", 0x9000 },
		{ "0047000008AC0680010C830185", 0x6985 },	/* not activated */
		{ ACTIVATE, 0x9000 },
		{ "00CB3FFF0A7008840185A5037F4980", 0x6a88 },
		{ "002281A406830185" "80011C", 0x6985 },	/* computes, does not verify */
		{ "002241A40680011C840185", 0x9000 },
		{ "0088000008" "0011223344556677", 0x6a88 },
		{ "0047000008AC0680010C830185", 0x9000 },
		{ "0088000008" "0011223344556677", 0x9000 },
		{ "0088010008" "0011223344556677", 0x6a86 },
		{ "002A9E9A20" HASH, 0x6985 },
		{ "00A4000402B085", 0x9000 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, "ec:p256");
	CONVERSE(&b, rows);
	assert_got(&b, "621E8201188302B0858C058F10101000A50BA40980011C8301859501408A0105");
	assert_int_equal(send_hex(&b, "00A4000002B085"), 0x9000);
	assert_int_equal(b.answer->bytes[0], 0x6f);
	assert_int_equal(send_hex(&b, "00A4000802B085"), 0x6a86);
	assert_int_equal(send_hex(&b, "00E40000"), 0x9000);
	assert_int_equal(send_hex(&b, "0088000008" "0011223344556677"), 0x6985);
	bench_close(&b);
}

/* PUT DATA of an RSA key that openssl made: what the card then signs, it verifies. */
static void
a_brought_key_is_that_key(void **state)
{
	static uint8_t apdu[7 + 1400] = { 0, 0xdb, 0x3f, 0xff, 0 };
	const uint8_t type[] = { 0x83, 0x01, 0x02, 0x84, 0x01, 0x00 };
	uint8_t body[1300], inner[1350], all[1400], *der = NULL;
	tmg_out v = TMG_OUT(body), t = TMG_OUT(inner), o = TMG_OUT(all);
	struct bench b;
	EVP_PKEY *key;
	vc_gids *g;
	int len;

	(void)state;
	g = bench_sold(&b, "rsa:2048");
	key = EVP_PKEY_Q_keygen(b.lib, NULL, "RSA", (size_t)2048);
	assert_non_null(key);
	len = i2d_PrivateKey(key, &der);
	assert_true(len > 0);
	tmg_put(&v, TMG_VIEW(type));
	tmg_tlv_put(&v, 0x87, (tmg_view){ der, (size_t)len });
	tmg_tlv_put(&t, 0x84, (tmg_view){ (const uint8_t *)"\x82", 1 });
	tmg_tlv_put(&t, 0xa5, tmg_out_view(&v));
	tmg_tlv_put(&o, 0x70, tmg_out_view(&t));
	apdu[5] = (uint8_t)(o.len >> 8);
	apdu[6] = (uint8_t)o.len;
	memcpy(apdu + 7, all, o.len);
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x6982);
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	apdu[7 + o.len - 1] ^= 1;			/* a coefficient that is none */
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x6a80);
	apdu[7 + o.len - 1] ^= 1;
	assert_int_equal(EVP_PKEY_eq(key, pair(g, 0x82)), 0);
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x9000);
	assert_int_equal(EVP_PKEY_eq(key, pair(g, 0x82)), 1);
	OPENSSL_clear_free(der, (size_t)len);
	EVP_PKEY_free(key);

	/* one of another size is not what the templates hold */
	key = EVP_PKEY_Q_keygen(b.lib, NULL, "RSA", (size_t)1024);
	der = NULL;
	len = i2d_PrivateKey(key, &der);
	v.len = sizeof(type);
	t.len = 3;
	o.len = 0;
	tmg_tlv_put(&v, 0x87, (tmg_view){ der, (size_t)len });
	tmg_tlv_put(&t, 0xa5, tmg_out_view(&v));
	tmg_tlv_put(&o, 0x70, tmg_out_view(&t));
	apdu[5] = (uint8_t)(o.len >> 8);
	apdu[6] = (uint8_t)o.len;
	memcpy(apdu + 7, all, o.len);
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x6985);
	OPENSSL_clear_free(der, (size_t)len);
	EVP_PKEY_free(key);
	bench_close(&b);
}

/* ---- sold full ---------------------------------------------------------------------------------------------- */

static void
a_full_card_has_what_windows_looks_for(void **state)
{
	static const char master[] = "DF1F81C501"
	    /* directory, name, two bytes, object, file: little-endian */
	    "6D7363700000000000" "000000000000000000" "0000" "00000000" "00A00000"
	    "000000000000000000" "636172646964000000" "0000" "20DF0000" "12A00000"
	    "000000000000000000" "636172646170707300" "0000" "21DF0000" "10A00000"
	    "000000000000000000" "636172646366000000" "0000" "22DF0000" "10A00000"
	    "6D7363700000000000" "6B7863303000000000" "0000" "24DF0000" "10A00000"
	    "6D7363700000000000" "6B7363303100000000" "0000" "25DF0000" "10A00000"
	    "6D7363700000000000" "636D617066696C6500" "0000" "23DF0000" "10A00000";
	uint8_t der[2600];
	uLongf len = sizeof(der);
	const uint8_t *at = der;
	struct bench b;
	vc_gids *g;
	X509 *cert;

	(void)state;
	g = bench_sold(&b, "rsa:2048/ec:p384");
	assert_int_equal(send_hex(&b, "00CBA000045C02DF1F00"), 0x9000);
	assert_got(&b, master);
	assert_int_equal(send_hex(&b, "00CBA000045C02DF2000"), 0x9000);
	assert_got(&b, "DF201901" "01000000079A81B0FFFF0000" "010000000D9C82B0FFFF0000");
	assert_int_equal(send_hex(&b, "00CBA010045C02DF2100"), 0x9000);
	assert_got(&b, "DF21086D73637000000000");
	assert_int_equal(send_hex(&b, "00CBA010045C02DF2200"), 0x9000);
	assert_got(&b, "DF2206000002000200");
	assert_int_equal(send_hex(&b, "00CBA012045C02DF2000"), 0x9000);
	assert_int_equal(b.answer->len, 19);
	assert_memory_equal(b.answer->bytes + 15, "\x01\x02\x03\x04", 4);
	assert_int_equal(send_hex(&b, "00CBA010045C02DF230000"), 0x6700);
	assert_int_equal(send_hex(&b, "00CBA01000000" "45C02DF230000"), 0x9000);
	assert_int_equal(b.answer->len, 4 + 2 * 86);
	/* valid and default, no signature key, 2048; valid, 384, none for exchange */
	assert_memory_equal(b.answer->bytes + 4, "t\0a\0m\0g\0a\0-\0", 12);
	assert_memory_equal(b.answer->bytes + 4 + 80, "\x03\0\0\0\0\x08", 6);
	assert_memory_equal(b.answer->bytes + 4 + 86 + 80, "\x01\0\x80\x01\0\0", 6);

	assert_int_equal(send_hex(&b, "00CBA01000000" "45C02DF240000"), 0x9000);
	assert_memory_equal(b.answer->bytes, "\xdf\x24\x82", 3);
	assert_memory_equal(b.answer->bytes + 5, "\x01\x00", 2);
	assert_int_equal(uncompress(der, &len, b.answer->bytes + 9, b.answer->len - 9), Z_OK);
	assert_int_equal(len, b.answer->bytes[7] | b.answer->bytes[8] << 8);
	cert = d2i_X509(NULL, &at, (long)len);
	assert_non_null(cert);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(cert), pair(g, 0x81)), 1);
	X509_free(cert);
	bench_close(&b);

	bench_open(&b, &bare);
	assert_int_equal(vc_card_provision(&b.chip->card, "ed25519"), TMG_NOT_FOUND);
	bench_close(&b);
}

static void
selecting_piv_ends_the_login(void **state)
{
	static const struct line rows[] = {
		{ SELECT_APP, 0x9000 }, { PIN_OK, 0x9000 }, { "00DBA01003DF3000", 0x9000 },
		{ "00A4040006A00000039999", 0x6a82 },		/* nobody's name changes nothing */
		{ "00DBA01003DF3100", 0x9000 },
		{ "00A4040005A000000308", 0x9000 },
		{ "00CB3FFF055C035FC102", 0x9000 },
		{ "00CBA010045C02DF21", 0x6a86 },		/* that is PIV now */
		{ SELECT_APP, 0x9000 }, { "00DBA01003DF3000", 0x6982 }, { "00200080", 0x63c3 },
		{ "00CBA010045C02DF31", 0x9000 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &with_piv);
	assert_int_equal(vc_card_provision(&b.chip->card, "ec:p256"), TMG_OK);
	CONVERSE(&b, rows);
	bench_close(&b);
}

/* ---- the state ------------------------------------------------------------------------------------------------ */
static void
a_saved_card_is_the_same_card(void **state)
{
	static const struct line after[] = {
		{ SELECT_APP, 0x9000 }, { "00200080", 0x63c2 }, { PIN_OK, 0x9000 },
		{ "002241B60680011C840181", 0x9000 }, { "002A9E9A20" HASH, 0x9000 },
		{ "00CBA010045C02DF21", 0x9000 }, { "00A4000C02A015", 0x9000 },
		{ "00CBA015025C00", 0x6985 },		/* was not activated yet */
	};
	struct bench a, b;

	(void)state;
	bench_sold(&a, "ec:p256");
	send_hex(&a, PIN_OK);
	assert_int_equal(send_hex(&a, EF("A015", "030000")), 0x9000);
	send_hex(&a, PIN_BAD);
	bench_open(&b, &bare);
	assert_moves(&a, &b);
	CONVERSE(&b, after);
	assert_int_equal(authenticate(&b, ADMIN, 0x80), 0x9000);
	bench_close(&a);
	bench_close(&b);
}

#define APP "\x81\x0f\x00\x00\x01\x3f\x00\x38\x00\x05\x00\x00\x00\x03\x03\x30\x30"
/* place, kind, identifier, descriptor */
#define FILE_AT(place, parent, kind, id, size) \
	"\x81\x0c" place parent kind id "\x39\x00\x05\x00" size "\x00\x00"
#define EF_AT "\x81\x0c\x01\x00\x02\xa0\x10\x39\x00\x05\x00\x00\x00\x00"
#define KEY_AT "\x81\x0c\x02\x00\x03\xb0\x80\x18\x00\x05\x00\x00\x00\x00"
#define CRTS "\x82\x0c\x02\xa4\x09\x80\x01\x02\x83\x01\x80\x95\x01\xc0"

/* Records that are whole and say what cannot be; the digest is right. */
static void
an_impossible_state_is_refused(void **state)
{
	static const struct { tmg_view records; tmg_rc rc; } rows[] = {
		{ BYTES("\xe6\x11" APP), TMG_OK },
		{ BYTES("\xe6\x00"), TMG_E_MALFORMED },			/* no application */
		{ BYTES("\xe6\x22" APP APP), TMG_E_MALFORMED },
		{ BYTES("\xe6\x1f" APP EF_AT), TMG_OK },
		{ BYTES("\xe6\x1f" APP KEY_AT), TMG_E_MALFORMED },	/* no templates */
		{ BYTES("\xe6\x2d" APP KEY_AT CRTS), TMG_OK },
		{ BYTES("\xe6\x1f" APP CRTS), TMG_E_MALFORMED },	/* of no file */
		{ BYTES("\xe6\x28" APP EF_AT "\x82\x07\x01\xa4\x04\x80\x01\x02\x83"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x24" APP KEY_AT "\x82\x03\x02\xa4\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x1f" APP FILE_AT("\x01", "\x00", "\x01", "\xa0\x10", "\x00")),
		    TMG_E_MALFORMED },					/* a DF */
		{ BYTES("\xe6\x20" APP "\x81\x0d\x01\x00\x02\xa0\x10\x39\x00\x05\x00\x01\x00\x00\xaa"),
		    TMG_E_MALFORMED },					/* with bytes of its own */
		/* objects */
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x01\xdf\x20\x01\xaa"), TMG_OK },
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x09\xdf\x20\x01\xaa"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x01\xdf\x20\x02\xaa"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x01\xdf\x20\x00\xaa"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x22" APP EF_AT "\x83\x01\x01"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x21" APP EF_AT "\x83\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x2d" APP EF_AT "\x83\x05\x01\xdf\x20\x01\xaa\x83\x05\x01\xdf\x20\x01\xaa"),
		    TMG_E_MALFORMED },					/* twice */
		{ BYTES("\xe6\x34" APP KEY_AT CRTS "\x83\x05\x02\xdf\x20\x01\xaa"), TMG_E_MALFORMED },
		/* keys */
		{ BYTES("\xe6\x48" APP KEY_AT CRTS "\x85\x19\x02" "123456789012345678901234"), TMG_OK },
		{ BYTES("\xe6\x47" APP KEY_AT CRTS "\x85\x18\x02" "12345678901234567890123"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe6\x3a" APP EF_AT "\x85\x19\x01" "123456789012345678901234"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe6\x31" APP KEY_AT CRTS "\x84\x02\x02\x05"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x31" APP KEY_AT CRTS "\x84\x02\x02\xff"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x30" APP KEY_AT CRTS "\x84\x01\x02"), TMG_E_MALFORMED },
		/* PINs */
		{ BYTES("\xe6\x19" APP "\x80\x06\x03\x02" "1234"), TMG_OK },
		{ BYTES("\xe6\x19" APP "\x80\x06\x03\x04" "1234"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x19" APP "\x80\x06\x00\x00" "1234"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x18" APP "\x80\x05\x03\x02" "123"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x26" APP "\x80\x13\x03\x02" "12345678901234567"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x14" APP "\x80\x01\x03"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x13" APP "\x8f\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x12" APP "\x80"), TMG_E_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_rc rc = load_of(&bare, rows[i].records);

		if (rc != rows[i].rc)
			print_error("row %zu: %d\n", i, rc);
		assert_int_equal(rc, rows[i].rc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_selected_by_its_name_whole_or_without_version),
		cmocka_unit_test(a_bare_card_is_filled_and_activated),
		cmocka_unit_test(wrong_commands_are_told_what_is_wrong),
		cmocka_unit_test(objects_are_put_got_emptied_and_gone),
		cmocka_unit_test(a_card_is_full_at_some_time),
		cmocka_unit_test(bytes_of_all_objects_have_a_limit),
		cmocka_unit_test(a_pin_blocks_is_changed_and_ends_with_the_power),
		cmocka_unit_test(an_administrator_unblocks_and_changes_the_key),
		cmocka_unit_test(conditions_mean_what_the_standard_says),
		cmocka_unit_test(an_administrator_may_prove_himself_alone),
		cmocka_unit_test(rsa_keys_sign_and_decipher_as_their_templates_say),
		cmocka_unit_test(elliptic_keys_sign_and_are_made_anew),
		cmocka_unit_test(a_key_is_for_what_its_templates_say),
		cmocka_unit_test(a_brought_key_is_that_key),
		cmocka_unit_test(a_full_card_has_what_windows_looks_for),
		cmocka_unit_test(selecting_piv_ends_the_login),
		cmocka_unit_test(a_saved_card_is_the_same_card),
		cmocka_unit_test(an_impossible_state_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
