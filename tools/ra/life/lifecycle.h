/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to an application: the flow's steps, kept and audited.
 */
#ifndef RA_LIFECYCLE_H
#define RA_LIFECYCLE_H

#include <time.h>

#include "tools/ra/flow/flow.h"

typedef struct ra_actor {
	unsigned by;		/* one RA_BY_ bit */
	const char *name;	/* "applicant:anna", "officer:root", "profile:employee" */
} ra_actor;

struct ra_store;
struct ra_app;

/*
 * Keeps a new application, whose id, flow and contents stand in app, with the
 * event that began it, and audits, all inside the caller's transaction.
 *
 * Verdicts  TMG_MISMATCH, TMG_DENIED, TMG_PENDING as ra_flow_step();
 *           TMG_OCCUPIED  as ra_app_add()
 */
TMG_MUST_USE tmg_rc
ra_life_begin(struct ra_store *store, struct ra_app *app, ra_event event,
    const ra_actor *actor, const char *detail, tmg_fault *f);

/*
 * Stores app as it has become: of one that was held_back when it was begun, which
 * goes several steps in the transaction that begins it and of which others are
 * to see only the last.  Each step is audited all the same.
 *
 * Verdicts  TMG_OCCUPIED  as ra_app_add()
 */
TMG_MUST_USE tmg_rc
ra_life_keep(struct ra_store *store, struct ra_app *app, tmg_fault *f);

/*
 * Makes event happen to app: takes the step, moves what is stored if it still
 * is as app says, and audits, all inside the caller's transaction.  detail
 * goes into the audit log and, where the event has a reason, to the applicant.
 *
 * Verdicts  TMG_MISMATCH, TMG_DENIED, TMG_PENDING as ra_flow_step();
 *           TMG_MISMATCH  also when somebody else moved it meanwhile
 *           TMG_DENIED    also when the officer who confirmed would release
 */
TMG_MUST_USE tmg_rc
ra_life_apply(struct ra_store *store, struct ra_app *app, ra_event event,
    const ra_actor *actor, const char *detail, time_t now, tmg_fault *f);

/* The facts that event waits for, 0 when it can happen or never can. */
unsigned
ra_life_missing(const struct ra_app *app, ra_event event, unsigned by);

/* Whether event may happen to app now when by causes it. */
bool
ra_life_may(const struct ra_app *app, ra_event event, unsigned by);

#endif
