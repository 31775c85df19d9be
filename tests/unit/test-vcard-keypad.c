/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keypad of a virtual reader, and who types on it.
 */
#include "src/codec/hex.h"
#include "tests/unit/test.h"
#include "tools/vcard/keypad.h"

#define BLOCK "FFFFFFFFFFFFFFFF"
#define VERIFY "1E0082080008060201090400000000 0D000000 0020008008" BLOCK
#define MODIFY "1E008208000008080603020309040001 02000000 15000000 " \
	"0024008010" BLOCK BLOCK

/* What somebody types into a structure: the command, or the keypad's answer, and
 * the words that stay. */
static const struct {
	bool change;
	const char *told, *typed, *command;
	unsigned sw;
	const char *left;
} entries[] = {
	{ false, VERIFY, "123456", "0020008008313233343536FFFF", 0, "" },
	{ false, VERIFY, "12345678 99", "00200080083132333435363738", 0, "99 " },
	{ false, VERIFY, "12345", NULL, 0x6403, "" },
	{ false, VERIFY, "123456789 1", NULL, 0x6403, "1 " },
	{ false, VERIFY, "cancel", NULL, 0x6401, "" },
	{ false, VERIFY, "nothing 1", NULL, 0x6400, "1 " },
	{ true, MODIFY, "123456 654321 654321",
	    "0024008010313233343536FFFF363534333231FFFF", 0, "" },
	{ true, MODIFY, "123456 654321 654322", NULL, 0x6402, "" },
	{ true, MODIFY, "123456 cancel", NULL, 0x6401, "" },
	{ true, MODIFY, "123456 1 1", NULL, 0x6403, "" },
	/* not there yet */
	{ false, VERIFY, "", NULL, 1, "" },
	{ true, MODIFY, "123456 654321", NULL, 1, "123456 654321 " },
	/* structures that are none: cut off, lengths that lie, other formats */
	{ false, "", "123456", NULL, 0x6b80, "123456 " },
	{ false, "1E0082080008060201090400000000", "1", NULL, 0x6b80, "1 " },
	{ false, "1E0082080008060201090400000000 0E000000 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E0082080008060201090400000000 0D000000 0020008009" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E0082080008060201090400000000 FFFFFFFF 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E0002080008060201090400000000 0D000000 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E0081080008060201090400000000 0D000000 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E008A080008060201090400000000 0D000000 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E0082480008060201090400000000 0D000000 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ false, "1E0082080008060001090400000000 0D000000 0020008008" BLOCK, "1",
	    NULL, 0x6b80, "1 " },
	{ true, VERIFY, "1 2 2", NULL, 0x6b80, "1 2 2 " },
};

static void
a_keypad_does_as_it_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(entries); i++) {
		uint8_t told[64], bytes[VC_TYPED_MAX], want[64];
		tmg_out in = TMG_OUT(told), out = TMG_OUT(bytes),
		    wanted = TMG_OUT(want);
		vc_keypad pad = { .there = true };
		uint16_t sw = 0xffff;
		tmg_rc rc;

		assert_int_equal(tmg_hex_parse(tmg_view_str(entries[i].told), &in),
		    TMG_OK);
		assert_true(vc_keypad_type(&pad, entries[i].typed));
		rc = vc_keypad_run(&pad, entries[i].change, tmg_out_view(&in), &out,
		    &sw);
		assert_int_equal(rc, entries[i].sw == 1 ? TMG_PENDING : TMG_OK);
		if (rc == TMG_OK)
			assert_int_equal(sw, entries[i].sw);
		if (entries[i].command != NULL) {
			assert_int_equal(tmg_hex_parse(tmg_view_str(
			    entries[i].command), &wanted), TMG_OK);
			assert_view_equal(tmg_out_view(&out),
			    tmg_out_view(&wanted));
		}
		assert_int_equal(pad.keys.len, strlen(entries[i].left));
		assert_memory_equal(pad.keys.text, entries[i].left, pad.keys.len);
	}
}

static void
only_keys_are_typed(void **state)
{
	static const char *const bad[] = { "12a", "cance", "cancelled", "1 two",
	    "123456 nothings", "-1" };
	char many[VC_KEYS_MAX + 2];
	vc_keypad pad = { .there = true };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		assert_false(vc_keypad_type(&pad, bad[i]));
		assert_int_equal(pad.keys.len, 0);
	}
	memset(many, '1', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_false(vc_keypad_type(&pad, many));
	many[VC_KEYS_MAX - 1] = '\0';
	assert_true(vc_keypad_type(&pad, many));
	assert_false(vc_keypad_type(&pad, "1"));
	assert_int_equal(vc_keypad_seconds((tmg_view){ NULL, 0 }), 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_keypad_does_as_it_is_told),
		cmocka_unit_test(only_keys_are_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
