/* SPDX-License-Identifier: BSD-2-Clause */
/* The store: its back end, its schema from every version, its statements. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/file.h"
#include "tests/unit/ra-everything.h"
#include "tests/unit/ra-place.h"
#include "tests/unit/test.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/life/backup.h"
#include "tools/ra/store/answer.h"
#include "tools/ra/store/cert.h"
#include "tools/ra/store/crl.h"
#include "tools/ra/store/row-json.h"
#include "tools/ra/store/sql.h"
#include "tools/ra/store/user.h"

#define FIXTURE_MAX (1 << 20)

static int
newest(const stored *b)
{
	return (int)b->place.dialect->ops->schema->count;
}

#define COUNTS "SELECT (SELECT count(*) FROM application)," \
    " (SELECT count(*) FROM certificate), (SELECT count(*) FROM account)," \
    " (SELECT count(*) FROM crl), (SELECT count(*) FROM audit)"

static void
load_fixture(const stored *b, int version)
{
	const char *top = getenv("top_srcdir");
	tmg_auto_free uint8_t *text = NULL;
	char name[64], path[4096];
	size_t len;

	snprintf(name, sizeof(name), b->place.dialect->fixture, version);
	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	if (tmg_file_read(path, FIXTURE_MAX, &text, &len))
		fail_msg("%s: every older schema has a store to try", path);
	place_run(&b->place, (const char *)text);
}

static int
version_of(const stored *b)
{
	char version[16];

	place_read(&b->place, b->place.dialect->version_get, version,
	    sizeof(version));
	return atoi(version);
}

static void
say_version(const stored *b, int version)
{
	char text[64];

	snprintf(text, sizeof(text), b->place.dialect->version_set, version);
	place_run(&b->place, text);
}

/* ---- the schema ---- */

static void
test_every_version(void **state)
{
	stored *b = *state;
	char fresh[16384], schema[16384], before[64], after[64];
	ra_audit_report report;
	ra_user user;

	stored_open(b);
	place_read(&b->place, b->place.dialect->schema, fresh, sizeof(fresh));
	for (int v = 1; v < newest(b); v++) {
		ra_store_free(&b->store);
		place_clear(&b->place);
		load_fixture(b, v);
		place_read(&b->place, COUNTS, before, sizeof(before));
		assert_int_equal(ra_store_open(b->place.where, false, &b->f, &b->store),
		    TMG_OK);
		place_read(&b->place, b->place.dialect->schema, schema, sizeof(schema));
		assert_string_equal(schema, fresh);
		place_read(&b->place, COUNTS, after, sizeof(after));
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
	stored *b = *state;

	stored_open(b);
	ra_store_free(&b->store);
	say_version(b, newest(b) + 1);
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &b->store),
	    TMG_UNSUPPORTED);
	assert_null(b->store);
	assert_non_null(strstr(b->f.text, "newer"));
	assert_int_equal(version_of(b), newest(b) + 1);

	say_version(b, -1);
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &b->store),
	    TMG_UNSUPPORTED);
}

/* All steps or none. */
static void
test_step_that_fails(void **state)
{
	static const ra_migration steps[] = {
		{ "good", "CREATE TABLE one (a TEXT)", NULL },
		{ "better", "CREATE TABLE two (a TEXT);",
		    "CREATE TABLE half (a TEXT)" },
		{ "broken", "CREATE TABLE three (a TEXT);"
		    "INSERT INTO nowhere VALUES (1)", NULL },
	};
	const ra_schema schema = { steps, TMG_COUNT(steps) };
	const ra_schema good = { steps, 2 };
	stored *b = *state;
	const dialect *d = b->place.dialect;
	char tables[256];
	int version = -1;

	assert_int_equal(d->ops->open(b->place.where, true, &b->f, &b->store),
	    TMG_OK);
	assert_int_equal(ra_schema_migrate(b->store, &schema), TMG_E_IO);
	assert_non_null(strstr(b->store->fault.text, "schema 3 (broken)"));
	place_read(&b->place, d->tables, tables, sizeof(tables));
	assert_string_equal(tables, "");
	assert_int_equal(d->ops->version(b->store, &version), TMG_OK);
	assert_int_equal(version, 0);

	assert_int_equal(ra_schema_migrate(b->store, &good), TMG_OK);
	place_read(&b->place, d->tables, tables, sizeof(tables));
	assert_string_equal(tables, "half\none\ntwo\n");
	assert_int_equal(version_of(b), 2);
	assert_int_equal(ra_schema_migrate(b->store, &good), TMG_OK);
}

