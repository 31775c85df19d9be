/* SPDX-License-Identifier: BSD-2-Clause */
/* Class descriptors and messages of CCID: good ones, and lies. */
#include "tests/unit/test.h"

#include "src/codec/hex.h"
#include "src/reader/ccid_desc.h"
#include "src/reader/ccid_frame.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

/* ---- descriptors --------------------------------------------------------- */

#define LE16(n) (uint8_t)((n) & 0xff), (uint8_t)((n) >> 8 & 0xff)
#define LE32(n) LE16(n), LE16((n) >> 16)

/* One of a reader; the fields that differ. */
struct shape {
	uint8_t length, type, slot, volts;
	uint32_t protocols, ifsd, features, message;
	uint8_t pins;
};

static tmg_view
descriptor(const struct shape *s, uint8_t out[static 54])
{
	const uint8_t bytes[54] = { s->length, s->type, LE16(0x110), s->slot,
	    s->volts, LE32(s->protocols), LE32(4000u), LE32(4000u), 0,
	    LE32(10753u), LE32(344105u), 0, LE32(s->ifsd), LE32(0u), LE32(0u),
	    LE32(s->features), LE32(s->message), 0xff, 0xff, LE16(0), s->pins,
	    1 };

	memcpy(out, bytes, sizeof(bytes));
	return (tmg_view){ out, sizeof(bytes) };
}

static const struct {
	struct shape shape;
	tmg_rc rc;
	tmg_ccid_level level;
	uint8_t ifsd;
} descriptors[] = {
	/* levels, as tokens have them */
	{ { 54, 0x21, 0, 7, 2, 3062, 0x000400fe, 3072, 0 }, TMG_OK,
	    TMG_CCID_EXTENDED, 254 },
	{ { 54, 0x21, 0, 1, 2, 254, 0x00020842, 271, 0 }, TMG_OK,
	    TMG_CCID_SHORT, 254 },
	{ { 54, 0x21, 0, 2, 2, 48, 0x000104ba, 271, 0 }, TMG_OK,
	    TMG_CCID_TPDU, 48 },
	{ { 54, 0x21, 0, 1, 2, 254, 0x00040042, 64, 0 }, TMG_OK,
	    TMG_CCID_EXTENDED, 254 },
	{ { 54, 0x21, 0, 1, 3, 0, 0x00010230, 271, 3 }, TMG_OK,
	    TMG_CCID_TPDU, 32 },
	/* what we do not speak */
	{ { 54, 0x21, 0, 1, 3, 254, 0x00000230, 271, 0 }, TMG_UNSUPPORTED, 0, 0 },
	{ { 54, 0x21, 0, 1, 0, 254, 0x00010230, 271, 0 }, TMG_UNSUPPORTED, 0, 0 },
	{ { 54, 0x21, 0, 1, 0x80, 254, 0x00010230, 271, 0 }, TMG_UNSUPPORTED,
	    0, 0 },
	/* two levels at once, lengths out of reach, slots without number */
	{ { 54, 0x21, 0, 1, 3, 254, 0x00030230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x21, 0, 1, 3, 254, 0x00060230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x21, 0, 1, 3, 254, 0x00070230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x21, 0, 1, 3, 254, 0x00010230, 0, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x21, 0, 1, 3, 254, 0x00010230, 31, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x21, 0, 1, 3, 254, 0x00040230, 65555, 0 }, TMG_E_MALFORMED,
	    0, 0 },
	{ { 54, 0x21, 0, 1, 3, 254, 0x00040230, 0xffffffff, 0 },
	    TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x21, 0xff, 1, 3, 254, 0x00010230, 271, 0 }, TMG_E_MALFORMED,
	    0, 0 },
	/* another length, another type, a length that runs over the end */
	{ { 53, 0x21, 0, 1, 3, 254, 0x00010230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 9, 0x21, 0, 1, 3, 254, 0x00010230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 55, 0x21, 0, 1, 3, 254, 0x00010230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 0, 0x21, 0, 1, 3, 254, 0x00010230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 1, 0x21, 0, 1, 3, 254, 0x00010230, 271, 0 }, TMG_E_MALFORMED, 0, 0 },
	{ { 54, 0x22, 0, 1, 3, 254, 0x00010230, 271, 0 }, TMG_NOT_FOUND, 0, 0 },
};

