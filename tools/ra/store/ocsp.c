/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/ocsp.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_ocsp_row_release(ra_ocsp_row *r)
{
	free(r->der);
	r->der = NULL;
}

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_ocsp_row, id),
	RA_FIELD_TEXT(ra_ocsp_row, serial),
	RA_FIELD_TEXT(ra_ocsp_row, signer),
	RA_FIELD_NUMBER(ra_ocsp_row, revoked),
	RA_FIELD_SMALL(ra_ocsp_row, reason),
	RA_FIELD_NUMBER(ra_ocsp_row, this_update),
	RA_FIELD_NUMBER(ra_ocsp_row, next_update),
	RA_FIELD_BLOB(ra_ocsp_row, der, len),
};

static const ra_row row = RA_ROW(ra_ocsp_row, fields);

/* A revocation makes an answer untrue in the moment it is stored. */
static const ra_sql get = { "ocsp_get",
	"SELECT o.id, o.serial, o.signer, o.revoked, o.reason, o.this_update,"
	" o.next_update, o.der FROM ocsp o"
	" JOIN certificate c ON c.serial = o.serial"
	" JOIN certificate s ON s.serial = o.signer"
	" WHERE o.id = $1 AND o.next_update > $2"
	" AND o.revoked = c.revoked AND o.reason = c.reason AND s.revoked = 0" };
static const ra_sql put = { "ocsp_put",
	"INSERT INTO ocsp (id, serial, signer, revoked, reason, this_update,"
	" next_update, der) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	" ON CONFLICT (id) DO UPDATE SET serial = excluded.serial,"
	" signer = excluded.signer, revoked = excluded.revoked,"
	" reason = excluded.reason, this_update = excluded.this_update,"
	" next_update = excluded.next_update, der = excluded.der" };

tmg_rc
ra_ocsp_row_get(ra_store *s, const char *id, time_t until, ra_ocsp_row *found)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(id), RA_NUMBER(until)), &row,
	    found);
}

tmg_rc
ra_ocsp_row_put(ra_store *s, const ra_ocsp_row *kept)
{
	return ra_row_put(s, &put, &row, kept);
}