static void *
open_and_close(void *arg)
{
	const stored *b = arg;
	ra_store *store = NULL;
	tmg_fault f;
	const tmg_rc rc = ra_store_open(b->place.where, true, &f, &store);

	ra_store_free(&store);
	if (rc)
		print_error("%s\n", f.text);
	return rc ? arg : NULL;
}

/* Several processes start after an upgrade, or on nothing: one brings the
 * store forward. */
static void
test_migrated_at_once(void **state)
{
	stored *b = *state;
	pthread_t thread[8];
	void *failed;

	if (newest(b) > 1)
		load_fixture(b, 1);
	for (size_t i = 0; i < TMG_COUNT(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, open_and_close, b), 0);
	for (size_t i = 0; i < TMG_COUNT(thread); i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(version_of(b), newest(b));
}

/* Nobody who only looks waits for those who write. */
static void
test_opened_beside_a_writer(void **state)
{
	stored *b = *state;
	ra_store *other = NULL;
	tmg_auto(ra_txn) txn = { NULL };
	ra_user user;

	stored_open(b);
	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &other), TMG_OK);
	assert_int_equal(ra_user_get(other, "nobody", &user), TMG_NOT_FOUND);
	ra_store_free(&other);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
}

static void
test_where(void **state)
{
	stored *b = *state;

	assert_int_equal(ra_store_open("carrier-pigeon://loft:secret@", true, &b->f,
	    &b->store), TMG_UNSUPPORTED);
	assert_null(b->store);
	assert_null(strstr(b->f.text, "secret"));
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &b->store),
	    TMG_NOT_FOUND);
	assert_null(b->store);
}

static void
test_where_sqlite(void **state)
{
	stored *b = *state;
	char where[600];

	snprintf(where, sizeof(where), "sqlite://%s", b->place.where);
	assert_int_equal(ra_store_open(where, true, &b->f, &b->store), TMG_OK);
	assert_int_equal(access(b->place.where, R_OK), 0);
}

/* ---- backups ---- */

/* A table or a column that a migration brings is kept, too. */
static void
test_backup_has_all(void **state)
{
	stored *b = *state;
	char all[8192], one[160], name[32];
	size_t lines = 0, count = 0;

	stored_open(b);
	place_read(&b->place, b->place.dialect->columns, all, sizeof(all));
	for (size_t i = 0; i < ra_kept_count; i++) {
		const ra_kept *kept = &ra_kept_tables[i];
		const char *list = kept->columns;

		for (const char *kind = kept->kinds; *kind != '\0'; kind++, count++) {
			const size_t len = strcspn(list, ",");

			snprintf(name, sizeof(name), "%.*s", (int)len, list);
			list += len + strspn(list + len, ", ");
			snprintf(one, sizeof(one), "%s\n%s\n%s\n", kept->table,
			    name, *kind == 't' ? "TEXT" : *kind == 'n' ? "INTEGER" :
			    "BLOB");
			if (strstr(all, one) == NULL)
				fail_msg("no such column: %s", one);
		}
		assert_string_equal(list, "");
	}
	for (const char *p = all; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	if (lines != 3 * count)
		fail_msg("backup-row.c knows %zu columns of these:\n%s", count, all);
}

/* What somebody wrote in another encoding comes back as it was. */
static void
test_backup_odd_text(void **state)
{
	stored *b = *state;
	const ra_user odd = { .name = "\xff\xfe", .role = "\xc3", .password = "" };
	tmg_auto_free char *text = NULL;
	ra_backup_report report;
	tmg_auto(ra_txn) txn = { NULL };
	size_t len = 0;
	ra_user user;
	FILE *file;

	stored_open(b);
	assert_int_equal(ra_user_put(b->store, &odd), TMG_OK);
	assert_non_null(file = open_memstream(&text, &len));
	assert_int_equal(ra_backup_write(b->store, file, &report, &b->f), TMG_OK);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(report.rows, 1);

	ra_store_free(&b->store);
	place_clear(&b->place);
	stored_open(b);
	assert_non_null(file = fmemopen(text, len, "r"));
	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_backup_read(b->store, file, &report, &b->f), TMG_OK);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	fclose(file);
	assert_int_equal(ra_user_get(b->store, odd.name, &user), TMG_OK);
	assert_string_equal(user.role, odd.role);
}

