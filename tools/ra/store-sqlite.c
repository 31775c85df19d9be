/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in one SQLite file: WAL, so that commands work beside a running
 * server; synchronous=FULL, so that what was acknowledged survives a crash.
 */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/store-schema.h"
#include "tools/ra/store.h"

#define BUSY_MS 15000
#define PARAMS_MAX 16

struct sqlite_store {
	ra_store base;
	sqlite3 *db;
	sqlite3_stmt *stmt[RA_SQL_COUNT];	/* prepared when first used */
};

static tmg_rc
from_sqlite(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return TMG_OK;
	case SQLITE_CONSTRAINT:
		return TMG_OCCUPIED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return TMG_BUSY;
	case SQLITE_CANTOPEN:
		return TMG_NOT_FOUND;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return TMG_DENIED;
	case SQLITE_NOMEM:
		return TMG_E_NOMEM;
	default:
		return TMG_E_IO;
	}
}

static tmg_rc
store_fail(struct sqlite_store *s, int code)
{
	return tmg_raise(&s->base.fault, from_sqlite(code), 0, _("the store: %s"),
	    sqlite3_errmsg(s->db));
}

static struct sqlite_store *
mine(ra_store *base)
{
	return (struct sqlite_store *)(void *)base;
}

/* A statement in use; reset when its scope ends, so that no read stays open. */
typedef struct query {
	sqlite3_stmt *stmt;
} query;

static void
query_release(query *q)
{
	if (q->stmt != NULL) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
	}
}

/* One value of a statement, bound in order. */
typedef struct param {
	enum { P_TEXT, P_INT, P_BLOB } kind;
	const char *text;
	int64_t number;
	tmg_view blob;
} param;

#define TEXT(s) ((param){ .kind = P_TEXT, .text = (s) })
#define INT(n) ((param){ .kind = P_INT, .number = (n) })
#define BLOB(v) ((param){ .kind = P_BLOB, .blob = (v) })

static int
bind_one(sqlite3_stmt *stmt, int at, const param *p)
{
	switch (p->kind) {
	case P_TEXT:
		return sqlite3_bind_text(stmt, at, p->text, -1, SQLITE_STATIC);
	case P_INT:
		return sqlite3_bind_int64(stmt, at, p->number);
	case P_BLOB:
		return sqlite3_bind_blob64(stmt, at, p->blob.ptr, p->blob.len,
		    SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

/* Texts and blobs must outlive q: they are bound without a copy. */
static tmg_rc
ask(struct sqlite_store *s, query *q, ra_sql which, const param *params,
    size_t count)
{
	int code = SQLITE_OK;

	if (s->stmt[which] == NULL)
		code = sqlite3_prepare_v3(s->db, ra_sql_text[which], -1,
		    SQLITE_PREPARE_PERSISTENT, &s->stmt[which], NULL);
	if (code != SQLITE_OK)
		return store_fail(s, code);

	q->stmt = s->stmt[which];
	for (size_t i = 0; i < count && code == SQLITE_OK; i++)
		code = bind_one(q->stmt, (int)i + 1, &params[i]);
	return code == SQLITE_OK ? TMG_OK : store_fail(s, code);
}

#define ASK(s, q, which, ...) ask((s), (q), (which), \
    (const param[]){ __VA_ARGS__ }, \
    sizeof((const param[]){ __VA_ARGS__ }) / sizeof(param))

/* TMG_OK with a row, TMG_NOT_FOUND without. */
static tmg_rc
next_row(struct sqlite_store *s, const query *q)
{
	const int code = sqlite3_step(q->stmt);

	if (code == SQLITE_ROW)
		return TMG_OK;
	return code == SQLITE_DONE ? TMG_NOT_FOUND : store_fail(s, code);
}

/* For statements that give no rows; changed may be NULL. */
static tmg_rc
run(struct sqlite_store *s, const query *q, int *changed)
{
	const int code = sqlite3_step(q->stmt);

	if (code != SQLITE_DONE && code != SQLITE_ROW)
		return store_fail(s, code);
	if (changed != NULL)
		*changed = sqlite3_changes(s->db);
	return TMG_OK;
}

static const char *
column_text(const query *q, int at)
{
	const unsigned char *text = sqlite3_column_text(q->stmt, at);

	return text != NULL ? (const char *)text : "";
}

static void
get_text(const query *q, int at, char *into, size_t cap)
{
	snprintf(into, cap, "%s", column_text(q, at));
}

static tmg_rc
get_blob(struct sqlite_store *s, const query *q, int at, uint8_t **into,
    size_t *len)
{
	const void *bytes = sqlite3_column_blob(q->stmt, at);

	*into = NULL;
	*len = (size_t)sqlite3_column_bytes(q->stmt, at);
	if (bytes == NULL || *len == 0)
		return TMG_OK;
	if ((*into = malloc(*len)) == NULL)
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	memcpy(*into, bytes, *len);
	return TMG_OK;
}

/* ---- transactions ---- */

static tmg_rc
plain(ra_store *base, ra_sql which)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ask(s, &q, which, NULL, 0)))
		return rc;
	return run(s, &q, NULL);
}

