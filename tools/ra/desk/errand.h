/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What another authority is asked for: begun with the step that needs it,
 * carried out by a chore, at whose pace nobody waits.
 */
#ifndef RA_DESK_ERRAND_H
#define RA_DESK_ERRAND_H

#include <stdatomic.h>

#include "tools/ra/desk/desk.h"

/* app, which is being issued, is to be asked for, if it is not yet; in the
 * caller's transaction. */
TMG_MUST_USE tmg_rc
ra_errand_begin(ra_desk *desk, const ra_app *app);

/* The authority elsewhere is to be told that app's certificate is revoked, where
 * its protocol has a word for that; in the caller's transaction. */
TMG_MUST_USE tmg_rc
ra_errand_revoke(ra_desk *desk, const char *app, int reason);

/* That it is being asked for, as TMG_PENDING, for applicants and officers.
 * Whoever finds nothing begun begins it. */
tmg_rc
ra_errand_wait(ra_desk *desk, const ra_app *app);

/* How it stands, for officers: since when, what the other one said, and when it
 * is asked next.  "" where nothing is asked. */
#define RA_ERRAND_TEXT 512
void
ra_errand_say(ra_desk *desk, const ra_app *app, char text[RA_ERRAND_TEXT]);

/* Seconds after which somebody who waits for app does well to ask again. */
long
ra_errand_again(ra_desk *desk, const ra_app *app);

/* Carries out what is due.  done: how many ended, either way.  Faults: of the
 * store; that the other authority is away is kept with each, and is none. */
TMG_MUST_USE tmg_rc
ra_errands_run(ra_desk *desk, const atomic_bool *stop, unsigned *done);

#endif
