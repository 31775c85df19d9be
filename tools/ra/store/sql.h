/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a back end does for the nouns, and how they ask it: statements are
 * data, and so is where a row's columns go in a structure.
 */
#ifndef RA_STORE_SQL_H
#define RA_STORE_SQL_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/scope.h"
#include "tamga/view.h"
#include "tools/ra/store/patience.h"
#include "tools/ra/store/schema.h"
#include "tools/ra/store/store.h"

/*
 * One statement, the same text for every back end: parameters are $1, $2, ...
 * and first appear in that order.  Its address is its identity: make it static.
 */
typedef struct ra_sql {
	const char *name;	/* unique; of the prepared statement, in messages */
	const char *text;
} ra_sql;

/* What SQL knows of a value. */
typedef enum ra_type {
	RA_TYPE_TEXT,
	RA_TYPE_NUMBER,
	RA_TYPE_BLOB,
} ra_type;

/* One value going in or coming out; borrowed. */
typedef struct ra_datum {
	ra_type type;
	const char *text;	/* never NULL */
	int64_t number;
	tmg_view blob;		/* of no bytes: NULL */
} ra_datum;

#define RA_TEXT(s) ((ra_datum){ .type = RA_TYPE_TEXT, .text = (s) })
#define RA_NUMBER(n) ((ra_datum){ .type = RA_TYPE_NUMBER, .number = (n) })
#define RA_BLOB(v) ((ra_datum){ .type = RA_TYPE_BLOB, .blob = (v) })

/* A statement at work.  Held by scope, one at a time for each store. */
typedef struct ra_query {
	ra_store *store;
	void *rows;		/* the back end's */
} ra_query;

void ra_query_release(ra_query *q);

/*
 *   scheme        what "SCHEME://..." says; the first back end of the table
 *                 takes what has none
 *   open          connects; no schema yet.  Verdicts as ra_store_open()
 *   visit         connects to somebody else's database, that has another schema:
 *                 to read it and change nothing, and no longer waited for than
 *                 patience allows, which is copied
 *   begin         waits its turn to write (ra_txn of store.h)
 *   look          begins a transaction that only reads, all of it as it was
 *                 at one moment, beside those who write
 *   rollback      also after a failed commit; never fails
 *   script        many statements without parameters, inside a transaction
 *   version       of the schema; 0 in a store just made
 *   version_set   inside a transaction
 *   ask           starts a statement; data stays where it is until done
 *   next          TMG_OK with a row, TMG_NOT_FOUND without.  Verdict
 *                 TMG_OCCUPIED: unique already; no other constraint says so
 *   column        at counts from 0; reads as datum->type; borrowed until next
 *   changed       how many rows the statement changed, after next
 *   done          ends a statement, read to its end or not
 */
typedef struct ra_store_ops {
	const char *scheme;
	const ra_schema *schema;
	tmg_rc (*open)(const char *where, bool create, tmg_fault *f,
	    ra_store **store);
	tmg_rc (*visit)(const char *where, const ra_patience *patience,
	    tmg_fault *f, ra_store **store);
	void (*close)(ra_store *s);

	tmg_rc (*begin)(ra_store *s);
	tmg_rc (*look)(ra_store *s);
	tmg_rc (*commit)(ra_store *s);
	void (*rollback)(ra_store *s);

	tmg_rc (*script)(ra_store *s, const char *text);
	tmg_rc (*version)(ra_store *s, int *version);
	tmg_rc (*version_set)(ra_store *s, int version);

	tmg_rc (*ask)(ra_store *s, const ra_sql *sql, const ra_datum *data,
	    size_t count, void **rows);
	tmg_rc (*next)(ra_store *s, void *rows);
	tmg_rc (*column)(ra_store *s, void *rows, int at, ra_datum *datum);
	int64_t (*changed)(ra_store *s, void *rows);
	void (*done)(ra_store *s, void *rows);
} ra_store_ops;

extern const ra_store_ops ra_store_sqlite;
extern const ra_store_ops ra_store_postgres;

/* As the back end that where names opens it; ra_store_free() when done.
 * Verdicts as ra_store_open(). */
