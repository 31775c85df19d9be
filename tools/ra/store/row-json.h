/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of a store as JSON, whatever the back end: { TABLE: { COLUMN: ... } }.
 * Text and numbers are what they are; bytes are base64, or null when there are
 * none; text that is not UTF-8 is { "base64": ... }.
 */
#ifndef RA_BACKUP_ROW_H
#define RA_BACKUP_ROW_H

#include <jansson.h>

#include "tools/ra/store/audit.h"
#include "tools/ra/store/sql.h"

typedef struct ra_kept {
	const char *table;
	const char *columns;	/* in the order of the statements, ", " between */
	const char *kinds;	/* a letter for each: t text, n number, b bytes */
	ra_sql read, write, any;
} ra_kept;

/* Every table of the schema: tests compare them. */
extern const ra_kept ra_kept_tables[];
extern const size_t ra_kept_count;

/* The row that q stands at; *row is yours to json_decref(). */
TMG_MUST_USE tmg_rc
ra_kept_get(const ra_query *q, const ra_kept *kept, json_t **row);

/*
 * Adds a row.
 *
 * Verdicts  TMG_UNSUPPORTED  a table or columns that this release does not have
 *           TMG_OCCUPIED     it is there already
 */
TMG_MUST_USE tmg_rc
ra_kept_put(ra_store *s, const json_t *row, tmg_fault *f);

/* NULL without memory. */
json_t *
ra_text_json(const char *text);

/* An entry of the audit log, with what its hash is made of as it was hashed. */
json_t *
ra_audit_json(const ra_audit *entry);

#endif
