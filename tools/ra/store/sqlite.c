/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in one SQLite file: WAL, so that commands work beside a running
 * server; synchronous=FULL, so that what was acknowledged survives a crash.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/sql.h"

#define BUSY_MS 15000
#define SCHEME "sqlite://"

/* Set on every connection. */
static const char pragmas[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 4000;"	/* 16 MiB; a page changes many times by then */
    "PRAGMA temp_store = MEMORY;"	/* what a savepoint would bring back */
    "PRAGMA foreign_keys = ON;"
    "PRAGMA secure_delete = ON;"	/* what is erased is overwritten */
    "PRAGMA trusted_schema = OFF;";

static const ra_sql begin = { "begin", "BEGIN IMMEDIATE" };
static const ra_sql look = { "look", "BEGIN" };
static const ra_sql commit = { "commit", "COMMIT" };
static const ra_sql rollback = { "rollback", "ROLLBACK" };
static const ra_sql version = { "version", "PRAGMA user_version" };

/* A statement prepared when it was first asked. */
struct prepared {
	const ra_sql *sql;
	sqlite3_stmt *stmt;
};

struct sqlite_store {
	ra_store base;
	sqlite3 *db;
	struct prepared *known;
	size_t count, cap;
};

/* Only a row that is there already is an answer; a broken rule of another
 * kind (NOT NULL, a trigger) is a defect. */
static tmg_rc
from_constraint(int code)
{
	return code == SQLITE_CONSTRAINT_UNIQUE ||
	    code == SQLITE_CONSTRAINT_PRIMARYKEY ||
	    code == SQLITE_CONSTRAINT_ROWID ? TMG_OCCUPIED : TMG_E_IO;
}

static tmg_rc
from_sqlite(int code)
{
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		return from_constraint(code);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return TMG_BUSY;
	case SQLITE_NOMEM:
		return TMG_E_NOMEM;
	default:
		return TMG_E_IO;
	}
}

/* Of the file as a whole; while asking, "cannot open" (no descriptor left) is
 * no answer to what was asked. */
static tmg_rc
from_opening(int code)
{
	switch (code & 0xff) {
	case SQLITE_CANTOPEN:
		return TMG_NOT_FOUND;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return TMG_DENIED;
	default:
		return from_sqlite(code);
	}
}

static tmg_rc
store_fail(struct sqlite_store *s, int code)
{
	return tmg_raise(&s->base.fault, from_sqlite(code), 0, _("the store: %s"),
	    sqlite3_errmsg(s->db));
}

static struct sqlite_store *
mine(ra_store *base)
{
	return (struct sqlite_store *)(void *)base;
}

/* ---- statements ---- */

static struct prepared *
place_for(struct sqlite_store *s)
{
	if (s->count == s->cap) {
		const size_t cap = s->cap > 0 ? 2 * s->cap : 32;
		struct prepared *more = realloc(s->known, cap * sizeof(*more));

		if (more == NULL)
			return NULL;
		s->known = more;
		s->cap = cap;
	}
	return &s->known[s->count];
}

