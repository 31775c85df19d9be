/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/errand.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_errand_release(ra_errand *e)
{
	free(e->request);
	free(e->kept);
	e->request = e->kept = NULL;
	e->request_len = e->kept_len = 0;
}

#define COLUMNS "application, kind, begun, asked, due, tries, holder, ticket," \
	" said, request, kept"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_errand, app),
	RA_FIELD_TEXT(ra_errand, kind),
	RA_FIELD_NUMBER(ra_errand, begun),
	RA_FIELD_NUMBER(ra_errand, asked),
	RA_FIELD_NUMBER(ra_errand, due),
	RA_FIELD_SMALL(ra_errand, tries),
	RA_FIELD_TEXT(ra_errand, holder),
	RA_FIELD_TEXT(ra_errand, ticket),
	RA_FIELD_TEXT(ra_errand, said),
	RA_FIELD_BLOB(ra_errand, request, request_len),
	RA_FIELD_BLOB(ra_errand, kept, kept_len),
};

static const ra_row row = RA_ROW(ra_errand, fields);

static const ra_sql put = { "errand_put",
	"INSERT INTO errand (" COLUMNS ")"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)" };
static const ra_sql get = { "errand_get",
	"SELECT " COLUMNS " FROM errand WHERE application = $1 AND kind = $2" };
static const ra_sql next = { "errand_next",
	"SELECT " COLUMNS " FROM errand WHERE due <= $1"
	" ORDER BY due, application, kind LIMIT 1" };
static const ra_sql take = { "errand_take",
	"UPDATE errand SET holder = $1, due = $2"
	" WHERE application = $3 AND kind = $4" };
static const ra_sql keep = { "errand_keep",
	"UPDATE errand SET request = $1, kept = $2"
	" WHERE application = $3 AND kind = $4 AND holder = $5" };
static const ra_sql settle = { "errand_settle",
	"UPDATE errand SET asked = $1, due = $2, tries = $3, ticket = $4,"
	" said = $5, request = $6, kept = $7"
	" WHERE application = $8 AND kind = $9 AND holder = $10" };
static const ra_sql shut = { "errand_close",
	"UPDATE errand SET due = $1, said = $2, asked = 0, tries = 0, ticket = '',"
	" request = NULL, kept = NULL"
	" WHERE application = $3 AND kind = $4 AND holder = $5" };
static const ra_sql reopen = { "errand_reopen",
	"UPDATE errand SET begun = $1, due = $2, said = '', holder = ''"
	" WHERE application = $3 AND kind = $4 AND due = $5" };
static const ra_sql erase = { "errand_erase",
	"DELETE FROM errand WHERE application = $1" };
static const ra_sql drop = { "errand_drop",
	"DELETE FROM errand WHERE application = $1 AND kind = $2"
	" AND holder = $3" };
static const ra_sql hurry = { "errand_hurry",
	"UPDATE errand SET due = $1 WHERE due > $2 AND due < $3" };
static const ra_sql each = { "errand_each",
	"SELECT " COLUMNS " FROM errand ORDER BY due, application, kind" };

#define REQUEST(e) RA_BLOB(((tmg_view){ (e)->request, (e)->request_len }))
#define KEPT(e) RA_BLOB(((tmg_view){ (e)->kept, (e)->kept_len }))

tmg_rc
ra_errand_put(ra_store *s, const ra_errand *e)
{
	return ra_row_put(s, &put, &row, e);
}

tmg_rc
ra_errand_get(ra_store *s, const char *app, const char *kind, ra_errand *e)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(app), RA_TEXT(kind)), &row, e);
}

tmg_rc
ra_errand_next(ra_store *s, time_t now, ra_errand *e)
{
	return ra_row_get(s, &next, RA_WITH(RA_NUMBER(now)), &row, e);
}

tmg_rc
ra_errand_take(ra_store *s, const ra_errand *e)
{
	return ra_change(s, &take, RA_WITH(RA_TEXT(e->holder), RA_NUMBER(e->due),
	    RA_TEXT(e->app), RA_TEXT(e->kind)), TMG_MISMATCH);
}

tmg_rc
ra_errand_keep(ra_store *s, const ra_errand *e)
{
	return ra_change(s, &keep, RA_WITH(REQUEST(e), KEPT(e), RA_TEXT(e->app),
	    RA_TEXT(e->kind), RA_TEXT(e->holder)), TMG_MISMATCH);
}

tmg_rc
ra_errand_settle(ra_store *s, const ra_errand *e)
{
	return ra_change(s, &settle, RA_WITH(RA_NUMBER(e->asked),
	    RA_NUMBER(e->due), RA_NUMBER(e->tries), RA_TEXT(e->ticket),
	    RA_TEXT(e->said), REQUEST(e), KEPT(e), RA_TEXT(e->app),
	    RA_TEXT(e->kind), RA_TEXT(e->holder)), TMG_MISMATCH);
}

tmg_rc
ra_errand_close(ra_store *s, const ra_errand *e)
{
	return ra_change(s, &shut, RA_WITH(RA_NUMBER(RA_ERRAND_NEVER),
	    RA_TEXT(e->said), RA_TEXT(e->app), RA_TEXT(e->kind),
	    RA_TEXT(e->holder)), TMG_MISMATCH);
}

tmg_rc
ra_errand_reopen(ra_store *s, const ra_errand *e)
{
	return ra_run(s, &reopen, RA_WITH(RA_NUMBER(e->begun), RA_NUMBER(e->due),
	    RA_TEXT(e->app), RA_TEXT(e->kind), RA_NUMBER(RA_ERRAND_NEVER)), NULL);
}

tmg_rc
ra_errand_erase(ra_store *s, const char *app)
{
	return ra_run(s, &erase, RA_WITH(RA_TEXT(app)), NULL);
}

tmg_rc
ra_errand_drop(ra_store *s, const ra_errand *e)
{
	return ra_change(s, &drop, RA_WITH(RA_TEXT(e->app), RA_TEXT(e->kind),
	    RA_TEXT(e->holder)), TMG_MISMATCH);
}

tmg_rc
ra_errand_hurry(ra_store *s, time_t now, int64_t *count)
{
	return ra_run(s, &hurry, RA_WITH(RA_NUMBER(now), RA_NUMBER(now),
	    RA_NUMBER(RA_ERRAND_NEVER)), count);
}

tmg_rc
ra_errand_each(ra_store *s, ra_errand_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc = ra_ask(s, &q, &each, RA_WITH_NOTHING);

	while (rc == TMG_OK) {
		tmg_auto(ra_errand) e = { .app = "" };

		if ((rc = ra_row_next(&q, &row, &e)) == TMG_OK)
			rc = fn(arg, &e);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
