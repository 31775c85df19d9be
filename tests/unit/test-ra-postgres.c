/* SPDX-License-Identifier: BSD-2-Clause */
/* What a store in PostgreSQL promises on its own: below tests/with-postgres. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/ra-everything.h"
#include "tests/unit/ra-place.h"
#include "tests/unit/test.h"
#include "tools/ra/store/audit.h"
#include "tools/ra/store/crl.h"
#include "tools/ra/store/user.h"

static const ra_user anna = { .name = "anna", .role = "r", .password = "p" };
static const ra_user bert = { .name = "bert", .role = "r", .password = "p" };

static tmg_rc
look_up(ra_store *s, const char *name)
{
	ra_user user;

	return ra_user_get(s, name, &user);
}

/* ---- a database that goes away ---- */

/* Every connection of tamga-ra ends, and is gone when this returns. */
static void
cut(const stored *b)
{
	char gone[64];

	place_read(&b->place, "SELECT count(pg_terminate_backend(pid, 5000))"
	    " FROM pg_stat_activity WHERE application_name = 'tamga-ra'", gone,
	    sizeof(gone));
	assert_true(atoi(gone) > 0);
}

/* Nobody notices when nothing was under way; statements are prepared anew. */
static void
test_cut_while_idle(void **state)
{
	stored *b = *state;
	tmg_auto(ra_txn) txn = { NULL };

	assert_int_equal(ra_user_put(b->store, &anna), TMG_OK);
	assert_int_equal(look_up(b->store, "anna"), TMG_OK);
	cut(b);
	assert_int_equal(look_up(b->store, "anna"), TMG_OK);
	cut(b);
	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_user_put(b->store, &bert), TMG_OK);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	assert_false(b->store->away);
	assert_int_equal(look_up(b->store, "bert"), TMG_OK);
}

/* What comes after a cut is not taken for the rest of the transaction. */
static void
test_cut_within(void **state)
{
	stored *b = *state;

	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_user_put(b->store, &anna), TMG_OK);
		cut(b);
		assert_int_equal(look_up(b->store, "anna"), TMG_E_IO);
		assert_true(b->store->away);
		assert_int_equal(ra_user_put(b->store, &bert), TMG_E_IO);
		assert_int_equal(look_up(b->store, "nobody"), TMG_E_IO);
		assert_int_equal(ra_txn_commit(&txn), TMG_E_IO);
	}
	assert_int_equal(look_up(b->store, "anna"), TMG_NOT_FOUND);
	assert_int_equal(look_up(b->store, "bert"), TMG_NOT_FOUND);
	assert_false(b->store->away);
}

static void
test_cut_before_commit(void **state)
{
	stored *b = *state;

	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_user_put(b->store, &anna), TMG_OK);
		cut(b);
		assert_int_equal(ra_txn_commit(&txn), TMG_E_IO);
	}
	assert_int_equal(look_up(b->store, "anna"), TMG_NOT_FOUND);
}

static void
control(const char *what)
{
	char line[512];

	snprintf(line, sizeof(line), "'%s' %s >/dev/null 2>&1",
	    getenv("TAMGA_TEST_PG_CTL"), what);
	assert_int_equal(system(line), 0);
}

/* The server crashes: what was committed is there, what was not is not. */
static void
test_crash(void **state)
{
	stored *b = *state;
	char level[16];

	assert_int_equal(ra_user_put(b->store, &anna), TMG_OK);
	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_user_put(b->store, &bert), TMG_OK);
		control("stop -m immediate");
		assert_int_equal(ra_txn_commit(&txn), TMG_E_IO);
	}
	assert_int_equal(look_up(b->store, "anna"), TMG_E_IO);
	assert_true(b->store->away);
	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_E_IO);
		assert_null(txn.store);
	}
	control("start");
	assert_int_equal(look_up(b->store, "anna"), TMG_OK);
	assert_int_equal(look_up(b->store, "bert"), TMG_NOT_FOUND);
	assert_false(b->store->away);
	place_read(&b->place, "SHOW fsync", level, sizeof(level));
	assert_string_equal(level, "on\n");
}

/* ---- transactions ---- */

/* PostgreSQL calls it no error to commit what failed before. */
static void
test_failed_is_not_committed(void **state)
{
	stored *b = *state;
	const ra_audit entry = { 1, 2, "a", "e", "", "d", "h" };

	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_user_put(b->store, &anna), TMG_OK);
		assert_int_equal(ra_audit_put(b->store, &entry), TMG_OK);
		assert_int_equal(ra_audit_put(b->store, &entry), TMG_OCCUPIED);
		assert_int_equal(ra_txn_commit(&txn), TMG_E_IO);
	}
	assert_int_equal(look_up(b->store, "anna"), TMG_NOT_FOUND);
}

