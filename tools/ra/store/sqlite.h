/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in an SQLite file as its files share it: a connection, and the
 * statements that it has prepared.
 */
#ifndef RA_STORE_SQLITE_H
#define RA_STORE_SQLITE_H

#include <sqlite3.h>

#include "tools/ra/store/sql.h"

/* A statement prepared when it was first asked. */
typedef struct ra_sqlite_known {
	const ra_sql *sql;
	sqlite3_stmt *stmt;
} ra_sqlite_known;

typedef struct ra_sqlite {
	ra_store base;
	sqlite3 *db;
	ra_sqlite_known *known;
	size_t count, cap;
	ra_patience patience;	/* of a visit: with locks, and with its query */
} ra_sqlite;

ra_sqlite *
ra_sqlite_of(ra_store *base);

/* What one of SQLite's codes is to us. */
tmg_rc
ra_sqlite_verdict(int code);

/* What went wrong, as the fault of s. */
tmg_rc
ra_sqlite_failed(ra_sqlite *s, int code);

/* ---- sqlite-ask.c: the rows of ra_store_ops for statements ---- */

TMG_MUST_USE tmg_rc
ra_sqlite_ask(ra_store *base, const ra_sql *sql, const ra_datum *data,
    size_t count, void **rows);
TMG_MUST_USE tmg_rc
ra_sqlite_next(ra_store *base, void *rows);
TMG_MUST_USE tmg_rc
ra_sqlite_column(ra_store *base, void *rows, int at, ra_datum *d);
int64_t
ra_sqlite_changed(ra_store *base, void *rows);
void
ra_sqlite_done(ra_store *base, void *rows);

#endif
