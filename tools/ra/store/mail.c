/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/mail.h"

#include <string.h>

#include "tools/ra/store/sql.h"

void
ra_mail_release(ra_mail *mail)
{
	explicit_bzero(mail, sizeof(*mail));
}

#define COLUMNS "id, application, event, once, state, created, due, tries," \
    " holder, recipient, subject, body, attach, error, channel"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_mail, id),
	RA_FIELD_TEXT(ra_mail, app),
	RA_FIELD_TEXT(ra_mail, event),
	RA_FIELD_TEXT(ra_mail, once),
	RA_FIELD_TEXT(ra_mail, state),
	RA_FIELD_NUMBER(ra_mail, created),
	RA_FIELD_NUMBER(ra_mail, due),
	RA_FIELD_SMALL(ra_mail, tries),
	RA_FIELD_TEXT(ra_mail, holder),
	RA_FIELD_TEXT(ra_mail, recipient),
	RA_FIELD_TEXT(ra_mail, subject),
	RA_FIELD_TEXT(ra_mail, body),
	RA_FIELD_SMALL(ra_mail, attach),
	RA_FIELD_TEXT(ra_mail, error),
	RA_FIELD_TEXT(ra_mail, channel),
};

static const ra_row row = RA_ROW(ra_mail, fields);

static const ra_sql put = { "mail_put",
	"INSERT INTO mail (" COLUMNS ")"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
	" $15)" };
static const ra_sql get = { "mail_get",
	"SELECT " COLUMNS " FROM mail WHERE id = $1" };
static const ra_sql next = { "mail_next",
	"SELECT " COLUMNS " FROM mail WHERE state = $1 AND channel = $2"
	" AND due <= $3 ORDER BY due, id LIMIT 1" };
static const ra_sql take = { "mail_take",
	"UPDATE mail SET holder = $1, due = $2, tries = tries + 1"
	" WHERE id = $3 AND state = $4" };
static const ra_sql settle = { "mail_settle",
	"UPDATE mail SET state = $1, due = $2, error = $3"
	" WHERE id = $4 AND holder = $5" };
static const ra_sql sent = { "mail_sent",
	"UPDATE mail SET state = $1, due = $2, error = '', recipient = '',"
	" subject = '', body = '' WHERE id = $3 AND holder = $4" };
static const ra_sql again = { "mail_again",
	"UPDATE mail SET state = $1, due = $2, tries = 0"
	" WHERE id = $3 AND state = $4" };
static const ra_sql erase = { "mail_erase",
	"DELETE FROM mail WHERE application = $1"
	" AND event NOT IN ('expire', 'destroy')" };
static const ra_sql each = { "mail_each",
	"SELECT " COLUMNS " FROM mail ORDER BY created DESC, id" };
static const ra_sql each_in = { "mail_each_in",
	"SELECT " COLUMNS " FROM mail WHERE state = $1"
	" ORDER BY created DESC, id" };

static const ra_sql count_old = { "mail_count",
	"SELECT count(*) FROM mail WHERE state = $1 AND created < $2"
	" AND channel = $3" };

tmg_rc
ra_mail_put(ra_store *s, const ra_mail *mail)
{
	return ra_row_put(s, &put, &row, mail);
}

tmg_rc
ra_mail_get(ra_store *s, const char *id, ra_mail *mail)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, mail);
}

tmg_rc
ra_mail_next(ra_store *s, const char *channel, time_t now, ra_mail *mail)
{
	return ra_row_get(s, &next, RA_WITH(RA_TEXT(RA_MAIL_QUEUED),
	    RA_TEXT(channel), RA_NUMBER(now)), &row, mail);
}

tmg_rc
ra_mail_take(ra_store *s, const char *id, const char *holder, time_t until)
{
	return ra_change(s, &take, RA_WITH(RA_TEXT(holder), RA_NUMBER(until),
	    RA_TEXT(id), RA_TEXT(RA_MAIL_QUEUED)), TMG_MISMATCH);
}

tmg_rc
ra_mail_settle(ra_store *s, const ra_mail *m)
{
	if (strcmp(m->state, RA_MAIL_SENT) == 0)
		return ra_change(s, &sent, RA_WITH(RA_TEXT(m->state),
		    RA_NUMBER(m->due), RA_TEXT(m->id), RA_TEXT(m->holder)),
		    TMG_MISMATCH);
	return ra_change(s, &settle, RA_WITH(RA_TEXT(m->state),
	    RA_NUMBER(m->due), RA_TEXT(m->error), RA_TEXT(m->id),
	    RA_TEXT(m->holder)), TMG_MISMATCH);
}

tmg_rc
ra_mail_again(ra_store *s, const char *id, time_t now)
{
	return ra_change(s, &again, RA_WITH(RA_TEXT(RA_MAIL_QUEUED),
	    RA_NUMBER(now), RA_TEXT(id),
	    RA_TEXT(RA_MAIL_PARKED)), TMG_NOT_FOUND);
}

tmg_rc
ra_mail_count(ra_store *s, const char *channel, const char *state,
    time_t before, int64_t *count)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, &count_old, RA_WITH(RA_TEXT(state),
	    RA_NUMBER(before), RA_TEXT(channel)))) || (rc = ra_query_next(&q)))
		return rc;
	return ra_query_number(&q, 0, count);
}

tmg_rc
ra_mail_erase(ra_store *s, const char *app)
{
	return ra_run(s, &erase, RA_WITH(RA_TEXT(app)), NULL);
}

tmg_rc
ra_mail_each(ra_store *s, const char *state, ra_mail_fn *fn, void *arg)
{
	const bool all = state[0] == '\0';
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_auto(ra_mail) mail = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, all ? &each : &each_in, &RA_TEXT(state),
	    all ? 0 : 1)))
		return rc;
	while ((rc = ra_row_next(&q, &row, &mail)) == TMG_OK)
		if ((rc = fn(arg, &mail)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
