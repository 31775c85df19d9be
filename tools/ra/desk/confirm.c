/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/confirm.h"

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "tools/ra/ca/reasons.h"

#define LATE_DAYS 30		/* that a confirmation is told it comes too late */
#define DAY 86400
#define AT_ONCE 64		/* so many are looked up by a sweep at a time */

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

/* What came of a list of them. */
struct swept {
	unsigned taken;
	size_t moved;		/* they do not come again */
	tmg_fault left;		/* by the last that could not be taken back now */
};

static void
take_all_back(ra_desk *d, const ra_cmp_late *list, size_t count, struct swept *swept)
{
	for (size_t i = 0; i < count; i++) {
		const tmg_rc rc = ra_confirm_take_back(d, list[i].id, list[i].app);

		swept->taken += rc == TMG_OK;
		swept->moved += rc == TMG_OK || rc == TMG_MISMATCH;
		if (rc == TMG_OK || rc == TMG_MISMATCH || rc == TMG_OCCUPIED)
			continue;
		swept->left = d->fault;
		swept->left.rc = rc;
	}
}

/* As long as some move: one that does not keeps none of the others, and waits for
 * the next sweep. */
tmg_rc
ra_confirm_sweep(ra_desk *d, unsigned *taken)
{
	ra_cmp_late list[AT_ONCE];
	struct swept swept = { .left.rc = TMG_OK };
	size_t count, before;
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	do {
		before = swept.moved;
		swept.left.rc = TMG_OK;
		if ((rc = ra_cmp_row_all_late(d->store, ra_desk_now(d), list, AT_ONCE,
		    &count)))
			break;
		take_all_back(d, list, count, &swept);
	} while (swept.moved > before);
	*taken = swept.taken;
	if (rc != TMG_OK)
		return ra_desk_says(d, rc);
	d->fault = swept.left;
	return swept.left.rc;
}
