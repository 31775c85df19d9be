/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates that nobody confirmed in time: each is met once by a sweep. */
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/confirm.h"

static ra_app
issue(struct bench *b, const char *cn)
{
	auto_csr c = { .key = NULL };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_app app = { .id = "" };

	make_csr(&c, cn, NULL);
	const ra_submission in = { .owner = "a",
		.profile = ra_profiles_find(b->desk.profiles, "auto"),
		.csr = { c.der, c.len } };

	assert_int_equal(ra_desk_submit(&b->desk, &in, &app, &cert), TMG_OK);
	return app;
}

/* A transaction of that number that should have been confirmed by until. */
static void
wait_for(struct bench *b, const char *id, const char *app, time_t until)
{
	ra_cmp_row row = { .state = RA_CMP_TIMED, .asked = "1", .until = until };

	snprintf(row.id, sizeof(row.id), "%s", id);
	snprintf(row.app, sizeof(row.app), "%s", app);
	assert_int_equal(ra_cmp_row_add(b->desk.store, &row), TMG_OK);
}

static ra_state
state_of(struct bench *b, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };

	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	return app.state;
}

/* All are late by the same second, and told apart; those in time are left alone. */
static void
test_each(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) one = issue(b, "one"), two = issue(b, "two"), three = issue(b, "three");
	unsigned taken;

	wait_for(b, "03", one.id, START);
	wait_for(b, "02", two.id, START);
	wait_for(b, "01", three.id, START + DAY);
	b->now = START;
	assert_int_equal(ra_confirm_sweep(&b->desk, &taken), TMG_OK);
	assert_int_equal(taken, 2);
	assert_int_equal(state_of(b, one.id), RA_REVOKED);
	assert_int_equal(state_of(b, two.id), RA_REVOKED);
	assert_int_equal(state_of(b, three.id), RA_ISSUED);
}

/* One that does not move, whoever says why, is not asked for again and again. */
static void
test_unmoved(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) one = issue(b, "one"), two = issue(b, "two");
	unsigned taken;

	wait_for(b, "01", one.id, START - 1);
	wait_for(b, "02", two.id, START);
	place_run(&b->place, b->place.dialect->unmoved);
	b->now = START;
	assert_int_equal(ra_confirm_sweep(&b->desk, &taken), TMG_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(state_of(b, one.id), RA_ISSUED);
	assert_int_equal(state_of(b, two.id), RA_REVOKED);
	assert_int_equal(ra_confirm_sweep(&b->desk, &taken), TMG_OK);
	assert_int_equal(taken, 0);
}

/* One that cannot be read keeps none of those behind it, and is told each time. */
static void
test_unreadable(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) one = issue(b, "one"), two = issue(b, "two");
	char text[160];
	unsigned taken;

	wait_for(b, "01", one.id, START - 1);
	wait_for(b, "02", two.id, START);
	snprintf(text, sizeof(text),
	    "UPDATE certificate SET reason = 4294967297 WHERE application = '%s'", one.id);
	place_run(&b->place, text);
	b->now = START;
	assert_true(tmg_is_fault(ra_confirm_sweep(&b->desk, &taken)));
	assert_int_equal(taken, 1);
	assert_true(b->desk.fault.text[0] != '\0');
	assert_int_equal(state_of(b, two.id), RA_REVOKED);
	assert_true(tmg_is_fault(ra_confirm_sweep(&b->desk, &taken)));
	assert_int_equal(taken, 0);
}

int
main(void)
{
#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_each),
		IN_BENCH(test_unmoved),
		IN_BENCH(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
