/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/user.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_user, name),
	RA_FIELD_TEXT(ra_user, role),
	RA_FIELD_TEXT(ra_user, password),
	RA_FIELD_TEXT(ra_user, certificate),
	RA_FIELD_TEXT(ra_user, branch),
	RA_FIELD_TEXT(ra_user, email),
	RA_FIELD_TEXT(ra_user, language),
	RA_FIELD_NUMBER(ra_user, begins),
	RA_FIELD_NUMBER(ra_user, ends),
};

static const ra_row row = RA_ROW(ra_user, fields);

#define COLUMNS "name, role, password, certificate, branch, email, language," \
    " begins, ends"

static const ra_sql put = { "user_put",
	"INSERT INTO account (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	" ON CONFLICT (name) DO UPDATE SET"
	" role = excluded.role, password = excluded.password,"
	" certificate = excluded.certificate, branch = excluded.branch,"
	" email = excluded.email, language = excluded.language,"
	" begins = excluded.begins, ends = excluded.ends" };
static const ra_sql get = { "user_get",
	"SELECT " COLUMNS " FROM account WHERE name = $1" };
/* most accounts have none: those are not in the index, and never asked for */
static const ra_sql by_certificate = { "user_by_certificate",
	"SELECT " COLUMNS " FROM account"
	" WHERE certificate = $1 AND certificate <> ''" };

static const ra_sql each = { "user_each",
	"SELECT " COLUMNS " FROM account ORDER BY name" };
static const ra_sql each_staff = { "user_each_staff",
	"SELECT " COLUMNS " FROM account WHERE role <> 'applicant'"
	" AND role <> 'application' ORDER BY name" };

static const ra_sql each_told = { "user_each_told",
	"SELECT " COLUMNS " FROM account WHERE role = $1 AND email <> ''"
	" ORDER BY name" };

tmg_rc
ra_user_put(ra_store *s, const ra_user *user)
{
	return ra_row_put(s, &put, &row, user);
}

tmg_rc
ra_user_get(ra_store *s, const char *name, ra_user *user)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(name)), &row, user);
}

tmg_rc
ra_user_by_certificate(ra_store *s, const char *hash, ra_user *user)
{
	return ra_row_get(s, &by_certificate, RA_WITH(RA_TEXT(hash)), &row, user);
}

static tmg_rc
walk(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    ra_user_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	ra_user user;
	tmg_rc rc = ra_ask(s, &q, sql, data, count);

	while (rc == TMG_OK && (rc = ra_row_next(&q, &row, &user)) == TMG_OK)
		rc = fn(arg, &user);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_user_each(ra_store *s, ra_user_fn *fn, void *arg)
{
	return walk(s, &each, RA_WITH_NOTHING, fn, arg);
}

tmg_rc
ra_user_each_staff(ra_store *s, ra_user_fn *fn, void *arg)
{
	return walk(s, &each_staff, RA_WITH_NOTHING, fn, arg);
}

tmg_rc
ra_user_each_told(ra_store *s, const char *role, ra_user_fn *fn, void *arg)
{
	return walk(s, &each_told, RA_WITH(RA_TEXT(role)), fn, arg);
}
