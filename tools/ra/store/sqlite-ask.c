/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statements are prepared once and kept; what goes in and comes out is borrowed.
 */
#include "tools/ra/store/sqlite.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

/* Only a row that is there already is an answer; a broken rule of another
 * kind (NOT NULL, a trigger) is a defect. */
static tmg_rc
from_constraint(int code)
{
	return code == SQLITE_CONSTRAINT_UNIQUE ||
	    code == SQLITE_CONSTRAINT_PRIMARYKEY ||
	    code == SQLITE_CONSTRAINT_ROWID ? TMG_OCCUPIED : TMG_E_IO;
}

tmg_rc
ra_sqlite_verdict(int code)
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

tmg_rc
ra_sqlite_failed(ra_sqlite *s, int code)
{
	return tmg_raise(&s->base.fault, ra_sqlite_verdict(code), 0, _("the store: %s"),
	    sqlite3_errmsg(s->db));
}

ra_sqlite *
ra_sqlite_of(ra_store *base)
{
	return (ra_sqlite *)(void *)base;
}

/* ---- statements ---- */

static ra_sqlite_known *
place_for(ra_sqlite *s)
{
	if (s->count == s->cap) {
		const size_t cap = s->cap > 0 ? 2 * s->cap : 32;
		ra_sqlite_known *more = realloc(s->known, cap * sizeof(*more));

		if (more == NULL)
			return NULL;
		s->known = more;
		s->cap = cap;
	}
	return &s->known[s->count];
}

static tmg_rc
prepare(ra_sqlite *s, const ra_sql *sql, sqlite3_stmt **stmt)
{
	ra_sqlite_known *p;
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
		return ra_sqlite_failed(s, code);
	*p = (ra_sqlite_known){ sql, *stmt };
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
void
ra_sqlite_done(ra_store *base, void *rows)
{
	(void)base;
	sqlite3_reset(rows);
	sqlite3_clear_bindings(rows);
}

/* SQLite numbers parameters as they first appear, whatever digits they show;
 * a statement that leaves one out or has one too many is caught here. */
tmg_rc
ra_sqlite_ask(ra_store *base, const ra_sql *sql, const ra_datum *data,
    size_t count, void **rows)
{
	ra_sqlite *s = ra_sqlite_of(base);
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
		rc = ra_sqlite_failed(s, code);
		ra_sqlite_done(base, stmt);
		return rc;
	}
	*rows = stmt;
	return TMG_OK;
}

tmg_rc
ra_sqlite_next(ra_store *base, void *rows)
{
	const int code = sqlite3_step(rows);

	if (code == SQLITE_ROW)
		return TMG_OK;
	return code == SQLITE_DONE ? TMG_NOT_FOUND : ra_sqlite_failed(ra_sqlite_of(base), code);
}

tmg_rc
ra_sqlite_column(ra_store *base, void *rows, int at, ra_datum *d)
{
	if (types[d->type].take(rows, at, d))
		return TMG_OK;
	return ra_sqlite_failed(ra_sqlite_of(base), SQLITE_NOMEM);
}

int64_t
ra_sqlite_changed(ra_store *base, void *rows)
{
	(void)rows;
	return sqlite3_changes(ra_sqlite_of(base)->db);
}
