/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/crl.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_crl_release(ra_crl *crl)
{
	free(crl->der);
	crl->der = NULL;
}

#define COLUMNS "number, revocations, next_update, der"

static const ra_field fields[] = {
	RA_FIELD_NUMBER(ra_crl, number),
	RA_FIELD_NUMBER(ra_crl, revocations),
	RA_FIELD_NUMBER(ra_crl, next_update),
	RA_FIELD_BLOB(ra_crl, der, len),
};

static const ra_row row = RA_ROW(ra_crl, fields);

static const ra_sql last = { "crl_last",
	"SELECT " COLUMNS " FROM crl ORDER BY number DESC LIMIT 1" };
static const ra_sql outdate = { "crl_outdate",
	"UPDATE crl SET revocations = -1"
	" WHERE number = (SELECT max(number) FROM crl)" };
static const ra_sql put = { "crl_put",
	"INSERT INTO crl (" COLUMNS ") VALUES ($1, $2, $3, $4)" };

tmg_rc
ra_crl_last(ra_store *s, ra_crl *crl)
{
	return ra_row_get(s, &last, RA_WITH_NOTHING, &row, crl);
}

tmg_rc
ra_crl_put(ra_store *s, const ra_crl *crl)
{
	return ra_row_put(s, &put, &row, crl);
}

tmg_rc
ra_crl_outdate(ra_store *s)
{
	const tmg_rc rc = ra_change(s, &outdate, RA_WITH_NOTHING, TMG_NOT_FOUND);

	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
