/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/challenge.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_challenge, hash),
	RA_FIELD_TEXT(ra_challenge, profile),
	RA_FIELD_TEXT(ra_challenge, owner),
	RA_FIELD_NUMBER(ra_challenge, created),
	RA_FIELD_NUMBER(ra_challenge, expires),
	RA_FIELD_TEXT(ra_challenge, app),
};

static const ra_row row = RA_ROW(ra_challenge, fields);

#define COLUMNS "hash, profile, owner, created, expires, application"

static const ra_sql add = { "challenge_add",
	"INSERT INTO challenge (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)" };
static const ra_sql get = { "challenge_get",
	"SELECT " COLUMNS " FROM challenge WHERE hash = $1" };
static const ra_sql use = { "challenge_use",
	"UPDATE challenge SET application = $1 WHERE hash = $2"
	" AND application = ''" };
static const ra_sql each = { "challenge_each",
	"SELECT " COLUMNS " FROM challenge ORDER BY expires, hash" };
static const ra_sql drop = { "challenge_drop",
	"DELETE FROM challenge WHERE hash >= $1 AND hash < $2"
	" AND application = ''" };
static const ra_sql sweep = { "challenge_sweep",
	"DELETE FROM challenge WHERE expires <= $1" };

tmg_rc
ra_challenge_add(ra_store *s, const ra_challenge *challenge)
{
	return ra_row_put(s, &add, &row, challenge);
}

tmg_rc
ra_challenge_get(ra_store *s, const char *hash, ra_challenge *challenge)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(hash)), &row, challenge);
}

tmg_rc
ra_challenge_use(ra_store *s, const char *hash, const char *app)
{
	return ra_change(s, &use, RA_WITH(RA_TEXT(app), RA_TEXT(hash)),
	    TMG_OCCUPIED);
}

tmg_rc
ra_challenge_each(ra_store *s, ra_challenge_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	ra_challenge one;
	tmg_rc rc = ra_ask(s, &q, &each, RA_WITH_NOTHING);

	while (rc == TMG_OK && (rc = ra_row_next(&q, &row, &one)) == TMG_OK)
		rc = fn(arg, &one);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_challenge_drop(ra_store *s, const char *from, const char *before)
{
	int64_t changed = 0;
	const tmg_rc rc = ra_run(s, &drop, RA_WITH(RA_TEXT(from),
	    RA_TEXT(before)), &changed);

	return rc == TMG_OK && changed == 0 ? TMG_NOT_FOUND : rc;
}

tmg_rc
ra_challenge_sweep(ra_store *s, time_t now)
{
	return ra_run(s, &sweep, RA_WITH(RA_NUMBER(now)), NULL);
}
