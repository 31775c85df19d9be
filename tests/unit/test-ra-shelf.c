/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles exchanged while they are read, and what is refused. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/reload.h"

#define READERS 6
#define CHANGES 60

static const char text[] =
    "title = \"%d\"; approval = \"automatic\"; validity_days = %d;\n"
    "keys = [\"ec:p256\"]; key_usage = [\"digitalSignature\"];\n"
    "subject: { required = [\"CN\"]; allowed = [\"CN\"]; };\n";

static void
write_profile(const struct bench *b, const char *name, int days)
{
	char path[256], words[512];

	bench_path(b, name, path);
	snprintf(words, sizeof(words), text, days, days);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(words), 0600), TMG_OK);
}

struct reader {
	ra_shelf *shelf;
	atomic_bool *stop;
	unsigned long looks;
	bool torn;
};

/* Title and days of a book agree, however long it is held. */
static void *
read_on(void *arg)
{
	struct reader *r = arg;

	while (!atomic_load(r->stop)) {
		tmg_auto_ptr(ra_book) book = ra_shelf_take(r->shelf);
		const ra_profile *p = ra_profiles_find(ra_book_profiles(book), "auto");
		char days[16];

		snprintf(days, sizeof(days), "%d", p->validity_days);
		if (strcmp(p->title, "T") != 0 && strcmp(p->title, days) != 0)
			r->torn = true;
		r->looks++;
	}
	return NULL;
}

static void
test_under_load(void **state)
{
	struct bench *b = *state;
	struct reader readers[READERS];
	pthread_t threads[READERS];
	atomic_bool stop = false;
	size_t count = 0;

	for (size_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .shelf = b->office.shelf, .stop = &stop };
		assert_int_equal(pthread_create(&threads[i], NULL, read_on,
		    &readers[i]), 0);
	}
	for (int n = 1; n <= CHANGES; n++) {
		write_profile(b, "p/auto.profile", n);
		assert_int_equal(ra_desk_reload(&b->desk, false, &count), TMG_OK);
		assert_int_equal(ra_profiles_find(b->desk.profiles,
		    "auto")->validity_days, n);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(readers[i].torn);
		assert_true(readers[i].looks > 0);
	}
	assert_int_equal(count, 2);
}

static void
test_kept(void **state)
{
	struct bench *b = *state;
	const ra_profiles *before = b->desk.profiles;
	char path[256];
	size_t count;

	/* only looked at */
	write_profile(b, "p/auto.profile", 77);
	assert_int_equal(ra_desk_reload(&b->desk, true, &count), TMG_OK);
	assert_ptr_equal(b->desk.profiles, before);

	/* a mistake, in the last file */
	bench_path(b, "p/officer.profile", path);
	assert_int_equal(tmg_file_replace(path, tmg_view_str("title = 1;\n"), 0600),
	    TMG_OK);
	assert_int_equal(ra_desk_reload(&b->desk, false, &count), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "officer.profile:1"));
	assert_ptr_equal(b->desk.profiles, before);
	assert_int_equal(remove(path), 0);

	/* without the one that EST has without a label */
	write_profile(b, "p/other.profile", 5);
	bench_path(b, "p/auto.profile", path);
	assert_int_equal(remove(path), 0);
	assert_int_equal(ra_desk_reload(&b->desk, false, &count), TMG_NOT_FOUND);
	assert_non_null(strstr(b->desk.fault.text, "default_profile"));
	bench_path(b, "p/other.profile", path);
	assert_int_equal(remove(path), 0);
	assert_int_equal(ra_desk_reload(&b->desk, false, &count), TMG_NOT_FOUND);
	assert_ptr_equal(b->desk.profiles, before);
	assert_int_equal(ra_profiles_find(before, "auto")->validity_days, 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_under_load, bench_set_up,
		    bench_tear_down),
		cmocka_unit_test_setup_teardown(test_kept, bench_set_up,
		    bench_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