/* With more said in the address of the store: options of the server. */
static ra_store *
open_with(stored *b, const char *more)
{
	char where[640];
	ra_store *store = NULL;

	snprintf(where, sizeof(where), "%s%%20%s", b->place.where, more);
	if (ra_store_open(where, false, &b->f, &store) != TMG_OK)
		fail_msg("%s", b->f.text);
	return store;
}

static void
test_turn(void **state)
{
	stored *b = *state;
	ra_store *other = open_with(b, "-clock_timeout%3D100ms");
	tmg_auto(ra_txn) txn = { NULL }, late = { NULL };

	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_user_put(b->store, &anna), TMG_OK);
	assert_int_equal(ra_txn_begin(&late, other), TMG_BUSY);
	assert_null(late.store);
	assert_non_null(strstr(other->fault.text, "55P03"));
	/* who only reads waits for nobody */
	assert_int_equal(look_up(other, "anna"), TMG_NOT_FOUND);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	assert_int_equal(ra_txn_begin(&late, other), TMG_OK);
	assert_int_equal(look_up(other, "anna"), TMG_OK);
	ra_txn_release(&late);
	ra_store_free(&other);
}

/* Two stores in one database take turns each for themselves. */
static void
test_neighbours(void **state)
{
	stored *b = *state;
	tmg_auto(ra_txn) txn = { NULL }, second = { NULL };
	ra_store *other = NULL;
	place next;

	place_make(&next);
	assert_int_equal(ra_store_open(next.where, true, &b->f, &other), TMG_OK);
	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_txn_begin(&second, other), TMG_OK);
	assert_int_equal(ra_user_put(other, &anna), TMG_OK);
	assert_int_equal(ra_txn_commit(&second), TMG_OK);
	assert_int_equal(look_up(b->store, "anna"), TMG_NOT_FOUND);
	ra_store_free(&other);
	place_drop(&next);
}

enum {
	THREADS = 4,
	ROUNDS = 12,
};

static void *
add_entries(void *arg)
{
	const stored *b = arg;
	ra_store *store = NULL;
	bool good = true;
	tmg_fault f;

	if (ra_store_open(b->place.where, false, &f, &store) != TMG_OK)
		return arg;
	for (int i = 0; good && i < ROUNDS; i++) {
		tmg_auto(ra_txn) txn = { NULL };
		char hash[RA_HASH_TEXT];
		ra_audit entry = { 0, 1, "a", "e", "", "d", "h" };

		good = ra_txn_begin(&txn, store) == TMG_OK &&
		    ra_audit_head(store, &entry.seq, hash) == TMG_OK;
		entry.seq++;
		good = good && ra_audit_put(store, &entry) == TMG_OK &&
		    ra_txn_commit(&txn) == TMG_OK;
	}
	ra_store_free(&store);
	return good ? NULL : arg;
}

/* Each looks what the last number is and takes the next: never twice. */
static void
test_chain_at_once(void **state)
{
	stored *b = *state;
	char hash[RA_HASH_TEXT];
	pthread_t thread[THREADS];
	void *failed;
	int64_t seq;

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, add_entries, b), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(ra_audit_head(b->store, &seq, hash), TMG_OK);
	assert_int_equal(seq, THREADS * ROUNDS);
}

/* ---- settings ---- */

static void
read_setting(ra_store *s, const char *name, char text[32])
{
	static const ra_sql setting = { "setting", "SELECT current_setting($1)" };
	tmg_auto(ra_query) q = { NULL, NULL };
	ra_datum d = { .type = RA_TYPE_TEXT };

	assert_int_equal(ra_ask(s, &q, &setting, RA_WITH(RA_TEXT(name))), TMG_OK);
	assert_int_equal(ra_query_next(&q), TMG_OK);
	assert_int_equal(s->ops->column(s, q.rows, 0, &d), TMG_OK);
	snprintf(text, 32, "%s", d.text);
}

static void
expect_setting(stored *b, const char *more, const char *name,
    const char *expected)
{
	ra_store *store = open_with(b, more);
	char text[32];

	read_setting(store, name, text);
	assert_string_equal(text, expected);
	ra_store_free(&store);
}