/* ---- asking ---- */

static const ra_sql pair = { "pair", "SELECT $1, $2" };
static const ra_sql other_pair = { "other_pair", "SELECT $1, $2" };

static void
test_one_at_a_time(void **state)
{
	stored *b = *state;
	int64_t n;

	stored_open(b);
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

static const ra_sql accounts = { "accounts", "SELECT count(*) FROM account" };

static int64_t
count_accounts(ra_store *s)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	int64_t n = -1;

	assert_int_equal(ra_ask(s, &q, &accounts, RA_WITH_NOTHING), TMG_OK);
	assert_int_equal(ra_query_next(&q), TMG_OK);
	assert_int_equal(ra_query_number(&q, 0, &n), TMG_OK);
	return n;
}

/* Who looks sees one moment, and neither waits nor is waited for. */
static void
test_one_moment(void **state)
{
	stored *b = *state;
	ra_user user = { .name = "a", .role = "r", .password = "p" };
	ra_store *other = NULL;

	stored_open(b);
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &other),
	    TMG_OK);
	{
		tmg_auto(ra_txn) look = { NULL };

		assert_int_equal(ra_txn_look(&look, b->store), TMG_OK);
		assert_int_equal(count_accounts(b->store), 0);
		assert_int_equal(ra_user_put(other, &user), TMG_OK);
		assert_int_equal(count_accounts(other), 1);
		assert_int_equal(count_accounts(b->store), 0);
	}
	assert_int_equal(count_accounts(b->store), 1);
	ra_store_free(&other);
}

/* What a transaction knows of the log's end is its own, and nobody's after it. */
static void
test_head(void **state)
{
	stored *b = *state;
	const ra_audit first = { 1, 2, "a", "e", "", "d", "h1" };
	const ra_audit second = { 2, 2, "a", "e", "", "d", "h2" };
	ra_store *other = NULL;
	char hash[RA_HASH_TEXT];
	int64_t seq;

	stored_open(b);
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &other), TMG_OK);
	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_audit_put(b->store, &first), TMG_OK);
		assert_int_equal(ra_audit_head(b->store, &seq, hash), TMG_OK);
		assert_int_equal(seq, 1);
		assert_string_equal(hash, "h1");
	}
	/* rolled back */
	assert_int_equal(ra_audit_head(b->store, &seq, hash), TMG_OK);
	assert_int_equal(seq, 0);
	assert_string_equal(hash, "");
	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_audit_put(b->store, &first), TMG_OK);
		assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	}
	/* somebody else goes on */
	assert_int_equal(ra_audit_put(other, &second), TMG_OK);
	assert_int_equal(ra_audit_head(b->store, &seq, hash), TMG_OK);
	assert_int_equal(seq, 2);
	assert_string_equal(hash, "h2");
	/* outside of a transaction nothing is known */
	assert_int_equal(ra_audit_put(b->store, &(ra_audit){ 3, 2, "a", "e", "",
	    "d", "h3" }), TMG_OK);
	assert_int_equal(ra_audit_put(other, &(ra_audit){ 4, 2, "a", "e", "",
	    "d", "h4" }), TMG_OK);
	assert_int_equal(ra_audit_head(b->store, &seq, hash), TMG_OK);
	assert_int_equal(seq, 4);
	/* nor after an entry that there was already */
	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_audit_put(b->store, &second), TMG_OCCUPIED);
		assert_false(b->store->head.known);
	}
	ra_store_free(&other);
}