static tmg_rc
sqlite_begin(ra_store *base)
{
	return plain(base, RA_SQL_BEGIN);
}

static tmg_rc
sqlite_commit(ra_store *base)
{
	return plain(base, RA_SQL_COMMIT);
}

static void
sqlite_rollback(ra_store *base)
{
	const tmg_fault kept = base->fault;

	/* SQLite may have rolled back by itself; then there is nothing to do. */
	if (sqlite3_get_autocommit(mine(base)->db) == 0)
		(void)!plain(base, RA_SQL_ROLLBACK);
	base->fault = kept;
}

/* ---- applications ---- */

static tmg_rc
sqlite_app_add(ra_store *base, const ra_app *a)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_APP_ADD, TEXT(a->id),
	    TEXT(ra_state_get(a->state)->name), TEXT(a->owner), TEXT(a->profile),
	    TEXT(a->csr_hash), TEXT(a->spki_hash), TEXT(a->previous),
	    TEXT(a->subject), TEXT(a->reason), INT(a->created), INT(a->changed),
	    BLOB(((tmg_view){ a->csr, a->csr_len })))))
		return rc;
	return run(s, &q, NULL);
}

/* Columns as in RA_APP_COLUMNS. */
static tmg_rc
read_app(struct sqlite_store *s, const query *q, ra_app *a)
{
	*a = (ra_app){ .created = sqlite3_column_int64(q->stmt, 9),
		.changed = sqlite3_column_int64(q->stmt, 10) };
	get_text(q, 0, a->id, sizeof(a->id));
	if (ra_state_parse(column_text(q, 1), &a->state))
		return tmg_raise(&s->base.fault, TMG_E_IO, 0,
		    _("the store: application %s has the unknown state \"%s\""),
		    a->id, column_text(q, 1));
	get_text(q, 2, a->owner, sizeof(a->owner));
	get_text(q, 3, a->profile, sizeof(a->profile));
	get_text(q, 4, a->csr_hash, sizeof(a->csr_hash));
	get_text(q, 5, a->spki_hash, sizeof(a->spki_hash));
	get_text(q, 6, a->previous, sizeof(a->previous));
	get_text(q, 7, a->subject, sizeof(a->subject));
	get_text(q, 8, a->reason, sizeof(a->reason));
	return get_blob(s, q, 11, &a->csr, &a->csr_len);
}

static tmg_rc
first_app(struct sqlite_store *s, const query *q, ra_app *app)
{
	const tmg_rc rc = next_row(s, q);

	return rc ? rc : read_app(s, q, app);
}

