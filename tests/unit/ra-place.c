/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"
#include "tests/unit/ra-place.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef WITH_POSTGRESQL
#include <libpq-fe.h>
#endif

#include "tests/unit/test.h"

static void
put_line(tmg_out *o, const char *text)
{
	tmg_put(o, tmg_view_str(text));
	tmg_put(o, tmg_view_str("\n"));
}

/* ---- SQLite ---- */

static int
add_row(void *arg, int count, char **values, char **names)
{
	(void)names;
	for (int i = 0; i < count; i++)
		put_line(arg, values[i] != NULL ? values[i] : "(null)");
	return 0;
}

static void
lite_read(const char *where, const char *text, tmg_out *o)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(where, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, o != NULL ? add_row : NULL, o,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
lite_run(const char *where, const char *text)
{
	lite_read(where, text, NULL);
}

static void
lite_make(place *p)
{
	snprintf(p->where, sizeof(p->where), "%s/store.db", p->folder);
}

static void
lite_clear(const place *p)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char path[sizeof(p->where) + 16];

	for (size_t i = 0; i < TMG_COUNT(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", p->where, ends[i]);
		unlink(path);
	}
}

const dialect place_sqlite = {
	.ops = &ra_store_sqlite,
	.fixture = "tests/unit/ra-store/v%d.sql",
	.schema = "SELECT type, name, tbl_name, sql FROM sqlite_master"
	    " ORDER BY type, name; PRAGMA user_version",
	.tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
	    " ORDER BY name",
	.columns = "SELECT m.name, p.name, p.type FROM sqlite_master m,"
	    " pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY 1, 2",
	.indexes = "SELECT name FROM sqlite_master WHERE type = 'index'"
	    " AND name NOT LIKE 'sqlite_%' ORDER BY name",
	.version_get = "PRAGMA user_version",
	.version_set = "PRAGMA user_version = %d",
	.bytes = "x'3000'",
	.append_only = "only added to",
	.unmoved = "CREATE TRIGGER unmoved BEFORE UPDATE ON cmp WHEN old.id = '01'"
	    " BEGIN SELECT RAISE(IGNORE); END",
	.run = lite_run,
	.read = lite_read,
	.make = lite_make,
	.clear = lite_clear,
};

/* ---- PostgreSQL ---- */

#ifdef WITH_POSTGRESQL
static void
say_nothing(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static void
put_result(const PGresult *result, tmg_out *o)
{
	for (int row = 0; row < PQntuples(result); row++)
		for (int at = 0; at < PQnfields(result); at++)
			put_line(o, PQgetvalue(result, row, at));
}

static void
pg_read(const char *where, const char *text, tmg_out *o)
{
	PGconn *db = PQconnectdb(where);
	PGresult *result;

	PQsetNoticeProcessor(db, say_nothing, NULL);
	result = PQexec(db, text);
	if (PQresultStatus(result) != PGRES_COMMAND_OK &&
	    PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(db));
	if (o != NULL)
		put_result(result, o);
	PQclear(result);
	PQfinish(db);
}

static void
pg_run(const char *where, const char *text)
{
	pg_read(where, text, NULL);
}

/* The folder's random letters name the schema. */
static void
pg_fresh(const place *p)
{
	char text[160];
	const char *name = p->folder + strlen(p->folder) - 6;

	snprintf(text, sizeof(text), "DROP SCHEMA IF EXISTS \"%s\" CASCADE;"
	    "CREATE SCHEMA \"%s\"", name, name);
	pg_run(getenv("TAMGA_TEST_PG_URL"), text);
}

static void
pg_make(place *p)
{
	snprintf(p->where, sizeof(p->where),
	    "%s&options=-csearch_path%%3D%%22%s%%22", getenv("TAMGA_TEST_PG_URL"),
	    p->folder + strlen(p->folder) - 6);
	pg_fresh(p);
}

#define MINE " = current_schema()"

const dialect place_postgres = {
	.ops = &ra_store_postgres,
	.fixture = "tests/unit/ra-store/postgres-v%d.sql",
	.schema = "SELECT table_name, column_name, data_type, collation_name,"
	    " is_nullable, coalesce(column_default, '')"
	    " FROM information_schema.columns WHERE table_schema" MINE
	    " UNION ALL SELECT tablename, indexname,"
	    " replace(indexdef, current_schema(), ''), '', '', ''"
	    " FROM pg_indexes WHERE schemaname" MINE
	    " UNION ALL SELECT event_object_table, trigger_name,"
	    " action_statement, event_manipulation, '', ''"
	    " FROM information_schema.triggers WHERE trigger_schema" MINE
	    " UNION ALL SELECT version::text, '', '', '', '', ''"
	    " FROM tamga_schema ORDER BY 1, 2, 3, 4",
	.tables = "SELECT tablename FROM pg_tables WHERE schemaname" MINE
	    " AND tablename <> 'tamga_schema' ORDER BY 1",
	.columns = "SELECT table_name, column_name, CASE data_type"
	    " WHEN 'text' THEN 'TEXT' WHEN 'bigint' THEN 'INTEGER'"
	    " WHEN 'bytea' THEN 'BLOB' ELSE data_type END"
	    " FROM information_schema.columns WHERE table_schema" MINE
	    " AND table_name <> 'tamga_schema' ORDER BY 1, 2",
	.indexes = "SELECT indexname FROM pg_indexes WHERE schemaname" MINE
	    " AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'"
	    " ORDER BY 1",
	.version_get = "SELECT version FROM tamga_schema",
	.version_set = "UPDATE tamga_schema SET version = %d",
	.bytes = "'\\x3000'",
	.append_only = "permission denied",
	.unmoved = "CREATE FUNCTION unmoved() RETURNS trigger LANGUAGE plpgsql AS"
	    " $$ BEGIN RETURN NULL; END $$;"
	    "CREATE TRIGGER unmoved BEFORE UPDATE ON cmp FOR EACH ROW"
	    " WHEN (old.id = '01') EXECUTE FUNCTION unmoved()",
	.run = pg_run,
	.read = pg_read,
	.make = pg_make,
	.clear = pg_fresh,
};
#endif

/* ---- either ---- */

void
place_make(place *p)
{
	const char *url = getenv("TAMGA_TEST_PG_URL");

	assert_true(test_folder(p->folder));
	p->dialect = &place_sqlite;
#ifdef WITH_POSTGRESQL
	if (url != NULL)
		p->dialect = &place_postgres;
#else
	assert_null(url);
#endif
	p->dialect->make(p);
}

void
place_clear(const place *p)
{
	p->dialect->clear(p);
}

void
place_drop(place *p)
{
	place_clear(p);
	rmdir(p->folder);
}

void
place_run(const place *p, const char *text)
{
	p->dialect->run(p->where, text);
}

void
place_read(const place *p, const char *text, char *into, size_t cap)
{
	tmg_out o = { (uint8_t *)into, cap - 1, 0, false };

	p->dialect->read(p->where, text, &o);
	assert_false(o.full);
	into[o.len] = '\0';
}

/* ---- a store there ---- */

int
stored_place(void **state)
{
	stored *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	place_make(&b->place);
	*state = b;
	return 0;
}

void
stored_open(stored *b)
{
	if (ra_store_open(b->place.where, true, &b->f, &b->store) != TMG_OK)
		fail_msg("%s", b->f.text);
}

int
stored_set_up(void **state)
{
	const int failed = stored_place(state);

	stored_open(*state);
	return failed;
}

int
stored_tear_down(void **state)
{
	stored *b = *state;

	ra_store_free(&b->store);
	place_drop(&b->place);
	free(b);
	return 0;
}
