/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/app.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/sql.h"

void
ra_app_release(ra_app *app)
{
	free(app->csr);
	app->csr = NULL;
}

/* States are kept by name. */
static void
state_to(const ra_field *field, const void *row, ra_datum *d)
{
	ra_state state;

	memcpy(&state, (const char *)row + field->at, sizeof(state));
	d->text = ra_state_get(state)->name;
}

static tmg_rc
state_from(ra_store *s, const ra_field *field, const ra_datum *d, void *row)
{
	ra_state state;

	if (ra_state_parse(d->text, &state))
		return tmg_raise(&s->fault, TMG_E_IO, 0,
		    _("the store: an application has the unknown state \"%s\""),
		    d->text);
	memcpy((char *)row + field->at, &state, sizeof(state));
	return TMG_OK;
}

static const ra_field_kind state_kind = { RA_TYPE_TEXT, state_to, state_from };

#define COLUMNS "id, state, owner, profile, csr_hash, spki_hash, previous," \
    " subject, reason, created, changed, csr, resumes_to, facts, flow," \
    " confirmed_by, entered, branch, language"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_app, id),
	{ &state_kind, offsetof(ra_app, state), 0 },
	RA_FIELD_TEXT(ra_app, owner),
	RA_FIELD_TEXT(ra_app, profile),
	RA_FIELD_TEXT(ra_app, csr_hash),
	RA_FIELD_TEXT(ra_app, spki_hash),
	RA_FIELD_TEXT(ra_app, previous),
	RA_FIELD_TEXT(ra_app, subject),
	RA_FIELD_TEXT(ra_app, reason),
	RA_FIELD_NUMBER(ra_app, created),
	RA_FIELD_NUMBER(ra_app, changed),
	RA_FIELD_BLOB(ra_app, csr, csr_len),
	{ &state_kind, offsetof(ra_app, before), 0 },
	RA_FIELD_NUMBER(ra_app, facts),
	RA_FIELD_TEXT(ra_app, flow),
	RA_FIELD_TEXT(ra_app, confirmed_by),
	RA_FIELD_NUMBER(ra_app, entered),
	RA_FIELD_TEXT(ra_app, branch),
	RA_FIELD_TEXT(ra_app, language),
};

static const ra_row row = RA_ROW(ra_app, fields);

static const ra_sql add = { "app_add",
	"INSERT INTO application (" COLUMNS ")"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
	" $13, $14, $15, $16, $17, $18, $19)" };
static const ra_sql get = { "app_get",
	"SELECT " COLUMNS " FROM application WHERE id = $1" };
static const ra_sql find = { "app_find",
	"SELECT " COLUMNS " FROM application"
	" WHERE spki_hash = $1 AND csr_hash = $2 AND owner = $3 AND previous = $4" };
static const ra_sql by_key = { "app_by_key",
	"SELECT " COLUMNS " FROM application WHERE spki_hash = $1" };
static const ra_sql each = { "app_each",
	"SELECT " COLUMNS " FROM application ORDER BY created DESC, id" };
static const ra_sql each_in = { "app_each_in",
	"SELECT " COLUMNS " FROM application"
	" WHERE state = $1 ORDER BY created DESC, id" };
static const ra_sql move_on = { "app_move",
	"UPDATE application SET state = $1, resumes_to = $2, facts = $3,"
	" confirmed_by = $4, changed = $5, reason = $6, entered = $7"
	" WHERE id = $8 AND state = $9 AND facts = $10" };
static const ra_sql each_since = { "app_each_since",
	"SELECT " COLUMNS " FROM application"
	" WHERE state = $1 AND profile = $2 AND entered < $3"
	" ORDER BY entered, id" };
static const ra_sql each_at = { "app_each_at",
	"SELECT " COLUMNS " FROM application"
	" WHERE branch = $1 AND branch <> '' AND state = $2"
	" ORDER BY created DESC, id" };
static const ra_sql branch = { "app_branch",
	"UPDATE application SET branch = $1 WHERE id = $2" };
static const ra_sql speak = { "app_speak",
	"UPDATE application SET language = $1 WHERE id = $2" };
static const ra_sql request = { "app_request",
	"UPDATE application SET csr = $1, csr_hash = $2, spki_hash = $3,"
	" subject = $4 WHERE id = $5" };
