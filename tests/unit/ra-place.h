/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A place for a store: an SQLite file in a folder of the test's own; or, with
 * $TAMGA_TEST_PG_URL (tests/with-postgres), a fresh schema of that database.
 */
#ifndef TMG_TESTS_UNIT_RA_PLACE_H
#define TMG_TESTS_UNIT_RA_PLACE_H

#include "tests/unit/folder.h"
#include "tools/ra/store/sql.h"

typedef struct place {
	char folder[TEST_FOLDER];
	char where[512];		/* for ra_store_open() */
	const struct dialect *dialect;
} place;

/* What the tests say to a database in its own words. */
typedef struct dialect {
	const ra_store_ops *ops;
	const char *fixture;		/* of older schemas; %d: which */
	const char *schema;		/* selects all that a schema is */
	const char *tables;		/* their names */
	const char *columns;		/* table, name and kind, in that order */
	const char *indexes;		/* names, but of those that constraints have */
	const char *version_get;
	const char *version_set;	/* %d */
	const char *bytes;		/* a literal of 30 00 */
	const char *append_only;	/* what is said to who erases audit entries */
	const char *unmoved;		/* makes that no row of cmp called 01 changes */
	void (*run)(const char *where, const char *text);
	void (*read)(const char *where, const char *text, tmg_out *o);
	void (*make)(place *p);
	void (*clear)(const place *p);
} dialect;

extern const dialect place_sqlite, place_postgres;

/* For cmocka's set_up: fails the test when there is no place to be had. */
void place_make(place *p);
/* Nothing is left of the store; the place is. */
void place_clear(const place *p);
void place_drop(place *p);

/* Behind the store's back. */
void place_run(const place *p, const char *text);
/* Every value that text selects, a line each. */
void place_read(const place *p, const char *text, char *into, size_t cap);

/* A store at a place of its own: for cmocka. */
typedef struct stored {
	place place;
	ra_store *store;	/* NULL until it is opened */
	tmg_fault f;
} stored;

int stored_place(void **state);		/* the place alone */
int stored_set_up(void **state);	/* and a fresh store, open */
int stored_tear_down(void **state);
/* Opens it, made when it is not there yet; fails the test otherwise. */
void stored_open(stored *b);

#endif
