/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines: what happens to applications when nothing else did.
 */
#ifndef RA_DUE_H
#define RA_DUE_H

#include "tools/ra/desk/deadline.h"
#include "tools/ra/desk/desk.h"

/*
 * Does to every application what its profile's deadlines say is due.  One that
 * somebody moves meanwhile is left alone.
 *
 *   done   out   how many things were done
 */
TMG_MUST_USE tmg_rc
ra_desk_due(ra_desk *desk, unsigned *done);

/*
 * Nothing of the person is left in the store: the answers, the request, who
 * handed it in.  The number stays used.  Inside the caller's transaction.
 *
 * Verdicts  as ra_life_apply()
 */
TMG_MUST_USE tmg_rc
ra_desk_destroy(ra_desk *desk, ra_app *app, const ra_actor *actor);

#endif
