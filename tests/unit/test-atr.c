/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers to reset: of real cards, and broken in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "src/base/scope.h"
#include "src/codec/atr.h"
#include "src/codec/hex.h"

#define YUBIKEY "3BFD1300008131FE158073C021C057597562694B657940"

static const struct {
	const char *atr;
	tmg_rc rc;
	unsigned protocol, protocols;
	size_t historical;
	bool chaining, extended;
} rows[] = {
	/* a YubiKey 5, an OpenPGP card 3, the bare one of a contactless card */
	{ YUBIKEY, TMG_OK, 1, 2, 13, true, true },
	{ "3BDA18FF81B1FE751F030031F573C001600090001C", TMG_OK, 1, 0x8002, 10,
	    false, true },
	{ "3B80800101", TMG_OK, 0, 3, 0, false, false },
	/* T=0 only: no TCK; and one that is there nevertheless */
	{ "3B00", TMG_OK, 0, 1, 0, false, false },
	{ "3F00", TMG_OK, 0, 1, 0, false, false },
	{ "3B0000", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B04 80 72 C021", TMG_OK, 0, 1, 4, false, false },
	{ "3B05 80 73 C02140", TMG_OK, 0, 1, 5, false, true },
	{ "3B05 80 73 C02180", TMG_OK, 0, 1, 5, true, false },
	/* behind another object, before the three bytes of status */
	{ "3B0A 00 31AA 730000C0 029000", TMG_OK, 0, 1, 10, true, true },
	/* status bytes are no objects: 73 and two of them would read as one */
	{ "3B04 00 73C0C0", TMG_OK, 0, 1, 4, false, false },
	/* another category, an object that runs over the end */
	{ "3B05 10 73 C021C0", TMG_OK, 0, 1, 5, false, false },
	{ "3B04 80 7F C021", TMG_OK, 0, 1, 4, false, false },
	/* broken */
	{ "", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3C00", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B0F 00", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3BF0 11", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B80 80 80 80 80", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B80800102", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B808001", TMG_E_MALFORMED, 0, 0, 0, false, false },
	{ "3B8080010100", TMG_E_MALFORMED, 0, 0, 0, false, false },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t store[64];
		tmg_out bytes = TMG_OUT(store);
		tmg_atr atr;

		print_message("  %s\n", rows[i].atr);
		assert_int_equal(tmg_hex_parse(tmg_view_str(rows[i].atr),
		    &bytes), TMG_OK);
		assert_int_equal(tmg_atr_parse(tmg_out_view(&bytes), &atr),
		    rows[i].rc);
		if (rows[i].rc != TMG_OK)
			continue;
		assert_int_equal(atr.protocol, rows[i].protocol);
		assert_int_equal(atr.protocols, rows[i].protocols);
		assert_int_equal(atr.historical.len, rows[i].historical);
		assert_int_equal(atr.chaining, rows[i].chaining);
		assert_int_equal(atr.extended, rows[i].extended);
	}
}

/* Every truncation of a good one is refused. */
static void
test_truncated(void **state)
{
	uint8_t store[64];
	tmg_out bytes = TMG_OUT(store);
	tmg_atr atr;

	(void)state;
	assert_int_equal(tmg_hex_parse(tmg_view_str(YUBIKEY), &bytes), TMG_OK);
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_equal(tmg_atr_parse((tmg_view){ store, n }, &atr),
		    TMG_E_MALFORMED);
}

static void
test_too_long(void **state)
{
	static const uint8_t bytes[TMG_ATR_MAX + 1] = { 0x3b, 0x00 };
	tmg_atr atr;

	(void)state;
	assert_int_equal(tmg_atr_parse(TMG_VIEW(bytes), &atr), TMG_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
