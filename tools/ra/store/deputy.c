/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/deputy.h"

#include "tools/ra/store/sql.h"

#define COLUMNS "purpose, spki_hash, serial"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_deputy_row, purpose),
	RA_FIELD_TEXT(ra_deputy_row, spki_hash),
	RA_FIELD_TEXT(ra_deputy_row, serial),
};

static const ra_row row = RA_ROW(ra_deputy_row, fields);

static const ra_sql put = { "deputy_put",
	"INSERT INTO deputy (" COLUMNS ") VALUES ($1, $2, $3)"
	" ON CONFLICT (purpose, spki_hash) DO UPDATE SET serial = excluded.serial" };
static const ra_sql serial_of = { "deputy_get",
	"SELECT " COLUMNS " FROM deputy WHERE purpose = $1 AND spki_hash = $2" };

/* few: one for each key there was */
static const ra_sql times_of = { "deputy_times",
	"SELECT c.not_before, c.not_after FROM deputy d"
	" JOIN certificate c ON c.serial = d.serial WHERE d.purpose = $1" };

tmg_rc
ra_deputy_put(ra_store *s, const ra_deputy_row *deputy)
{
	return ra_row_put(s, &put, &row, deputy);
}

tmg_rc
ra_deputy_cert(ra_store *s, const char *purpose, const char *spki_hash,
    ra_cert *cert)
{
	ra_deputy_row found;
	const tmg_rc rc = ra_row_get(s, &serial_of, RA_WITH(RA_TEXT(purpose),
	    RA_TEXT(spki_hash)), &row, &found);

	return rc ? rc : ra_cert_get(s, found.serial, cert);
}

tmg_rc
ra_deputy_last(ra_store *s, const char *purpose, time_t *from, time_t *ends)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc;

	*from = *ends = 0;
	if ((rc = ra_ask(s, &q, &times_of, RA_WITH(RA_TEXT(purpose)))))
		return rc;
	while ((rc = ra_query_next(&q)) == TMG_OK) {
		int64_t begin, end;

		if ((rc = ra_query_number(&q, 0, &begin)) ||
		    (rc = ra_query_number(&q, 1, &end)))
			return rc;
		if (end > *ends) {
			*from = begin;
			*ends = end;
		}
	}
	return rc == TMG_NOT_FOUND && *ends > 0 ? TMG_OK : rc;
}
