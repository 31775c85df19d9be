/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of one application: states, events, who may cause them.
 */
#ifndef RA_LIFECYCLE_H
#define RA_LIFECYCLE_H

#include <time.h>

#include "tamga/err.h"

typedef enum ra_state {
	RA_NONE,		/* not handed in yet */
	RA_SUBMITTED,		/* an officer decides */
	RA_APPROVED,
	RA_REJECTED,
	RA_ISSUING,		/* a serial number is set aside; the CA signs */
	RA_ISSUED,
	RA_REVOKED,
	RA_STATES
} ra_state;

typedef enum ra_event {
	RA_EV_SUBMIT,
	RA_EV_APPROVE,
	RA_EV_REJECT,
	RA_EV_RESERVE,
	RA_EV_ISSUE,
	RA_EV_REVOKE,
	RA_EVENTS
} ra_event;

/* Bits: who may cause an event. */
enum {
	RA_BY_APPLICANT = 1,
	RA_BY_OFFICER = 2,
	RA_BY_SYSTEM = 4,	/* a profile that approves by itself; the CA */
};

typedef struct ra_actor {
	unsigned by;		/* one RA_BY_ bit */
	const char *name;	/* "applicant:anna", "officer:root", "profile:employee" */
} ra_actor;

/* What a state means to the applicant who asks again. */
typedef enum ra_answer {
	RA_ANSWER_WAIT,
	RA_ANSWER_WORK,		/* nothing to wait for: it is carried on now */
	RA_ANSWER_DONE,
	RA_ANSWER_NO,
} ra_answer;

typedef struct ra_state_row {
	const char *name;	/* as stored, listed and audited */
	const char *label;	/* for people; give it to _() */
	ra_answer answer;
	bool holds_key;		/* nobody else may use its key */
} ra_state_row;

const ra_state_row *ra_state_get(ra_state state);
const char *ra_event_name(ra_event event);

/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_state_parse(const char *name, ra_state *state);
TMG_MUST_USE tmg_rc
ra_event_parse(const char *name, ra_event *event);

/*
 * The one transition function.
 *
 * Verdicts  TMG_MISMATCH  the event cannot happen in that state
 *           TMG_DENIED    it can, but not by that actor
 */
TMG_MUST_USE tmg_rc
ra_step(ra_event event, ra_state from, unsigned by, ra_state *to);

struct ra_store;
struct ra_app;

/*
 * Makes event happen to app: looks the step up, moves the stored state if it
 * still is app's, and audits, all inside the caller's transaction.  detail
 * goes into the audit log and, for RA_EV_REJECT, to the applicant.
 *
 * Verdicts  TMG_MISMATCH, TMG_DENIED as above; TMG_MISMATCH also when somebody
 *           else moved it meanwhile
 */
TMG_MUST_USE tmg_rc
ra_life_apply(struct ra_store *store, struct ra_app *app, ra_event event,
    const ra_actor *actor, const char *detail, time_t now, tmg_fault *f);

#endif
