/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/mark.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_mark, name),
	RA_FIELD_NUMBER(ra_mark, until),
};

static const ra_row row = RA_ROW(ra_mark, fields);

static const ra_sql get = { "mark_get",
	"SELECT name, until FROM mark WHERE name = $1" };
static const ra_sql put = { "mark_put",
	"INSERT INTO mark (name, until) VALUES ($1, $2)"
	" ON CONFLICT (name) DO UPDATE SET until = excluded.until" };
static const ra_sql drop = { "mark_drop", "DELETE FROM mark WHERE name = $1" };
static const ra_sql sweep = { "mark_sweep",
	"DELETE FROM mark WHERE until <= $1" };

tmg_rc
ra_mark_get(ra_store *s, const char *name, ra_mark *mark)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(name)), &row, mark);
}

tmg_rc
ra_mark_put(ra_store *s, const ra_mark *mark)
{
	return ra_row_put(s, &put, &row, mark);
}

tmg_rc
ra_mark_drop(ra_store *s, const char *name)
{
	return ra_run(s, &drop, RA_WITH(RA_TEXT(name)), NULL);
}

tmg_rc
ra_mark_sweep(ra_store *s, time_t now)
{
	return ra_run(s, &sweep, RA_WITH(RA_NUMBER(now)), NULL);
}