static tmg_rc
sqlite_app_get(ra_store *base, const char *id, ra_app *app)
{
	tmg_auto(query) q = { NULL };
	const tmg_rc rc = ASK(mine(base), &q, RA_SQL_APP_GET, TEXT(id));

	return rc ? rc : first_app(mine(base), &q, app);
}

static tmg_rc
sqlite_app_find(ra_store *base, const char *owner, const char *csr_hash,
    const char *previous, ra_app *app)
{
	tmg_auto(query) q = { NULL };
	const tmg_rc rc = ASK(mine(base), &q, RA_SQL_APP_FIND, TEXT(owner),
	    TEXT(csr_hash), TEXT(previous));

	return rc ? rc : first_app(mine(base), &q, app);
}

static tmg_rc
sqlite_app_holder(ra_store *base, const char *spki_hash, ra_app *app)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_APP_HOLDER, TEXT(spki_hash))))
		return rc;
	while ((rc = first_app(s, &q, app)) == TMG_OK) {
		if (ra_state_get(app->state)->holds_key)
			return TMG_OK;
		ra_app_release(app);
	}
	return rc;
}

static tmg_rc
sqlite_app_each(ra_store *base, ra_state state, ra_app_fn *fn, void *arg)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_APP_EACH, INT(state == RA_NONE),
	    TEXT(ra_state_get(state)->name))))
		return rc;
	for (;;) {
		tmg_auto(ra_app) app = { .id = "" };

		if ((rc = first_app(s, &q, &app)))
			return rc == TMG_NOT_FOUND ? TMG_OK : rc;
		if ((rc = fn(arg, &app)))
			return rc;
	}
}

static tmg_rc
sqlite_app_move(ra_store *base, const ra_move *m)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	int changed = 0;
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_APP_MOVE, TEXT(m->id),
	    TEXT(ra_state_get(m->from)->name), TEXT(ra_state_get(m->to)->name),
	    INT(m->at), TEXT(m->reason))) || (rc = run(s, &q, &changed)))
		return rc;
	return changed == 1 ? TMG_OK : TMG_MISMATCH;
}

/* ---- certificates ---- */

static tmg_rc
sqlite_cert_reserve(ra_store *base, const ra_cert *c)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_CERT_RESERVE, TEXT(c->serial), TEXT(c->app),
	    INT(c->not_before), INT(c->not_after))))
		return rc;
	return run(s, &q, NULL);
}

static tmg_rc
sqlite_cert_finish(ra_store *base, const char *serial, tmg_view der)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	int changed = 0;
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_CERT_FINISH, TEXT(serial), BLOB(der))) ||
	    (rc = run(s, &q, &changed)))
		return rc;
	return changed == 1 ? TMG_OK : TMG_OCCUPIED;
}

/* Columns as in RA_CERT_COLUMNS. */
static tmg_rc
read_cert(struct sqlite_store *s, const query *q, ra_cert *c)
{
	*c = (ra_cert){ .not_before = sqlite3_column_int64(q->stmt, 2),
		.not_after = sqlite3_column_int64(q->stmt, 3),
		.revoked = sqlite3_column_int64(q->stmt, 4),
		.reason = sqlite3_column_int(q->stmt, 5) };
	get_text(q, 0, c->serial, sizeof(c->serial));
	get_text(q, 1, c->app, sizeof(c->app));
	return get_blob(s, q, 6, &c->der, &c->len);
}

static tmg_rc
find_cert(ra_store *base, ra_sql which, const char *key, ra_cert *cert)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, which, TEXT(key))) || (rc = next_row(s, &q)))
		return rc;
	return read_cert(s, &q, cert);
}

static tmg_rc
sqlite_cert_get(ra_store *base, const char *serial, ra_cert *cert)
{
	return find_cert(base, RA_SQL_CERT_GET, serial, cert);
}

static tmg_rc
sqlite_cert_of_app(ra_store *base, const char *app, ra_cert *cert)
{
	return find_cert(base, RA_SQL_CERT_OF_APP, app, cert);
}

