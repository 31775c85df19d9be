/* SPDX-License-Identifier: BSD-2-Clause */
/* PINs: which is sent where, what a refusal costs, and hashed before. */
#include "tests/unit/openpgp-desk.h"

#include "src/codec/hex.h"

#define GET_6E "00CA006E"
#define GET_F9 "00CA00F9"
#define GET_C4 "00CA00C4"
#define C4(user, code, admin) "01202020" user code admin "9000"
#define DRV tmg_driver_openpgp

/* ---- S2K ----------------------------------------------------------------- */

/* By RFC 4880 3.7.1.3, computed with Python's hashlib. */
static void
pins_are_hashed_as_rfc_4880_says(void **state)
{
	static const struct {
		tmg_hash hash;
		const char *salt;
		uint32_t count;
		const char *pin, *key;
	} cases[] = {
		{ TMG_HASH_SHA256, "3031323334353637", 100000, "123456",
		    "773784A602B6C81E3F092F4D7D00E17CC822D88F7360FCF2D2EF2D9D901F44B6" },
		{ TMG_HASH_SHA256, "0000000000000000", 65011712, "12345678",
		    "6199EE696DA7A3B44AD81B5FC2583C7F79B1708275D5025BB68ED5650A951E80" },
		{ TMG_HASH_SHA256, "A1B2C3D4E5F60718", 1, "123456",
		    "357F2B6E481272D101F23CF67F09C114AA06299B3CC60AD1C90A7B493F659EB2" },
		{ TMG_HASH_SHA256, "3031323334353637", 1003, "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
		    "2FDA24E1A13077672C1A9770789227325B28C1D2F31C3A672B71A5AE15F37FB7" },
		{ TMG_HASH_SHA512, "3031323334353637", 100000, "123456",
		    "9CB102D4452E431F9338C837AC67D713794D3CA93B03D53F9E08216A83B61EC6"
		    "C0FCAE8F416CB8AD7D180A46DAB0C48E7E6A5F2A533D62555FD66F99F0DCE34F" },
		{ TMG_HASH_SHA512, "0000000000000000", 65011712, "12345678",
		    "EF4CC5926048FC7822E6F98EF81FDEA22EEFD3C95E74BA6AC9B8268D4D92DA03"
		    "541478306AA2C3E6402769077DA9AE5B8182CFD9AE64206330ACCEB684B0AF85" },
		{ TMG_HASH_SHA512, "A1B2C3D4E5F60718", 1, "123456",
		    "D0B40EE5E05C5C92FD2FEA44B67F63871B1F85910275E495E2BE585BE7DC81E6"
		    "8B9876F4D669A7E639359E0682372890A6221A451AF15CAB18695B1BB00F1DC7" },
		{ TMG_HASH_SHA512, "3031323334353637", 1003, "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
		    "61B140FE6B7BF1C91B3A5D16FCE38740ABEBC0F7746338A35759D305FEBEFD60"
		    "948601A956C627EB70C3B364548A306670A4389BDAD01241E38F8DFBA5476AF1" },
	};
	tmg_ctx *ctx;

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_secret key;
		uint8_t salt[8], want[64];
		tmg_out s = TMG_OUT(salt), w = TMG_OUT(want);

		assert_int_equal(tmg_hex_parse(tmg_view_str(cases[i].salt), &s),
		    TMG_OK);
		assert_int_equal(tmg_hex_parse(tmg_view_str(cases[i].key), &w),
		    TMG_OK);
		assert_int_equal(tmg_opgp_s2k(ctx, cases[i].hash, tmg_out_view(&s),
		    cases[i].count, tmg_view_str(cases[i].pin), &key), TMG_OK);
		assert_view_equal(tmg_secret_view(&key), tmg_out_view(&w));
	}
	tmg_ctx_free(&ctx);
}

