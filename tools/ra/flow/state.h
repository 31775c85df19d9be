/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of an application's life: states, events, facts, who may act.
 */
#ifndef RA_STATE_H
#define RA_STATE_H

#include "tamga/err.h"

typedef enum ra_state {
	RA_NONE,		/* nothing is kept yet */

	/* the line: a profile takes some of these, in an order of its own */
	RA_REGISTERED,		/* number and first access code were mailed */
	RA_ACTIVATED,		/* the code was changed: the address is proven */
	RA_AGREED,		/* the terms were accepted */
	RA_IDENTIFIED,		/* a register knows the person */
	RA_FILLED,
	RA_DOCS_SENT,		/* the applicant sent or uploaded the documents */
	RA_DOCS_RECEIVED,
	RA_DOCS_CHECKED,
	RA_DATA_CHECKED,
	RA_DATA_AGREED,		/* the applicant agrees to the data as checked */
	RA_KEY_GENERATED,
	RA_SUBMITTED,		/* the request, or the order, is in */
	RA_APPROVED,		/* everything that was asked for is there */
	RA_ISSUING,		/* a serial number is set aside; the CA signs */
	RA_ISSUED,
	RA_DOWNLOADED,
	RA_INSTALLED,		/* the client proved that it works */
	RA_HANDED_OVER,		/* the carrier, to a person with an identity card */

	/* beside the line */
	RA_DOCS_INCOMPLETE,
	RA_DATA_RETURNED,	/* the applicant is to correct something */
	RA_ISSUE_FAILED,	/* the CA would not; somebody looks at it */
	RA_SUSPENDED,

	/* the ends */
	RA_REJECTED,
	RA_CANCELLED,
	RA_EXPIRED,		/* a deadline passed */
	RA_DESTROYED,		/* and the data is erased; the number stays used */
	RA_REVOKED,
	RA_STATES
} ra_state;

typedef enum ra_event {
	RA_EV_REGISTER,
	RA_EV_ACTIVATE,
	RA_EV_AGREE,
	RA_EV_IDENTIFY,
	RA_EV_FILL,
	RA_EV_SEND_DOCS,
	RA_EV_RECEIVE_DOCS,
	RA_EV_CHECK_DOCS,
	RA_EV_MISS_DOCS,
	RA_EV_CHECK_DATA,
	RA_EV_RETURN_DATA,
	RA_EV_CORRECT_DATA,	/* by an officer; what was agreed to is void */
	RA_EV_AGREE_DATA,
	RA_EV_KEY,
	RA_EV_SUBMIT,
	RA_EV_PAY,
	RA_EV_CONFIRM,
	RA_EV_RELEASE,		/* by a second officer */
	RA_EV_APPROVE,
	RA_EV_RESERVE,
	RA_EV_ISSUE,
	RA_EV_FAIL,
	RA_EV_RETRY,
	RA_EV_DOWNLOAD,
	RA_EV_INSTALL,
	RA_EV_HAND_OVER,
	RA_EV_REJECT,
	RA_EV_CANCEL,
	RA_EV_EXPIRE,
	RA_EV_DESTROY,
	RA_EV_SUSPEND,
	RA_EV_RESUME,
	RA_EV_REVOKE,
	RA_EVENTS
} ra_event;

/* Bits: what is true of an application beside its state, in any order.  Each
 * is set by one event, with its actor and time in the audit log. */
typedef enum ra_fact {
	RA_PAID = 1,
	RA_CONFIRMED = 2,
	RA_RELEASED = 4,
	RA_FACTS = 7,
} ra_fact;

/* Bits: who may cause an event. */
enum {
	RA_BY_APPLICANT = 1,
	RA_BY_OFFICER = 2,
	RA_BY_SYSTEM = 4,	/* timers, registers, payment, a profile, the CA */
};

/* Where in a life a state stands. */
typedef enum ra_part {
	RA_PART_BEFORE,		/* up to the request; a profile may name it */
	RA_PART_ISSUE,		/* the authority's own, never named */
	RA_PART_AFTER,		/* once there is a certificate; may be named */
	RA_PART_BESIDE,
	RA_PART_END,
} ra_part;

/* What a state means to the applicant's program when it asks again. */
typedef enum ra_answer {
	RA_ANSWER_WAIT,
	RA_ANSWER_WORK,		/* nothing to wait for: it is carried on now */
	RA_ANSWER_DONE,
	RA_ANSWER_NO,
} ra_answer;

typedef struct ra_state_row {
	const char *name;	/* as stored, listed, audited, named in profiles */
	const char *label;	/* for people; give it to _() */
	ra_part part;
	ra_answer answer;
	bool holds_key;		/* nobody else may use its key */
} ra_state_row;

const ra_state_row *ra_state_get(ra_state state);
const char *ra_event_name(ra_event event);
/* Whether its detail is a reason that the applicant is told. */
bool ra_event_tells(ra_event event);
const char *ra_fact_name(ra_fact fact);

/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_state_parse(const char *name, ra_state *state);
TMG_MUST_USE tmg_rc
ra_event_parse(const char *name, ra_event *event);
TMG_MUST_USE tmg_rc
ra_fact_parse(const char *name, ra_fact *fact);

#endif
