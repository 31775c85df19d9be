/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles exchanged while they are read, and what is refused. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
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
	atomic_ulong looks;
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
		atomic_fetch_add(&r->looks, 1);
	}
	return NULL;
}

static tmg_rc
reload(struct bench *b, bool only_look)
{
	tmg_auto_ptr(ra_book) book = NULL;
	const tmg_rc rc = ra_reload_read(&b->desk, &book);

	if (rc == TMG_OK && !only_look)
		ra_reload_put(&b->desk, &book);
	return rc;
}

static void
test_under_load(void **state)
{
	struct bench *b = *state;
	struct reader readers[READERS];
	pthread_t threads[READERS];
	atomic_bool stop = false;

	for (size_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .shelf = b->office.shelf, .stop = &stop };
		assert_int_equal(pthread_create(&threads[i], NULL, read_on,
		    &readers[i]), 0);
	}
	for (size_t i = 0; i < READERS; i++)
		while (atomic_load(&readers[i].looks) == 0)
			sched_yield();
	for (int n = 1; n <= CHANGES; n++) {
		write_profile(b, "p/auto.profile", n);
		assert_int_equal(reload(b, false), TMG_OK);
		assert_int_equal(ra_profiles_find(b->desk.profiles,
		    "auto")->validity_days, n);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(readers[i].torn);
	}
	assert_int_equal(b->desk.profiles->count, 2);
}

static void
test_kept(void **state)
{
	struct bench *b = *state;
	const ra_profiles *before = b->desk.profiles;
	char path[256];

	/* only looked at */
	write_profile(b, "p/auto.profile", 77);
	assert_int_equal(reload(b, true), TMG_OK);
	assert_ptr_equal(b->desk.profiles, before);

	/* a mistake, in the last file */
	bench_path(b, "p/officer.profile", path);
	assert_int_equal(tmg_file_replace(path, tmg_view_str("title = 1;\n"), 0600),
	    TMG_OK);
	assert_int_equal(reload(b, false), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "officer.profile:1"));
	assert_ptr_equal(b->desk.profiles, before);
	assert_int_equal(remove(path), 0);

	/* without the one that EST has without a label */
	write_profile(b, "p/other.profile", 5);
	bench_path(b, "p/auto.profile", path);
	assert_int_equal(remove(path), 0);
	assert_int_equal(reload(b, false), TMG_NOT_FOUND);
	assert_non_null(strstr(b->desk.fault.text, "default_profile"));
	bench_path(b, "p/other.profile", path);
	assert_int_equal(remove(path), 0);
	assert_int_equal(reload(b, false), TMG_NOT_FOUND);
	assert_ptr_equal(b->desk.profiles, before);
	assert_int_equal(ra_profiles_find(before, "auto")->validity_days, 30);
}

/* ra.conf without the lines that begin with name, and with another one. */
static void
write_setting(const struct bench *b, const char *name, const char *line)
{
	tmg_auto_free uint8_t *held = NULL;
	char path[256], next[8192] = "";
	size_t len, at = 0;

	bench_path(b, "ra.conf", path);
	assert_int_equal(tmg_file_read(path, sizeof(next) / 2, &held, &len), TMG_OK);
	for (char *row = strtok((char *)held, "\n"); row != NULL;
	    row = strtok(NULL, "\n"))
		if (strncmp(row, name, strlen(name)) != 0)
			at += (size_t)snprintf(next + at, sizeof(next) - at, "%s\n", row);
	snprintf(next + at, sizeof(next) - at, "%s\n", line);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(next), 0600), TMG_OK);
}

/* Each changes what is in force, or is named as what takes a restart. */
static void
test_settings(void **state)
{
	static const struct {
		const char *name, *line;
		tmg_rc want;
		const char *says;
	} rows[] = {
		{ "retry_after", "retry_after = 17;", TMG_OK, "" },
		{ "portal_url", "portal_url = \"https://new.example/\";", TMG_OK, "" },
		{ "mail", "mail: { server = \"smtp://m.example:25\"; from = \"a@b.example\"; };",
		    TMG_OK, "" },
		{ "threads", "threads = 9;", TMG_UNSUPPORTED, "threads" },
		{ "listen", "listen = \"127.0.0.1:1\";", TMG_UNSUPPORTED, "listen" },
		{ "user", "user = \"nobody\";", TMG_UNSUPPORTED, "user" },
		{ "confine", "confine = false;", TMG_UNSUPPORTED, "confine" },
		{ "rehearsal", "rehearsal = true;", TMG_UNSUPPORTED, "rehearsal" },
		{ "store", "store = \"other.db\";", TMG_UNSUPPORTED, "store" },
		{ "unheard", "unheard_of = 1;", TMG_MISMATCH, "unheard_of" },
		{ "crl", "crl: { days = 0; };", TMG_MISMATCH, "crl.days" },
		{ "payment", "payment: { key_file = \"nowhere\"; };", TMG_E_IO, "nowhere" },
		{ "mail", "mail: { server = \"smtp://m.example:25\"; from = \"a@b.example\"; ca = \"none.pem\"; };",
		    TMG_E_IO, "none.pem" },
		{ "registers", "registers = ( { name = \"r\"; kind = \"http\"; url = \"https://r.example/${number}\"; ca = \"ca.pem\"; token_file = \"none.token\"; } );",
		    TMG_E_IO, "none.token" },
	};
	struct bench *b = *state;
	tmg_auto_free uint8_t *good = NULL;
	char path[256];
	size_t len;

	bench_path(b, "ra.conf", path);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const ra_config *before = b->desk.config;
		tmg_rc rc;

		free(good);
		assert_int_equal(tmg_file_read(path, 8192, &good, &len), TMG_OK);
		write_setting(b, rows[i].name, rows[i].line);
		rc = reload(b, false);
		if (rc != rows[i].want || (rc && strstr(b->desk.fault.text,
		    rows[i].says) == NULL))
			fail_msg("%s: %d, \"%s\"", rows[i].line, rc, b->desk.fault.text);
		assert_true((rc == TMG_OK) == (b->desk.config != before));
		if (rc)
			assert_int_equal(tmg_file_replace(path, (tmg_view){ good, len },
			    0600), TMG_OK);
	}
	assert_int_equal(b->desk.config->retry_after_s, 17);
	assert_string_equal(b->desk.config->portal_url, "https://new.example/");
	assert_string_equal(b->desk.config->mail.server, "smtp://m.example:25");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_under_load, bench_set_up,
		    bench_tear_down),
		cmocka_unit_test_setup_teardown(test_kept, bench_set_up,
		    bench_tear_down),
		cmocka_unit_test_setup_teardown(test_settings, bench_set_up,
		    bench_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