static const ra_sql erase_audit = { "erase_audit", "DELETE FROM audit" };

/* Only "unique already" is an answer. */
static void
test_constraints(void **state)
{
	stored *b = *state;
	const ra_audit entry = { 1, 2, "a", "e", "", "d", "h" };
	const ra_crl list = { .number = 1 };

	stored_open(b);
	assert_int_equal(ra_audit_put(b->store, &entry), TMG_OK);
	assert_int_equal(ra_audit_put(b->store, &entry), TMG_OCCUPIED);
	/* a trigger's refusal, and a NULL where none may be */
	assert_int_equal(ra_run(b->store, &erase_audit, RA_WITH_NOTHING, NULL),
	    TMG_E_IO);
	assert_non_null(strstr(b->store->fault.text,
	    b->place.dialect->append_only));
	assert_int_equal(ra_crl_put(b->store, &list), TMG_E_IO);
}

static void
test_foreign_values(void **state)
{
	stored *b = *state;
	ra_user user = { .name = "a", .role = "applicant", .password = "x" };
	ra_cert cert = { .serial = "01", .app = "" };
	tmg_auto(ra_cert) got = { .der = NULL };
	const char *bytes = b->place.dialect->bytes;
	char text[512];
	ra_app app;

	stored_open(b);
	assert_int_equal(ra_user_put(b->store, &user), TMG_OK);
	assert_int_equal(ra_cert_reserve(b->store, &cert), TMG_OK);
	got.reason = 7;
	assert_int_equal(ra_cert_of_app(b->store, "", &got), TMG_NOT_FOUND);
	assert_int_equal(got.reason, 7);

	/* longer than it can be, a number that fits nowhere, a state from later */
	snprintf(text, sizeof(text),
	    "UPDATE account SET role = 'applicant of some importance';"
	    "UPDATE certificate SET reason = 4294967297, der = %s;"
	    "INSERT INTO application VALUES ('A', 'exalted', 'o', 'p', 'c', 'k',"
	    " '', 's', '', 1, 1, %s, 'none', 0, '', '', 0, '', '')", bytes, bytes);
	place_run(&b->place, text);
	assert_int_equal(ra_user_get(b->store, "a", &user), TMG_E_IO);
	assert_int_equal(ra_cert_get(b->store, "01", &got), TMG_E_IO);
	assert_null(got.der);
	assert_int_equal(ra_app_get(b->store, "A", &app), TMG_E_IO);
	assert_non_null(strstr(b->store->fault.text, "exalted"));
	assert_null(app.csr);
	assert_int_equal(ra_app_find(b->store, "k", "c", "o", "", &app), TMG_E_IO);
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
	stored *b = *state;
	size_t seen = 0;

	assert_int_equal(sqlite3_auto_extension((void (*)(void))remember_db),
	    SQLITE_OK);
	stored_open(b);
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
#define STORED(test) cmocka_unit_test_setup_teardown(test, stored_place, \
	stored_tear_down)
	const struct CMUnitTest either[] = {
		STORED(test_every_version),
		STORED(test_newer_refused),
		STORED(test_step_that_fails),
		STORED(test_migrated_at_once),
		STORED(test_opened_beside_a_writer),
		STORED(test_where),
		STORED(test_one_at_a_time),
		STORED(test_one_moment),
		STORED(test_head),
		STORED(test_constraints),
		STORED(test_foreign_values),
		STORED(test_backup_has_all),
	};
	const struct CMUnitTest sqlite[] = {
		STORED(test_where_sqlite),
		STORED(test_backup_odd_text),
		STORED(test_plans),
	};
	const int failed = cmocka_run_group_tests(either, NULL, NULL);

	return getenv("TAMGA_TEST_PG_URL") != NULL ? failed :
	    failed + cmocka_run_group_tests(sqlite, NULL, NULL);
}