static tmg_rc
sqlite_cert_revoke(ra_store *base, const char *serial, time_t at, int reason)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	int changed = 0;
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_CERT_REVOKE, TEXT(serial), INT(at),
	    INT(reason))) || (rc = run(s, &q, &changed)))
		return rc;
	return changed == 1 ? TMG_OK : TMG_OCCUPIED;
}

static tmg_rc
sqlite_revoked_each(ra_store *base, ra_cert_fn *fn, void *arg)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ask(s, &q, RA_SQL_REVOKED_EACH, NULL, 0)))
		return rc;
	while ((rc = next_row(s, &q)) == TMG_OK) {
		tmg_auto(ra_cert) cert = { .der = NULL };

		if ((rc = read_cert(s, &q, &cert)) || (rc = fn(arg, &cert)))
			return rc;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
sqlite_revocations(ra_store *base, int64_t *count)
{
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ask(mine(base), &q, RA_SQL_REVOCATIONS, NULL, 0)) ||
	    (rc = next_row(mine(base), &q)))
		return rc;
	*count = sqlite3_column_int64(q.stmt, 0);
	return TMG_OK;
}

/* ---- revocation lists ---- */

static tmg_rc
sqlite_crl_last(ra_store *base, ra_crl *crl)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ask(s, &q, RA_SQL_CRL_LAST, NULL, 0)) ||
	    (rc = next_row(s, &q)))
		return rc;
	*crl = (ra_crl){ .number = sqlite3_column_int64(q.stmt, 0),
		.revocations = sqlite3_column_int64(q.stmt, 1),
		.next_update = sqlite3_column_int64(q.stmt, 2) };
	return get_blob(s, &q, 3, &crl->der, &crl->len);
}

static tmg_rc
sqlite_crl_put(ra_store *base, const ra_crl *crl)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_CRL_PUT, INT(crl->number),
	    INT(crl->revocations), INT(crl->next_update),
	    BLOB(((tmg_view){ crl->der, crl->len })))))
		return rc;
	return run(s, &q, NULL);
}

/* ---- accounts ---- */

static tmg_rc
sqlite_user_put(ra_store *base, const ra_user *user)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_USER_PUT, TEXT(user->name),
	    TEXT(user->role), TEXT(user->password))))
		return rc;
	return run(s, &q, NULL);
}

static tmg_rc
sqlite_user_get(ra_store *base, const char *name, ra_user *user)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_USER_GET, TEXT(name))) ||
	    (rc = next_row(s, &q)))
		return rc;
	get_text(&q, 0, user->name, sizeof(user->name));
	get_text(&q, 1, user->role, sizeof(user->role));
	get_text(&q, 2, user->password, sizeof(user->password));
	return TMG_OK;
}

/* ---- audit ---- */

static tmg_rc
sqlite_audit_head(ra_store *base, int64_t *seq, char hash[RA_HASH_TEXT])
{
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	*seq = 0;
	hash[0] = '\0';
	if ((rc = ask(mine(base), &q, RA_SQL_AUDIT_HEAD, NULL, 0)))
		return rc;
	rc = next_row(mine(base), &q);
	if (rc == TMG_OK) {
		*seq = sqlite3_column_int64(q.stmt, 0);
		get_text(&q, 1, hash, RA_HASH_TEXT);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
sqlite_audit_put(ra_store *base, const ra_audit *e)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ASK(s, &q, RA_SQL_AUDIT_PUT, INT(e->seq), INT(e->at),
	    TEXT(e->actor), TEXT(e->event), TEXT(e->app), TEXT(e->detail),
	    TEXT(e->hash))))
		return rc;
	return run(s, &q, NULL);
}

