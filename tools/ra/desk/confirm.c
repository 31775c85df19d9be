/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/confirm.h"

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "tools/ra/ca/reasons.h"

#define LATE_DAYS 30		/* that a confirmation is told it comes too late */
#define DAY 86400

static const ra_actor timer = { RA_BY_SYSTEM, "timer" };

/* The transaction moves first: a confirmation that comes at this moment either
 * was there before, or finds that it is too late. */
static tmg_rc
move(ra_desk *d, ra_txn *txn, const char *transaction)
{
	tmg_rc rc;

	if ((rc = ra_txn_begin(txn, d->store)) ||
	    (rc = ra_cmp_row_late(d->store, transaction,
	    ra_desk_now(d) + (time_t)LATE_DAYS * DAY)))
		return rc == TMG_OCCUPIED ? rc : ra_desk_says(d, rc);
	return TMG_OK;
}

/* Nobody comes back to it: what can be done is somebody's who reads the log. */
static tmg_rc
give_up(ra_desk *d, const char *transaction, const char *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	tmg_log(d->office->ctx, TMG_LOG_ERROR,
	    "application %s was not confirmed in time, and cannot be revoked: %s", app,
	    d->fault.text);
	if ((rc = move(d, &txn, transaction)) || (rc = ra_desk_commit(d, &txn)))
		return rc;
	return TMG_MISMATCH;
}

tmg_rc
ra_confirm_take_back(ra_desk *d, const char *transaction, const char *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_cert) gone = { .der = NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = move(d, &txn, transaction)))
		return rc;
	rc = ra_desk_revoke_within(d, app, RA_REASON_CESSATION, &timer, &gone);
	/* by somebody else, before: that is as good */
	if (rc == TMG_OK || rc == TMG_OCCUPIED)
		return ra_desk_commit(d, &txn);
	if (tmg_is_fault(rc) || rc == TMG_BUSY)
		return rc;
	ra_txn_release(&txn);
	return give_up(d, transaction, app);
}

tmg_rc
ra_confirm_sweep(ra_desk *d, unsigned *taken)
{
	ra_cmp_late one;
	tmg_rc rc;

	*taken = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	while ((rc = ra_cmp_row_next_late(d->store, ra_desk_now(d), &one)) == TMG_OK) {
		rc = ra_confirm_take_back(d, one.id, one.app);
		*taken += rc == TMG_OK;
		/* any other one has not moved, and would come again at once */
		if (rc != TMG_OK && rc != TMG_OCCUPIED && rc != TMG_MISMATCH)
			return rc;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : ra_desk_says(d, rc);
}
