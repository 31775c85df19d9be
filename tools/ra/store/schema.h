/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema of a store, as steps from each version to the next.
 */
#ifndef RA_STORE_SCHEMA_H
#define RA_STORE_SCHEMA_H

#include <stddef.h>

#include "tamga/err.h"

struct ra_store;

/* Step n leads from version n to n + 1; only ever added to, never changed. */
typedef struct ra_migration {
	const char *name;
	const char *script;
	const char *more;		/* its second part; NULL: ISO C99 5.2.4.1
					 * promises 4095 characters of one text */
} ra_migration;

typedef struct ra_schema {
	const ra_migration *steps;
	size_t count;			/* and the newest version */
} ra_schema;

/*
 * Brings the store to the newest version, in one transaction; a store that
 * is there already is only looked at.
 *
 * Verdicts  TMG_UNSUPPORTED  it is newer than schema
 */
TMG_MUST_USE tmg_rc
ra_schema_migrate(struct ra_store *store, const ra_schema *schema);

extern const ra_schema ra_schema_sqlite;
extern const ra_schema ra_schema_postgres;

#endif
