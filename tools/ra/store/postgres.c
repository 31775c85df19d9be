/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in a PostgreSQL database, for any number of tamga-ra processes.
 *
 * Values travel in binary (numbers as int8), rows one at a time, so that a
 * walk over the whole audit log needs no more memory than over ten entries.
 * A connection that was lost is made anew before the next transaction, or the
 * next question outside of one; never in the middle, where what was asked
 * before would be forgotten silently.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/sql.h"

#define CONNECT_S "10"
#define SILENCE_MS "30000"	/* a host that vanished is noticed */
#define PARAMS_MAX RA_FIELDS_MAX

/* src/include/catalog/pg_type.dat: numbers that never change. */
enum {
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_TEXT = 25,
};

/* Said on every connection.  The URI may say how long a turn is waited for.  An
 * administrator may ask for more than "on" (a
 * standby's copy); less would lose what was acknowledged. */
static const char settings[] =
    "SET client_encoding = 'UTF8';"
    "SET client_min_messages = warning;"
    "SELECT set_config('lock_timeout', '15s', false)"
    "  WHERE current_setting('lock_timeout') = '0';"
    "SET default_transaction_isolation = 'read committed';"
    "SELECT set_config('synchronous_commit', 'on', false)"
    "  WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/* The lock's first half is "tmga", its second the store itself, by the table of its version:
 * several stores in one database, in a schema each, do not wait for another.
 * Who makes a store has no such table yet, and takes 0. */
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

/* A statement that this connection has prepared. */
struct prepared {
	const ra_sql *sql;
	size_t params;
};

struct postgres_store {
	ra_store base;
	PGconn *db;
	struct prepared *known;
	size_t count, cap;
	PGresult *result;	/* a row, or the end of the statement */
	int64_t changed;
	bool ended;		/* the statement, as the server says */
	bool within;		/* a transaction, even if its connection is lost */
	bool stale;		/* connected to what cannot be written to any more */
};

static struct postgres_store *
mine(ra_store *base)
{
	return (struct postgres_store *)(void *)base;
}

/* ---- what went wrong ---- */

/* Class and code by appendix A of PostgreSQL's manual; a prefix is enough. */
static const struct {
	const char *state;
	tmg_rc rc;
	bool away;	/* the connection is worth nothing any more */
} states[] = {
	{ "23505", TMG_OCCUPIED, false },	/* unique_violation */
	{ "55P03", TMG_BUSY, false },		/* lock_not_available */
	{ "40001", TMG_BUSY, false },		/* serialization_failure */
	{ "40P01", TMG_BUSY, false },		/* deadlock_detected */
	{ "53200", TMG_E_NOMEM, false },	/* out_of_memory */
	{ "08", TMG_E_IO, true },		/* connection exceptions */
	{ "57P", TMG_E_IO, true },		/* shut down, crashed, starting */
	{ "25006", TMG_E_IO, true },		/* a standby since a failover */
};

/* libpq's words end in a newline, and are several lines for several hosts. */
static void
one_line(const char *words, char *line, size_t cap)
{
	size_t n = strlen(words);

	while (n > 0 && words[n - 1] == '\n')
		n--;
	snprintf(line, cap, "%.*s", (int)(n < cap ? n : cap - 1), words);
	for (char *p = line; (p = strpbrk(p, "\n\t")) != NULL; )
		*p = ' ';
}

static tmg_rc
raise_lost(struct postgres_store *s)
{
	char words[256];

	one_line(PQerrorMessage(s->db), words, sizeof(words));
	s->base.away = s->stale = true;
	return tmg_raise(&s->base.fault, TMG_E_IO, 0, _("the store: %s"),
	    words[0] != '\0' ? words : _("the connection was lost"));
}

/* Of a result that is an error.  Only the primary message: details quote the
 * values, and those are about people. */
static tmg_rc
raise_result(struct postgres_store *s, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	tmg_rc rc = TMG_E_IO;

	if (state == NULL)		/* libpq's own: no server behind it */
		return raise_lost(s);
	for (size_t i = 0; i < TMG_COUNT(states); i++) {
		if (strncmp(states[i].state, state, strlen(states[i].state)) != 0)
			continue;
		rc = states[i].rc;
		s->stale |= states[i].away;
		s->base.away |= states[i].away;
		break;
	}
	return tmg_raise(&s->base.fault, rc, 0, _("the store: %s (SQLSTATE %s)"),
	    words != NULL ? words : "", state);
}

/* Runs text that needs no parameters; tag is what the server must say it did
 * last, NULL for anything. */
