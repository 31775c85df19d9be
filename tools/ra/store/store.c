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
ra_store_visit(const char *where, int timeout_s, tmg_fault *f, ra_store **store)
{
	const ra_store_ops *ops;
	tmg_rc rc;

	*store = NULL;
	if ((rc = find_backend(where, f, &ops)))
		return rc;
	return ops->visit(where, timeout_s, f, store);
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
	store->turn = store->ops->asks_again ? turn : NULL;
}

/* It is over: the next one's turn. */
static void
end(ra_txn *txn)
{
	ra_store *store = txn->store;

	txn->store = NULL;
	if (store != NULL)
		store->alone = store->head.known = false;
	if (store != NULL && store->writing)
		ra_turn_give(store->turn);
	if (store != NULL)
		store->writing = false;
}

static tmg_rc
take_turn(ra_store *store)
{
	if (store->turn == NULL)
		return TMG_OK;
	if (ra_turn_take(store->turn, TURN_S))
		return tmg_raise(&store->fault, TMG_BUSY, 0,
		    _("the store: others have been writing for %d seconds"), TURN_S);
	store->writing = true;
	return TMG_OK;
}

tmg_rc
ra_txn_begin(ra_txn *txn, ra_store *store)
{
	tmg_rc rc;

	if ((rc = take_turn(store)))
		return rc;
	txn->store = store;
	if ((rc = store->ops->begin(store)))
		end(txn);
	else
		store->alone = true;
	return rc;
}

tmg_rc
ra_txn_look(ra_txn *txn, ra_store *store)
{
	const tmg_rc rc = store->ops->look(store);

	if (rc == TMG_OK)
		txn->store = store;
	return rc;
}

tmg_rc
ra_txn_commit(ra_txn *txn)
{
	const tmg_rc rc = txn->store->ops->commit(txn->store);

	if (rc == TMG_OK)
		end(txn);
	return rc;
}

void
ra_txn_release(ra_txn *txn)
{
	if (txn->store != NULL)
		txn->store->ops->rollback(txn->store);
	end(txn);
}
