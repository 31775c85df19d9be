/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GIDS application: selected, filled from bare, its data objects and its PIN.
 */
#include "tests/unit/vcard-gids.h"

/* ---- selecting -------------------------------------------------------------------------- */
#define APPLICATION "61124F0BA00000039742544659020173034001C0"

static void
it_is_selected_by_its_name_whole_or_without_version(void **state)
{
	static const struct told rows[] = {
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
	bench_open(&b, &bench_gids_bare);
	assert_int_equal(send_hex(&b, "00CB3FFF045C027F71"), 0x6d00);	/* nothing is selected */
	HEAR(&b, rows);
	bench_close(&b);
}

static const vc_profile with_piv = {
	.apps = VC_APP_BIT(VC_APP_GIDS) | VC_APP_BIT(VC_APP_PIV), .extended = true,
	.serial = 0x01020304, .pin_tries = 3, .puk_tries = 3,
};

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

/* ---- a bare card ---------------------------------------------------------------------------- */
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
	bench_open(&b, &bench_gids_bare);
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
	bench_gids_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	CONVERSE(&b, rows);
	bench_close(&b);
}

/* ---- data objects ------------------------------------------------------------------------------ */
static void
objects_are_put_got_emptied_and_gone(void **state)
{
	static const struct told rows[] = {
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
	bench_gids_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	HEAR(&b, rows);
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
	g = bench_gids_sold(&b, "ec:p256");
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
	g = bench_gids_sold(&b, "ec:p256");
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
	bench_gids_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	assert_int_equal(send_hex(&b, SELECT_APP), 0x9000);
	assert_int_equal(send_hex(&b, "00200080"), 0x63c3);
	CONVERSE(&b, rows);
	assert_got(&b, "7F7106970100930103");
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_selected_by_its_name_whole_or_without_version),
		cmocka_unit_test(selecting_piv_ends_the_login),
		cmocka_unit_test(a_bare_card_is_filled_and_activated),
		cmocka_unit_test(wrong_commands_are_told_what_is_wrong),
		cmocka_unit_test(objects_are_put_got_emptied_and_gone),
		cmocka_unit_test(a_card_is_full_at_some_time),
		cmocka_unit_test(bytes_of_all_objects_have_a_limit),
		cmocka_unit_test(a_pin_blocks_is_changed_and_ends_with_the_power),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
