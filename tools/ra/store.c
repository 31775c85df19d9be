/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store.h"

#include <stdlib.h>

void
ra_app_release(ra_app *app)
{
	free(app->csr);
	app->csr = NULL;
}

void
ra_cert_release(ra_cert *cert)
{
	free(cert->der);
	cert->der = NULL;
}

void
ra_crl_release(ra_crl *crl)
{
	free(crl->der);
	crl->der = NULL;
}

void
ra_store_free(ra_store **store)
{
	if (*store != NULL)
		(*store)->ops->close(*store);
	*store = NULL;
}

tmg_rc
ra_txn_begin(ra_txn *txn, ra_store *store)
{
	const tmg_rc rc = store->ops->begin(store);

	if (rc == TMG_OK)
		txn->store = store;
	return rc;
}

tmg_rc
ra_txn_commit(ra_txn *txn)
{
	const tmg_rc rc = txn->store->ops->commit(txn->store);

	if (rc == TMG_OK)
		txn->store = NULL;
	return rc;
}

void
ra_txn_release(ra_txn *txn)
{
	if (txn->store != NULL)
		txn->store->ops->rollback(txn->store);
	txn->store = NULL;
}
