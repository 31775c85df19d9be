/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every line of SQL the SQLite store speaks.
 */
#ifndef RA_STORE_SCHEMA_H
#define RA_STORE_SCHEMA_H

/* Steps from one schema version to the next; only ever added to. */
#define RA_SCHEMA_VERSION 1
extern const char *const ra_schema_steps[RA_SCHEMA_VERSION];

/* Set on every connection. */
extern const char ra_schema_pragmas[];

typedef enum ra_sql {
	RA_SQL_BEGIN,
	RA_SQL_COMMIT,
	RA_SQL_ROLLBACK,
	RA_SQL_VERSION,
	RA_SQL_APP_ADD,
	RA_SQL_APP_GET,
	RA_SQL_APP_FIND,
	RA_SQL_APP_HOLDER,
	RA_SQL_APP_EACH,
	RA_SQL_APP_MOVE,
	RA_SQL_CERT_RESERVE,
	RA_SQL_CERT_FINISH,
	RA_SQL_CERT_GET,
	RA_SQL_CERT_OF_APP,
	RA_SQL_CERT_REVOKE,
	RA_SQL_REVOKED_EACH,
	RA_SQL_REVOCATIONS,
	RA_SQL_CRL_LAST,
	RA_SQL_CRL_PUT,
	RA_SQL_USER_PUT,
	RA_SQL_USER_GET,
	RA_SQL_AUDIT_HEAD,
	RA_SQL_AUDIT_PUT,
	RA_SQL_AUDIT_EACH,
	RA_SQL_COUNT
} ra_sql;

extern const char *const ra_sql_text[RA_SQL_COUNT];

#endif
