/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in one SQLite file: WAL, so that commands work beside a running
 * server; synchronous=FULL, so that what was acknowledged survives a crash.
 */
#include "tools/ra/store/sqlite.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"

#define BUSY_MS 15000
#define STEPS 10000		/* of a query, between two looks at the clock */
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
		return ra_sqlite_verdict(code);
	}
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
	if (sqlite3_get_autocommit(ra_sqlite_of(base)->db) == 0)
		(void)!ra_run(base, &rollback, RA_WITH_NOTHING, NULL);
	base->fault = kept;
}

/* ---- the schema ---- */

static tmg_rc
sqlite_script(ra_store *base, const char *text)
{
	ra_sqlite *s = ra_sqlite_of(base);
	const int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	return code == SQLITE_OK ? TMG_OK : ra_sqlite_failed(s, code);
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
	ra_sqlite *s = ra_sqlite_of(base);

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

/* Who turns a new file to a write-ahead log beside others who do is told at once that it
 * is locked, whatever patience SQLite was given. */
static int
set_pragmas(ra_sqlite *s, const struct way *way)
{
	const int64_t until = tmg_now_ms() + way->busy_ms;
	int code;

	while (((code = sqlite3_exec(s->db, way->pragmas, NULL, NULL, NULL)) & 0xff) ==
	    SQLITE_BUSY && tmg_now_ms() < until)
		(void)poll(NULL, 0, RA_PATIENCE_LOOK_MS);
	return code;
}

static tmg_rc
open_db(ra_sqlite *s, const char *path, const struct way *way)
{
	int code = sqlite3_open_v2(path, &s->db,
	    way->flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (s->db == NULL)
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(s->db, way->busy_ms);
	if (code == SQLITE_OK)
		code = set_pragmas(s, way);
	return code == SQLITE_OK ? TMG_OK : tmg_raise(&s->base.fault,
	    from_opening(code), 0, _("the store: %s"), sqlite3_errmsg(s->db));
}

static tmg_rc
open_as(const char *where, const struct way *way, tmg_fault *f,
    ra_store **store)
{
	const size_t lead = strlen(SCHEME);
	const char *path = strncmp(where, SCHEME, lead) == 0 ? where + lead : where;
	ra_sqlite *s = calloc(1, sizeof(*s));
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

/* SQLite asks each time it finds a lock, and every STEPS of its own machine. */
static int
on_lock(void *of, int times)
{
	const ra_sqlite *s = of;

	(void)times;
	if (ra_patience_over(&s->patience) != NULL)
		return 0;
	(void)poll(NULL, 0, RA_PATIENCE_LOOK_MS);
	return 1;
}

static int
on_steps(void *of)
{
	const ra_sqlite *s = of;

	return ra_patience_over(&s->patience) != NULL;
}

static tmg_rc
sqlite_visit(const char *where, const ra_patience *patience, tmg_fault *f,
    ra_store **store)
{
	ra_sqlite *s;
	tmg_rc rc;

	if ((rc = open_as(where, &(struct way){ SQLITE_OPEN_READONLY, 0,
	    "PRAGMA query_only = ON;PRAGMA trusted_schema = OFF;" }, f, store)))
		return rc;
	s = ra_sqlite_of(*store);
	s->patience = *patience;
	ra_patience_begin(&s->patience, 0);
	sqlite3_busy_handler(s->db, on_lock, s);
	sqlite3_progress_handler(s->db, STEPS, on_steps, s);
	return TMG_OK;
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
	.ask = ra_sqlite_ask,
	.next = ra_sqlite_next,
	.column = ra_sqlite_column,
	.changed = ra_sqlite_changed,
	.done = ra_sqlite_done,
};
