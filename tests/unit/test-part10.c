/* SPDX-License-Identifier: BSD-2-Clause */
/* Keypads as PC/SC part 10 has them: what readers tell, good and bad, and what
 * they are told. */
#include "tests/unit/test.h"

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/reader/part10.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

/* ---- features ------------------------------------------------------------ */

static const struct {
	const char *answer;
	tmg_rc rc;
	uint32_t verify, modify, properties;
} features[] = {
	{ "", TMG_OK, 0, 0, 0 },
	/* as libccid tells of a keypad */
	{ "060442330006 070442330007 0A0442330009 120442330012", TMG_OK,
	    0x42330006, 0x42330007, 0x42330012 },
	/* what nobody knows is passed over, whatever its length */
	{ "FE00 FF03010203 060400000001", TMG_OK, 1, 0, 0 },
	/* cut off: in the tag, the length, the code */
	{ "060442330006 07", TMG_E_MALFORMED, 0, 0, 0 },
	{ "060442330006 0704", TMG_E_MALFORMED, 0, 0, 0 },
	{ "060442330006 0704423300", TMG_E_MALFORMED, 0, 0, 0 },
	/* lengths that lie */
	{ "06FF42330006", TMG_E_MALFORMED, 0, 0, 0 },
	{ "060342330006", TMG_E_MALFORMED, 0, 0, 0 },
	{ "0605423300060A", TMG_E_MALFORMED, 0, 0, 0 },
	{ "0600", TMG_E_MALFORMED, 0, 0, 0 },
	{ "FEFF 060442330006", TMG_E_MALFORMED, 0, 0, 0 },
	/* twice, and a code that none is */
	{ "060442330006 060442330007", TMG_E_MALFORMED, 0, 0, 0 },
	{ "060400000000", TMG_E_MALFORMED, 0, 0, 0 },
};

static void
test_features(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(features); i++) {
		tmg_part10_features f = { 9, 9, 9 };
		uint8_t store[64];

		assert_int_equal(tmg_part10_features_parse(hex(features[i].answer,
		    store, sizeof(store)), &f), features[i].rc);
		assert_int_equal(f.verify, features[i].verify);
		assert_int_equal(f.modify, features[i].modify);
		assert_int_equal(f.properties, features[i].properties);
	}
}

/* ---- properties ---------------------------------------------------------- */

static const struct {
	const char *answer;
	tmg_rc rc;
	bool has;
	uint32_t size;
	uint8_t min, max, validation;
} properties[] = {
	{ "", TMG_OK, false, 0, 0, 0, 0 },
	{ "010210 02 020107 060104 070108 0A0400000100", TMG_OK, true, 0x10000,
	    4, 8, 7 },
	{ "0A0100", TMG_OK, true, 0, 0, 0, 0 },
	{ "0A02FF00", TMG_OK, true, 255, 0, 0, 0 },
	{ "0B02AABB 0C02CCDD 0800", TMG_OK, false, 0, 0, 0, 0 },
	/* what stood before something wrong is known */
	{ "0A0400000100 06", TMG_E_MALFORMED, true, 0x10000, 0, 0, 0 },
	{ "0A0400000100 0602", TMG_E_MALFORMED, true, 0x10000, 0, 0, 0 },
	{ "060104 070208", TMG_E_MALFORMED, false, 0, 4, 0, 0 },
	{ "0600", TMG_E_MALFORMED, false, 0, 0, 0, 0 },
	{ "06020405", TMG_E_MALFORMED, false, 0, 0, 0, 0 },
	{ "0A00", TMG_E_MALFORMED, false, 0, 0, 0, 0 },
	{ "0A050000010000", TMG_E_MALFORMED, false, 0, 0, 0, 0 },
	{ "FFFF", TMG_E_MALFORMED, false, 0, 0, 0, 0 },
};

static void
test_properties(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(properties); i++) {
		tmg_part10_properties p;
		uint8_t store[64];

		assert_int_equal(tmg_part10_properties_parse(hex(
		    properties[i].answer, store, sizeof(store)), &p),
		    properties[i].rc);
		assert_int_equal(p.has_apdu_data, properties[i].has);
		assert_int_equal(p.apdu_data, properties[i].size);
		assert_int_equal(p.min, properties[i].min);
		assert_int_equal(p.max, properties[i].max);
		assert_int_equal(p.validation, properties[i].validation);
	}
}

/* ---- what it is told ----------------------------------------------------- */

#define VERIFY "0020008008FFFFFFFFFFFFFFFF"
#define CHANGE "0024008010FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

static const tmg_pad_form verify = { .block = 8, .min = 6, .max = 8,
	.seconds = 30 };
static const tmg_pad_form change = { .change = true, .block = 8, .new_at = 8,
	.min = 6, .max = 8, .seconds = 30 };