static void
test_descriptors(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(descriptors); i++) {
		uint8_t bytes[54];
		tmg_fault f = { .rc = TMG_OK };
		tmg_ccid_desc d;

		print_message("  row %zu\n", i);
		assert_int_equal(tmg_ccid_desc_parse(descriptor(
		    &descriptors[i].shape, bytes), &f, &d), descriptors[i].rc);
		assert_int_equal(f.rc, descriptors[i].rc);
		if (descriptors[i].rc != TMG_OK) {
			assert_true(f.text[0] != '\0');
			continue;
		}
		assert_int_equal(d.level, descriptors[i].level);
		assert_int_equal(d.ifsd, descriptors[i].ifsd);
		assert_int_equal(d.slots, 1);
		assert_int_equal(d.message, descriptors[i].shape.message);
		assert_int_equal(d.features, descriptors[i].shape.features);
		assert_int_equal(d.pins, descriptors[i].shape.pins);
		assert_int_equal(d.clock, 4000);
		assert_int_equal(d.rate_max, 344105);
	}
}

/* Behind other descriptors, and cut off everywhere. */
static void
test_descriptor_places(void **state)
{
	uint8_t bytes[7 + 54] = { 7, 0x05, 0x83, 3, 8, 0, 16 };
	tmg_ccid_desc d;

	(void)state;
	descriptor(&descriptors[0].shape, bytes + 7);
	assert_int_equal(tmg_ccid_desc_parse(TMG_VIEW(bytes), NULL, &d), TMG_OK);
	assert_int_equal(d.level, TMG_CCID_EXTENDED);
	for (size_t n = 1; n < sizeof(bytes); n++)
		assert_int_equal(tmg_ccid_desc_parse((tmg_view){ bytes, n },
		    NULL, &d), n == 7 ? TMG_NOT_FOUND : TMG_E_MALFORMED);
	assert_int_equal(tmg_ccid_desc_parse((tmg_view){ NULL, 0 }, NULL, &d),
	    TMG_NOT_FOUND);
}

/* ---- messages ------------------------------------------------------------ */

static const struct {
	const char *message;
	tmg_rc rc;
	uint8_t type, slot, seq;
	tmg_ccid_icc icc;
	bool failed, wait;
	uint8_t error, param;
	size_t data;
} messages[] = {
	{ "80 02000000 00 07 00 00 00 9000", TMG_OK, 0x80, 0, 7, TMG_CCID_ACTIVE,
	    false, false, 0, 0, 2 },
	{ "81 00000000 01 FF 42 FE 01", TMG_OK, 0x81, 1, 0xff, TMG_CCID_EMPTY,
	    true, false, 0xfe, 1, 0 },
	{ "80 00000000 00 01 80 05 10", TMG_OK, 0x80, 0, 1, TMG_CCID_ACTIVE,
	    false, true, 5, 0x10, 0 },
	{ "82 05000000 00 01 01 00 00 1100000A00", TMG_OK, 0x82, 0, 1,
	    TMG_CCID_INACTIVE, false, false, 0, 0, 5 },
	/* cut off, too long, longer than memory */
	{ "", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ "80 00000000 00 01 00 00", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ "80 02000000 00 07 00 00 00 90", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0,
	    0, 0 },
	{ "80 02000000 00 07 00 00 00 9000 00", TMG_E_MALFORMED, 0, 0, 0, 0, 0,
	    0, 0, 0, 0 },
	{ "80 FFFFFFFF 00 07 00 00 00", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0, 0,
	    0 },
	/* a command, statuses that do not exist */
	{ "6F 00000000 00 01 00 00 00", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0, 0,
	    0 },
	{ "80 00000000 00 01 03 00 00", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0, 0,
	    0 },
	{ "80 00000000 00 01 C0 00 00", TMG_E_MALFORMED, 0, 0, 0, 0, 0, 0, 0, 0,
	    0 },
};

