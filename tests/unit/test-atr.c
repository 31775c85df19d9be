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

/* How to talk: what interface bytes say, and what counts without them. */
static const struct {
	const char *atr;
	tmg_atr_talk talk;
} talks[] = {
	{ "3B00", { 0x11, 0, false, 0, false, 10, 32, 0x4d, false } },
	/* TA1 13, TC1 00; T=1: IFSC FE, BWI and CWI 15 */
	{ YUBIKEY, { 0x13, 0, false, 0, false, 10, 0xfe, 0x15, false } },
	/* TA1 18, TC1 FF; T=1 with IFSC FE, 75; T=15 behind it is no T=1 */
	{ "3BDA18FF81B1FE751F030031F573C001600090001C",
	    { 0x18, 0xff, false, 0, false, 10, 0xfe, 0x75, false } },
	/* TA2: specific, T=1; T=1 with CRC */
	{ "3B80 91 81 41 01 D0",
	    { 0x11, 0, true, 1, false, 10, 32, 0x4d, true } },
	/* TA2 that leaves the speed to itself, TC2 */
	{ "3B80 50 10 20", { 0x11, 0, true, 0, true, 0x20, 32, 0x4d, false } },
	/* a second group of T=1 tells nothing more */
	{ "3B80 81 91 40 11 41 80",
	    { 0x11, 0, false, 0, false, 10, 0x40, 0x4d, false } },
	/* a group of T=0 is none of T=1 */
	{ "3B80 80 90 40 01 D1",
	    { 0x11, 0, false, 0, false, 10, 32, 0x4d, false } },
};

static void
test_talks(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(talks); i++) {
		const tmg_atr_talk *want = &talks[i].talk;
		uint8_t store[64];
		tmg_out bytes = TMG_OUT(store);
		tmg_atr atr;

		print_message("  %s\n", talks[i].atr);
		assert_int_equal(tmg_hex_parse(tmg_view_str(talks[i].atr),
		    &bytes), TMG_OK);
		assert_int_equal(tmg_atr_parse(tmg_out_view(&bytes), &atr),
		    TMG_OK);
		assert_int_equal(atr.talk.fd, want->fd);
		assert_int_equal(atr.talk.guard, want->guard);
		assert_int_equal(atr.talk.specific, want->specific);
		assert_int_equal(atr.talk.specific_t, want->specific_t);
		assert_int_equal(atr.talk.implicit, want->implicit);
		assert_int_equal(atr.talk.wi, want->wi);
		assert_int_equal(atr.talk.ifsc, want->ifsc);
		assert_int_equal(atr.talk.waiting, want->waiting);
		assert_int_equal(atr.talk.crc, want->crc);
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
		cmocka_unit_test(test_talks),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
