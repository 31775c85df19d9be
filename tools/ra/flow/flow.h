/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of an application from first visit to installed certificate.
 *
 * Each profile has its own: which steps there are, in which order, and what
 * must be true before one of them.  The steps are words of the profile; this
 * file knows what each word means and who may take the step.
 */
#ifndef RA_FLOW_H
#define RA_FLOW_H

#include <stddef.h>

#include "tools/ra/flow/state.h"

#define RA_LINE_MAX 24		/* steps in one profile's way */
#define RA_FLOW_TEXT 384	/* bytes of a flow in words, final zero included */

typedef struct ra_flow {
	size_t count;
	ra_state line[RA_LINE_MAX];	/* RA_SUBMITTED is among them */
	unsigned needs[RA_STATES];	/* facts without which a state is not entered */
} ra_flow;

/* Where an application stands. */
typedef struct ra_standing {
	ra_state state;
	unsigned facts;
	ra_state before;	/* RA_SUSPENDED: what to resume to */
} ra_standing;

/*
 * A flow of the named steps ("registered", "filled", ..., "submitted",
 * "downloaded"); "approved", "issuing" and "issued" follow "submitted" by
 * themselves and are not named.
 *
 * Verdicts  TMG_MISMATCH  *wrong is the word that has no place where it stands
 *           (unknown, twice, not in the line, or "" when "submitted" is missing)
 */
TMG_MUST_USE tmg_rc
ra_flow_make(const char *const *words, size_t count, ra_flow *flow,
    const char **wrong);

/*
 * A flow in words, as an application keeps it: what a profile says later
 * changes nothing for those who are under way.  Text that says nothing is
 * "submitted approve:confirmed", what there was before flows were kept.
 *
 * Verdicts  TMG_MISMATCH  (parse) not a flow
 */
void
ra_flow_print(const ra_flow *flow, char text[RA_FLOW_TEXT]);
TMG_MUST_USE tmg_rc
ra_flow_parse(const char *text, ra_flow *flow);

/*
 * The one transition function: what place becomes when event happens, caused
 * by one of the RA_BY_ bits in by.
 *
 * Verdicts  TMG_MISMATCH  the event cannot happen there; also: a fact twice
 *           TMG_DENIED    it can, but not by that actor
 *           TMG_PENDING   it can, once the facts in *missing are there
 */
TMG_MUST_USE tmg_rc
ra_flow_step(const ra_flow *flow, ra_event event, unsigned by, ra_standing *place,
    unsigned *missing);

/* Whether event may happen to place when by causes it: the Management field. */
bool
ra_flow_may(const ra_flow *flow, ra_event event, unsigned by,
    const ra_standing *place);

/* Whether the office that hands the carrier over makes the key on it. */
bool
ra_flow_office_key(const ra_flow *flow);

/* The state of the line after this one, RA_NONE at its end or off the line. */
ra_state
ra_flow_next(const ra_flow *flow, ra_state state);

#endif