static void
a_bad_kdf_object_sends_no_pin(void **state)
{
	static const char *const bad[] = {
		"8101", "810104", "81020000", "810103", "810103 820108",
		"810103 820108 8304000186A0",
		"810103 820108 8304000186A0 840701020304050607",
		"810103 820109 8304000186A0 84080102030405060708",
		"810103 820108 830400FFFFFFFF 84080102030405060708",
		"810103 820108 8304FFFFFFFF 84080102030405060708",
		"810103 820108 83030186A0 84080102030405060708",
		"820108",
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		uint8_t bytes[64];
		tmg_out o = TMG_OUT(bytes);
		tmg_opgp_kdf kdf;

		assert_int_equal(tmg_hex_parse(tmg_view_str(bad[i]), &o), TMG_OK);
		assert_int_equal(tmg_opgp_kdf_parse(tmg_out_view(&o), &kdf),
		    TMG_E_MALFORMED);
	}
}

#define ABOUT_KDF opgp_about(AID34, CAPS("75") "C1" P256_SIGN "C2" P256_AGREE \
	"C3" P256_SIGN PW("01") PRINTS)
#define KDF_ONE_SALT "810103 820108 8304000186A0 84083031323334353637"

static void
a_hashed_pin_goes_out_for_every_kind(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ "00CA00F9", "F916" KDF_ONE_SALT "9000", NULL },
		{ "00200081773784A602B6C81E3F092F4D7D00E17CC822D88F7360FCF2D2EF2D9D901F44B6",
		    "9000", NULL },
		{ "00200083*", "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	d.b->due = 1;
	assert_int_equal(DRV.verify(d.b, TMG_PIN_USER, tmg_view_str("123456"),
	    NULL), TMG_OK);
	assert_int_equal(DRV.verify(d.b, TMG_PIN_ADMIN, tmg_view_str("12345678"),
	    NULL), TMG_OK);
	opgp_done(&d);
}

static void
an_unreadable_kdf_object_stops_the_pin(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_KDF, NULL },
		{ "00CA00F9", "8101 9000", NULL }, { 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.verify(d.b, TMG_PIN_USER, tmg_view_str("123456"),
	    NULL), TMG_E_MALFORMED);
	opgp_done(&d);
}

/* ---- refusals ------------------------------------------------------------ */

static void
a_refusal_tells_the_tries(void **state)
{
	static const struct {
		const char *answer, *c4;
		tmg_rc rc;
		int tries;
	} cases[] = {
		{ "63C2", NULL, TMG_PIN_WRONG, 2 },
		{ "63C0", NULL, TMG_PIN_LOCKED, 0 },
		{ "6983", NULL, TMG_PIN_LOCKED, 0 },
		{ "6982", C4("02", "00", "03"), TMG_PIN_WRONG, 2 },
		{ "6982", C4("00", "00", "03"), TMG_PIN_LOCKED, 0 },
		{ "6982", "6A88", TMG_PIN_WRONG, -1 },
		{ "6A80", NULL, TMG_DENIED, -1 },
		{ "6F00", NULL, TMG_E_CARD, -1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_script_row rows[6] = { PROBE, { GET_F9, "6A88", NULL },
			{ "00200081313233343536", cases[i].answer, NULL } };
		int tries;
		opgp_desk d;

		if (cases[i].c4 != NULL)
			rows[3] = (tmg_script_row){ GET_C4, cases[i].c4, NULL };
		opgp_open(&d, rows);
		d.b->due = 1;
		assert_int_equal(DRV.verify(d.b, TMG_PIN_USER,
		    tmg_view_str("123456"), &tries), cases[i].rc);
		assert_int_equal(tries, cases[i].tries);
		assert_int_equal(DRV.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
		opgp_done(&d);
	}
}

static void
what_cannot_be_right_is_not_sent(void **state)
{
	static const char *const bad[] = {
		"", "123456789012345678901234567890123",
	};
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL }, { 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	for (size_t i = 0; i < TMG_COUNT(bad); i++)
		assert_int_equal(DRV.verify(d.b, TMG_PIN_USER,
		    tmg_view_str(bad[i]), NULL), TMG_PIN_WRONG);
	assert_int_equal(DRV.change(d.b, TMG_PIN_USER, tmg_view_str("123456"),
	    tmg_view_str("12345"), NULL), TMG_DENIED);
	assert_int_equal(DRV.change(d.b, TMG_PIN_PUK, tmg_view_str("12345678"),
	    tmg_view_str("87654321"), NULL), TMG_UNSUPPORTED);
	opgp_done(&d);
}

static void
tries_are_read_and_none_is_spent(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_C4, C4("03", "00", "02"), NULL },
		{ GET_C4, "9000", NULL },
		{ GET_C4, C4("03", "03", "02"), NULL },
		{ GET_C4, C4("03", "00", "02"), NULL },
		{ GET_C4, C4("01", "00", "02"), NULL }, { 0 },
	};
	int tries;
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_USER, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_ADMIN, &tries), TMG_OK);
	assert_int_equal(tries, 2);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_USER, &tries), TMG_NOT_FOUND);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_PUK, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_PUK, &tries), TMG_NOT_FOUND);
	assert_int_equal(tries, -1);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_USER, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_USER, &tries), TMG_OK);
	assert_int_equal(tries, 1);
	opgp_done(&d);
}