static void
test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(messages); i++) {
		uint8_t store[64];
		tmg_ccid_answer a;

		print_message("  %s\n", messages[i].message);
		assert_int_equal(tmg_ccid_take(hex(messages[i].message, store,
		    sizeof(store)), &a), messages[i].rc);
		assert_int_equal(a.type, messages[i].type);
		assert_int_equal(a.slot, messages[i].slot);
		assert_int_equal(a.seq, messages[i].seq);
		assert_int_equal(a.icc, messages[i].icc);
		assert_int_equal(a.failed, messages[i].failed);
		assert_int_equal(a.wait, messages[i].wait);
		assert_int_equal(a.error, messages[i].error);
		assert_int_equal(a.param, messages[i].param);
		assert_int_equal(a.data.len, messages[i].data);
	}
}

static void
test_put(void **state)
{
	static const uint8_t want[] = { 0x6f, 4, 0, 0, 0, 1, 9, 2, 0x10, 0,
	    0x00, 0xa4, 0x04, 0x00 };
	const tmg_ccid_ask ask = { .type = TMG_CCID_XFR_BLOCK, .slot = 1,
	    .seq = 9, .param = { 2, 0x10, 0 }, .data = { want + 10, 4 } };
	uint8_t store[14];
	tmg_out out = TMG_OUT(store);

	(void)state;
	tmg_ccid_put(&out, &ask);
	assert_view_equal(tmg_out_view(&out), TMG_VIEW(want));
	assert_int_equal(tmg_ccid_size(TMG_VIEW(want)), 14);
	assert_int_equal(tmg_ccid_size((tmg_view){ want, 9 }), 0);
	tmg_ccid_put(&out, &ask);
	assert_true(out.full);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(tmg_ccid_error_name(0xfe), "ICC_MUTE");
	assert_string_equal(tmg_ccid_error_name(5), "parameter not supported");
	assert_string_equal(tmg_ccid_error_name(0xc0), "error of its maker's");
	assert_string_equal(tmg_ccid_level_name(TMG_CCID_SHORT), "short APDU");
	assert_string_equal(tmg_ccid_level_name((tmg_ccid_level)9), "?");
}

/* CCID 1.10, 6.3.1 and 6.3.2; slots of a reader with six. */
static void
test_notices(void **state)
{
	static const struct {
		const char *in; unsigned slot; tmg_rc rc;
		bool present, changed, overcurrent;
	} rows[] = {
		{ "5000", 0, TMG_OK, false, false, false },
		{ "5001", 0, TMG_OK, true, false, false },
		{ "5002", 0, TMG_OK, false, true, false },
		{ "5003", 0, TMG_OK, true, true, false },
		{ "500C", 0, TMG_OK, false, false, false },
		{ "500C", 1, TMG_OK, true, true, false },
		{ "50C0", 3, TMG_OK, true, true, false },
		{ "500008", 5, TMG_OK, false, true, false },
		{ "5003000000000000", 0, TMG_OK, true, true, false },
		{ "5000", 5, TMG_E_MALFORMED, false, false, false },
		{ "50", 0, TMG_E_MALFORMED, false, false, false },
		{ "", 0, TMG_E_MALFORMED, false, false, false },
		{ "51000701", 0, TMG_OK, false, false, true },
		{ "51000700", 0, TMG_OK, false, false, false },
		{ "51020701", 2, TMG_OK, false, false, true },
		{ "51020701", 0, TMG_NOT_FOUND, false, false, false },
		{ "51060701", 0, TMG_E_MALFORMED, false, false, false },
		{ "510007", 0, TMG_E_MALFORMED, false, false, false },
		{ "5203", 0, TMG_E_MALFORMED, false, false, false },
		{ "80000000000000000000", 0, TMG_E_MALFORMED, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t store[16];
		tmg_out out = TMG_OUT(store);
		tmg_ccid_notice n;

		print_message("  %s, slot %u\n", rows[i].in, rows[i].slot);
		assert_int_equal(tmg_hex_parse(tmg_view_str(rows[i].in), &out),
		    TMG_OK);
		assert_int_equal(tmg_ccid_take_notice(tmg_out_view(&out),
		    rows[i].slot, 6, &n), rows[i].rc);
		assert_int_equal(n.present, rows[i].present);
		assert_int_equal(n.changed, rows[i].changed);
		assert_int_equal(n.overcurrent, rows[i].overcurrent);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_descriptor_places),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