static tmg_rc
sqlite_audit_each(ra_store *base, ra_audit_fn *fn, void *arg)
{
	struct sqlite_store *s = mine(base);
	tmg_auto(query) q = { NULL };
	tmg_rc rc;

	if ((rc = ask(s, &q, RA_SQL_AUDIT_EACH, NULL, 0)))
		return rc;
	while ((rc = next_row(s, &q)) == TMG_OK) {
		const ra_audit entry = { sqlite3_column_int64(q.stmt, 0),
			sqlite3_column_int64(q.stmt, 1), column_text(&q, 2),
			column_text(&q, 3), column_text(&q, 4),
			column_text(&q, 5), column_text(&q, 6) };

		if ((rc = fn(arg, &entry)))
			return rc;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static void
sqlite_close(ra_store *base)
{
	struct sqlite_store *s = mine(base);

	for (size_t i = 0; i < RA_SQL_COUNT; i++)
		sqlite3_finalize(s->stmt[i]);
	sqlite3_close(s->db);
	free(s);
}

static const ra_store_ops sqlite_ops = {
	.name = "sqlite",
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.app_add = sqlite_app_add,
	.app_get = sqlite_app_get,
	.app_find = sqlite_app_find,
	.app_holder = sqlite_app_holder,
	.app_each = sqlite_app_each,
	.app_move = sqlite_app_move,
	.cert_reserve = sqlite_cert_reserve,
	.cert_finish = sqlite_cert_finish,
	.cert_get = sqlite_cert_get,
	.cert_of_app = sqlite_cert_of_app,
	.cert_revoke = sqlite_cert_revoke,
	.revoked_each = sqlite_revoked_each,
	.revocations = sqlite_revocations,
	.crl_last = sqlite_crl_last,
	.crl_put = sqlite_crl_put,
	.user_put = sqlite_user_put,
	.user_get = sqlite_user_get,
	.audit_head = sqlite_audit_head,
	.audit_put = sqlite_audit_put,
	.audit_each = sqlite_audit_each,
	.close = sqlite_close,
};

/* ---- opening ---- */

static tmg_rc
migrate(struct sqlite_store *s)
{
	tmg_auto(ra_txn) txn = { NULL };
	int version = 0;
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, &s->base)))
		return rc;
	{
		tmg_auto(query) q = { NULL };

		if ((rc = ask(s, &q, RA_SQL_VERSION, NULL, 0)) ||
		    (rc = next_row(s, &q)))
			return rc;
		version = sqlite3_column_int(q.stmt, 0);
	}
	if (version > RA_SCHEMA_VERSION)
		return tmg_raise(&s->base.fault, TMG_UNSUPPORTED, 0,
		    _("the store has schema %d, this tamga-ra knows %d: use a newer one"),
		    version, RA_SCHEMA_VERSION);
	for (; version < RA_SCHEMA_VERSION; version++)
		if (sqlite3_exec(s->db, ra_schema_steps[version], NULL, NULL,
		    NULL) != SQLITE_OK)
			return store_fail(s, sqlite3_errcode(s->db));
	return ra_txn_commit(&txn);
}

static tmg_rc
open_db(struct sqlite_store *s, const char *path, bool create)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    (create ? SQLITE_OPEN_CREATE : 0);
	int code;

	code = sqlite3_open_v2(path, &s->db, flags, NULL);
	if (s->db == NULL)
		return TMG_E_NOMEM;
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(s->db, BUSY_MS);
	if (code == SQLITE_OK)
		code = sqlite3_exec(s->db, ra_schema_pragmas, NULL, NULL, NULL);
	return code == SQLITE_OK ? migrate(s) : store_fail(s, code);
}

tmg_rc
ra_store_sqlite(const char *path, bool create, tmg_fault *f, ra_store **store)
{
	struct sqlite_store *s = calloc(1, sizeof(*s));
	tmg_rc rc;

	*store = NULL;
	if (s == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->base.ops = &sqlite_ops;
	if ((rc = open_db(s, path, create))) {
		rc = tmg_raise(f, rc, 0, _("%s: %s"), path, s->base.fault.text);
		sqlite_close(&s->base);
		return rc;
	}
	*store = &s->base;
	return TMG_OK;
}