static tmg_rc
prepare(struct sqlite_store *s, const ra_sql *sql, sqlite3_stmt **stmt)
{
	struct prepared *p;
	int code;

	for (size_t i = 0; i < s->count; i++) {
		if (s->known[i].sql == sql) {
			*stmt = s->known[i].stmt;
			return TMG_OK;
		}
	}
	if ((p = place_for(s)) == NULL)
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	code = sqlite3_prepare_v3(s->db, sql->text, -1,
	    SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (code != SQLITE_OK)
		return store_fail(s, code);
	*p = (struct prepared){ sql, *stmt };
	s->count++;
	return TMG_OK;
}

static int
bind_text(sqlite3_stmt *stmt, int at, const ra_datum *d)
{
	return sqlite3_bind_text(stmt, at, d->text, -1, SQLITE_STATIC);
}

static int
bind_number(sqlite3_stmt *stmt, int at, const ra_datum *d)
{
	return sqlite3_bind_int64(stmt, at, d->number);
}

static int
bind_blob(sqlite3_stmt *stmt, int at, const ra_datum *d)
{
	return sqlite3_bind_blob64(stmt, at, d->blob.ptr, d->blob.len,
	    SQLITE_STATIC);
}

/* A NULL only stands for no bytes; where none may be, memory ran out. */
static bool
take_text(sqlite3_stmt *stmt, int at, ra_datum *d)
{
	d->text = (const char *)sqlite3_column_text(stmt, at);
	return d->text != NULL;
}

static bool
take_number(sqlite3_stmt *stmt, int at, ra_datum *d)
{
	d->number = sqlite3_column_int64(stmt, at);
	return true;
}

static bool
take_blob(sqlite3_stmt *stmt, int at, ra_datum *d)
{
	d->blob.ptr = sqlite3_column_blob(stmt, at);
	d->blob.len = (size_t)sqlite3_column_bytes(stmt, at);
	return d->blob.ptr != NULL || d->blob.len == 0;
}

static const struct {
	int (*bind)(sqlite3_stmt *stmt, int at, const ra_datum *d);
	bool (*take)(sqlite3_stmt *stmt, int at, ra_datum *d);
} types[] = {
	[RA_TYPE_TEXT] = { bind_text, take_text },
	[RA_TYPE_NUMBER] = { bind_number, take_number },
	[RA_TYPE_BLOB] = { bind_blob, take_blob },
};

/* Reset, so that no read stays open. */
static void
sqlite_done(ra_store *base, void *rows)
{
	(void)base;
	sqlite3_reset(rows);
	sqlite3_clear_bindings(rows);
}

/* SQLite numbers parameters as they first appear, whatever digits they show;
 * a statement that leaves one out or has one too many is caught here. */
static tmg_rc
sqlite_ask(ra_store *base, const ra_sql *sql, const ra_datum *data,
    size_t count, void **rows)
{
	struct sqlite_store *s = mine(base);
	sqlite3_stmt *stmt = NULL;
	int code = SQLITE_OK;
	tmg_rc rc;

	if ((rc = prepare(s, sql, &stmt)))
		return rc;
	if ((size_t)sqlite3_bind_parameter_count(stmt) != count)
		return tmg_raise(&base->fault, TMG_E_USAGE, 0,
		    _("the store: %s takes %d values, not %zu"), sql->name,
		    sqlite3_bind_parameter_count(stmt), count);
	for (size_t i = 0; i < count && code == SQLITE_OK; i++)
		code = types[data[i].type].bind(stmt, (int)i + 1, &data[i]);
	if (code != SQLITE_OK) {
		rc = store_fail(s, code);
		sqlite_done(base, stmt);
		return rc;
	}
	*rows = stmt;
	return TMG_OK;
}

static tmg_rc
sqlite_next(ra_store *base, void *rows)
{
	const int code = sqlite3_step(rows);

	if (code == SQLITE_ROW)
		return TMG_OK;
	return code == SQLITE_DONE ? TMG_NOT_FOUND : store_fail(mine(base), code);
}

static tmg_rc
sqlite_column(ra_store *base, void *rows, int at, ra_datum *d)
{
	if (types[d->type].take(rows, at, d))
		return TMG_OK;
	return store_fail(mine(base), SQLITE_NOMEM);
}

static int64_t
sqlite_changed(ra_store *base, void *rows)
{
	(void)rows;
	return sqlite3_changes(mine(base)->db);
}

/* ---- transactions ---- */

static tmg_rc
sqlite_begin(ra_store *base)
{
	return ra_run(base, &begin, RA_WITH_NOTHING, NULL);
}

/* WAL: what the first statement sees, all see. */
static tmg_rc
sqlite_look(ra_store *base)
{
	return ra_run(base, &look, RA_WITH_NOTHING, NULL);
}

static tmg_rc
sqlite_commit(ra_store *base)
{
	return ra_run(base, &commit, RA_WITH_NOTHING, NULL);
}

static void
sqlite_rollback(ra_store *base)
{
	const tmg_fault kept = base->fault;

	/* SQLite may have rolled back by itself; then there is nothing to do. */
	if (sqlite3_get_autocommit(mine(base)->db) == 0)
		(void)!ra_run(base, &rollback, RA_WITH_NOTHING, NULL);
	base->fault = kept;
}

/* ---- the schema ---- */

static tmg_rc
sqlite_script(ra_store *base, const char *text)
{
	struct sqlite_store *s = mine(base);
	const int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	return code == SQLITE_OK ? TMG_OK : store_fail(s, code);
}

static tmg_rc
sqlite_version(ra_store *base, int *number)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	int64_t n;
	tmg_rc rc;

	if ((rc = ra_ask(base, &q, &version, RA_WITH_NOTHING)) ||
	    (rc = ra_query_next(&q)) || (rc = ra_query_number(&q, 0, &n)))
		return rc;
	*number = (int)n;		/* 32 bits in the file */
	return TMG_OK;
}