static tmg_rc
run(struct postgres_store *s, const char *text, const char *tag)
{
	PGresult *result = PQexec(s->db, text);
	const ExecStatusType status = PQresultStatus(result);
	tmg_rc rc = TMG_OK;

	if (result == NULL)
		rc = raise_lost(s);
	else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		rc = raise_result(s, result);
	else if (tag != NULL && strcmp(PQcmdStatus(result), tag) != 0)
		rc = tmg_raise(&s->base.fault, TMG_E_IO, 0,
		    _("the store: the server answered %s to %s"),
		    PQcmdStatus(result), text);
	PQclear(result);
	return rc;
}

/* ---- the connection ---- */

static void
say_nothing(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static tmg_rc
settle_in(struct postgres_store *s)
{
	tmg_rc rc;

	s->count = 0;			/* what was prepared went with the old one */
	if (PQstatus(s->db) != CONNECTION_OK)
		return raise_lost(s);
	PQsetNoticeProcessor(s->db, say_nothing, NULL);
	s->stale = false;
	if ((rc = run(s, settings, NULL)))
		return rc;
	s->base.away = false;
	return TMG_OK;
}

/* Whether the other end has closed meanwhile.  An idle server says nothing,
 * but why it ends. */
static bool
is_alive(const struct postgres_store *s)
{
	struct pollfd waiting = { .fd = PQsocket(s->db), .events = POLLIN };

	for (int i = 0; i < 8 && PQstatus(s->db) == CONNECTION_OK; i++) {
		if (poll(&waiting, 1, 0) <= 0)
			return true;
		(void)PQconsumeInput(s->db);
	}
	return false;
}

/* Outside of a transaction. */
static tmg_rc
be_connected(struct postgres_store *s)
{
	if (!s->stale && is_alive(s))
		return TMG_OK;
	PQreset(s->db);
	return settle_in(s);
}

/* ---- values ---- */

/* Where the parameters of one statement are until they are sent. */
struct params {
	Oid types[PARAMS_MAX];
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX];
	int formats[PARAMS_MAX];
	uint64_t numbers[PARAMS_MAX];
};

static void
give_text(struct params *p, size_t at, const ra_datum *d)
{
	p->values[at] = d->text;
	p->formats[at] = 0;		/* zero-terminated */
}

static void
give_number(struct params *p, size_t at, const ra_datum *d)
{
	p->numbers[at] = htobe64((uint64_t)d->number);
	p->values[at] = (const char *)&p->numbers[at];
	p->lengths[at] = sizeof(p->numbers[at]);
	p->formats[at] = 1;
}

/* As sqlite3_bind_blob64(): no bytes are NULL. */
static void
give_blob(struct params *p, size_t at, const ra_datum *d)
{
	p->values[at] = (const char *)d->blob.ptr;
	p->lengths[at] = (int)d->blob.len;
	p->formats[at] = 1;
}

static bool
take_text(const PGresult *row, int at, ra_datum *d)
{
	d->text = PQgetvalue(row, 0, at);
	return !PQgetisnull(row, 0, at);
}

static bool
take_number(const PGresult *row, int at, ra_datum *d)
{
	uint64_t number;

	if (PQgetisnull(row, 0, at) || PQgetlength(row, 0, at) != sizeof(number))
		return false;
	memcpy(&number, PQgetvalue(row, 0, at), sizeof(number));
	d->number = (int64_t)be64toh(number);
	return true;
}

static bool
take_blob(const PGresult *row, int at, ra_datum *d)
{
	d->blob.len = (size_t)PQgetlength(row, 0, at);
	d->blob.ptr = d->blob.len > 0 ?
	    (const uint8_t *)PQgetvalue(row, 0, at) : NULL;
	return true;
}

static const struct {
	Oid oid;
	void (*give)(struct params *p, size_t at, const ra_datum *d);
	bool (*take)(const PGresult *row, int at, ra_datum *d);
} types[] = {
	[RA_TYPE_TEXT] = { OID_TEXT, give_text, take_text },
	[RA_TYPE_NUMBER] = { OID_INT8, give_number, take_number },
	[RA_TYPE_BLOB] = { OID_BYTEA, give_blob, take_blob },
};

/* ---- statements ---- */

static struct prepared *
find(struct postgres_store *s, const ra_sql *sql)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->known[i].sql == sql)
			return &s->known[i];
	return NULL;
}

static bool
make_room(struct postgres_store *s)
{
	const size_t cap = s->cap > 0 ? 2 * s->cap : 32;
	struct prepared *more;

	if (s->count < s->cap)
		return true;
	if ((more = realloc(s->known, cap * sizeof(*more))) == NULL)
		return false;
	s->known = more;
	s->cap = cap;
	return true;
}

