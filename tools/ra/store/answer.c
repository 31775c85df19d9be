/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/answer.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_answer_row, app),
	RA_FIELD_TEXT(ra_answer_row, name),
	RA_FIELD_TEXT(ra_answer_row, value),
};

static const ra_row row = RA_ROW(ra_answer_row, fields);

static const ra_sql put = { "answer_put",
	"INSERT INTO answer (application, name, value) VALUES ($1, $2, $3)"
	" ON CONFLICT (application, name) DO UPDATE SET value = excluded.value" };
static const ra_sql get = { "answer_get",
	"SELECT application, name, value FROM answer"
	" WHERE application = $1 AND name = $2" };
static const ra_sql each = { "answer_each",
	"SELECT application, name, value FROM answer WHERE application = $1"
	" ORDER BY name" };
static const ra_sql find = { "answer_find",
	"SELECT application, name, value FROM answer WHERE value = $1"
	" ORDER BY application LIMIT 100" };
static const ra_sql erase = { "answer_erase",
	"DELETE FROM answer WHERE application = $1" };

tmg_rc
ra_answer_put(ra_store *s, const ra_answer_row *answer)
{
	return ra_row_put(s, &put, &row, answer);
}

tmg_rc
ra_answer_get(ra_store *s, const char *app, const char *name,
    ra_answer_row *answer)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(app), RA_TEXT(name)), &row,
	    answer);
}

static tmg_rc
walk(ra_store *s, const ra_sql *sql, const char *by, ra_answer_fn *fn,
    void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	ra_answer_row answer;
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, sql, RA_WITH(RA_TEXT(by)))))
		return rc;
	while ((rc = ra_row_next(&q, &row, &answer)) == TMG_OK)
		if ((rc = fn(arg, &answer)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_answer_each(ra_store *s, const char *app, ra_answer_fn *fn, void *arg)
{
	return walk(s, &each, app, fn, arg);
}

tmg_rc
ra_answer_find(ra_store *s, const char *value, ra_answer_fn *fn, void *arg)
{
	return walk(s, &find, value, fn, arg);
}

tmg_rc
ra_answer_erase(ra_store *s, const char *app)
{
	return ra_run(s, &erase, RA_WITH(RA_TEXT(app)), NULL);
}
