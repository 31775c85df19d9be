/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values travel in binary (numbers as int8), rows one at a time, so that a
 * walk over the whole audit log needs no more memory than over ten entries.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/postgres.h"

#define PARAMS_MAX RA_FIELDS_MAX

/* src/include/catalog/pg_type.dat: numbers that never change. */
enum {
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_TEXT = 25,
};

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

static ra_prepared *
find(ra_postgres *s, const ra_sql *sql)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->known[i].sql == sql)
			return &s->known[i];
	return NULL;
}

static bool
make_room(ra_postgres *s)
{
	const size_t cap = s->cap > 0 ? 2 * s->cap : 32;
	ra_prepared *more;

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
check_count(ra_postgres *s, const ra_sql *sql, size_t takes,
    size_t count)
{
	if (takes == count && count <= PARAMS_MAX)
		return TMG_OK;
	return tmg_raise(&s->base.fault, TMG_E_USAGE, 0,
	    _("the store: %s takes %zu values, not %zu"), sql->name, takes, count);
}

static tmg_rc
prepare(ra_postgres *s, const ra_sql *sql, const struct params *p,
    size_t count)
{
	PGresult *result = NULL;
	tmg_rc rc = TMG_OK;

	if (!make_room(s))
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0, _("out of memory"));
	if (PQsendPrepare(s->db, sql->name, sql->text, (int)count, p->types) == 1)
		result = ra_postgres_last(s);
	if (result == NULL)
		rc = ra_postgres_lost(s);
	else if (PQresultStatus(result) != PGRES_COMMAND_OK)
		rc = ra_postgres_failed(s, result);
	else
		s->known[s->count++] = (ra_prepared){ sql, count };
	PQclear(result);
	return rc;
}

static tmg_rc
send(ra_postgres *s, const ra_sql *sql, const struct params *p,
    size_t count)
{
	if (PQsendQueryPrepared(s->db, sql->name, (int)count, p->values,
	    p->lengths, p->formats, 1) != 1 || PQsetSingleRowMode(s->db) != 1)
		return ra_postgres_lost(s);
	s->changed = 0;
	s->ended = false;
	return TMG_OK;
}

tmg_rc
ra_postgres_ask(ra_store *base, const ra_sql *sql, const ra_datum *data,
    size_t count, void **rows)
{
	ra_postgres *s = ra_postgres_of(base);
	const ra_prepared *known;
	struct params p;
	tmg_rc rc;

	if (!s->within && (rc = ra_postgres_awake(s)))
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
tmg_rc
ra_postgres_next(ra_store *base, void *rows)
{
	ra_postgres *s = rows;

	PQclear(s->result);
	if ((s->result = ra_postgres_take(s)) == NULL)
		return s->ended ? TMG_NOT_FOUND : ra_postgres_lost(s);
	switch (PQresultStatus(s->result)) {
	case PGRES_SINGLE_TUPLE:
		return TMG_OK;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		s->ended = true;
		s->changed = strtoll(PQcmdTuples(s->result), NULL, 10);
		return TMG_NOT_FOUND;
	default:
		return ra_postgres_failed(ra_postgres_of(base), s->result);
	}
}

tmg_rc
ra_postgres_column(ra_store *base, void *rows, int at, ra_datum *d)
{
	const ra_postgres *s = rows;

	if (PQftype(s->result, at) == types[d->type].oid &&
	    types[d->type].take(s->result, at, d))
		return TMG_OK;
	return tmg_raise(&base->fault, TMG_E_IO, 0,
	    _("the store: column %d is not of the kind that belongs there"), at);
}

int64_t
ra_postgres_changed(ra_store *base, void *rows)
{
	(void)rows;
	return ra_postgres_of(base)->changed;
}

/* Whatever is still on its way is taken in: cancelling would end the
 * transaction with it. */
void
ra_postgres_done(ra_store *base, void *rows)
{
	ra_postgres *s = rows;

	(void)base;
	do {
		PQclear(s->result);
	} while ((s->result = ra_postgres_take(s)) != NULL);
}
