/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in PostgreSQL as its files share it: a connection, and the statement
 * that is under way on it.
 */
#ifndef RA_STORE_POSTGRES_H
#define RA_STORE_POSTGRES_H

#include <libpq-fe.h>

#include "tools/ra/store/sql.h"

/* A statement that this connection has prepared. */
typedef struct ra_prepared {
	const ra_sql *sql;
	size_t params;
} ra_prepared;

typedef struct ra_postgres {
	ra_store base;
	PGconn *db;
	ra_prepared *known;	/* owned */
	size_t count, cap;
	PGresult *result;	/* a row, or the end of the statement */
	int64_t changed;
	bool ended;		/* the statement, as the server says */
	bool within;		/* a transaction, even if its connection is lost */
	bool stale;		/* connected to what cannot be written to any more */
	ra_patience patience;	/* of a visit, with each answer */
	const char *left;	/* why nobody waited for an answer, or NULL */
} ra_postgres;

ra_postgres *
ra_postgres_of(ra_store *base);

/* ---- postgres-link.c: the connection ---- */

/* Whether where is an address without a secret.  Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_postgres_check_uri(const char *where, tmg_fault *f);

/* Verdicts TMG_DENIED: a password is wanted. */
TMG_MUST_USE tmg_rc
ra_postgres_connect(ra_postgres *s, const char *where);

/* Outside of a transaction: made anew where it was lost. */
TMG_MUST_USE tmg_rc
ra_postgres_awake(ra_postgres *s);

/* Waits for the next result, and takes it: PQgetResult() for the patient. */
PGresult *
ra_postgres_take(ra_postgres *s);

/* Takes all of a statement's or several statements' results; the last of them, as
 * PQexec() has it. */
PGresult *
ra_postgres_last(ra_postgres *s);

/* Runs text that needs no parameters; tag is what the server must say it did
 * last, NULL for anything. */
TMG_MUST_USE tmg_rc
ra_postgres_run(ra_postgres *s, const char *text, const char *tag);

/* What went wrong, as the fault of s: the connection; a result. */
tmg_rc
ra_postgres_lost(ra_postgres *s);
tmg_rc
ra_postgres_failed(ra_postgres *s, const PGresult *result);

/* ---- postgres-ask.c: the rows of ra_store_ops for statements ---- */

TMG_MUST_USE tmg_rc
ra_postgres_ask(ra_store *base, const ra_sql *sql, const ra_datum *data,
    size_t count, void **rows);
TMG_MUST_USE tmg_rc
ra_postgres_next(ra_store *base, void *rows);
TMG_MUST_USE tmg_rc
ra_postgres_column(ra_store *base, void *rows, int at, ra_datum *d);
int64_t
ra_postgres_changed(ra_store *base, void *rows);
void
ra_postgres_done(ra_store *base, void *rows);

#endif