static void
told(const tmg_part10_properties *p, const tmg_pad_form *form,
    const char *command, tmg_rc rc, const char *wanted)
{
	uint8_t in[64], bytes[TMG_PART10_MAX], out[TMG_PART10_MAX];
	tmg_out o = TMG_OUT(bytes);
	tmg_view want;

	assert_int_equal(tmg_part10_put(p, form, hex(command, in, sizeof(in)), &o),
	    rc);
	if (rc != TMG_OK)
		return;
	want = hex(wanted, out, sizeof(out));
	assert_int_equal(o.len, want.len);
	assert_memory_equal(o.ptr, want.ptr, want.len);
}

static void
test_told(void **state)
{
	static const tmg_part10_properties none = { .min = 0 };
	static const tmg_part10_properties short_pad = { .min = 4, .max = 7,
	    .validation = 0x01 };
	static const tmg_part10_properties wide = { .min = 7, .max = 16,
	    .validation = 0x07 };
	static const tmg_part10_properties four = { .max = 4 };
	tmg_pad_form later = verify;

	(void)state;
	/* time, time, format, block, length, max, min, ends by, messages,
	 * language, message, prologue, bytes of the command */
	told(&none, &verify, VERIFY, TMG_OK, "1E 00 82 08 00 08 06 02 01 0904 00 "
	    "000000 0D000000" VERIFY);
	told(&none, &change, CHANGE, TMG_OK, "1E 00 82 08 00 00 08 08 06 03 02 03 "
	    "0904 00 01 02 000000 15000000" CHANGE);
	/* between what the card and what the keypad takes */
	told(&short_pad, &verify, VERIFY, TMG_OK, "1E 00 82 08 00 07 06 01 01 "
	    "0904 00 000000 0D000000" VERIFY);
	told(&wide, &verify, VERIFY, TMG_OK, "1E 00 82 08 00 08 07 02 01 0904 00 "
	    "000000 0D000000" VERIFY);
	told(&four, &verify, VERIFY, TMG_UNSUPPORTED, NULL);
	/* a block that does not begin at once */
	later.old_at = 2;
	told(&none, &later, "002000800AFFFFFFFFFFFFFFFFFFFF", TMG_OK, "1E 00 92 08 "
	    "00 08 06 02 01 0904 00 000000 0F000000"
	    "002000800AFFFFFFFFFFFFFFFFFFFF");
}

/* Forms that no structure can say, or that do not fit their command. */
static void
test_forms(void **state)
{
	static const tmg_part10_properties none = { .min = 0 };
	static const tmg_pad_form bad[] = {
		{ .block = 0, .min = 6, .max = 8 },
		{ .block = 16, .min = 6, .max = 8 },
		{ .block = 8, .min = 0, .max = 8 },
		{ .block = 8, .min = 8, .max = 6 },
		{ .block = 8, .min = 6, .max = 9 },
		{ .block = 8, .old_at = 1, .min = 6, .max = 8 },
		{ .block = 8, .old_at = 16, .min = 6, .max = 8 },
		{ .block = 8, .min = 6, .max = 8, .seconds = 256 },
		{ .change = true, .block = 8, .new_at = 8, .min = 6, .max = 8 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++)
		told(&none, &bad[i], VERIFY, TMG_E_USAGE, NULL);
	told(&none, &verify, "00200080", TMG_E_USAGE, NULL);
	told(&none, &verify, "0020008008", TMG_E_USAGE, NULL);
	told(&none, &verify, "0020008007FFFFFFFFFFFFFFFF", TMG_E_USAGE, NULL);
}

/* ---- what it answers ----------------------------------------------------- */

static void
test_answers(void **state)
{
	static const struct {
		const char *answer;
		tmg_rc rc;
	} t[] = {
		{ "9000", TMG_OK }, { "63C2", TMG_OK }, { "6983", TMG_OK },
		{ "", TMG_OK }, { "64", TMG_OK }, { "640000", TMG_OK },
		{ "6400", TMG_CANCELLED }, { "6401", TMG_CANCELLED },
		{ "6480", TMG_CANCELLED }, { "6402", TMG_DENIED },
		{ "6403", TMG_DENIED }, { "6B80", TMG_UNSUPPORTED },
		{ "6404", TMG_OK }, { "6B00", TMG_OK },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_fault f = { .rc = TMG_OK };
		uint8_t store[8];

		assert_int_equal(tmg_part10_judge(&f, "Reader X", hex(t[i].answer,
		    store, sizeof(store))), t[i].rc);
		assert_int_equal(f.rc, t[i].rc);
		assert_true(t[i].rc == TMG_OK ||
		    strstr(f.text, "Reader X") != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
