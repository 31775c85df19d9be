/* SPDX-License-Identifier: BSD-2-Clause */
/* What card and reader agree upon, and T=0's TPDUs. */
#include "tests/unit/test.h"

#include "src/codec/hex.h"
#include "src/reader/t0.h"
#include "src/reader/terms.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

#define YUBIKEY "3BFD1300008131FE158073C021C057597562694B657940"
#define OPENPGP "3BDA18FF81B1FE751F030031F573C001600090001C"
#define BOTH "3B80800101"		/* T=0 first */
#define SPECIFIC "3B80918141 01 D0"	/* TA2: T=1 */

static const struct {
	const char *atr;
	uint32_t protocols, clock, rate;
	tmg_rc rc;
	unsigned protocol;
	uint8_t fd;
	bool pps;
} terms[] = {
	/* TA1 13: 4 MHz * 4 / 372 = 43010 bit/s */
	{ YUBIKEY, 3, 4000, 43011, TMG_OK, 1, 0x13, true },
	{ YUBIKEY, 3, 4000, 43009, TMG_OK, 1, 0x11, false },
	{ YUBIKEY, 2, 0, 0, TMG_OK, 1, 0x13, true },
	{ YUBIKEY, 1, 4000, 400000, TMG_UNSUPPORTED, 1, 0x11, false },
	/* TA1 18 */
	{ OPENPGP, 2, 4000, 344086, TMG_OK, 1, 0x18, true },
	{ "3B00", 3, 4000, 10753, TMG_OK, 0, 0x11, false },
	{ "3B00", 2, 4000, 10753, TMG_UNSUPPORTED, 0, 0x11, false },
	/* not the card's first: it has to be asked */
	{ BOTH, 3, 4000, 10753, TMG_OK, 0, 0x11, false },
	{ BOTH, 2, 4000, 10753, TMG_OK, 1, 0x11, true },
	{ SPECIFIC, 3, 4000, 10753, TMG_OK, 1, 0x11, false },
	{ SPECIFIC, 1, 4000, 10753, TMG_UNSUPPORTED, 1, 0x11, false },
	/* speeds that do not exist: F 7, D 0 */
	{ "3B10 71", 1, 0, 0, TMG_OK, 0, 0x11, false },
	{ "3B10 10", 1, 0, 0, TMG_OK, 0, 0x11, false },
	{ "3B10 95", 1, 0, 0, TMG_OK, 0, 0x95, true },
	{ "3C00", 3, 0, 0, TMG_E_MALFORMED, 0, 0x11, false },
	{ "", 3, 0, 0, TMG_E_MALFORMED, 0, 0x11, false },
};

static void
test_terms(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(terms); i++) {
		const tmg_ccid_desc d = { .protocols = terms[i].protocols,
		    .clock = terms[i].clock, .rate_max = terms[i].rate };
		uint8_t store[64];
		tmg_terms t;

		print_message("  row %zu, %s\n", i, terms[i].atr);
		assert_int_equal(tmg_terms_find(hex(terms[i].atr, store,
		    sizeof(store)), &d, &t), terms[i].rc);
		if (terms[i].rc != TMG_OK)
			continue;
		assert_int_equal(t.protocol, terms[i].protocol);
		assert_int_equal(t.fd, terms[i].fd);
		assert_int_equal(t.pps, terms[i].pps);
	}
}

static void
test_pps(void **state)
{
	static const struct { const char *answer; tmg_rc rc; uint8_t fd; } rows[] = {
		{ "FF111377", TMG_E_MALFORMED, 0x11 },
		{ "FF1113FD", TMG_OK, 0x13 },
		{ "FF01FE", TMG_OK, 0x11 },
		{ "FF00FF", TMG_E_MALFORMED, 0x11 },
		{ "FF1118F6", TMG_E_MALFORMED, 0x11 },
		{ "FF311300DD", TMG_E_MALFORMED, 0x11 },
		{ "FF01FE00", TMG_E_MALFORMED, 0x11 },
		{ "FE1113FC", TMG_E_MALFORMED, 0x11 },
		{ "FF11", TMG_E_MALFORMED, 0x11 },
		{ "", TMG_E_MALFORMED, 0x11 },
	};
	static const uint8_t want[] = { 0xff, 0x11, 0x13, 0xfd };
	const tmg_terms t = { .protocol = 1, .fd = 0x13 };
	uint8_t store[16];
	tmg_out out = TMG_OUT(store);

	(void)state;
	tmg_pps_put(&out, &t);
	assert_view_equal(tmg_out_view(&out), TMG_VIEW(want));
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t fd;

		print_message("  %s\n", rows[i].answer);
		assert_int_equal(tmg_pps_take(hex(rows[i].answer, store,
		    sizeof(store)), &t, &fd), rows[i].rc);
		assert_int_equal(fd, rows[i].fd);
	}
}

static void
test_parameters(void **state)
{
	static const struct {
		const char *atr; uint32_t protocols; const char *want;
	} rows[] = {
		{ YUBIKEY, 2, "13 10 00 15 00 FE 00" },
		{ "3F00", 1, "11 02 00 0A 00" },
		{ "3F10 95", 1, "95 02 00 0A 00" },
		{ "3B80 91 81 41 01 D0", 2, "11 11 00 4D 00 20 00" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_ccid_desc d = { .protocols = rows[i].protocols };
		uint8_t store[64], want[16], got[TMG_PARAMETERS_MAX];
		tmg_out out = TMG_OUT(got);
		tmg_terms t;

		assert_int_equal(tmg_terms_find(hex(rows[i].atr, store,
		    sizeof(store)), &d, &t), TMG_OK);
		tmg_parameters_put(&out, &t);
		assert_view_equal(tmg_out_view(&out), hex(rows[i].want, want,
		    sizeof(want)));
	}
}

static void
test_t0(void **state)
{
	static const struct { const char *apdu; tmg_rc rc; const char *tpdu; } rows[] = {
		{ "00A40400", TMG_OK, "00A4040000" },		/* case 1 */
		{ "00B0000000", TMG_OK, "00B0000000" },		/* 2 */
		{ "00B0000010", TMG_OK, "00B0000010" },
		{ "00D6000002 1122", TMG_OK, "00D6000002 1122" },	/* 3 */
		{ "00A4040002 3F00 00", TMG_OK, "00A4040002 3F00" },	/* 4 */
		{ "00A4040000 0002 3F00", TMG_UNSUPPORTED, "" },	/* extended */
		{ "00B0000000 0000", TMG_UNSUPPORTED, "" },
		{ "00A4040003 3F00", TMG_E_USAGE, "" },
		{ "00A4040001 3F00 00", TMG_E_USAGE, "" },
		{ "00A404", TMG_E_USAGE, "" },
		{ "", TMG_E_USAGE, "" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t store[64], want[64], got[TMG_T0_TPDU_MAX];
		tmg_out out = TMG_OUT(got);

		print_message("  %s\n", rows[i].apdu);
		assert_int_equal(tmg_t0_put(&out, hex(rows[i].apdu, store,
		    sizeof(store))), rows[i].rc);
		assert_view_equal(tmg_out_view(&out), hex(rows[i].tpdu, want,
		    sizeof(want)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_pps),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_t0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
