/* SPDX-License-Identifier: BSD-2-Clause */
/* APDUs as bytes: the seven shapes, TPDUs of T=0, responses, status words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/iso/apdu.h"
#include "src/iso/sw.h"

static const uint8_t payload[65536];

/* ISO/IEC 7816-4: the seven shapes a command can take; at T=0
 * there is no Le after data and P3 is always there. */
static const struct {
	tmg_capdu in;
	size_t data;
	size_t len;
	const char *head, *tail;
	size_t t0_len;		/* 0: not possible */
	const char *t0_head;
} shapes[] = {
	/* 1 */ { { 0, 0x20, 0, 0x80, { 0 }, 0 }, 0, 4, "00200080", "80",
	    5, "0020008000" },
	/* 2S */ { { 0, 0xca, 0, 0, { 0 }, 256 }, 0, 5, "00CA000000", "00",
	    5, "00CA000000" },
	/* 2S */ { { 0, 0xca, 0, 0, { 0 }, 7 }, 0, 5, "00CA000007", "07",
	    5, "00CA000007" },
	/* 2E */ { { 0, 0xca, 0, 0, { 0 }, 65536 }, 0, 7, "00CA0000000000", "",
	    0, "" },
	/* 2E */ { { 0, 0xca, 0, 0, { 0 }, 257 }, 0, 7, "00CA0000000101", "",
	    0, "" },
	/* 3S */ { { 0, 0xd6, 0, 0, { 0 }, 0 }, 1, 6, "00D60000 01 00", "",
	    6, "00D60000 01 00" },
	/* 3S */ { { 0, 0xd6, 0, 0, { 0 }, 0 }, 255, 260, "00D60000 FF 00", "00",
	    260, "00D60000 FF 00" },
	/* 3E */ { { 0, 0xd6, 0, 0, { 0 }, 0 }, 256, 263,
	    "00D60000 000100 00", "00", 0, "" },
	/* 3E */ { { 0, 0xd6, 0, 0, { 0 }, 0 }, 65535, 65542,
	    "00D60000 00FFFF 00", "00", 0, "" },
	/* 4S */ { { 0, 0x2a, 0, 0, { 0 }, 256 }, 32, 38, "002A0000 20 00",
	    "0000", 37, "002A0000 20 00" },
	/* 4E */ { { 0, 0x2a, 0, 0, { 0 }, 257 }, 32, 41,
	    "002A0000 000020 00", "000101", 0, "" },
	/* 4E */ { { 0, 0x2a, 0, 0, { 0 }, 5 }, 256, 265,
	    "002A0000 000100 00", "000005", 0, "" },
};

static void
assert_bytes(tmg_view got, const char *head, const char *tail)
{
	uint8_t store[16];
	tmg_out h = TMG_OUT(store);

	assert_int_equal(tmg_hex_parse(tmg_view_str(head), &h), TMG_OK);
	assert_true(got.len >= h.len);
	assert_memory_equal(got.ptr, store, h.len);
	h.len = 0;
	assert_int_equal(tmg_hex_parse(tmg_view_str(tail), &h), TMG_OK);
	assert_memory_equal(got.ptr + got.len - h.len, store, h.len);
}

static void
test_shapes(void **state)
{
	static uint8_t store[TMG_APDU_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(shapes); i++) {
		tmg_capdu c = shapes[i].in;
		tmg_out o = TMG_OUT(store), t0 = TMG_OUT(store);

		c.data = (tmg_view){ payload, shapes[i].data };
		assert_int_equal(tmg_capdu_encode(&c, TMG_APDU_T1, &o), TMG_OK);
		assert_int_equal(o.len, shapes[i].len);
		assert_int_equal(tmg_capdu_size(&c), shapes[i].len);
		assert_bytes(tmg_out_view(&o), shapes[i].head, shapes[i].tail);

		assert_int_equal(tmg_capdu_encode(&c, TMG_APDU_T0, &t0),
		    shapes[i].t0_len > 0 ? TMG_OK : TMG_E_USAGE);
		assert_int_equal(t0.len, shapes[i].t0_len);
		assert_bytes(tmg_out_view(&t0), shapes[i].t0_head, "");
	}
}

/* One byte of room short is SPACE, never a truncated command. */
static void
test_space(void **state)
{
	static uint8_t store[TMG_APDU_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(shapes); i++) {
		tmg_capdu c = shapes[i].in;
		tmg_out o = { store, shapes[i].len - 1, 0, false };

		c.data = (tmg_view){ payload, shapes[i].data };
		assert_int_equal(tmg_capdu_encode(&c, TMG_APDU_T1, &o),
		    TMG_E_SPACE);
	}
}

static void
test_too_long(void **state)
{
	static uint8_t store[TMG_APDU_MAX + 8];
	tmg_out o = TMG_OUT(store);

	(void)state;
	assert_int_equal(tmg_capdu_encode(&(tmg_capdu){
	    .data = TMG_VIEW(payload) }, TMG_APDU_T1, &o), TMG_E_USAGE);
	assert_int_equal(tmg_capdu_encode(&(tmg_capdu){ .le = 65537 },
	    TMG_APDU_T1, &o), TMG_E_USAGE);
	assert_int_equal(o.len, 0);
}

static void
test_response(void **state)
{
	static const uint8_t bytes[] = { 0xaa, 0xbb, 0x63, 0xc2 };
	tmg_view data;
	uint16_t sw = 0;

	(void)state;
	assert_int_equal(tmg_rapdu_split((tmg_view){ bytes, 0 }, &data, &sw),
	    TMG_E_MALFORMED);
	assert_int_equal(tmg_rapdu_split((tmg_view){ bytes, 1 }, &data, &sw),
	    TMG_E_MALFORMED);
	assert_int_equal(tmg_rapdu_split((tmg_view){ bytes + 2, 2 }, &data,
	    &sw), TMG_OK);
	assert_int_equal(data.len, 0);
	assert_int_equal(sw, 0x63c2);
	assert_int_equal(tmg_rapdu_split(TMG_VIEW(bytes), &data, &sw), TMG_OK);
	assert_int_equal(data.len, 2);
	assert_int_equal(data.ptr[1], 0xbb);
}

/* The exact word wins over its family; every one of 65536 has words. */
static void
test_words(void **state)
{
	static const struct {
		uint16_t sw;
		const char *words;
	} rows[] = {
		{ 0x9000, "done" },
		{ 0x63c0, "refused, no tries are left" },
		{ 0x63c5, "refused, tries are counted" },
		{ 0x6300, "done with a warning, something was changed" },
		{ 0x6982, "a PIN or key must be presented first" },
		{ 0x6999, "the command is not allowed" },
		{ 0x6a82, "no such file or application" },
		{ 0x6d00, "the card does not know this command" },
		{ 0x1234, "a status word that ISO/IEC 7816-4 does not know" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_string_equal(tmg_sw_words(rows[i].sw), rows[i].words);
	for (unsigned sw = 0; sw <= 0xffff; sw++)
		assert_true(tmg_sw_words((uint16_t)sw)[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_space),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_response),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
