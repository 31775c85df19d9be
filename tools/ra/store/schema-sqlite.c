/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema in SQLite's words.  The version is kept in the file's header
 * (PRAGMA user_version), where every release has looked for it.
 */
#include "src/base/scope.h"
#include "tools/ra/store/schema.h"

static const ra_migration steps[] = {
	{ "applications, certificates, accounts, audit",
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
	"  SELECT RAISE(ABORT, 'the audit log is only added to'); END;", NULL },

	/* what is walked is walked in the order of an index: nothing is sorted */
	{ "lists in the order of their index",
	"DROP INDEX application_state;"
	"DROP INDEX application_created;"
	"DROP INDEX certificate_revoked;"
	"CREATE INDEX application_state"
	"  ON application (state, created DESC, id);"
	"CREATE INDEX application_created ON application (created DESC, id);"
	"CREATE INDEX certificate_revoked ON certificate (revoked, serial)"
	"  WHERE revoked <> 0;", NULL },

	/* the request comes late in some ways, and is erased in the end: csr may
	 * be NULL, which SQLite can only say of a new table */
	{ "each application keeps its way, its facts and who confirmed",
	"CREATE TABLE application_3 ("
	"  id TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL,"
	"  profile TEXT NOT NULL, csr_hash TEXT NOT NULL,"
	"  spki_hash TEXT NOT NULL, previous TEXT NOT NULL,"
	"  subject TEXT NOT NULL, reason TEXT NOT NULL,"
	"  created INTEGER NOT NULL, changed INTEGER NOT NULL, csr BLOB,"
	"  resumes_to TEXT NOT NULL, facts INTEGER NOT NULL, flow TEXT NOT NULL,"
	"  confirmed_by TEXT NOT NULL, entered INTEGER NOT NULL,"
	"  UNIQUE (owner, csr_hash, previous)) STRICT;"
	"INSERT INTO application_3 SELECT id, state, owner, profile, csr_hash,"
	"  spki_hash, previous, subject, reason, created, changed, csr,"
	"  'none', 0, '', '', changed FROM application;"
	"DROP TABLE application;"
	"ALTER TABLE application_3 RENAME TO application;"
	"CREATE INDEX application_spki ON application (spki_hash);"
	"CREATE INDEX application_state"
	"  ON application (state, created DESC, id);"
	"CREATE INDEX application_created ON application (created DESC, id);"
	"CREATE INDEX application_entered"
	"  ON application (state, profile, entered, id);", NULL },

	{ "what applicants answer in a form",
	"CREATE TABLE answer ("
	"  application TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
	"  PRIMARY KEY (application, name)) STRICT, WITHOUT ROWID;", NULL },

	/* once: "" or what is told once only */
	{ "mails that wait to be sent; sessions; accounts' certificates, branches",
	"CREATE TABLE mail ("
	"  id TEXT PRIMARY KEY, application TEXT NOT NULL, event TEXT NOT NULL,"
	"  once TEXT NOT NULL, state TEXT NOT NULL, created INTEGER NOT NULL,"
	"  due INTEGER NOT NULL, tries INTEGER NOT NULL, holder TEXT NOT NULL,"
	"  recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,"
	"  attach INTEGER NOT NULL, error TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX mail_once ON mail (once) WHERE once <> '';"
	"CREATE INDEX mail_due ON mail (state, due, id);"
	"CREATE INDEX mail_state ON mail (state, created DESC, id);"
	"CREATE INDEX mail_created ON mail (created DESC, id);"
	"CREATE INDEX mail_application ON mail (application);"
	"CREATE INDEX certificate_end ON certificate (not_after, serial);"
	"CREATE INDEX application_previous ON application (previous)"
	"  WHERE previous <> '';"

	"CREATE TABLE session ("
	"  id TEXT PRIMARY KEY, subject TEXT NOT NULL,"
	"  expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX session_expires ON session (expires);"
	"ALTER TABLE account ADD COLUMN certificate TEXT NOT NULL DEFAULT '';"
	"CREATE UNIQUE INDEX account_certificate ON account (certificate)"
	"  WHERE certificate <> '';"
	"ALTER TABLE account ADD COLUMN branch TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE application ADD COLUMN branch TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE application ADD COLUMN language TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX application_branch"
	"  ON application (branch, state, created DESC, id);"
	"CREATE INDEX audit_application ON audit (application, seq);"

	"CREATE TABLE captcha ("
	"  id TEXT PRIMARY KEY, until INTEGER NOT NULL, picture TEXT NOT NULL,"
	"  question TEXT NOT NULL) STRICT;"
	"CREATE INDEX captcha_until ON captcha (until);"

	"CREATE TABLE receipt ("
	"  id TEXT PRIMARY KEY, application TEXT NOT NULL,"
	"  amount TEXT NOT NULL, currency TEXT NOT NULL,"
	"  outcome TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"

	"CREATE TABLE mark ("
	"  name TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX mark_until ON mark (until);"

	"CREATE INDEX answer_value ON answer (value, application);"

	"CREATE TABLE secret ("
	"  reference TEXT PRIMARY KEY, owner TEXT NOT NULL,"
	"  profile TEXT NOT NULL, until INTEGER NOT NULL, most INTEGER NOT NULL,"
	"  used INTEGER NOT NULL, sealed BLOB) STRICT;"
	"CREATE TABLE cmp ("
	"  id TEXT PRIMARY KEY, peer TEXT NOT NULL, state TEXT NOT NULL,"
	"  application TEXT NOT NULL, kind INTEGER NOT NULL,"
	"  request INTEGER NOT NULL, implicit INTEGER NOT NULL,"
	"  asked TEXT NOT NULL, nonce TEXT NOT NULL, until INTEGER NOT NULL,"
	"  answer BLOB) STRICT;"
	"CREATE INDEX cmp_until ON cmp (until);"
	"CREATE TABLE deputy ("
	"  purpose TEXT NOT NULL, spki_hash TEXT NOT NULL, serial TEXT NOT NULL,"
	"  PRIMARY KEY (purpose, spki_hash)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE ocsp ("
	"  id TEXT PRIMARY KEY, serial TEXT NOT NULL, signer TEXT NOT NULL,"
	"  revoked INTEGER NOT NULL, reason INTEGER NOT NULL,"
	"  this_update INTEGER NOT NULL, next_update INTEGER NOT NULL,"
	"  der BLOB NOT NULL) STRICT;"

	"CREATE TABLE document ("
	"  application TEXT NOT NULL, name TEXT NOT NULL,"
	"  standing TEXT NOT NULL, channel TEXT NOT NULL, file TEXT NOT NULL,"
	"  kind TEXT NOT NULL, dated TEXT NOT NULL, signer TEXT NOT NULL,"
	"  hash TEXT NOT NULL, reason TEXT NOT NULL, judge TEXT NOT NULL,"
	"  changed INTEGER NOT NULL, size INTEGER NOT NULL, content BLOB,"
	"  PRIMARY KEY (application, name)) STRICT;",

	"CREATE TABLE challenge ("
	"  hash TEXT PRIMARY KEY, profile TEXT NOT NULL, owner TEXT NOT NULL,"
	"  created INTEGER NOT NULL, expires INTEGER NOT NULL,"
	"  application TEXT NOT NULL) STRICT;"
	"CREATE INDEX challenge_expires ON challenge (expires, hash);"
	"CREATE TABLE scep ("
	"  id TEXT PRIMARY KEY, application TEXT NOT NULL) STRICT, WITHOUT ROWID;" },

	{ "errands upstream; text messages; staff who are told; fewer indexes",
	"CREATE TABLE errand ("
	"  application TEXT NOT NULL, kind TEXT NOT NULL,"
	"  begun INTEGER NOT NULL, asked INTEGER NOT NULL, due INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL, holder TEXT NOT NULL, ticket TEXT NOT NULL,"
	"  said TEXT NOT NULL, request BLOB, kept BLOB,"
	"  PRIMARY KEY (application, kind)) STRICT;"
	"CREATE INDEX errand_due ON errand (due, application, kind);"

	"ALTER TABLE mail ADD COLUMN channel TEXT NOT NULL DEFAULT '';"
	"DROP INDEX mail_due;"
	"CREATE INDEX mail_due ON mail (state, channel, due, id);"

	/* an index for each key that a request is found by, and none for what
	 * most applications do not have: every issuance writes to all of them */
	"CREATE TABLE application_6 ("
	"  id TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL,"
	"  profile TEXT NOT NULL, csr_hash TEXT NOT NULL,"
	"  spki_hash TEXT NOT NULL, previous TEXT NOT NULL,"
	"  subject TEXT NOT NULL, reason TEXT NOT NULL,"
	"  created INTEGER NOT NULL, changed INTEGER NOT NULL, csr BLOB,"
	"  resumes_to TEXT NOT NULL, facts INTEGER NOT NULL, flow TEXT NOT NULL,"
	"  confirmed_by TEXT NOT NULL, entered INTEGER NOT NULL,"
	"  branch TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT ''"
	"  ) STRICT;"
	"INSERT INTO application_6 SELECT * FROM application;"
	"DROP TABLE application;"
	"ALTER TABLE application_6 RENAME TO application;"
	"CREATE UNIQUE INDEX application_request"
	"  ON application (spki_hash, csr_hash, owner, previous);"
	"CREATE INDEX application_state"
	"  ON application (state, created DESC, id);"
	"CREATE INDEX application_created ON application (created DESC, id);"
	"CREATE INDEX application_entered"
	"  ON application (state, profile, entered, id);"
	"CREATE INDEX application_branch"
	"  ON application (branch, state, created DESC, id)"
	"  WHERE branch <> '';"
	"CREATE INDEX application_previous ON application (previous)"
	"  WHERE previous <> '';"

	"ALTER TABLE account ADD COLUMN email TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE account ADD COLUMN language TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE account ADD COLUMN begins INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE account ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX account_told ON account (role, name)"
	"  WHERE email <> '';", NULL },

	/* few rows at a time: all others are in neither */
	{ "what waits to be confirmed is found by whose it is, and when",
	"CREATE INDEX cmp_timed ON cmp (application) WHERE state = 'timed';"
	"CREATE INDEX cmp_late ON cmp (until) WHERE state = 'timed';", NULL },
};

const ra_schema ra_schema_sqlite = { steps, TMG_COUNT(steps) };