/* How many parameters a text has: the server would tell for a round trip. */
static size_t
params_of(const char *text)
{
	size_t most = 0;

	for (const char *p = text; (p = strchr(p, '$')) != NULL; ) {
		char *end;
		const size_t n = strtoul(p + 1, &end, 10);

		most = n > most ? n : most;
		p = end;
	}
	return most;
}

static tmg_rc
check_count(struct postgres_store *s, const ra_sql *sql, size_t takes,
    size_t count)
{
	if (takes == count && count <= PARAMS_MAX)
		return TMG_OK;
	return tmg_raise(&s->base.fault, TMG_E_USAGE, 0,
	    _("the store: %s takes %zu values, not %zu"), sql->name, takes, count);
}

static tmg_rc
prepare(struct postgres_store *s, const ra_sql *sql, const struct params *p,
    size_t count)
{
	PGresult *result;
	tmg_rc rc = TMG_OK;

	if (!make_room(s))
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0, _("out of memory"));
	result = PQprepare(s->db, sql->name, sql->text, (int)count, p->types);
	if (result == NULL)
		rc = raise_lost(s);
	else if (PQresultStatus(result) != PGRES_COMMAND_OK)
		rc = raise_result(s, result);
	else
		s->known[s->count++] = (struct prepared){ sql, count };
	PQclear(result);
	return rc;
}

static tmg_rc
send(struct postgres_store *s, const ra_sql *sql, const struct params *p,
    size_t count)
{
	if (PQsendQueryPrepared(s->db, sql->name, (int)count, p->values,
	    p->lengths, p->formats, 1) != 1 || PQsetSingleRowMode(s->db) != 1)
		return raise_lost(s);
	s->changed = 0;
	s->ended = false;
	return TMG_OK;
}

static tmg_rc
postgres_ask(ra_store *base, const ra_sql *sql, const ra_datum *data,
    size_t count, void **rows)
{
	struct postgres_store *s = mine(base);
	const struct prepared *known;
	struct params p;
	tmg_rc rc;

	if (!s->within && (rc = be_connected(s)))
		return rc;
	known = find(s, sql);
	if ((rc = check_count(s, sql, known != NULL ? known->params :
	    params_of(sql->text), count)))
		return rc;
	for (size_t i = 0; i < count; i++) {
		p.types[i] = types[data[i].type].oid;
		types[data[i].type].give(&p, i, &data[i]);
	}
	if (known == NULL && (rc = prepare(s, sql, &p, count)))
		return rc;
	*rows = s;
	return send(s, sql, &p, count);
}

/* The end of a statement is what the server says it is: a connection that
 * breaks off between two rows has no end. */
static tmg_rc
postgres_next(ra_store *base, void *rows)
{
	struct postgres_store *s = rows;

	PQclear(s->result);
	if ((s->result = PQgetResult(s->db)) == NULL)
		return s->ended ? TMG_NOT_FOUND : raise_lost(s);
	switch (PQresultStatus(s->result)) {
	case PGRES_SINGLE_TUPLE:
		return TMG_OK;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		s->ended = true;
		s->changed = strtoll(PQcmdTuples(s->result), NULL, 10);
		return TMG_NOT_FOUND;
	default:
		return raise_result(mine(base), s->result);
	}
}

static tmg_rc
postgres_column(ra_store *base, void *rows, int at, ra_datum *d)
{
	const struct postgres_store *s = rows;

	if (PQftype(s->result, at) == types[d->type].oid &&
	    types[d->type].take(s->result, at, d))
		return TMG_OK;
	return tmg_raise(&base->fault, TMG_E_IO, 0,
	    _("the store: column %d is not of the kind that belongs there"), at);
}

static int64_t
postgres_changed(ra_store *base, void *rows)
{
	(void)rows;
	return mine(base)->changed;
}

/* Whatever is still on its way is taken in: cancelling would end the
 * transaction with it. */
static void
postgres_done(ra_store *base, void *rows)
{
	struct postgres_store *s = rows;

	(void)base;
	do {
		PQclear(s->result);
	} while ((s->result = PQgetResult(s->db)) != NULL);
}

/* ---- transactions ---- */

static void
postgres_rollback(ra_store *base)
{
	struct postgres_store *s = mine(base);
	const tmg_fault kept = base->fault;

	if (s->within && PQstatus(s->db) == CONNECTION_OK &&
	    PQtransactionStatus(s->db) != PQTRANS_IDLE)
		(void)!run(s, "ROLLBACK", NULL);
	s->within = false;
	base->fault = kept;
}