TMG_MUST_USE tmg_rc
ra_store_visit(const char *where, const ra_patience *patience, tmg_fault *f,
    ra_store **store);

/* Whether there is a back end for where. */
bool
ra_store_knows(const char *where);

/* Whose connection s asks through just now: its own, or that of the transaction
 * it writes in. */
ra_store *
ra_lead_of(ra_store *s);

/* ---- asking ---- */

/* Starts a statement.  TMG_E_USAGE while another one is open: not every back
 * end can do two at a time. */
TMG_MUST_USE tmg_rc
ra_ask(ra_store *s, ra_query *q, const ra_sql *sql, const ra_datum *data,
    size_t count);

/* TMG_OK with a row, TMG_NOT_FOUND without. */
TMG_MUST_USE tmg_rc
ra_query_next(const ra_query *q);

/* at counts from 0; reads as datum->type; borrowed until the next row. */
TMG_MUST_USE tmg_rc
ra_query_column(const ra_query *q, int at, ra_datum *datum);

TMG_MUST_USE tmg_rc
ra_query_number(const ra_query *q, int at, int64_t *number);

/* Runs a statement that gives no rows; changed may be NULL. */
TMG_MUST_USE tmg_rc
ra_run(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    int64_t *changed);

/* Runs one that changes one row; verdict otherwise when there was no such row
 * (any more). */
TMG_MUST_USE tmg_rc
ra_change(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    tmg_rc otherwise);

/* The parameters of a statement, for the four above. */
#define RA_WITH(...) (const ra_datum[]){ __VA_ARGS__ }, \
    sizeof((const ra_datum[]){ __VA_ARGS__ }) / sizeof(ra_datum)
#define RA_WITH_NOTHING NULL, 0

/* ---- rows and structures ---- */

struct ra_field;

/* How a member is kept.  from: the datum it gets has its type set. */
typedef struct ra_field_kind {
	ra_type type;
	void (*to)(const struct ra_field *field, const void *row, ra_datum *d);
	tmg_rc (*from)(ra_store *s, const struct ra_field *field,
	    const ra_datum *d, void *row);
} ra_field_kind;

typedef struct ra_field {
	const ra_field_kind *kind;
	size_t at, more;	/* offsets and sizes, as the kind wants them */
} ra_field;

/* A row's columns in the order that its statements name them. */
typedef struct ra_row {
	const ra_field *fields;
	size_t count;
	size_t size;		/* of the structure */
} ra_row;

#define RA_ROW(type, table) { table, TMG_COUNT(table), sizeof(type) }
#define RA_FIELDS_MAX 32

extern const ra_field_kind ra_field_text;	/* char[]; too long is a fault */
extern const ra_field_kind ra_field_string;	/* const char *, borrowed */
extern const ra_field_kind ra_field_number;	/* int64_t, time_t */
extern const ra_field_kind ra_field_small;	/* int */
extern const ra_field_kind ra_field_blob;	/* uint8_t *, owned, and size_t */

#define RA_FIELD_TEXT(type, member) \
	{ &ra_field_text, offsetof(type, member), sizeof(((type *)NULL)->member) }
#define RA_FIELD_STRING(type, member) \
	{ &ra_field_string, offsetof(type, member), 0 }
#define RA_FIELD_NUMBER(type, member) \
	{ &ra_field_number, offsetof(type, member), 0 }
#define RA_FIELD_SMALL(type, member) \
	{ &ra_field_small, offsetof(type, member), 0 }
#define RA_FIELD_BLOB(type, bytes, len) \
	{ &ra_field_blob, offsetof(type, bytes), offsetof(type, len) }

/* Runs a statement whose parameters are the members of structure. */
TMG_MUST_USE tmg_rc
ra_row_put(ra_store *s, const ra_sql *sql, const ra_row *row,
    const void *structure);

/* The next row into structure, all of it; left alone when there is none. */
TMG_MUST_USE tmg_rc
ra_row_next(const ra_query *q, const ra_row *row, void *structure);

/* The first row of a statement into structure.  Verdict TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_row_get(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    const ra_row *row, void *structure);

#endif
