/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store-schema.h"

const char ra_schema_pragmas[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;";

const char *const ra_schema_steps[RA_SCHEMA_VERSION] = {
	"CREATE TABLE application ("
	"  id TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL,"
	"  profile TEXT NOT NULL, csr_hash TEXT NOT NULL,"
	"  spki_hash TEXT NOT NULL, previous TEXT NOT NULL,"
	"  subject TEXT NOT NULL, reason TEXT NOT NULL,"
	"  created INTEGER NOT NULL, changed INTEGER NOT NULL,"
	"  csr BLOB NOT NULL,"
	"  UNIQUE (owner, csr_hash, previous)) STRICT;"
	"CREATE INDEX application_spki ON application (spki_hash);"
	"CREATE INDEX application_state ON application (state, created);"
	"CREATE INDEX application_created ON application (created);"

	/* application "" is the authority itself, as often as it likes */
	"CREATE TABLE certificate ("
	"  serial TEXT PRIMARY KEY, application TEXT NOT NULL,"
	"  not_before INTEGER NOT NULL, not_after INTEGER NOT NULL,"
	"  revoked INTEGER NOT NULL DEFAULT 0,"
	"  reason INTEGER NOT NULL DEFAULT 0, der BLOB) STRICT;"
	"CREATE UNIQUE INDEX certificate_application ON certificate (application)"
	"  WHERE application <> '';"
	"CREATE INDEX certificate_revoked ON certificate (revoked)"
	"  WHERE revoked <> 0;"

	"CREATE TABLE crl ("
	"  number INTEGER PRIMARY KEY, revocations INTEGER NOT NULL,"
	"  next_update INTEGER NOT NULL, der BLOB NOT NULL) STRICT;"

	"CREATE TABLE account ("
	"  name TEXT PRIMARY KEY, role TEXT NOT NULL,"
	"  password TEXT NOT NULL) STRICT;"

	"CREATE TABLE audit ("
	"  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,"
	"  event TEXT NOT NULL, application TEXT NOT NULL,"
	"  detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
	"CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN"
	"  SELECT RAISE(ABORT, 'the audit log is only added to'); END;"
	"CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN"
	"  SELECT RAISE(ABORT, 'the audit log is only added to'); END;"
	"PRAGMA user_version = 1;",
};

#define APP_COLUMNS "id, state, owner, profile, csr_hash, spki_hash, previous," \
    " subject, reason, created, changed, csr"
#define CERT_COLUMNS "serial, application, not_before, not_after, revoked," \
    " reason, der"

const char *const ra_sql_text[RA_SQL_COUNT] = {
	[RA_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[RA_SQL_COMMIT] = "COMMIT",
	[RA_SQL_ROLLBACK] = "ROLLBACK",
	[RA_SQL_VERSION] = "PRAGMA user_version",
	[RA_SQL_APP_ADD] = "INSERT INTO application (" APP_COLUMNS ")"
	    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[RA_SQL_APP_GET] = "SELECT " APP_COLUMNS " FROM application WHERE id = ?",
	[RA_SQL_APP_FIND] = "SELECT " APP_COLUMNS " FROM application"
	    " WHERE owner = ? AND csr_hash = ? AND previous = ?",
	[RA_SQL_APP_HOLDER] = "SELECT " APP_COLUMNS " FROM application"
	    " WHERE spki_hash = ? ORDER BY created DESC",
	[RA_SQL_APP_EACH] = "SELECT " APP_COLUMNS " FROM application"
	    " WHERE ?1 OR state = ?2 ORDER BY created DESC, id",
	[RA_SQL_APP_MOVE] = "UPDATE application SET state = ?3, changed = ?4,"
	    " reason = ?5 WHERE id = ?1 AND state = ?2",
	[RA_SQL_CERT_RESERVE] = "INSERT INTO certificate (serial, application,"
	    " not_before, not_after) VALUES (?,?,?,?)",
	[RA_SQL_CERT_FINISH] = "UPDATE certificate SET der = ?2"
	    " WHERE serial = ?1 AND der IS NULL",
	[RA_SQL_CERT_GET] = "SELECT " CERT_COLUMNS " FROM certificate"
	    " WHERE serial = ?",
	[RA_SQL_CERT_OF_APP] = "SELECT " CERT_COLUMNS " FROM certificate"
	    " WHERE application = ?",
	[RA_SQL_CERT_REVOKE] = "UPDATE certificate SET revoked = ?2, reason = ?3"
	    " WHERE serial = ?1 AND revoked = 0",
	[RA_SQL_REVOKED_EACH] = "SELECT serial, application, not_before,"
	    " not_after, revoked, reason, NULL FROM certificate"
	    " WHERE revoked <> 0 ORDER BY revoked, serial",
	[RA_SQL_REVOCATIONS] = "SELECT count(*) FROM certificate"
	    " WHERE revoked <> 0",
	[RA_SQL_CRL_LAST] = "SELECT number, revocations, next_update, der"
	    " FROM crl ORDER BY number DESC LIMIT 1",
	[RA_SQL_CRL_PUT] = "INSERT INTO crl (number, revocations, next_update,"
	    " der) VALUES (?,?,?,?)",
	[RA_SQL_USER_PUT] = "INSERT INTO account (name, role, password)"
	    " VALUES (?,?,?) ON CONFLICT (name) DO UPDATE SET"
	    " role = excluded.role, password = excluded.password",
	[RA_SQL_USER_GET] = "SELECT name, role, password FROM account"
	    " WHERE name = ?",
	[RA_SQL_AUDIT_HEAD] = "SELECT seq, hash FROM audit"
	    " ORDER BY seq DESC LIMIT 1",
	[RA_SQL_AUDIT_PUT] = "INSERT INTO audit (seq, at, actor, event,"
	    " application, detail, hash) VALUES (?,?,?,?,?,?,?)",
	[RA_SQL_AUDIT_EACH] = "SELECT seq, at, actor, event, application,"
	    " detail, hash FROM audit ORDER BY seq",
};
