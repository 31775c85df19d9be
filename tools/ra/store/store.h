/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where applications, certificates, accounts and the audit log are kept.
 *
 * This header opens a store and holds transactions; what is kept there has a
 * header for each noun: store-app.h, store-cert.h, store-crl.h, store-user.h,
 * store-audit.h.  A handle belongs to one thread at a time; any number of
 * handles and processes may have the same store open.  doc/design/ra-store.md
 * tells how a noun, a migration or a back end is added.
 *
 * The verbs of every noun: strings are never NULL; those that find give a
 * structure you release, or answer TMG_NOT_FOUND; callbacks end a walk with
 * anything but TMG_OK, which is then the walk's result, and ask the store
 * nothing meanwhile.  Words for what went wrong are in the store's fault.
 */
#ifndef RA_STORE_H
#define RA_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "tamga/err.h"
#include "tools/ra/store/turn.h"

#define RA_HASH_TEXT 65		/* a SHA-256 in hexadecimal */

/* A back end embeds it first in its own structure. */
typedef struct ra_store {
	const struct ra_store_ops *ops;	/* store-sql.h */
	tmg_fault fault;
	bool asking;			/* a query is open */
	bool away;			/* the database was not there the last time */
	ra_turn *turn;			/* borrowed; NULL: see ra_store_share() */
	struct ra_store *lead;		/* in whose transaction this one writes; NULL:
					 * in its own, or in none */
	struct ra_store *next;		/* turn.c's, like the two below: of those who
					 * wait for one commit */
	bool waits;
	tmg_rc outcome;			/* of that commit */
	bool alone;			/* in a transaction that may write */
	struct ra_head {		/* of the audit log, as that left it; forgotten
					 * when it ends, and when an entry fails */
		bool known;
		int64_t seq;
		char hash[RA_HASH_TEXT];
	} head;
} ra_store;

/*
 * Opens, makes (when create) and brings to the newest schema.
 *
 *   where   in   a path (SQLite), or SCHEME://... for another back end
 *
 * Verdicts TMG_NOT_FOUND, TMG_DENIED, TMG_BUSY, TMG_UNSUPPORTED (a newer
 * schema than this program knows, or no such back end).
 */
TMG_MUST_USE tmg_rc
ra_store_open(const char *where, bool create, tmg_fault *f, ra_store **store);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_store_free(ra_store **store);

/* From now on those who write through store wait, in this process, for all who
 * share turn with it, and are committed together with who waits; it outlives
 * store.  All who share it have the same store open. */
void
ra_store_share(ra_store *store, ra_turn *turn);

/*
 * The database is looked for anew with every transaction: a server that went
 * away and came back is found again.  When it goes away within one, the verb
 * under way answers a fault, TMG_E_IO, and away is set; whether a commit still
 * arrived is then unknown.
 */

/*
 * A transaction that is rolled back on every way out but ra_txn_commit().
 *
 *   begin    waits its turn to write: what was read in it is still so when it
 *            commits.  Verdict TMG_BUSY
 *   commit   everything since is durable when it returned.  When it fails nothing
 *            is left of it
 */
typedef struct ra_txn {
	ra_store *store;
} ra_txn;

TMG_MUST_USE tmg_rc
ra_txn_begin(ra_txn *txn, ra_store *store);
TMG_MUST_USE tmg_rc
ra_txn_commit(ra_txn *txn);
/* One that only reads, everything as it was at one moment; it waits for nobody
 * and nobody for it. */
TMG_MUST_USE tmg_rc
ra_txn_look(ra_txn *txn, ra_store *store);
void
ra_txn_release(ra_txn *txn);

#endif
