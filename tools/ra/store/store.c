/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"
#include "tools/ra/store/store.h"

#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/sql.h"

#define TURN_S 15		/* as long as a back end waits */

/* The first one takes what names no scheme. */
static const ra_store_ops *const backends[] = {
	&ra_store_sqlite,
#ifdef WITH_POSTGRESQL
	&ra_store_postgres,
#endif
};

static const ra_store_ops *
backend_of(const char *where)
{
	const char *colon = strstr(where, "://");
	const size_t len = colon != NULL ? (size_t)(colon - where) : 0;

	if (colon == NULL)
		return backends[0];
	for (size_t i = 0; i < TMG_COUNT(backends); i++)
		if (strlen(backends[i]->scheme) == len &&
		    strncmp(backends[i]->scheme, where, len) == 0)
			return backends[i];
	return NULL;
}

static tmg_rc
find_backend(const char *where, tmg_fault *f, const ra_store_ops **ops)
{
	*ops = backend_of(where);
	return *ops != NULL ? TMG_OK : tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("%.*s: this tamga-ra has no such kind of store; a path names an SQLite file"),
	    (int)strcspn(where, ":"), where);
}

bool
ra_store_knows(const char *where)
{
	return backend_of(where) != NULL;
}

tmg_rc
ra_store_visit(const char *where, const ra_patience *patience, tmg_fault *f,
    ra_store **store)
{
	const ra_store_ops *ops;
	tmg_rc rc;

	*store = NULL;
	if ((rc = find_backend(where, f, &ops)))
		return rc;
	return ops->visit(where, patience, f, store);
}

tmg_rc
ra_store_open(const char *where, bool create, tmg_fault *f, ra_store **store)
{
	const ra_store_ops *ops;
	tmg_rc rc;

	*store = NULL;
	if ((rc = find_backend(where, f, &ops)))
		return rc;
	if ((rc = ops->open(where, create, f, store)))
		return rc;
	if ((rc = ra_schema_migrate(*store, ops->schema))) {
		rc = tmg_raise(f, rc, 0, _("%s: %s"), where, (*store)->fault.text);
		ra_store_free(store);
	}
	return rc;
}

void
ra_store_free(ra_store **store)
{
	if (*store != NULL)
		(*store)->ops->close(*store);
	*store = NULL;
}

void
ra_store_share(ra_store *store, ra_turn *turn)
{
	store->turn = turn;
}

/* ---- transactions ---- */

/* Within another one's transaction: what is undone alone. */
#define SAVE "SAVEPOINT turn"
#define KEEP "RELEASE SAVEPOINT turn"
#define UNDO "ROLLBACK TO SAVEPOINT turn; " KEEP

/* Its words become those of who asked. */
static tmg_rc
lead_script(ra_store *s, const char *text)
{
	const tmg_rc rc = s->lead->ops->script(s->lead, text);

	return rc ? tmg_fault_copy(&s->fault, &s->lead->fault, rc) : TMG_OK;
}

static void
forget(ra_store *s)
{
	s->alone = s->head.known = false;
	s->lead = NULL;
}

static tmg_rc
take_turn(ra_store *s)
{
	if (s->turn == NULL || ra_turn_take(s->turn, TURN_S, &s->lead) == TMG_OK)
		return TMG_OK;
	return tmg_raise(&s->fault, TMG_BUSY, 0,
	    _("the store: others have been writing for %d seconds"), TURN_S);
}

/* It ended so, for all who are in it. */
static void
give_turn(ra_store *s, tmg_rc rc)
{
	if (s->turn != NULL)
		ra_turn_end(s->turn, ra_lead_of(s), rc);
}

static tmg_rc
end(ra_store *s, tmg_rc rc)
{
	ra_store *lead = ra_lead_of(s);

	if (rc == TMG_OK)
		rc = lead->ops->commit(lead);
	if (rc) {
		lead->ops->rollback(lead);
		tmg_fault_copy(&s->fault, &lead->fault, rc);
		s->away = lead->away;
	}
	give_turn(s, rc);
	return rc;
}

/* In the transaction that was left open, when it is of any use still; those who
 * are in it are told otherwise. */
static bool
join(ra_store *s)
{
	const tmg_rc rc = lead_script(s, SAVE);

	if (rc == TMG_OK) {
		s->head = s->lead->head;
		return true;
	}
	(void)!end(s, rc);
	return false;
}

static tmg_rc
begin(ra_store *s)
{
	const tmg_rc rc = s->ops->begin(s);

	if (rc)
		give_turn(s, rc);
	return rc;
}

tmg_rc
ra_txn_begin(ra_txn *txn, ra_store *store)
{
	tmg_rc rc;

	do {
		store->lead = NULL;
		if ((rc = take_turn(store)))
			return rc;
	} while (store->lead != NULL && !join(store));
	if (store->lead == NULL && (rc = begin(store)))
		return rc;
	store->alone = true;
	store->away = false;	/* the lead's connection may have been another's fault */
	txn->store = store;
	return TMG_OK;
}

tmg_rc
ra_txn_look(ra_txn *txn, ra_store *store)
{
	const tmg_rc rc = store->ops->look(store);

	if (rc == TMG_OK)
		txn->store = store;
	return rc;
}

/* Of the caller's alone; whoever wrote before him is in it still.  When that
 * cannot be, they hear what went wrong for him.  He waits as they do: what he
 * read of theirs is true once it is durable. */
static void
undo(ra_store *s)
{
	const tmg_fault kept = s->fault;
	tmg_rc rc = lead_script(s, UNDO);

	if (rc && tmg_is_fault(kept.rc)) {
		s->lead->fault = kept;
		rc = kept.rc;
	}
	if (rc || !ra_turn_pass(s->turn, s->lead, s))
		(void)!end(s, rc);
	s->fault = kept;
}

/* What was written is durable when somebody has ended the transaction.  What the
 * database does not keep is the caller's alone. */
static tmg_rc
keep(ra_store *s)
{
	tmg_rc rc;

	if (s->lead != NULL && (rc = lead_script(s, KEEP))) {
		undo(s);
		return rc;
	}
	ra_lead_of(s)->head = s->head;
	if (s->turn != NULL && ra_turn_pass(s->turn, ra_lead_of(s), s))
		return s->outcome;
	return end(s, TMG_OK);
}

tmg_rc
ra_txn_commit(ra_txn *txn)
{
	ra_store *s = txn->store;
	const tmg_rc rc = s->alone ? keep(s) : s->ops->commit(s);

	if (rc == TMG_OK || s->alone) {
		forget(s);
		txn->store = NULL;
	}
	return rc;
}

void
ra_txn_release(ra_txn *txn)
{
	ra_store *s = txn->store;

	if (s == NULL)
		return;
	txn->store = NULL;
	if (s->lead != NULL)
		undo(s);
	else
		s->ops->rollback(s);
	if (s->lead == NULL && s->alone)
		give_turn(s, TMG_OK);
	forget(s);
}
