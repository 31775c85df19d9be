/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/receipt.h"

#include "tools/ra/store/sql.h"

#define COLUMNS "id, application, amount, currency, outcome, at"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_receipt, id),
	RA_FIELD_TEXT(ra_receipt, app),
	RA_FIELD_TEXT(ra_receipt, amount),
	RA_FIELD_TEXT(ra_receipt, currency),
	RA_FIELD_TEXT(ra_receipt, outcome),
	RA_FIELD_NUMBER(ra_receipt, at),
};

static const ra_row row = RA_ROW(ra_receipt, fields);

static const ra_sql put = { "receipt_put",
	"INSERT INTO receipt (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)" };
static const ra_sql get = { "receipt_get",
	"SELECT " COLUMNS " FROM receipt WHERE id = $1" };

tmg_rc
ra_receipt_put(ra_store *s, const ra_receipt *receipt)
{
	return ra_row_put(s, &put, &row, receipt);
}

tmg_rc
ra_receipt_get(ra_store *s, const char *id, ra_receipt *receipt)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id)), &row, receipt);
}