static tmg_rc
sqlite_version_set(ra_store *base, int number)
{
	char text[48];

	snprintf(text, sizeof(text), "PRAGMA user_version = %d", number);
	return sqlite_script(base, text);
}

/* ---- opening ---- */

static void
sqlite_close(ra_store *base)
{
	struct sqlite_store *s = mine(base);

	for (size_t i = 0; i < s->count; i++)
		sqlite3_finalize(s->known[i].stmt);
	free(s->known);
	sqlite3_close(s->db);
	free(s);
}

/* How a file is opened. */
struct way {
	int flags, busy_ms;
	const char *pragmas;
};

static tmg_rc
open_db(struct sqlite_store *s, const char *path, const struct way *way)
{
	int code = sqlite3_open_v2(path, &s->db,
	    way->flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (s->db == NULL)
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(s->db, way->busy_ms);
	if (code == SQLITE_OK)
		code = sqlite3_exec(s->db, way->pragmas, NULL, NULL, NULL);
	return code == SQLITE_OK ? TMG_OK : tmg_raise(&s->base.fault,
	    from_opening(code), 0, _("the store: %s"), sqlite3_errmsg(s->db));
}

static tmg_rc
open_as(const char *where, const struct way *way, tmg_fault *f,
    ra_store **store)
{
	const size_t lead = strlen(SCHEME);
	const char *path = strncmp(where, SCHEME, lead) == 0 ? where + lead : where;
	struct sqlite_store *s = calloc(1, sizeof(*s));
	tmg_rc rc;

	if (s == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &ra_store_sqlite;
	if ((rc = open_db(s, path, way))) {
		rc = tmg_raise(f, rc, 0, _("%s: %s"), path, s->base.fault.text);
		sqlite_close(&s->base);
		return rc;
	}
	*store = &s->base;
	return TMG_OK;
}

static tmg_rc
sqlite_open(const char *where, bool create, tmg_fault *f, ra_store **store)
{
	return open_as(where, &(struct way){ SQLITE_OPEN_READWRITE |
	    (create ? SQLITE_OPEN_CREATE : 0), BUSY_MS, pragmas }, f, store);
}

/* What takes too long is a lock: a question by number is not asked twice. */
static tmg_rc
sqlite_visit(const char *where, int timeout_s, tmg_fault *f, ra_store **store)
{
	return open_as(where, &(struct way){ SQLITE_OPEN_READONLY,
	    timeout_s * 1000, "PRAGMA query_only = ON;"
	    "PRAGMA trusted_schema = OFF;" }, f, store);
}

const ra_store_ops ra_store_sqlite = {
	.scheme = "sqlite",
	.schema = &ra_schema_sqlite,
	.open = sqlite_open,
	.visit = sqlite_visit,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.look = sqlite_look,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.script = sqlite_script,
	.version = sqlite_version,
	.version_set = sqlite_version_set,
	.ask = sqlite_ask,
	.next = sqlite_next,
	.column = sqlite_column,
	.changed = sqlite_changed,
	.done = sqlite_done,
};
