/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a virtual card does, whichever applications are on it: shapes of commands,
 * answer to reset, faults, log, power.
 */
#include "tests/unit/vcard-piv.h"
#include "tools/vcard/chip.h"

static void
commands_have_seven_shapes_and_no_others(void **state)
{
	static const struct {
		tmg_view apdu;
		tmg_rc rc;
		size_t lc;
		uint32_t le;
	} rows[] = {
		{ BYTES("\0\xca\0\0"), TMG_OK, 0, 0 },
		{ BYTES("\0\xca\0\0\x10"), TMG_OK, 0, 16 },
		{ BYTES("\0\xca\0\0\0"), TMG_OK, 0, 256 },
		{ BYTES("\0\xca\0\0\x01x"), TMG_OK, 1, 0 },
		{ BYTES("\0\xca\0\0\x01x\0"), TMG_OK, 1, 256 },
		{ BYTES("\0\xca\0\0\0\0\0"), TMG_OK, 0, 65536 },
		{ BYTES("\0\xca\0\0\0\x01\x02"), TMG_OK, 0, 258 },
		{ BYTES("\0\xca\0\0\0\0\x01x"), TMG_OK, 1, 0 },
		{ BYTES("\0\xca\0\0\0\0\x01x\0\0"), TMG_OK, 1, 65536 },
		{ BYTES(""), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0"), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0\0\x02x"), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0\0\x01xyz"), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0\0\0\0"), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0\0\0\0\0x"), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0\0\0\0\x02x"), TMG_E_MALFORMED, 0, 0 },
		{ BYTES("\0\xca\0\0\0\0\x01x\0"), TMG_E_MALFORMED, 0, 0 },
	};
	vc_command c;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(vc_apdu_parse(rows[i].apdu, &c), rows[i].rc);
		if (rows[i].rc != TMG_OK)
			continue;
		assert_int_equal(c.data.len, rows[i].lc);
		assert_int_equal(c.le, rows[i].le);
	}
}

static void
atrs_announce_what_is_served(void **state)
{
	vc_profile p = yubikey;
	uint8_t bytes[TMG_ATR_MAX];
	tmg_out out = TMG_OUT(bytes);
	static const uint8_t known[] = {	/* of a real token */
		0x3b, 0xfd, 0x13, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x15, 0x80, 0x73, 0xc0,
		0x21, 0xc0, 0x57, 0x59, 0x75, 0x62, 0x69, 0x4b, 0x65, 0x79, 0x40,
	};

	(void)state;
	vc_atr_make(&p, &out);
	assert_view_equal(tmg_out_view(&out), TMG_VIEW(known));
	p.extended = false;
	out = TMG_OUT(bytes);
	vc_atr_make(&p, &out);
	assert_int_equal(bytes[13], 0x80);
	assert_true(vc_atr_sound(tmg_out_view(&out)));
	bytes[13] ^= 0x40;
	assert_false(vc_atr_sound(tmg_out_view(&out)));
	out = TMG_OUT(bytes);
	vc_atr_make(&t0, &out);
	assert_true(vc_atr_sound(tmg_out_view(&out)));
	assert_false(vc_atr_sound((tmg_view){ bytes, out.len - 1 }));
}

