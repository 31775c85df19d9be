/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/secret.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_secret_row_release(ra_secret_row *r)
{
	free(r->sealed);
	r->sealed = NULL;
}

#define COLUMNS "reference, owner, profile, until, most, used, sealed"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_secret_row, reference),
	RA_FIELD_TEXT(ra_secret_row, owner),
	RA_FIELD_TEXT(ra_secret_row, profile),
	RA_FIELD_NUMBER(ra_secret_row, until),
	RA_FIELD_SMALL(ra_secret_row, most),
	RA_FIELD_SMALL(ra_secret_row, used),
	RA_FIELD_BLOB(ra_secret_row, sealed, len),
};

static const ra_row row = RA_ROW(ra_secret_row, fields);

static const ra_sql add = { "secret_add",
	"INSERT INTO secret (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)" };
static const ra_sql get = { "secret_get",
	"SELECT " COLUMNS " FROM secret WHERE reference = $1" };
static const ra_sql use = { "secret_use",
	"UPDATE secret SET used = used + 1 WHERE reference = $1 AND until <> 0"
	" AND used < most" };
static const ra_sql shut = { "secret_close",
	"UPDATE secret SET until = 0, sealed = $1 WHERE reference = $2" };
static const ra_sql each = { "secret_each",
	"SELECT " COLUMNS " FROM secret ORDER BY reference" };

tmg_rc
ra_secret_add(ra_store *s, const ra_secret_row *secret)
{
	return ra_row_put(s, &add, &row, secret);
}

tmg_rc
ra_secret_get(ra_store *s, const char *reference, ra_secret_row *found)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(reference)), &row, found);
}

tmg_rc
ra_secret_use(ra_store *s, const char *reference)
{
	return ra_change(s, &use, RA_WITH(RA_TEXT(reference)), TMG_DENIED);
}

tmg_rc
ra_secret_close(ra_store *s, const char *reference)
{
	return ra_change(s, &shut, RA_WITH(RA_BLOB(((tmg_view){ NULL, 0 })),
	    RA_TEXT(reference)), TMG_NOT_FOUND);
}

tmg_rc
ra_secret_each(ra_store *s, ra_secret_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc = ra_ask(s, &q, &each, RA_WITH_NOTHING);

	while (rc == TMG_OK) {
		tmg_auto(ra_secret_row) found = { .sealed = NULL };

		if ((rc = ra_row_next(&q, &row, &found)) == TMG_OK)
			rc = fn(arg, &found);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
