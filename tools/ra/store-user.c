/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store-user.h"

#include "tools/ra/store-sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_user, name),
	RA_FIELD_TEXT(ra_user, role),
	RA_FIELD_TEXT(ra_user, password),
};

static const ra_row row = RA_ROW(ra_user, fields);

static const ra_sql put = { "user_put",
	"INSERT INTO account (name, role, password) VALUES ($1, $2, $3)"
	" ON CONFLICT (name) DO UPDATE SET"
	" role = excluded.role, password = excluded.password" };
static const ra_sql get = { "user_get",
	"SELECT name, role, password FROM account WHERE name = $1" };

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