static void
faults_happen_where_the_script_says(void **state)
{
	static const struct { const char *text; tmg_rc rc; } rows[] = {
		{ "1:remove", TMG_OK }, { "2:sw=6f00", TMG_OK }, { "3:slow=10", TMG_OK },
		{ "0:remove", TMG_E_MALFORMED }, { "x:remove", TMG_E_MALFORMED },
		{ "1", TMG_E_MALFORMED }, { "1:", TMG_E_MALFORMED }, { "1:sw=", TMG_E_MALFORMED },
		{ "1:sw=10000", TMG_E_MALFORMED }, { "1:sw=90zz", TMG_E_MALFORMED },
		{ "1:removed", TMG_E_MALFORMED }, { "-1:mute", TMG_E_MALFORMED },
		{ "1:slow=-5", TMG_E_MALFORMED },
	};
	vc_faults faults = { .count = 0 };
	struct bench b;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(vc_fault_add(&faults, rows[i].text, 0), rows[i].rc);
	assert_int_equal(faults.count, 3);

	bench_open(&b, &standard);
	assert_int_equal(vc_fault_add(&b.chip->faults, "2:sw=6F42", 0), TMG_OK);
	assert_int_equal(vc_fault_add(&b.chip->faults, "3:slow=77", 0), TMG_OK);
	assert_int_equal(vc_fault_add(&b.chip->faults, "4:truncated", 0), TMG_OK);
	assert_int_equal(vc_fault_add(&b.chip->faults, "5:mute", 0), TMG_OK);
	assert_int_equal(vc_fault_add(&b.chip->faults, "8:remove-after", 0), TMG_OK);
	assert_int_equal(send_hex(&b, SELECT_PIV), 0x9000);
	assert_int_equal(send_hex(&b, PIN_BAD), 0x6f42);	/* not run: no try lost */
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c3);
	assert_int_equal(b.answer->delay_ms, 77);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0);		/* one byte */
	assert_int_equal(b.answer->len, 1);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0);		/* still mute */
	vc_chip_reset(b.chip);
	assert_int_equal(send_hex(&b, SELECT_PIV), 0x9000);
	assert_int_equal(send_hex(&b, PIN_BAD), 0);		/* run, then gone */
	assert_false(b.chip->inserted);
	assert_int_equal(send_hex(&b, SELECT_PIV), 0);
	vc_chip_insert(b.chip);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x6d00);	/* forgot the selection */
	send_hex(&b, SELECT_PIV);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c2);
	assert_int_equal(b.chip->count, 11);
	bench_close(&b);
}

static void
the_log_holds_no_secret(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	send_hex(&b, SELECT_PIV);
	send_hex(&b, PIN_OK);
	assert_int_equal(b.chip->log[0].hint_len, 8);
	assert_int_equal(b.chip->log[1].hint_len, 0);
	assert_int_equal(b.chip->log[1].ins, 0x20);
	assert_int_equal(b.chip->log[1].lc, 8);
	assert_int_equal(b.chip->log[1].sw, 0x9000);
	for (size_t i = 0; i + 6 <= sizeof(b.chip->log); i++)
		assert_memory_not_equal((const uint8_t *)b.chip->log + i, "123456", 6);
	bench_close(&b);
}

static void
applications_are_told_by_name(void **state)
{
	unsigned both;
	static const char *const wrong[] = { "", "PIV", "piv,", ",piv", "piv,piv", "pi", "piv ", "x" };
	unsigned set;

	(void)state;
	assert_int_equal(vc_apps_parse("piv", &set), TMG_OK);
	assert_int_equal(set, VC_APP_BIT(VC_APP_PIV));
	assert_int_equal(vc_apps_parse("openpgp,piv", &both), TMG_OK);
	assert_int_equal(both, VC_APP_BIT(VC_APP_PIV) | VC_APP_BIT(VC_APP_OPENPGP));
	for (size_t i = 0; i < TMG_COUNT(wrong); i++)
		assert_int_equal(vc_apps_parse(wrong[i], &set), TMG_NOT_FOUND);
}

/* Nothing is selected from power-up on, unless the profile says so. */
static void
power_up_selects_what_the_profile_says(void **state)
{
	vc_profile profile = standard;
	struct bench b;

	(void)state;
	bench_open(&b, &profile);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x6d00);
	bench_close(&b);

	profile.first = VC_APP_BIT(VC_APP_PIV);
	bench_open(&b, &profile);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c3);
	vc_chip_reset(b.chip);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c3);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_have_seven_shapes_and_no_others),
		cmocka_unit_test(atrs_announce_what_is_served),
		cmocka_unit_test(faults_happen_where_the_script_says),
		cmocka_unit_test(the_log_holds_no_secret),
		cmocka_unit_test(applications_are_told_by_name),
		cmocka_unit_test(power_up_selects_what_the_profile_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