static tmg_rc
take_turn(struct postgres_store *s, const char *text)
{
	tmg_rc rc;

	if ((rc = be_connected(s)))
		return rc;
	s->within = true;
	if ((rc = run(s, text, NULL)))
		postgres_rollback(&s->base);
	return rc;
}

/* When the connection breaks before anything was done, once more. */
static tmg_rc
begin(struct postgres_store *s, const char *text)
{
	const tmg_rc rc = take_turn(s, text);

	return rc == TMG_E_IO && s->base.away ? take_turn(s, text) : rc;
}

static tmg_rc
postgres_begin(ra_store *base)
{
	return begin(mine(base), turn);
}

static tmg_rc
postgres_look(ra_store *base)
{
	return begin(mine(base),
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

/* After a failed statement the server answers COMMIT with ROLLBACK, and calls
 * it no error. */
static tmg_rc
postgres_commit(ra_store *base)
{
	struct postgres_store *s = mine(base);
	const tmg_rc rc = run(s, "COMMIT", "COMMIT");

	if (rc == TMG_OK)
		s->within = false;
	return rc;
}

/* ---- the schema ---- */

static tmg_rc
postgres_script(ra_store *base, const char *text)
{
	return run(mine(base), text, NULL);
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
	struct postgres_store *s = mine(base);

	PQclear(s->result);
	PQfinish(s->db);
	free(s->known);
	free(s);
}

/* Files of settings are shown around, copied and read by many: no secrets in
 * them.  Nor is a text repeated that may hold one, as libpq's words do. */
static tmg_rc
check_uri(const char *where, tmg_fault *f)
{
	PQconninfoOption *options = PQconninfoParse(where, NULL);
	bool secret = false;

	if (options == NULL)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the store: this is no connection URI of PostgreSQL: postgresql://USER@HOST/DATABASE?..."));
	for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
		secret |= o->val != NULL && (strcmp(o->keyword, "password") == 0 ||
		    strcmp(o->keyword, "sslpassword") == 0);
	PQconninfoFree(options);
	return !secret ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the store: a password does not belong into its address; put it into ~/.pgpass, a file named by PGPASSFILE, or a service"));
}

static tmg_rc
connect_to(struct postgres_store *s, const char *where, const char *connect_s)
{
	/* what the URI says itself comes later, and counts */
	const char *const keys[] = { "fallback_application_name",
		"connect_timeout", "tcp_user_timeout", "dbname", NULL };
	const char *const values[] = { "tamga-ra", connect_s, SILENCE_MS, where,
		NULL };
	tmg_rc rc;

	if ((s->db = PQconnectdbParams(keys, values, 1)) == NULL)
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	if ((rc = settle_in(s)) && PQconnectionNeedsPassword(s->db))
		return tmg_raise(&s->base.fault, TMG_DENIED, 0,
		    _("the store: the server wants a password; put it into ~/.pgpass, a file named by PGPASSFILE, or a service"));
	return rc;
}

/* A database is not a store before its schema is made. */
static tmg_rc
check_made(struct postgres_store *s)
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
	struct postgres_store *s;
	tmg_rc rc;

	if ((rc = check_uri(where, f)))
		return rc;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &ra_store_postgres;
	if ((rc = connect_to(s, where, CONNECT_S)) || (!create && (rc = check_made(s)))) {
		rc = tmg_raise(f, rc, 0, _("%s: %s"), where, s->base.fault.text);
		postgres_close(&s->base);
		return rc;
	}
	*store = &s->base;
	return TMG_OK;
}

/* Somebody else's: the server itself lets nothing be written. */
static tmg_rc
behave(struct postgres_store *s, int timeout_s)
{
	char text[96];

	snprintf(text, sizeof(text), "SET statement_timeout = '%ds';"
	    "SET default_transaction_read_only = on", timeout_s);
	return run(s, text, NULL);
}

static tmg_rc
postgres_visit(const char *where, int timeout_s, tmg_fault *f, ra_store **store)
{
	struct postgres_store *s;
	char connect_s[16];
	tmg_rc rc;

	snprintf(connect_s, sizeof(connect_s), "%d", timeout_s);
	if ((rc = check_uri(where, f)))
		return rc;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &ra_store_postgres;
	if ((rc = connect_to(s, where, connect_s)) || (rc = behave(s, timeout_s))) {
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
	.ask = postgres_ask,
	.next = postgres_next,
	.column = postgres_column,
	.changed = postgres_changed,
	.done = postgres_done,
};
