/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/cert.h"

#include <stdlib.h>

#include "tools/ra/store/sql.h"

void
ra_cert_release(ra_cert *cert)
{
	free(cert->der);
	cert->der = NULL;
}

#define COLUMNS "serial, application, not_before, not_after, revoked, reason"

static const ra_field fields[] = {
	RA_FIELD_TEXT(ra_cert, serial),
	RA_FIELD_TEXT(ra_cert, app),
	RA_FIELD_NUMBER(ra_cert, not_before),
	RA_FIELD_NUMBER(ra_cert, not_after),
	RA_FIELD_NUMBER(ra_cert, revoked),
	RA_FIELD_SMALL(ra_cert, reason),
	RA_FIELD_BLOB(ra_cert, der, len),
};

static const ra_row row = RA_ROW(ra_cert, fields);
static const ra_row without_der = { fields, TMG_COUNT(fields) - 1,
	sizeof(ra_cert) };

static const ra_sql reserve = { "cert_reserve",
	"INSERT INTO certificate (serial, application, not_before, not_after)"
	" VALUES ($1, $2, $3, $4)" };
static const ra_sql add = { "cert_add",
	"INSERT INTO certificate (serial, application, not_before, not_after, der)"
	" VALUES ($1, $2, $3, $4, $5)" };
static const ra_sql finish = { "cert_finish",
	"UPDATE certificate SET der = $1 WHERE serial = $2 AND der IS NULL" };
static const ra_sql become = { "cert_become",
	"UPDATE certificate SET serial = $1, not_before = $2, not_after = $3,"
	" der = $4 WHERE serial = $5 AND der IS NULL" };
static const ra_sql get = { "cert_get",
	"SELECT " COLUMNS ", der FROM certificate WHERE serial = $1" };
static const ra_sql of_app = { "cert_of_app",
	"SELECT " COLUMNS ", der FROM certificate WHERE application = $1"
	" AND application <> ''" };
static const ra_sql revoke_one = { "cert_revoke",
	"UPDATE certificate SET revoked = $1, reason = $2"
	" WHERE serial = $3 AND (revoked = 0 OR reason = 6)" };
static const ra_sql hold = { "cert_hold",
	"UPDATE certificate SET revoked = $1, reason = 6"
	" WHERE application = $2 AND application <> '' AND revoked = 0" };
static const ra_sql lift = { "cert_lift",
	"UPDATE certificate SET revoked = 0, reason = 0"
	" WHERE application = $1 AND application <> '' AND reason = 6" };
static const ra_sql each_revoked = { "cert_each_revoked",
	"SELECT " COLUMNS " FROM certificate"
	" WHERE revoked <> 0 ORDER BY revoked, serial" };
static const ra_sql key_revoked = { "cert_key_revoked",
	"SELECT count(*) FROM application a"
	" JOIN certificate c ON c.application = a.id AND c.application <> ''"
	" WHERE a.spki_hash = $1 AND c.revoked <> 0" };
static const ra_sql each_ending = { "cert_each_ending",
	"SELECT c.serial, c.application, c.not_before, c.not_after, c.revoked,"
	" c.reason FROM certificate c"
	" JOIN application a ON a.id = c.application"
	" WHERE a.profile = $1 AND c.not_after > $2 AND c.not_after <= $3"
	" AND c.revoked = 0 AND c.der IS NOT NULL"
	" AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.once = $4 || c.serial"
	" AND m.once <> '')"
	" AND NOT EXISTS (SELECT 1 FROM application r"
	" WHERE r.previous = c.serial AND r.previous <> ''"
	" AND r.state IN ('issued', 'downloaded', 'installed', 'handed-over'))"
	" ORDER BY c.not_after, c.serial" };
static const ra_sql revocations = { "cert_revocations",
	"SELECT count(*) FROM certificate WHERE revoked <> 0" };

tmg_rc
ra_cert_reserve(ra_store *s, const ra_cert *c)
{
	return ra_run(s, &reserve, RA_WITH(RA_TEXT(c->serial), RA_TEXT(c->app),
	    RA_NUMBER(c->not_before), RA_NUMBER(c->not_after)), NULL);
}

