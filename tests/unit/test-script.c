/* SPDX-License-Identifier: BSD-2-Clause */
/* The scripted card plays its rows and fails when they are not followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/scope.h"
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

/* ---- deviations: each of these tests must fail --------------------------- */

static const tmg_script_row one_row[] = { { "00200080 31", "9000", NULL }, { 0 } };

static void
deviate(const tmg_capdu *c, bool in_turn, unsigned times)
{
	tmg_script s;
	uint16_t sw;

	tmg_script_init(&s, NULL, one_row);

	tmg_channel *ch = tmg_script_channel(&s);

	if (in_turn)
		assert_int_equal(ch->ops->begin(ch), TMG_OK);
	while (times-- > 0)
		assert_int_equal(ch->ops->exchange(ch, c, NULL, &sw), TMG_OK);
	if (in_turn)
		ch->ops->end(ch);
	tmg_script_done(&s);
}

static const uint8_t pin[] = { 0x31 };
static const uint8_t other[] = { 0x32 };
static const tmg_capdu right = { .ins = 0x20, .p2 = 0x80, .data = { pin, 1 } };
static const tmg_capdu wrong = { .ins = 0x20, .p2 = 0x80, .data = { other, 1 } };

static void
none(void **state)
{
	(void)state;
	deviate(&right, true, 1);
}

static void
another_command(void **state)
{
	(void)state;
	deviate(&wrong, true, 1);
}

static void
one_too_many(void **state)
{
	(void)state;
	deviate(&right, true, 2);
}

static void
one_too_few(void **state)
{
	(void)state;
	deviate(&right, true, 0);
}

static void
outside_a_turn(void **state)
{
	(void)state;
	deviate(&right, false, 1);
}

/* Runs one test in a process of its own; how many failed, 0 or 1. */
static int
failures(const struct CMUnitTest *test)
{
	const struct CMUnitTest tests[] = { *test };
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		const int null = open("/dev/null", O_WRONLY);

		if (null < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
			_exit(99);
		_exit(cmocka_run_group_tests(tests, NULL, NULL));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static const struct {
	struct CMUnitTest test;
	int failures;
} deviations[] = {
	{ cmocka_unit_test(none), 0 },
	{ cmocka_unit_test(another_command), 1 },
	{ cmocka_unit_test(one_too_many), 1 },
	{ cmocka_unit_test(one_too_few), 1 },
	{ cmocka_unit_test(outside_a_turn), 1 },
};

static int found[TMG_COUNT(deviations)];

static void
test_deviations(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(deviations); i++)
		assert_int_equal(found[i], deviations[i].failures);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_channel),
		cmocka_unit_test(test_deviations),
	};

	/* Before cmocka runs here: it cannot run within itself. */
	for (size_t i = 0; i < TMG_COUNT(deviations); i++)
		found[i] = failures(&deviations[i].test);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