static void
test_settings(void **state)
{
	stored *b = *state;

	expect_setting(b, "-csynchronous_commit%3Doff", "synchronous_commit", "on");
	expect_setting(b, "-csynchronous_commit%3Dlocal", "synchronous_commit", "on");
	expect_setting(b, "-csynchronous_commit%3Dremote_apply",
	    "synchronous_commit", "remote_apply");
	expect_setting(b, "-cdefault_transaction_isolation%3Dserializable",
	    "default_transaction_isolation", "read committed");
	expect_setting(b, "", "lock_timeout", "15s");
}

static void
refuse(stored *b, const char *where, tmg_rc rc, const char *words)
{
	ra_store *store = NULL;

	assert_int_equal(ra_store_open(where, true, &b->f, &store), rc);
	assert_null(store);
	assert_non_null(strstr(b->f.text, words));
	assert_null(strstr(b->f.text, "Geheim"));
}

static void
test_addresses(void **state)
{
	stored *b = *state;
	char where[640];

	refuse(b, "postgresql://ra:Geheim1@localhost/ra", TMG_MISMATCH, "password");
	refuse(b, "postgresql://localhost/ra?password=Geheim1", TMG_MISMATCH,
	    "password");
	refuse(b, "postgresql://ra:Geheim1@[::1/ra", TMG_MISMATCH, "URI");
	refuse(b, "postgresql:///ra?host=/nonexistent", TMG_E_IO, "/nonexistent");
	snprintf(where, sizeof(where), "%s&dbname=nowhere",
	    getenv("TAMGA_TEST_PG_URL"));
	refuse(b, where, TMG_E_IO, "nowhere");
}

/* ---- values ---- */

static void
test_values(void **state)
{
	stored *b = *state;
	uint8_t bytes[] = { 0, 1, 0xff, 0, 0x27, 0x5c };
	const ra_crl crl = { .number = INT64_MAX, .revocations = INT64_MIN,
		.next_update = -1, .der = bytes, .len = sizeof(bytes) };
	ra_user odd = { .name = "o'dd \\ \"name\"", .role = "", .password = "Ұ" };
	tmg_auto(ra_crl) got = { .der = NULL };
	ra_user user;

	assert_int_equal(ra_crl_put(b->store, &crl), TMG_OK);
	assert_int_equal(ra_crl_last(b->store, &got), TMG_OK);
	assert_int_equal(got.number, INT64_MAX);
	assert_int_equal(got.revocations, INT64_MIN);
	assert_int_equal(got.next_update, -1);
	assert_int_equal(got.len, sizeof(bytes));
	assert_memory_equal(got.der, bytes, sizeof(bytes));
	assert_int_equal(ra_user_put(b->store, &odd), TMG_OK);
	assert_int_equal(ra_user_get(b->store, odd.name, &user), TMG_OK);
	assert_string_equal(user.password, odd.password);

	/* text is UTF-8; a fault, and the next question is answered */
	snprintf(odd.name, sizeof(odd.name), "\xff\xfe");
	assert_int_equal(ra_user_put(b->store, &odd), TMG_E_IO);
	assert_false(b->store->away);
	assert_int_equal(look_up(b->store, "anna"), TMG_NOT_FOUND);
}

/* ---- the schema ---- */

/* Not even who may do everything changes the audit log unnoticed. */
static void
test_only_added_to(void **state)
{
	static const char *const attempts[] = { "DELETE FROM", "TRUNCATE",
		"UPDATE" };
	stored *b = *state;
	const ra_audit entry = { 1, 2, "a", "e", "", "d", "h" };
	const char *schema = b->place.folder + strlen(b->place.folder) - 6;
	char text[512], said[256];

	assert_int_equal(ra_audit_put(b->store, &entry), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(attempts); i++) {
		snprintf(text, sizeof(text), "'%s' -qX '%s' -c '%s \"%s\".audit%s'"
		    " 2>&1 | tr -d '\\n'", getenv("TAMGA_TEST_PG_PSQL"),
		    getenv("TAMGA_TEST_PG_ADMIN"), attempts[i], schema,
		    attempts[i][0] == 'U' ? " SET seq = 2" : "");

		FILE *p = popen(text, "r");

		assert_non_null(p);
		assert_non_null(fgets(said, sizeof(said), p));
		pclose(p);
		assert_non_null(strstr(said, "the audit log is only added to"));
	}
	place_read(&b->place, "SELECT count(*) FROM audit", said, sizeof(said));
	assert_string_equal(said, "1\n");
}

