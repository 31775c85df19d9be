/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/cmp.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_cmp_row_release(ra_cmp_row *r)
{
	free(r->answer);
	r->answer = NULL;
}

#define COLUMNS "id, peer, state, application, kind, request, implicit, asked," \
	" nonce, until, answer"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_cmp_row, id),
	RA_FIELD_TEXT(ra_cmp_row, peer),
	RA_FIELD_TEXT(ra_cmp_row, state),
	RA_FIELD_TEXT(ra_cmp_row, app),
	RA_FIELD_SMALL(ra_cmp_row, kind),
	RA_FIELD_SMALL(ra_cmp_row, request),
	RA_FIELD_SMALL(ra_cmp_row, implicit),
	RA_FIELD_TEXT(ra_cmp_row, asked),
	RA_FIELD_TEXT(ra_cmp_row, nonce),
	RA_FIELD_NUMBER(ra_cmp_row, until),
	RA_FIELD_BLOB(ra_cmp_row, answer, len),
};

static const ra_row row = RA_ROW(ra_cmp_row, fields);

static const ra_field late_fields[] = {
	RA_FIELD_TEXT(ra_cmp_late, id),
	RA_FIELD_TEXT(ra_cmp_late, app),
};

static const ra_row late_row = RA_ROW(ra_cmp_late, late_fields);

static const ra_sql add = { "cmp_add",
	"INSERT INTO cmp (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	" $10, $11)" };
static const ra_sql get = { "cmp_get",
	"SELECT " COLUMNS " FROM cmp WHERE id = $1" };
static const ra_sql step = { "cmp_step",
	"UPDATE cmp SET state = $1, asked = $2, nonce = $3, until = $4,"
	" answer = $5 WHERE id = $6 AND asked = $7" };
static const ra_sql sweep = { "cmp_sweep",
	"DELETE FROM cmp WHERE until <= $1 AND state <> '" RA_CMP_TIMED "'" };
static const ra_sql all_late = { "cmp_all_late",
	"SELECT id, application FROM cmp WHERE until <= $1"
	" AND state = '" RA_CMP_TIMED "' ORDER BY until LIMIT $2" };
static const ra_sql late = { "cmp_late",
	"UPDATE cmp SET state = '" RA_CMP_LATE "', asked = '', until = $1"
	" WHERE id = $2 AND state = '" RA_CMP_TIMED "'" };
static const ra_sql settle = { "cmp_settle",
	"UPDATE cmp SET state = '" RA_CMP_UNCONFIRMED "', until = $1"
	" WHERE application = $2 AND id <> $3 AND state = '" RA_CMP_TIMED "'" };

tmg_rc
ra_cmp_row_add(ra_store *s, const ra_cmp_row *kept)
{
	return ra_row_put(s, &add, &row, kept);
}

tmg_rc
ra_cmp_row_get(ra_store *s, const char *id, ra_cmp_row *found)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, found);
}

tmg_rc
ra_cmp_row_step(ra_store *s, const ra_cmp_row *r, const char *before)
{
	return ra_change(s, &step, RA_WITH(RA_TEXT(r->state), RA_TEXT(r->asked),
	    RA_TEXT(r->nonce), RA_NUMBER(r->until),
	    RA_BLOB(((tmg_view){ r->answer, r->len })), RA_TEXT(r->id),
	    RA_TEXT(before)), TMG_OCCUPIED);
}

tmg_rc
ra_cmp_row_all_late(ra_store *s, time_t now, ra_cmp_late *list, size_t cap, size_t *count)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc;

	*count = 0;
	if ((rc = ra_ask(s, &q, &all_late, RA_WITH(RA_NUMBER(now),
	    RA_NUMBER((int64_t)cap)))))
		return rc;
	while (*count < cap && (rc = ra_row_next(&q, &late_row, &list[*count])) == TMG_OK)
		++*count;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_cmp_row_late(ra_store *s, const char *id, time_t until)
{
	return ra_change(s, &late, RA_WITH(RA_NUMBER(until), RA_TEXT(id)), TMG_OCCUPIED);
}

tmg_rc
ra_cmp_row_settle(ra_store *s, const char *app, const char *id, time_t until)
{
	return ra_run(s, &settle, RA_WITH(RA_NUMBER(until), RA_TEXT(app), RA_TEXT(id)),
	    NULL);
}

tmg_rc
ra_cmp_row_sweep(ra_store *s, time_t now)
{
	return ra_run(s, &sweep, RA_WITH(RA_NUMBER(now)), NULL);
}
