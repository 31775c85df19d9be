/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/scep.h"

#include "tools/ra/store/sql.h"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_scep_row, id),
	RA_FIELD_TEXT(ra_scep_row, app),
};

static const ra_row row = RA_ROW(ra_scep_row, fields);

static const ra_sql put = { "scep_put",
	"INSERT INTO scep (id, application) VALUES ($1, $2)"
	" ON CONFLICT (id) DO UPDATE SET application = excluded.application" };
static const ra_sql get = { "scep_get",
	"SELECT id, application FROM scep WHERE id = $1" };

tmg_rc
ra_scep_row_put(ra_store *s, const ra_scep_row *transaction)
{
	return ra_row_put(s, &put, &row, transaction);
}

tmg_rc
ra_scep_row_get(ra_store *s, const char *id, ra_scep_row *transaction)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, transaction);
}