/* The same tables, columns and indexes as in SQLite: a step that was added to
 * one back end alone is noticed here. */
static void
test_same_schema(void **state)
{
	stored *b = *state;
	static char here[16384], there[16384];
	ra_store *other = NULL;
	place lite = { .dialect = &place_sqlite };

	assert_true(test_folder(lite.folder));
	lite.dialect->make(&lite);
	assert_int_equal(ra_store_open(lite.where, true, &b->f, &other), TMG_OK);
	ra_store_free(&other);
	place_read(&b->place, b->place.dialect->columns, here, sizeof(here));
	place_read(&lite, lite.dialect->columns, there, sizeof(there));
	assert_string_equal(here, there);
	place_read(&b->place, b->place.dialect->indexes, here, sizeof(here));
	place_read(&lite, lite.dialect->indexes, there, sizeof(there));
	assert_string_equal(here, there);
	place_drop(&lite);
}

/* ---- plans ---- */

static const ra_sql prepared = { "prepared",
	"SELECT 'EXPLAIN (COSTS OFF) EXECUTE ' || quote_ident(name) ||"
	" CASE cardinality(parameter_types) WHEN 0 THEN '' ELSE '(' ||"
	" array_to_string(array_fill('NULL'::text,"
	" ARRAY[cardinality(parameter_types)]), ',') || ')' END"
	" FROM pg_prepared_statements WHERE statement ~"
	" '^(SELECT|UPDATE|DELETE).* (FROM|UPDATE) '"
	" AND statement !~ 'tamga_schema|pg_'" };

enum {
	PLANS_MAX = 256,
	PLAN_TEXT = 200,
};

static size_t
list_plans(ra_store *s, char plan[PLANS_MAX][PLAN_TEXT])
{
	tmg_auto(ra_query) q = { NULL, NULL };
	size_t n = 0;

	assert_int_equal(ra_ask(s, &q, &prepared, RA_WITH_NOTHING), TMG_OK);
	while (ra_query_next(&q) == TMG_OK) {
		ra_datum d = { .type = RA_TYPE_TEXT };

		assert_int_equal(s->ops->column(s, q.rows, 0, &d), TMG_OK);
		assert_true(n < PLANS_MAX);
		snprintf(plan[n++], PLAN_TEXT, "%s", d.text);
	}
	return n;
}

/* A table read from end to end, or a list that has to be sorted, shows even
 * when both are made expensive: there is no index for it. */
static void
judge_plan(ra_store *s, const char *name, const char *text)
{
	const ra_sql plan = { name, text };
	tmg_auto(ra_query) q = { NULL, NULL };

	assert_int_equal(ra_ask(s, &q, &plan, RA_WITH_NOTHING), TMG_OK);
	while (ra_query_next(&q) == TMG_OK) {
		ra_datum d = { .type = RA_TYPE_TEXT };

		assert_int_equal(s->ops->column(s, q.rows, 0, &d), TMG_OK);
		if (strstr(d.text, "Seq Scan") != NULL || strstr(d.text, "Sort"))
			fail_msg("%s: %s", text, d.text);
	}
}

static void
test_plans(void **state)
{
	static char plan[PLANS_MAX][PLAN_TEXT];
	stored *b = *state;
	size_t count;

	ask_everything(b->store);
	assert_int_equal(b->store->ops->script(b->store,
	    "SET enable_seqscan = off; SET enable_sort = off;"
	    "SET enable_bitmapscan = off;"
	    "SET plan_cache_mode = force_generic_plan; DISCARD PLANS"), TMG_OK);
	count = list_plans(b->store, plan);
	assert_true(count >= 15);
	for (size_t i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "plan%zu", i);
		judge_plan(b->store, name, plan[i]);
	}
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, stored_set_up, \
	stored_tear_down)
	const struct CMUnitTest tests[] = {
		STORED(test_cut_while_idle),
		STORED(test_cut_within),
		STORED(test_cut_before_commit),
		STORED(test_failed_is_not_committed),
		STORED(test_turn),
		STORED(test_neighbours),
		STORED(test_chain_at_once),
		STORED(test_settings),
		STORED(test_addresses),
		STORED(test_values),
		STORED(test_only_added_to),
		STORED(test_same_schema),
		STORED(test_plans),
		STORED(test_crash),
	};

	if (getenv("TAMGA_TEST_PG_URL") == NULL) {
		printf("SKIP: run below tests/with-postgres\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