/* ---- new values ---------------------------------------------------------- */

static void
changing_sends_old_and_new(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ "00240081313233343536" "363534333231", "9000", NULL },
		{ GET_6E, ABOUT_P256, NULL },
		{ "00240083" "3132333435363738" "3837363534333231", "63C1", NULL },
		{ 0 },
	};
	int tries;
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.change(d.b, TMG_PIN_USER, tmg_view_str("123456"),
	    tmg_view_str("654321"), NULL), TMG_OK);
	d.p->kdf_known = false;
	assert_int_equal(DRV.change(d.b, TMG_PIN_ADMIN, tmg_view_str("12345678"),
	    tmg_view_str("87654321"), &tries), TMG_PIN_WRONG);
	assert_int_equal(tries, 1);
	opgp_done(&d);
}

static void
unblocking_by_code_or_by_the_admin(void **state)
{
	const tmg_script_row by_code[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ GET_C4, C4("00", "03", "03"), NULL },
		{ "002C0081" "3837363534333231" "363534333231", "9000", NULL },
		{ 0 },
	};
	const tmg_script_row by_admin[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ GET_C4, C4("00", "00", "03"), NULL },
		{ "00200083" "3837363534333231", "9000", NULL },
		{ "002C0281" "363534333231", "9000", NULL },
		{ "002C0281" "363534333231", "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, by_code);
	assert_int_equal(DRV.unblock(d.b, tmg_view_str("87654321"),
	    tmg_view_str("654321"), NULL), TMG_OK);
	opgp_done(&d);
	opgp_open(&d, by_admin);
	assert_int_equal(DRV.unblock(d.b, tmg_view_str("87654321"),
	    tmg_view_str("654321"), NULL), TMG_OK);
	assert_int_equal(DRV.unblock(d.b, tmg_view_str(""),
	    tmg_view_str("654321"), NULL), TMG_OK);
	opgp_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_are_hashed_as_rfc_4880_says),
		cmocka_unit_test(a_bad_kdf_object_sends_no_pin),
		cmocka_unit_test(a_hashed_pin_goes_out_for_every_kind),
		cmocka_unit_test(an_unreadable_kdf_object_stops_the_pin),
		cmocka_unit_test(a_refusal_tells_the_tries),
		cmocka_unit_test(what_cannot_be_right_is_not_sent),
		cmocka_unit_test(tries_are_read_and_none_is_spent),
		cmocka_unit_test(changing_sends_old_and_new),
		cmocka_unit_test(unblocking_by_code_or_by_the_admin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