/* csr_hash is unique beside key, owner and previous: the number takes its place */
static const ra_sql erase = { "app_erase",
	"UPDATE application SET owner = '', subject = '', reason = '',"
	" csr = $1, csr_hash = id, spki_hash = '', previous = ''"
	" WHERE id = $2" };

tmg_rc
ra_app_add(ra_store *s, const ra_app *app)
{
	return ra_row_put(s, &add, &row, app);
}

tmg_rc
ra_app_get(ra_store *s, const char *id, ra_app *app)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, app);
}

tmg_rc
ra_app_find(ra_store *s, const char *spki_hash, const char *csr_hash,
    const char *owner, const char *previous, ra_app *app)
{
	return ra_row_get(s, &find, RA_WITH(RA_TEXT(spki_hash), RA_TEXT(csr_hash),
	    RA_TEXT(owner), RA_TEXT(previous)), &row, app);
}

tmg_rc
ra_app_holder(ra_store *s, const char *spki_hash, ra_app *app)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, &by_key, RA_WITH(RA_TEXT(spki_hash)))))
		return rc;
	while ((rc = ra_row_next(&q, &row, app)) == TMG_OK) {
		if (ra_state_get(app->state)->holds_key)
			return TMG_OK;
		ra_app_release(app);
	}
	return rc;
}

static tmg_rc
walk(ra_query *q, ra_app_fn *fn, void *arg)
{
	tmg_rc rc;

	for (;;) {
		tmg_auto(ra_app) app = { .id = "" };

		if ((rc = ra_row_next(q, &row, &app)))
			return rc == TMG_NOT_FOUND ? TMG_OK : rc;
		if ((rc = fn(arg, &app)))
			return rc;
	}
}

tmg_rc
ra_app_each(ra_store *s, ra_state state, ra_app_fn *fn, void *arg)
{
	const bool all = state == RA_NONE;
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, all ? &each : &each_in,
	    &RA_TEXT(ra_state_get(state)->name), all ? 0 : 1);

	return rc ? rc : walk(&q, fn, arg);
}

tmg_rc
ra_app_each_since(ra_store *s, const char *profile, ra_state state,
    time_t before, ra_app_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each_since, RA_WITH(
	    RA_TEXT(ra_state_get(state)->name), RA_TEXT(profile),
	    RA_NUMBER(before)));

	return rc ? rc : walk(&q, fn, arg);
}

tmg_rc
ra_app_each_at(ra_store *s, const char *at, ra_state state, ra_app_fn *fn,
    void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each_at, RA_WITH(RA_TEXT(at),
	    RA_TEXT(ra_state_get(state)->name)));

	return rc ? rc : walk(&q, fn, arg);
}

tmg_rc
ra_app_branch(ra_store *s, const ra_app *app)
{
	return ra_change(s, &branch, RA_WITH(RA_TEXT(app->branch),
	    RA_TEXT(app->id)), TMG_NOT_FOUND);
}

tmg_rc
ra_app_speak(ra_store *s, const ra_app *app)
{
	return ra_change(s, &speak, RA_WITH(RA_TEXT(app->language),
	    RA_TEXT(app->id)), TMG_NOT_FOUND);
}

tmg_rc
ra_app_request(ra_store *s, const ra_app *app)
{
	const tmg_view csr = { app->csr, app->csr_len };

	return ra_change(s, &request, RA_WITH(RA_BLOB(csr),
	    RA_TEXT(app->csr_hash), RA_TEXT(app->spki_hash),
	    RA_TEXT(app->subject), RA_TEXT(app->id)), TMG_NOT_FOUND);
}

tmg_rc
ra_app_erase(ra_store *s, const char *id)
{
	return ra_change(s, &erase, RA_WITH(RA_BLOB(((tmg_view){ NULL, 0 })),
	    RA_TEXT(id)), TMG_NOT_FOUND);
}

tmg_rc
ra_app_move(ra_store *s, const ra_app *app, const ra_standing *from)
{
	return ra_change(s, &move_on, RA_WITH(
	    RA_TEXT(ra_state_get(app->state)->name),
	    RA_TEXT(ra_state_get(app->before)->name), RA_NUMBER(app->facts),
	    RA_TEXT(app->confirmed_by), RA_NUMBER(app->changed),
	    RA_TEXT(app->reason), RA_NUMBER(app->entered), RA_TEXT(app->id),
	    RA_TEXT(ra_state_get(from->state)->name), RA_NUMBER(from->facts)),
	    TMG_MISMATCH);
}
