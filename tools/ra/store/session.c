/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/session.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_session, id),
	RA_FIELD_TEXT(ra_session, subject),
	RA_FIELD_NUMBER(ra_session, expires),
};

static const ra_row row = RA_ROW(ra_session, fields);

static const ra_sql add = { "session_add",
	"INSERT INTO session (id, subject, expires) VALUES ($1, $2, $3)" };
static const ra_sql get = { "session_get",
	"SELECT id, subject, expires FROM session WHERE id = $1" };
static const ra_sql take_out = { "session_remove",
	"DELETE FROM session WHERE id = $1" };
static const ra_sql expire = { "session_expire",
	"DELETE FROM session WHERE expires <= $1" };

tmg_rc
ra_session_add(ra_store *s, const ra_session *session)
{
	return ra_row_put(s, &add, &row, session);
}

tmg_rc
ra_session_get(ra_store *s, const char *id, ra_session *session)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, session);
}

tmg_rc
ra_session_remove(ra_store *s, const char *id)
{
	return ra_run(s, &take_out, RA_WITH(RA_TEXT(id)), NULL);
}

tmg_rc
ra_session_expire(ra_store *s, time_t now)
{
	return ra_run(s, &expire, RA_WITH(RA_NUMBER(now)), NULL);
}
