/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/paper.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_paper_release(ra_paper *paper)
{
	free(paper->content);
	paper->content = NULL;
	paper->len = 0;
}

#define COLUMNS "application, name, standing, channel, file, kind, dated," \
	" signer, hash, reason, judge, changed, size"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_paper, app),
	RA_FIELD_TEXT(ra_paper, name),
	RA_FIELD_TEXT(ra_paper, standing),
	RA_FIELD_TEXT(ra_paper, channel),
	RA_FIELD_TEXT(ra_paper, file),
	RA_FIELD_TEXT(ra_paper, kind),
	RA_FIELD_TEXT(ra_paper, dated),
	RA_FIELD_TEXT(ra_paper, signer),
	RA_FIELD_TEXT(ra_paper, hash),
	RA_FIELD_TEXT(ra_paper, reason),
	RA_FIELD_TEXT(ra_paper, judge),
	RA_FIELD_NUMBER(ra_paper, changed),
	RA_FIELD_NUMBER(ra_paper, size),
	RA_FIELD_BLOB(ra_paper, content, len),
};

static const ra_row row = RA_ROW(ra_paper, fields);
static const ra_row without_content = { fields, TMG_COUNT(fields) - 1,
	sizeof(ra_paper) };

static const ra_sql put = { "paper_put",
	"INSERT INTO document (" COLUMNS ", content) VALUES ($1, $2, $3, $4, $5,"
	" $6, $7, $8, $9, $10, $11, $12, $13, $14)"
	" ON CONFLICT (application, name) DO UPDATE SET"
	" standing = excluded.standing, channel = excluded.channel,"
	" file = excluded.file, kind = excluded.kind, dated = excluded.dated,"
	" signer = excluded.signer, hash = excluded.hash,"
	" reason = excluded.reason, judge = excluded.judge,"
	" changed = excluded.changed, size = excluded.size,"
	" content = excluded.content" };
static const ra_sql judge = { "paper_judge",
	"UPDATE document SET standing = $1, channel = $2, reason = $3,"
	" judge = $4, changed = $5 WHERE application = $6 AND name = $7" };
static const ra_sql get = { "paper_get",
	"SELECT " COLUMNS ", content FROM document"
	" WHERE application = $1 AND name = $2" };
static const ra_sql each = { "paper_each",
	"SELECT " COLUMNS " FROM document WHERE application = $1 ORDER BY name" };
static const ra_sql erase = { "paper_erase",
	"DELETE FROM document WHERE application = $1" };

tmg_rc
ra_paper_put(ra_store *s, const ra_paper *paper)
{
	return ra_row_put(s, &put, &row, paper);
}

tmg_rc
ra_paper_judge(ra_store *s, const ra_paper *p)
{
	return ra_change(s, &judge, RA_WITH(RA_TEXT(p->standing),
	    RA_TEXT(p->channel), RA_TEXT(p->reason), RA_TEXT(p->judge),
	    RA_NUMBER(p->changed), RA_TEXT(p->app), RA_TEXT(p->name)),
	    TMG_NOT_FOUND);
}

tmg_rc
ra_paper_get(ra_store *s, const char *app, const char *name, ra_paper *paper)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(app), RA_TEXT(name)), &row,
	    paper);
}

tmg_rc
ra_paper_each(ra_store *s, const char *app, ra_paper_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	ra_paper paper;
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, &each, RA_WITH(RA_TEXT(app)))))
		return rc;
	while ((rc = ra_row_next(&q, &without_content, &paper)) == TMG_OK)
		if ((rc = fn(arg, &paper)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_paper_erase(ra_store *s, const char *app)
{
	return ra_run(s, &erase, RA_WITH(RA_TEXT(app)), NULL);
}
