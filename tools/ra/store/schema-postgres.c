/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema in PostgreSQL's words.  The version is in a table of one row,
 * changed in the same transaction.  Text compares byte by byte (COLLATE "C"),
 * as it does in SQLite, whatever the database's language is.
 *
 * Tables and columns are those of schema-sqlite.c; tests compare them.
 */
#include "src/base/scope.h"
#include "tools/ra/store/schema.h"

#define TEXT "TEXT COLLATE \"C\" NOT NULL"
#define KEY "TEXT COLLATE \"C\" PRIMARY KEY"

static const ra_migration steps[] = {
	{ "applications, answers, certificates, mails, accounts, audit",
	"CREATE TABLE application ("
	"  id " KEY ", state " TEXT ", owner " TEXT ", profile " TEXT ","
	"  csr_hash " TEXT ", spki_hash " TEXT ", previous " TEXT ","
	"  subject " TEXT ", reason " TEXT ","
	"  created BIGINT NOT NULL, changed BIGINT NOT NULL, csr BYTEA,"
	"  resumes_to " TEXT ", facts BIGINT NOT NULL, flow " TEXT ","
	"  confirmed_by " TEXT ", entered BIGINT NOT NULL,"
	"  branch " TEXT " DEFAULT '', language " TEXT " DEFAULT '',"
	"  UNIQUE (owner, csr_hash, previous));"
	"CREATE INDEX application_spki ON application (spki_hash);"
	"CREATE INDEX application_state"
	"  ON application (state, created DESC, id);"
	"CREATE INDEX application_created ON application (created DESC, id);"
	"CREATE INDEX application_entered"
	"  ON application (state, profile, entered, id);"

	"CREATE INDEX application_branch"
	"  ON application (branch, state, created DESC, id);"

	"CREATE TABLE session ("
	"  id " KEY ", subject " TEXT ", expires BIGINT NOT NULL);"
	"CREATE INDEX session_expires ON session (expires);"

	"CREATE TABLE answer ("
	"  application " TEXT ", name " TEXT ", value " TEXT ","
	"  PRIMARY KEY (application, name));"

	"CREATE TABLE certificate ("
	"  serial " KEY ", application " TEXT ","
	"  not_before BIGINT NOT NULL, not_after BIGINT NOT NULL,"
	"  revoked BIGINT NOT NULL DEFAULT 0,"
	"  reason BIGINT NOT NULL DEFAULT 0, der BYTEA);"
	"CREATE UNIQUE INDEX certificate_application ON certificate (application)"
	"  WHERE application <> '';"
	"CREATE INDEX certificate_revoked ON certificate (revoked, serial)"
	"  WHERE revoked <> 0;"

	"CREATE INDEX certificate_end ON certificate (not_after, serial);"
	"CREATE INDEX application_previous ON application (previous)"
	"  WHERE previous <> '';"

	"CREATE TABLE mail ("
	"  id " KEY ", application " TEXT ", event " TEXT ", once " TEXT ","
	"  state " TEXT ", created BIGINT NOT NULL, due BIGINT NOT NULL,"
	"  tries BIGINT NOT NULL, holder " TEXT ", recipient " TEXT ","
	"  subject " TEXT ", body " TEXT ", attach BIGINT NOT NULL,"
	"  error " TEXT ");"
	"CREATE UNIQUE INDEX mail_once ON mail (once) WHERE once <> '';"
	"CREATE INDEX mail_due ON mail (state, due, id);"
	"CREATE INDEX mail_state ON mail (state, created DESC, id);"
	"CREATE INDEX mail_created ON mail (created DESC, id);"
	"CREATE INDEX mail_application ON mail (application);"

	"CREATE TABLE captcha ("
	"  id " KEY ", until BIGINT NOT NULL, picture " TEXT ","
	"  question " TEXT ");"
	"CREATE INDEX captcha_until ON captcha (until);"

	"CREATE TABLE mark (name " KEY ", until BIGINT NOT NULL);"
	"CREATE INDEX mark_until ON mark (until);"

	"CREATE TABLE crl ("
	"  number BIGINT PRIMARY KEY, revocations BIGINT NOT NULL,"
	"  next_update BIGINT NOT NULL, der BYTEA NOT NULL);"

	"CREATE TABLE account ("
	"  name " KEY ", role " TEXT ", password " TEXT ","
	"  certificate " TEXT " DEFAULT '', branch " TEXT " DEFAULT '');"
	"CREATE UNIQUE INDEX account_certificate ON account (certificate)"
	"  WHERE certificate <> '';"

	/* the triggers hold whoever may do everything, the rights its owner */
	"CREATE TABLE audit ("
	"  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor " TEXT ","
	"  event " TEXT ", application " TEXT ", detail " TEXT ","
	"  hash " TEXT ");"
	"CREATE INDEX audit_application ON audit (application, seq);"
	"CREATE FUNCTION audit_only_added_to() RETURNS trigger"
	"  LANGUAGE plpgsql AS $body$ BEGIN"
	"  RAISE EXCEPTION 'the audit log is only added to'; END $body$;"
	"CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
	"  FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added_to();"
	"REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM CURRENT_USER, PUBLIC;",

	"CREATE TABLE receipt ("
	"  id " KEY ", application " TEXT ", amount " TEXT ","
	"  currency " TEXT ", outcome " TEXT ", at BIGINT NOT NULL);"

	"CREATE INDEX answer_value ON answer (value, application);"

	"CREATE TABLE secret ("
	"  reference " KEY ", owner " TEXT ", profile " TEXT ","
	"  until BIGINT NOT NULL, most BIGINT NOT NULL, used BIGINT NOT NULL,"
	"  sealed BYTEA);"
	"CREATE TABLE cmp ("
	"  id " KEY ", peer " TEXT ", state " TEXT ", application " TEXT ","
	"  kind BIGINT NOT NULL, request BIGINT NOT NULL,"
	"  implicit BIGINT NOT NULL, asked " TEXT ", nonce " TEXT ","
	"  until BIGINT NOT NULL, answer BYTEA);"
	"CREATE INDEX cmp_until ON cmp (until);"
	"CREATE TABLE deputy ("
	"  purpose " TEXT ", spki_hash " TEXT ", serial " TEXT ","
	"  PRIMARY KEY (purpose, spki_hash));"
	"CREATE TABLE ocsp ("
	"  id " KEY ", serial " TEXT ", signer " TEXT ","
	"  revoked BIGINT NOT NULL, reason BIGINT NOT NULL,"
	"  this_update BIGINT NOT NULL, next_update BIGINT NOT NULL,"
	"  der BYTEA NOT NULL);"

	"CREATE TABLE challenge ("
	"  hash " KEY ", profile " TEXT ", owner " TEXT ","
	"  created BIGINT NOT NULL, expires BIGINT NOT NULL,"
	"  application " TEXT ");"
	"CREATE INDEX challenge_expires ON challenge (expires, hash);"
	"CREATE TABLE scep (id " KEY ", application " TEXT ");"

	"CREATE TABLE document ("
	"  application " TEXT ", name " TEXT ", standing " TEXT ","
	"  channel " TEXT ", file " TEXT ", kind " TEXT ", dated " TEXT ","
	"  signer " TEXT ", hash " TEXT ", reason " TEXT ", judge " TEXT ","
	"  changed BIGINT NOT NULL, size BIGINT NOT NULL, content BYTEA,"
	"  PRIMARY KEY (application, name));" },

	{ "errands upstream; text messages; staff who are told; fewer indexes",
	"CREATE TABLE errand ("
	"  application " TEXT ", kind " TEXT ", begun BIGINT NOT NULL,"
	"  asked BIGINT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL,"
	"  holder " TEXT ", ticket " TEXT ", said " TEXT ", request BYTEA,"
	"  kept BYTEA, PRIMARY KEY (application, kind));"
	"CREATE INDEX errand_due ON errand (due, application, kind);"

	"ALTER TABLE mail ADD COLUMN channel " TEXT " DEFAULT '';"
	"DROP INDEX mail_due;"
	"CREATE INDEX mail_due ON mail (state, channel, due, id);"

	"ALTER TABLE application"
	"  DROP CONSTRAINT application_owner_csr_hash_previous_key;"
	"DROP INDEX application_spki;"
	"CREATE UNIQUE INDEX application_request"
	"  ON application (spki_hash, csr_hash, owner, previous);"
	"DROP INDEX application_branch;"
	"CREATE INDEX application_branch"
	"  ON application (branch, state, created DESC, id)"
	"  WHERE branch <> '';"

	"ALTER TABLE account ADD COLUMN email " TEXT " DEFAULT '';"
	"ALTER TABLE account ADD COLUMN language " TEXT " DEFAULT '';"
	"ALTER TABLE account ADD COLUMN begins BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE account ADD COLUMN ends BIGINT NOT NULL DEFAULT 0;"
	"CREATE INDEX account_told ON account (role, name)"
	"  WHERE email <> '';", NULL },

	/* few rows at a time: all others are in neither */
	{ "what waits to be confirmed is found by whose it is, and when",
	"CREATE INDEX cmp_timed ON cmp (application) WHERE state = 'timed';"
	"CREATE INDEX cmp_late ON cmp (until) WHERE state = 'timed';", NULL },
};

const ra_schema ra_schema_postgres = { steps, TMG_COUNT(steps) };
