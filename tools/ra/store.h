/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where applications, certificates, accounts and the audit log are kept.
 *
 * One table; SQLite stands behind it (store-sqlite.c).  A handle belongs to
 * one thread at a time; any number of handles and processes may have the same
 * store open.
 */
#ifndef RA_STORE_H
#define RA_STORE_H

#include <time.h>

#include "tamga/cert.h"
#include "tools/ra/lifecycle.h"

#define RA_ID_MAX 24		/* bytes of an application number, final zero included */
#define RA_HASH_TEXT 65		/* a SHA-256 in hexadecimal */
#define RA_OWNER_MAX 64
#define RA_NAME_MAX 64
#define RA_REASON_MAX 256
#define RA_PASSWORD_TEXT 160	/* a hashed password: see account.h */

typedef struct ra_app {
	char id[RA_ID_MAX];
	ra_state state;
	char owner[RA_OWNER_MAX];	/* the account that handed it in */
	char profile[RA_NAME_MAX];
	char csr_hash[RA_HASH_TEXT];
	char spki_hash[RA_HASH_TEXT];
	char previous[TMG_SERIAL_MAX];	/* the certificate it renews, "" none */
	char subject[TMG_NAME_MAX];
	char reason[RA_REASON_MAX];
	time_t created, changed;
	uint8_t *csr;			/* DER; owned */
	size_t csr_len;
} ra_app;

void ra_app_release(ra_app *app);

typedef struct ra_cert {
	char serial[TMG_SERIAL_MAX];	/* hexadecimal, upper case */
	char app[RA_ID_MAX];		/* "" for the authority's own */
	time_t not_before, not_after;
	time_t revoked;			/* 0: not */
	int reason;			/* RFC 5280 5.3.1 */
	uint8_t *der;			/* owned; NULL while it is only reserved */
	size_t len;
} ra_cert;

void ra_cert_release(ra_cert *cert);

typedef struct ra_move {
	const char *id;
	ra_state from, to;
	time_t at;
	const char *reason;
} ra_move;

typedef struct ra_user {
	char name[RA_OWNER_MAX];
	char role[16];			/* "applicant", "officer" */
	char password[RA_PASSWORD_TEXT];
} ra_user;

typedef struct ra_audit {
	int64_t seq;
	time_t at;
	const char *actor, *event, *app, *detail;	/* borrowed */
	const char *hash;	/* of this entry and the one before, hexadecimal */
} ra_audit;

typedef struct ra_crl {
	int64_t number;
	int64_t revocations;		/* how many it knows of */
	time_t next_update;
	uint8_t *der;			/* owned */
	size_t len;
} ra_crl;

void ra_crl_release(ra_crl *crl);

typedef tmg_rc ra_app_fn(void *arg, const ra_app *app);
typedef tmg_rc ra_cert_fn(void *arg, const ra_cert *cert);
typedef tmg_rc ra_audit_fn(void *arg, const ra_audit *entry);

typedef struct ra_store ra_store;

/*
 * Strings are never NULL.  Rows that find give a structure you release, and
 * answer TMG_NOT_FOUND.  Callbacks end the walk with anything but TMG_OK,
 * which is then the walk's result; they must not write.
 *
 *   begin         waits its turn to write; everything until commit is one
 *                 transaction, durable when commit returned.  Verdict TMG_BUSY
 *   rollback      also after a failed commit; never fails
 *   app_add       verdict TMG_OCCUPIED: id, or owner + request + previous
 *   app_find      by owner, csr_hash and previous
 *   app_holder    an application in a state that holds its key, by spki_hash
 *   app_each      newest first; state RA_NONE: all
 *   app_move      verdict TMG_MISMATCH: not in state from any more
 *   cert_reserve  verdict TMG_OCCUPIED: serial number used, or the
 *                 application has one already
 *   cert_finish   verdict TMG_OCCUPIED: somebody else did
 *   cert_revoke   verdict TMG_OCCUPIED: it is revoked already
 *   revocations   how many there ever were
 *   audit_head    the newest entry's seq and hash; seq 0 and "" when empty
 *   audit_each    oldest first
 */
typedef struct ra_store_ops {
	const char *name;
	tmg_rc (*begin)(ra_store *s);
	tmg_rc (*commit)(ra_store *s);
	void (*rollback)(ra_store *s);

	tmg_rc (*app_add)(ra_store *s, const ra_app *app);
	tmg_rc (*app_get)(ra_store *s, const char *id, ra_app *app);
	tmg_rc (*app_find)(ra_store *s, const char *owner, const char *csr_hash,
	    const char *previous, ra_app *app);
	tmg_rc (*app_holder)(ra_store *s, const char *spki_hash, ra_app *app);
	tmg_rc (*app_each)(ra_store *s, ra_state state, ra_app_fn *fn, void *arg);
	tmg_rc (*app_move)(ra_store *s, const ra_move *move);

	tmg_rc (*cert_reserve)(ra_store *s, const ra_cert *cert);
	tmg_rc (*cert_finish)(ra_store *s, const char *serial, tmg_view der);
	tmg_rc (*cert_get)(ra_store *s, const char *serial, ra_cert *cert);
	tmg_rc (*cert_of_app)(ra_store *s, const char *app, ra_cert *cert);
	tmg_rc (*cert_revoke)(ra_store *s, const char *serial, time_t at,
	    int reason);
	tmg_rc (*revoked_each)(ra_store *s, ra_cert_fn *fn, void *arg);
	tmg_rc (*revocations)(ra_store *s, int64_t *count);

	tmg_rc (*crl_last)(ra_store *s, ra_crl *crl);
	tmg_rc (*crl_put)(ra_store *s, const ra_crl *crl);

	tmg_rc (*user_put)(ra_store *s, const ra_user *user);
	tmg_rc (*user_get)(ra_store *s, const char *name, ra_user *user);

	tmg_rc (*audit_head)(ra_store *s, int64_t *seq, char hash[RA_HASH_TEXT]);
	tmg_rc (*audit_put)(ra_store *s, const ra_audit *entry);
	tmg_rc (*audit_each)(ra_store *s, ra_audit_fn *fn, void *arg);

	void (*close)(ra_store *s);
} ra_store_ops;

/* Embed it first in your own structure. */
struct ra_store {
	const ra_store_ops *ops;
	tmg_fault fault;
};

/* Opens, makes (when create) and brings to the newest schema.
 * Verdicts TMG_NOT_FOUND, TMG_DENIED, TMG_BUSY, TMG_UNSUPPORTED (a newer
 * schema than this program knows). */
TMG_MUST_USE tmg_rc
ra_store_sqlite(const char *path, bool create, tmg_fault *f, ra_store **store);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_store_free(ra_store **store);

/* A transaction that is rolled back on every way out but ra_txn_commit(). */
typedef struct ra_txn {
	ra_store *store;
} ra_txn;

TMG_MUST_USE tmg_rc
ra_txn_begin(ra_txn *txn, ra_store *store);
TMG_MUST_USE tmg_rc
ra_txn_commit(ra_txn *txn);
void
ra_txn_release(ra_txn *txn);

#endif
