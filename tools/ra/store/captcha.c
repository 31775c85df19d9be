/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/captcha.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_captcha_row, id),
	RA_FIELD_NUMBER(ra_captcha_row, until),
	RA_FIELD_TEXT(ra_captcha_row, picture),
	RA_FIELD_TEXT(ra_captcha_row, question),
};

static const ra_row row = RA_ROW(ra_captcha_row, fields);

static const ra_sql put = { "captcha_put",
	"INSERT INTO captcha (id, until, picture, question)"
	" VALUES ($1, $2, $3, $4)" };
static const ra_sql get = { "captcha_get",
	"SELECT id, until, picture, question FROM captcha WHERE id = $1" };
static const ra_sql drop = { "captcha_drop",
	"DELETE FROM captcha WHERE id = $1" };
static const ra_sql sweep = { "captcha_sweep",
	"DELETE FROM captcha WHERE until < $1" };

tmg_rc
ra_captcha_put(ra_store *s, const ra_captcha_row *captcha)
{
	return ra_row_put(s, &put, &row, captcha);
}

tmg_rc
ra_captcha_get(ra_store *s, const char *id, ra_captcha_row *captcha)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, captcha);
}

tmg_rc
ra_captcha_drop(ra_store *s, const char *id)
{
	return ra_change(s, &drop, RA_WITH(RA_TEXT(id)), TMG_NOT_FOUND);
}

tmg_rc
ra_captcha_sweep(ra_store *s, time_t before)
{
	return ra_run(s, &sweep, RA_WITH(RA_NUMBER(before)), NULL);
}
