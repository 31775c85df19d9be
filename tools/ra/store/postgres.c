/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in a PostgreSQL database, for any number of tamga-ra processes:
 * turns, the schema, opening.
 */
#include "tools/ra/store/postgres.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

/* The lock's first half is "tmga", its second the store itself, by the table of
 * its version: several stores in one database, in a schema each, do not wait for
 * another.  Who makes a store has no such table yet, and takes 0. */
static const char turn[] =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    "SELECT pg_advisory_xact_lock(1953326945,"
    "  coalesce(to_regclass('tamga_schema')::oid::int4, 0))";

/* Of the catalogue as it is now: to_regclass() may answer from before the turn
 * was waited for. */
static const ra_sql has_version = { "has_version",
	"SELECT count(*) FROM pg_class WHERE relname = 'tamga_schema'"
	" AND pg_table_is_visible(oid)" };
static const ra_sql version = { "version",
	"SELECT version::int8 FROM tamga_schema" };

/* ---- transactions ---- */

static void
postgres_rollback(ra_store *base)
{
	ra_postgres *s = ra_postgres_of(base);
	const tmg_fault kept = base->fault;

	if (s->within && PQstatus(s->db) == CONNECTION_OK &&
	    PQtransactionStatus(s->db) != PQTRANS_IDLE)
		(void)!ra_postgres_run(s, "ROLLBACK", NULL);
	s->within = false;
	base->fault = kept;
}

static tmg_rc
take_turn(ra_postgres *s, const char *text)
{
	tmg_rc rc;

	if ((rc = ra_postgres_awake(s)))
		return rc;
	s->within = true;
	if ((rc = ra_postgres_run(s, text, NULL)))
		postgres_rollback(&s->base);
	return rc;
}

/* When the connection breaks before anything was done, once more. */
static tmg_rc
begin(ra_postgres *s, const char *text)
{
	const tmg_rc rc = take_turn(s, text);

	return rc == TMG_E_IO && s->base.away ? take_turn(s, text) : rc;
}

static tmg_rc
postgres_begin(ra_store *base)
{
	return begin(ra_postgres_of(base), turn);
}

static tmg_rc
postgres_look(ra_store *base)
{
	return begin(ra_postgres_of(base),
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

/* After a failed statement the server answers COMMIT with ROLLBACK, and calls
 * it no error. */
static tmg_rc
postgres_commit(ra_store *base)
{
	ra_postgres *s = ra_postgres_of(base);
	const tmg_rc rc = ra_postgres_run(s, "COMMIT", "COMMIT");

	if (rc == TMG_OK)
		s->within = false;
	return rc;
}

/* ---- the schema ---- */

static tmg_rc
postgres_script(ra_store *base, const char *text)
{
	return ra_postgres_run(ra_postgres_of(base), text, NULL);
}

static tmg_rc
ask_number(ra_store *base, const ra_sql *sql, int64_t *number)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc;

	if ((rc = ra_ask(base, &q, sql, RA_WITH_NOTHING)) ||
	    (rc = ra_query_next(&q)))
		return rc;
	return ra_query_number(&q, 0, number);
}

static tmg_rc
postgres_version(ra_store *base, int *number)
{
	int64_t there, n = 0;
	tmg_rc rc;

	if ((rc = ask_number(base, &has_version, &there)) ||
	    (there != 0 && (rc = ask_number(base, &version, &n))))
		return rc;
	*number = (int)n;		/* INTEGER: 32 bits */
	return TMG_OK;
}

static tmg_rc
postgres_version_set(ra_store *base, int number)
{
	char text[400];

	snprintf(text, sizeof(text),
	    "CREATE TABLE IF NOT EXISTS tamga_schema ("
	    "  one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),"
	    "  version INTEGER NOT NULL);"
	    "INSERT INTO tamga_schema (version) VALUES (%d)"
	    "  ON CONFLICT (one) DO UPDATE SET version = excluded.version", number);
	return postgres_script(base, text);
}

/* ---- opening ---- */

static void
postgres_close(ra_store *base)
{
	ra_postgres *s = ra_postgres_of(base);

	PQclear(s->result);
	PQfinish(s->db);
	free(s->known);
	free(s);
}

/* A database is not a store before its schema is made. */
static tmg_rc
check_made(ra_postgres *s)
{
	int number;
	tmg_rc rc;

	if ((rc = postgres_version(&s->base, &number)))
		return rc;
	return number != 0 ? TMG_OK : tmg_raise(&s->base.fault, TMG_NOT_FOUND, 0,
	    _("there is no store in this database; tamga-ra init --store or tamga-ra restore makes one"));
}

static tmg_rc
postgres_open(const char *where, bool create, tmg_fault *f, ra_store **store)
{
	ra_postgres *s;
	tmg_rc rc;

	if ((rc = ra_postgres_check_uri(where, f)))
		return rc;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &ra_store_postgres;
	if ((rc = ra_postgres_connect(s, where)) || (!create && (rc = check_made(s)))) {
		rc = tmg_raise(f, rc, 0, _("%s: %s"), where, s->base.fault.text);
		postgres_close(&s->base);
		return rc;
	}
	*store = &s->base;
	return TMG_OK;
}

/* Somebody else's: the server itself lets nothing be written. */
static tmg_rc
behave(ra_postgres *s, int timeout_s)
{
	char text[96];

	snprintf(text, sizeof(text), "SET statement_timeout = '%ds';"
	    "SET default_transaction_read_only = on", timeout_s);
	return ra_postgres_run(s, text, NULL);
}

static tmg_rc
postgres_visit(const char *where, const ra_patience *patience, tmg_fault *f,
    ra_store **store)
{
	ra_postgres *s;
	tmg_rc rc;

	if ((rc = ra_postgres_check_uri(where, f)))
		return rc;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &ra_store_postgres;
	s->patience = *patience;
	if ((rc = ra_postgres_connect(s, where)) || (rc = behave(s, patience->seconds))) {
		rc = tmg_raise(f, rc, 0, "%s", s->base.fault.text);
		postgres_close(&s->base);
		return rc;
	}
	*store = &s->base;
	return TMG_OK;
}

const ra_store_ops ra_store_postgres = {
	.scheme = "postgresql",
	.schema = &ra_schema_postgres,
	.open = postgres_open,
	.visit = postgres_visit,
	.close = postgres_close,
	.begin = postgres_begin,
	.look = postgres_look,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.script = postgres_script,
	.version = postgres_version,
	.version_set = postgres_version_set,
	.ask = ra_postgres_ask,
	.next = ra_postgres_next,
	.column = ra_postgres_column,
	.changed = ra_postgres_changed,
	.done = ra_postgres_done,
};