tmg_rc
ra_cert_add(ra_store *s, const ra_cert *c)
{
	return ra_run(s, &add, RA_WITH(RA_TEXT(c->serial), RA_TEXT(c->app),
	    RA_NUMBER(c->not_before), RA_NUMBER(c->not_after),
	    RA_BLOB(((tmg_view){ c->der, c->len }))), NULL);
}

tmg_rc
ra_cert_finish(ra_store *s, const char *serial, tmg_view der)
{
	return ra_change(s, &finish, RA_WITH(RA_BLOB(der), RA_TEXT(serial)),
	    TMG_OCCUPIED);
}

tmg_rc
ra_cert_become(ra_store *s, const char *reserved, const ra_cert *c)
{
	return ra_change(s, &become, RA_WITH(RA_TEXT(c->serial),
	    RA_NUMBER(c->not_before), RA_NUMBER(c->not_after),
	    RA_BLOB(((tmg_view){ c->der, c->len })), RA_TEXT(reserved)),
	    TMG_MISMATCH);
}

tmg_rc
ra_cert_get(ra_store *s, const char *serial, ra_cert *cert)
{
	return ra_row_get(s, &get, RA_WITH(RA_TEXT(serial)), &row, cert);
}

tmg_rc
ra_cert_of_app(ra_store *s, const char *app, ra_cert *cert)
{
	return ra_row_get(s, &of_app, RA_WITH(RA_TEXT(app)), &row, cert);
}

tmg_rc
ra_cert_revoke(ra_store *s, const char *serial, time_t at, int reason)
{
	return ra_change(s, &revoke_one, RA_WITH(RA_NUMBER(at), RA_NUMBER(reason),
	    RA_TEXT(serial)), TMG_OCCUPIED);
}

tmg_rc
ra_cert_hold(ra_store *s, const char *app, time_t at)
{
	return ra_change(s, &hold, RA_WITH(RA_NUMBER(at), RA_TEXT(app)),
	    TMG_OCCUPIED);
}

tmg_rc
ra_cert_lift(ra_store *s, const char *app)
{
	return ra_change(s, &lift, RA_WITH(RA_TEXT(app)), TMG_OCCUPIED);
}

static tmg_rc
walk(const ra_query *q, ra_cert_fn *fn, void *arg)
{
	ra_cert cert;
	tmg_rc rc;

	while ((rc = ra_row_next(q, &without_der, &cert)) == TMG_OK)
		if ((rc = fn(arg, &cert)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_cert_each_revoked(ra_store *s, ra_cert_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each_revoked, RA_WITH_NOTHING);

	return rc ? rc : walk(&q, fn, arg);
}

tmg_rc
ra_cert_each_ending(ra_store *s, const char *profile, time_t after,
    time_t until, const char *told, ra_cert_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each_ending, RA_WITH(RA_TEXT(profile),
	    RA_NUMBER(after), RA_NUMBER(until), RA_TEXT(told)));

	return rc ? rc : walk(&q, fn, arg);
}

/* The one number that a question has for an answer. */
static tmg_rc
ask_number(ra_store *s, const ra_sql *sql, const ra_datum *with, size_t count,
    int64_t *number)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	tmg_rc rc;

	if ((rc = ra_ask(s, &q, sql, with, count)) || (rc = ra_query_next(&q)))
		return rc;
	return ra_query_number(&q, 0, number);
}

tmg_rc
ra_cert_revocations(ra_store *s, int64_t *count)
{
	return ask_number(s, &revocations, RA_WITH_NOTHING, count);
}

tmg_rc
ra_cert_key_revoked(ra_store *s, const char *spki_hash, bool *revoked)
{
	int64_t count = 0;
	const tmg_rc rc = ask_number(s, &key_revoked, RA_WITH(RA_TEXT(spki_hash)),
	    &count);

	*revoked = count > 0;
	return rc;
}
