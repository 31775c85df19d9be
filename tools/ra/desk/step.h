/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One step of an application's life at a desk, and the applicant told of it.
 */
#ifndef RA_STEP_H
#define RA_STEP_H

#include "tools/ra/desk/desk.h"

/* The application of that number.  Verdicts TMG_NOT_FOUND, with words. */
TMG_MUST_USE tmg_rc
ra_desk_app(ra_desk *desk, const char *id, ra_app *app);

/*
 * ra_life_apply() now, what follows for the certificate (suspended: on hold),
 * and the mails that the profile sends on event, all inside the caller's
 * transaction: who is told of a step is told of one that was taken.  Verdicts as
 * ra_life_apply().
 */
TMG_MUST_USE tmg_rc
ra_desk_step(ra_desk *desk, ra_app *app, ra_event event, const ra_actor *actor,
    const char *detail);

#endif
