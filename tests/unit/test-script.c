/* SPDX-License-Identifier: BSD-2-Clause */
/* The scripted card plays its rows; that it also fails is what every test
 * above it lives on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/unit/script.h"

static void
count(void *arg, tmg_view command, tmg_out *response)
{
	*(size_t *)arg = command.len;
	tmg_put_u16(response, 0x9000);
}

static void
test_channel(void **state)
{
	static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x03, 0x08 };
	static const tmg_script_row rows[] = {
		{ "00A40400 A000000308", "AABB 9000", NULL },
		{ "0087 *", NULL, count },
		{ "00200080", "removed", NULL },
		{ 0 },
	};
	tmg_script s;
	tmg_channel *ch;
	uint8_t store[8];
	tmg_out out = TMG_OUT(store);
	uint16_t sw;
	size_t seen = 0;

	(void)state;
	tmg_script_init(&s, NULL, rows);
	s.arg = &seen;
	ch = tmg_script_channel(&s);
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(ch->ops->exchange(ch, &(tmg_capdu){ .ins = 0xa4,
	    .p1 = 4, .data = TMG_VIEW(aid) }, &out, &sw), TMG_OK);
	assert_int_equal(sw, 0x9000);
	assert_int_equal(out.len, 2);
	assert_int_equal(ch->aid_len, sizeof(aid));
	assert_int_equal(ch->ops->exchange(ch, &(tmg_capdu){ .ins = 0x87,
	    .data = TMG_VIEW(aid) }, NULL, &sw), TMG_OK);
	assert_int_equal(seen, 4 + sizeof(aid));
	assert_int_equal(ch->ops->exchange(ch, &(tmg_capdu){ .ins = 0x20,
	    .p2 = 0x80 }, NULL, &sw), TMG_REMOVED);
	assert_int_equal(ch->aid_len, 0);
	assert_int_equal(ch->epoch, 1);
	ch->ops->end(ch);
	tmg_script_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_channel) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
