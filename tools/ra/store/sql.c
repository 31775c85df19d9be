/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/sql.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

ra_store *
ra_lead_of(ra_store *s)
{
	return s->lead != NULL ? s->lead : s;
}

/* What went wrong for the lead is told to who asked. */
static tmg_rc
told(ra_store *s, tmg_rc rc)
{
	const ra_store *w = ra_lead_of(s);

	if (w == s || rc == TMG_OK || rc == TMG_NOT_FOUND)
		return rc;
	s->away = w->away;
	return tmg_fault_copy(&s->fault, &w->fault, rc);
}

void
ra_query_release(ra_query *q)
{
	ra_store *w;

	if (q->store == NULL)
		return;
	w = ra_lead_of(q->store);
	w->ops->done(w, q->rows);
	q->store->asking = false;
	*q = (ra_query){ NULL, NULL };
}

tmg_rc
ra_ask(ra_store *s, ra_query *q, const ra_sql *sql, const ra_datum *data,
    size_t count)
{
	ra_store *w = ra_lead_of(s);
	tmg_rc rc;

	if (s->asking)
		return tmg_raise(&s->fault, TMG_E_USAGE, 0,
		    _("the store: %s asked while another question is open"),
		    sql->name);
	if ((rc = w->ops->ask(w, sql, data, count, &q->rows)))
		return told(s, rc);
	q->store = s;
	s->asking = true;
	return TMG_OK;
}

tmg_rc
ra_query_next(const ra_query *q)
{
	ra_store *w = ra_lead_of(q->store);

	return told(q->store, w->ops->next(w, q->rows));
}

tmg_rc
ra_query_column(const ra_query *q, int at, ra_datum *datum)
{
	ra_store *w = ra_lead_of(q->store);

	return told(q->store, w->ops->column(w, q->rows, at, datum));
}

tmg_rc
ra_query_number(const ra_query *q, int at, int64_t *number)
{
	ra_datum d = { .type = RA_TYPE_NUMBER };
	const tmg_rc rc = ra_query_column(q, at, &d);

	*number = d.number;
	return rc;
}

tmg_rc
ra_run(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    int64_t *changed)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	ra_store *w = ra_lead_of(s);
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, sql, data, count)))
		return rc;
	rc = ra_query_next(&q);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if (changed != NULL)
		*changed = w->ops->changed(w, q.rows);
	return TMG_OK;
}

tmg_rc
ra_change(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    tmg_rc otherwise)
{
	int64_t changed = 0;
	const tmg_rc rc = ra_run(s, sql, data, count, &changed);

	if (rc)
		return rc;
	return changed == 1 ? TMG_OK : otherwise;
}
