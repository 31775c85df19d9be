/* SPDX-License-Identifier: BSD-2-Clause */
/* The store: its back end, its schema from every version, its statements. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/file.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"
#include "tools/ra/audit.h"
#include "tools/ra/store-answer.h"
#include "tools/ra/store-cert.h"
#include "tools/ra/store-crl.h"
#include "tools/ra/store-sql.h"
#include "tools/ra/store-user.h"

#define FIXTURE_MAX (1 << 20)

struct bench {
	char folder[TEST_FOLDER], path[96];
	ra_store *store;
	tmg_fault f;
};

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	assert_true(test_folder(b->folder));
	snprintf(b->path, sizeof(b->path), "%s/store.db", b->folder);
	*state = b;
	return 0;
}

static void
clear(struct bench *b)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char path[128];

	ra_store_free(&b->store);
	for (size_t i = 0; i < TMG_COUNT(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", b->path, ends[i]);
		unlink(path);
	}
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	clear(b);
	rmdir(b->folder);
	free(b);
	return 0;
}

static int
newest(void)
{
	return (int)ra_schema_sqlite.count;
}

/* ---- behind the store's back ---- */

static sqlite3 *
raw_open(const struct bench *b)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	return db;
}

static void
raw_run(const struct bench *b, const char *text)
{
	sqlite3 *db = raw_open(b);

	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int
add_row(void *arg, int count, char **values, char **names)
{
	tmg_out *o = arg;

	(void)names;
	for (int i = 0; i < count; i++) {
		tmg_put(o, tmg_view_str(values[i] != NULL ? values[i] : "(null)"));
		tmg_put(o, tmg_view_str("\n"));
	}
	return 0;
}

/* Every value that text selects, a line each. */
static void
raw_read(const struct bench *b, const char *text, char *into, size_t cap)
{
	tmg_out o = { (uint8_t *)into, cap - 1, 0, false };
	sqlite3 *db = raw_open(b);

	assert_int_equal(sqlite3_exec(db, text, add_row, &o, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_false(o.full);
	into[o.len] = '\0';
}

#define SCHEMA "SELECT type, name, tbl_name, sql FROM sqlite_master" \
    " ORDER BY type, name; PRAGMA user_version"
#define COUNTS "SELECT (SELECT count(*) FROM application)," \
    " (SELECT count(*) FROM certificate), (SELECT count(*) FROM account)," \
    " (SELECT count(*) FROM crl), (SELECT count(*) FROM audit)"

static void
load_fixture(const struct bench *b, int version)
{
	const char *top = getenv("top_srcdir");
	tmg_auto_free uint8_t *text = NULL;
	char path[4096];
	size_t len;

	snprintf(path, sizeof(path), "%s/tests/unit/ra-store/v%d.sql",
	    top != NULL ? top : ".", version);
	if (tmg_file_read(path, FIXTURE_MAX, &text, &len))
		fail_msg("%s: every older schema has a store to try", path);
	raw_run(b, (const char *)text);
}

/* ---- the schema ---- */

static void
test_every_version(void **state)
{
	struct bench *b = *state;
	char fresh[8192], schema[8192], before[64], after[64];
	ra_audit_report report;
	ra_user user;

	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	raw_read(b, SCHEMA, fresh, sizeof(fresh));
	for (int v = 1; v < newest(); v++) {
		clear(b);
		load_fixture(b, v);
		raw_read(b, COUNTS, before, sizeof(before));
		assert_int_equal(ra_store_open(b->path, false, &b->f, &b->store),
		    TMG_OK);
		raw_read(b, SCHEMA, schema, sizeof(schema));
		assert_string_equal(schema, fresh);
		raw_read(b, COUNTS, after, sizeof(after));
		assert_string_equal(after, before);
		assert_int_equal(ra_audit_verify(b->store, "", &report, &b->f),
		    TMG_OK);
		assert_true(report.entries > 0);
		assert_int_equal(ra_user_get(b->store, "test", &user), TMG_OK);
	}
}

static void
test_newer_refused(void **state)
{
	struct bench *b = *state;
	char text[64], version[16];

	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	ra_store_free(&b->store);
	snprintf(text, sizeof(text), "PRAGMA user_version = %d", newest() + 1);
	raw_run(b, text);
	assert_int_equal(ra_store_open(b->path, false, &b->f, &b->store),
	    TMG_UNSUPPORTED);
	assert_null(b->store);
	assert_non_null(strstr(b->f.text, "newer"));
	raw_read(b, "PRAGMA user_version", version, sizeof(version));
	assert_int_equal(atoi(version), newest() + 1);

	raw_run(b, "PRAGMA user_version = -1");
	assert_int_equal(ra_store_open(b->path, false, &b->f, &b->store),
	    TMG_UNSUPPORTED);
}

/* All steps or none. */
static void
test_step_that_fails(void **state)
{
	static const ra_migration steps[] = {
		{ "good", "CREATE TABLE one (a TEXT) STRICT" },
		{ "better", "CREATE TABLE two (a TEXT) STRICT" },
		{ "broken", "CREATE TABLE three (a TEXT) STRICT;"
		    "INSERT INTO nowhere VALUES (1)" },
	};
	const ra_schema schema = { steps, TMG_COUNT(steps) };
	const ra_schema good = { steps, 2 };
	struct bench *b = *state;
	char tables[256];

	assert_int_equal(ra_store_sqlite.open(b->path, true, &b->f, &b->store),
	    TMG_OK);
	assert_int_equal(ra_schema_migrate(b->store, &schema), TMG_E_IO);
	assert_non_null(strstr(b->store->fault.text, "schema 3 (broken)"));
	raw_read(b, SCHEMA, tables, sizeof(tables));
	assert_string_equal(tables, "0\n");

	assert_int_equal(ra_schema_migrate(b->store, &good), TMG_OK);
	raw_read(b, "SELECT name FROM sqlite_master ORDER BY name;"
	    "PRAGMA user_version", tables, sizeof(tables));
	assert_string_equal(tables, "one\ntwo\n2\n");
	assert_int_equal(ra_schema_migrate(b->store, &good), TMG_OK);
}

static void *
open_and_close(void *arg)
{
	const struct bench *b = arg;
	ra_store *store = NULL;
	tmg_fault f;
	const tmg_rc rc = ra_store_open(b->path, false, &f, &store);

	ra_store_free(&store);
	return rc ? arg : NULL;
}

/* Several processes start after an upgrade: one brings the store forward. */
static void
test_migrated_at_once(void **state)
{
	struct bench *b = *state;
	pthread_t thread[8];
	char version[16];
	void *failed;

	load_fixture(b, 1);
	for (size_t i = 0; i < TMG_COUNT(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, open_and_close, b), 0);
	for (size_t i = 0; i < TMG_COUNT(thread); i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	raw_read(b, "PRAGMA user_version", version, sizeof(version));
	assert_int_equal(atoi(version), newest());
}

/* Nobody who only looks waits for those who write. */
static void
test_opened_beside_a_writer(void **state)
{
	struct bench *b = *state;
	ra_store *other = NULL;
	tmg_auto(ra_txn) txn = { NULL };
	ra_user user;

	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_store_open(b->path, false, &b->f, &other), TMG_OK);
	assert_int_equal(ra_user_get(other, "nobody", &user), TMG_NOT_FOUND);
	ra_store_free(&other);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
}

static void
test_where(void **state)
{
	struct bench *b = *state;
	char where[128];

	assert_int_equal(ra_store_open("carrier-pigeon://loft", true, &b->f,
	    &b->store), TMG_UNSUPPORTED);
	assert_null(b->store);
	assert_int_equal(ra_store_open(b->path, false, &b->f, &b->store),
	    TMG_NOT_FOUND);
	assert_null(b->store);
	snprintf(where, sizeof(where), "sqlite://%s", b->path);
	assert_int_equal(ra_store_open(where, true, &b->f, &b->store), TMG_OK);
	assert_int_equal(access(b->path, R_OK), 0);
}

/* ---- asking ---- */

static const ra_sql pair = { "pair", "SELECT $1, $2" };
static const ra_sql other_pair = { "other_pair", "SELECT $1, $2" };

static void
test_one_at_a_time(void **state)
{
	struct bench *b = *state;
	int64_t n;

	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	{
		tmg_auto(ra_query) q = { NULL, NULL };
		tmg_auto(ra_query) second = { NULL, NULL };

		assert_int_equal(ra_ask(b->store, &q, &pair,
		    RA_WITH(RA_NUMBER(7), RA_NUMBER(-8))), TMG_OK);
		assert_int_equal(ra_ask(b->store, &second, &other_pair,
		    RA_WITH(RA_NUMBER(1), RA_NUMBER(2))), TMG_E_USAGE);
		assert_non_null(strstr(b->store->fault.text, "other_pair"));
		assert_int_equal(ra_query_next(&q), TMG_OK);
		assert_int_equal(ra_query_number(&q, 1, &n), TMG_OK);
		assert_int_equal(n, -8);
		assert_int_equal(ra_query_next(&q), TMG_NOT_FOUND);
	}
	/* and a closed one is closed */
	assert_int_equal(ra_run(b->store, &other_pair,
	    RA_WITH(RA_NUMBER(1), RA_NUMBER(2)), NULL), TMG_OK);
	assert_int_equal(ra_run(b->store, &pair, RA_WITH(RA_NUMBER(1)), NULL),
	    TMG_E_USAGE);
	assert_int_equal(ra_run(b->store, &pair, RA_WITH(RA_NUMBER(1),
	    RA_NUMBER(2), RA_NUMBER(3)), NULL), TMG_E_USAGE);
}

static const ra_sql erase_audit = { "erase_audit", "DELETE FROM audit" };

/* Only "unique already" is an answer. */
static void
test_constraints(void **state)
{
	struct bench *b = *state;
	const ra_audit entry = { 1, 2, "a", "e", "", "d", "h" };
	const ra_crl list = { .number = 1 };

	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	assert_int_equal(ra_audit_put(b->store, &entry), TMG_OK);
	assert_int_equal(ra_audit_put(b->store, &entry), TMG_OCCUPIED);
	/* a trigger's refusal, and a NULL where none may be */
	assert_int_equal(ra_run(b->store, &erase_audit, RA_WITH_NOTHING, NULL),
	    TMG_E_IO);
	assert_non_null(strstr(b->store->fault.text, "only added to"));
	assert_int_equal(ra_crl_put(b->store, &list), TMG_E_IO);
}

static void
test_foreign_values(void **state)
{
	struct bench *b = *state;
	ra_user user = { .name = "a", .role = "applicant", .password = "x" };
	ra_cert cert = { .serial = "01", .app = "" };
	tmg_auto(ra_cert) got = { .der = NULL };
	ra_app app;

	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	assert_int_equal(ra_user_put(b->store, &user), TMG_OK);
	assert_int_equal(ra_cert_reserve(b->store, &cert), TMG_OK);
	got.reason = 7;
	assert_int_equal(ra_cert_of_app(b->store, "", &got), TMG_NOT_FOUND);
	assert_int_equal(got.reason, 7);

	/* longer than it can be, a number that fits nowhere, a state from later */
	raw_run(b, "UPDATE account SET role = 'applicant of some importance';"
	    "UPDATE certificate SET reason = 4294967297, der = x'3000';"
	    "INSERT INTO application VALUES ('A', 'exalted', 'o', 'p', 'c', 'k',"
	    " '', 's', '', 1, 1, x'3000', 'none', 0, '', '', 0)");
	assert_int_equal(ra_user_get(b->store, "a", &user), TMG_E_IO);
	assert_int_equal(ra_cert_get(b->store, "01", &got), TMG_E_IO);
	assert_null(got.der);
	assert_int_equal(ra_app_get(b->store, "A", &app), TMG_E_IO);
	assert_non_null(strstr(b->store->fault.text, "exalted"));
	assert_null(app.csr);
	assert_int_equal(ra_app_find(b->store, "o", "c", "", &app), TMG_E_IO);
}

/* ---- plans ---- */

static sqlite3 *last_db;

static int
remember_db(sqlite3 *db, char **error, const void *api)
{
	(void)error;
	(void)api;
	last_db = db;
	return SQLITE_OK;
}

static tmg_rc
any_app(void *arg, const ra_app *app)
{
	(void)arg;
	(void)app;
	return TMG_OK;
}

static tmg_rc
any_cert(void *arg, const ra_cert *cert)
{
	(void)arg;
	(void)cert;
	return TMG_OK;
}

static tmg_rc
any_entry(void *arg, const ra_audit *entry)
{
	(void)arg;
	(void)entry;
	return TMG_OK;
}

static tmg_rc
any_answer(void *arg, const ra_answer_row *answer)
{
	(void)arg;
	(void)answer;
	return TMG_OK;
}

/* Every verb once, so that every statement is prepared. */
static void
ask_everything(ra_store *s)
{
	static uint8_t der[] = { 0x30, 0x00 };
	ra_app app = { .id = "A-1", .state = RA_SUBMITTED, .csr = der,
		.csr_len = sizeof(der) }, got_app;
	const ra_cert cert = { .serial = "40", .app = "A-1" };
	const ra_crl crl = { .number = 1, .der = der, .len = sizeof(der) };
	const ra_user user = { .name = "a", .role = "r", .password = "p" };
	const ra_answer_row answer = { "A-1", "n", "v" };
	ra_answer_row got_answer;
	const ra_audit entry = { 1, 2, "a", "e", "", "d", "h" };
	tmg_auto(ra_cert) got = { .der = NULL };
	tmg_auto(ra_crl) got_crl = { .der = NULL };
	char hash[RA_HASH_TEXT];
	ra_user got_user;
	int64_t n;

	assert_int_equal(ra_app_add(s, &app), TMG_OK);
	assert_int_equal(ra_app_get(s, "A-1", &got_app), TMG_OK);
	ra_app_release(&got_app);
	assert_int_equal(ra_app_find(s, "", "", "", &got_app), TMG_OK);
	ra_app_release(&got_app);
	assert_int_equal(ra_app_holder(s, "", &got_app), TMG_OK);
	ra_app_release(&got_app);
	assert_int_equal(ra_app_each(s, RA_NONE, any_app, NULL), TMG_OK);
	assert_int_equal(ra_app_each(s, RA_ISSUED, any_app, NULL), TMG_OK);
	assert_int_equal(ra_app_each_since(s, "p", RA_ISSUED, 9, any_app, NULL),
	    TMG_OK);
	assert_int_equal(ra_answer_put(s, &answer), TMG_OK);
	assert_int_equal(ra_answer_put(s, &answer), TMG_OK);
	assert_int_equal(ra_answer_get(s, "A-1", "n", &got_answer), TMG_OK);
	assert_string_equal(got_answer.value, "v");
	assert_int_equal(ra_answer_each(s, "A-1", any_answer, NULL), TMG_OK);
	assert_int_equal(ra_answer_erase(s, "A-1"), TMG_OK);
	assert_int_equal(ra_answer_get(s, "A-1", "n", &got_answer), TMG_NOT_FOUND);
	app.state = RA_APPROVED;
	assert_int_equal(ra_app_move(s, &app,
	    &(ra_standing){ RA_SUBMITTED, 0, RA_NONE }), TMG_OK);
	assert_int_equal(ra_app_request(s, &app), TMG_OK);
	assert_int_equal(ra_app_erase(s, "A-1"), TMG_OK);
	assert_int_equal(ra_app_get(s, "A-1", &got_app), TMG_OK);
	assert_int_equal(got_app.csr_len, 0);
	ra_app_release(&got_app);
	assert_int_equal(ra_cert_reserve(s, &cert), TMG_OK);
	assert_int_equal(ra_cert_finish(s, "40", TMG_VIEW(der)), TMG_OK);
	assert_int_equal(ra_cert_get(s, "40", &got), TMG_OK);
	ra_cert_release(&got);
	assert_int_equal(ra_cert_of_app(s, "A-1", &got), TMG_OK);
	assert_int_equal(ra_cert_revoke(s, "40", 5, 1), TMG_OK);
	assert_int_equal(ra_cert_each_revoked(s, any_cert, NULL), TMG_OK);
	assert_int_equal(ra_cert_revocations(s, &n), TMG_OK);
	assert_int_equal(ra_crl_put(s, &crl), TMG_OK);
	assert_int_equal(ra_crl_last(s, &got_crl), TMG_OK);
	assert_int_equal(ra_user_put(s, &user), TMG_OK);
	assert_int_equal(ra_user_get(s, "a", &got_user), TMG_OK);
	assert_int_equal(ra_audit_put(s, &entry), TMG_OK);
	assert_int_equal(ra_audit_head(s, &n, hash), TMG_OK);
	assert_int_equal(ra_audit_each(s, any_entry, NULL), TMG_OK);
}

/* A plan reads a table from end to end, or sorts, only where that was asked. */
static bool
plan_is_good(const char *plan)
{
	return (strstr(plan, "SCAN") == NULL || strstr(plan, "USING INDEX") != NULL ||
	    strstr(plan, "USING COVERING INDEX") != NULL ||
	    strcmp(plan, "SCAN audit") == 0 || strcmp(plan, "SCAN crl") == 0) &&
	    strstr(plan, "TEMP B-TREE") == NULL;
}

static void
test_plans(void **state)
{
	struct bench *b = *state;
	size_t seen = 0;

	assert_int_equal(sqlite3_auto_extension((void (*)(void))remember_db),
	    SQLITE_OK);
	assert_int_equal(ra_store_open(b->path, true, &b->f, &b->store), TMG_OK);
	sqlite3_reset_auto_extension();
	ask_everything(b->store);

	for (sqlite3_stmt *s = sqlite3_next_stmt(last_db, NULL); s != NULL;
	    s = sqlite3_next_stmt(last_db, s)) {
		char text[1024];
		sqlite3_stmt *plan = NULL;

		snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sqlite3_sql(s));
		if (sqlite3_prepare_v2(last_db, text, -1, &plan, NULL) != SQLITE_OK)
			continue;		/* BEGIN and its like */
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(plan, 3);

			if (!plan_is_good(step))
				fail_msg("%s: %s", sqlite3_sql(s), step);
			seen++;
		}
		sqlite3_finalize(plan);
	}
	assert_true(seen >= 15);
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		STORED(test_every_version),
		STORED(test_newer_refused),
		STORED(test_step_that_fails),
		STORED(test_migrated_at_once),
		STORED(test_opened_beside_a_writer),
		STORED(test_where),
		STORED(test_one_at_a_time),
		STORED(test_constraints),
		STORED(test_foreign_values),
		STORED(test_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
