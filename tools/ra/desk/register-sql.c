/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A register that is a table in a database of one of the store's back ends,
 * asked by a query of the operator's.  The number is a parameter, never text of
 * the query; the database is opened to be read.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/register-kind.h"
#include "tools/ra/store/sql.h"

#define TEXT_MAX (RA_PROSE_MAX + RA_WORDS_MAX * (RA_WORD_MAX + 48) + 64)

static void
store_release(ra_store **store)
{
	ra_store_free(store);
}

static bool
is_column(const char *name)
{
	return name[0] != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

/* Around the operator's query: what is wanted of it, as text, whatever types
 * and gaps the table has. */
static tmg_rc
write_query(const ra_register_question *q, char text[TEXT_MAX], tmg_fault *f)
{
	size_t at = (size_t)snprintf(text, TEXT_MAX, "SELECT 1");

	for (size_t i = 0; i < q->wanted->count; i++) {
		if (!is_column(q->wanted->word[i]))
			return tmg_raise(f, TMG_E_USAGE, 0,
			    _("%s cannot be the name of a column"),
			    q->wanted->word[i]);
		at += (size_t)snprintf(text + at, TEXT_MAX - at,
		    ", coalesce(CAST(found.\"%s\" AS TEXT), '')",
		    q->wanted->word[i]);
	}
	at += (size_t)snprintf(text + at, TEXT_MAX - at,
	    " FROM (%s\n) AS found LIMIT 2", q->of->query);
	return at < TEXT_MAX ? TMG_OK : TMG_E_SPACE;
}

static tmg_rc
keep_row(const ra_register_question *q, const ra_query *query,
    ra_answers *known, tmg_fault *f)
{
	for (size_t i = 0; i < q->wanted->count; i++) {
		ra_datum d = { .type = RA_TYPE_TEXT, .text = "" };
		ra_store *s = query->store;
		tmg_rc rc = s->ops->column(s, query->rows, (int)i + 1, &d);

		if (rc)
			return tmg_fault_copy(f, &s->fault, rc);
		if ((rc = ra_answers_set(known, q->wanted->word[i], d.text)))
			return tmg_raise(f, TMG_E_SPACE, 0, _("%s is too long"),
			    q->wanted->word[i]);
	}
	return TMG_OK;
}

/* One row is somebody; two are a query that does not tell people apart. */
static tmg_rc
read_rows(const ra_register_question *q, const ra_query *query,
    ra_answers *known, tmg_fault *f)
{
	tmg_rc rc = ra_query_next(query);

	if (rc == TMG_NOT_FOUND)
		return rc;
	if (rc)
		return tmg_fault_copy(f, &query->store->fault, rc);
	if ((rc = keep_row(q, query, known, f)))
		return rc;
	rc = ra_query_next(query);
	if (rc == TMG_OK)
		return tmg_raise(f, TMG_E_IO, 0, _("several rows for one number"));
	return rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_fault_copy(f, &query->store->fault, rc);
}

static tmg_rc
sql_ask(const ra_register_question *q, ra_answers *known, tmg_fault *f)
{
	__attribute__((__cleanup__(store_release))) ra_store *store = NULL;
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_query) query = { NULL, NULL };
	char text[TEXT_MAX];
	const ra_sql sql = { "register", text };
	const ra_patience patience = { .ctx = q->ctx, .seconds = q->of->timeout_s };
	tmg_rc rc;

	if ((rc = write_query(q, text, f)) ||
	    (rc = ra_store_visit(q->path, &patience, f, &store)))
		return tmg_is_fault(rc) ? rc : TMG_E_IO;
	if ((rc = ra_txn_look(&txn, store)) ||
	    (rc = ra_ask(store, &query, &sql, RA_WITH(RA_TEXT(q->number)))))
		return tmg_fault_copy(f, &store->fault, rc);
	return read_rows(q, &query, known, f);
}

static const char *
sql_check(const ra_register *r)
{
	if (r->path[0] == '\0' || !ra_store_knows(r->path))
		return _("it needs path: a file of SQLite, or postgresql://...");
	if (strstr(r->query, "$1") == NULL || strstr(r->query, "$2") != NULL ||
	    strchr(r->query, ';') != NULL)
		return _("it needs query, one SELECT with $1 where the number stands");
	return NULL;
}

const ra_register_kind ra_register_sql = { "sql", sql_check, sql_ask };
