/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/flow/flow.h"

#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"

#define BIT(state) (1u << (state))

_Static_assert(RA_STATES <= 32, "a state is a bit of a from mask");

/* Alive, and nothing was issued yet. */
#define OPEN (BIT(RA_REGISTERED) | BIT(RA_ACTIVATED) | BIT(RA_AGREED) | \
    BIT(RA_IDENTIFIED) | BIT(RA_FILLED) | BIT(RA_DOCS_SENT) | \
    BIT(RA_DOCS_RECEIVED) | BIT(RA_DOCS_CHECKED) | BIT(RA_DATA_CHECKED) | \
    BIT(RA_DATA_AGREED) | BIT(RA_KEY_GENERATED) | BIT(RA_SUBMITTED) | \
    BIT(RA_DOCS_INCOMPLETE) | BIT(RA_DATA_RETURNED))
/* The data is known, so that there is something to pay for or to correct. */
#define KNOWN (BIT(RA_FILLED) | BIT(RA_DOCS_SENT) | BIT(RA_DOCS_RECEIVED) | \
    BIT(RA_DOCS_CHECKED) | BIT(RA_DATA_CHECKED) | BIT(RA_DATA_AGREED) | \
    BIT(RA_KEY_GENERATED) | BIT(RA_SUBMITTED) | BIT(RA_DOCS_INCOMPLETE) | \
    BIT(RA_DATA_RETURNED))
/* A certificate is in force. */
#define IN_FORCE (BIT(RA_ISSUED) | BIT(RA_DOWNLOADED) | BIT(RA_INSTALLED) | \
    BIT(RA_HANDED_OVER))
#define ENDED (BIT(RA_REJECTED) | BIT(RA_CANCELLED) | BIT(RA_EXPIRED))

static size_t
at_of(const ra_flow *flow, ra_state state)
{
	size_t i = 0;

	while (i < flow->count && flow->line[i] != state)
		i++;
	return i;
}

static bool
has(const ra_flow *flow, ra_state state)
{
	return at_of(flow, state) < flow->count;
}

/* The state of the line before this one. */
static ra_state
previous(const ra_flow *flow, ra_state state)
{
	const size_t at = at_of(flow, state);

	return at > 0 && at < flow->count ? flow->line[at - 1] : RA_NONE;
}

ra_state
ra_flow_next(const ra_flow *flow, ra_state state)
{
	const size_t at = state == RA_NONE ? 0 : at_of(flow, state) + 1;

	return at < flow->count ? flow->line[at] : RA_NONE;
}

/* ---- where an event leads ---- */

typedef struct step step;
typedef bool lead_fn(const ra_flow *flow, const step *s, ra_standing *place);

struct step {
	ra_event event;
	unsigned by;
	unsigned from;		/* mask; the line's own steps need none */
	ra_state to;
	unsigned fact;		/* becomes true */
	unsigned drops;		/* become false */
	lead_fn *lead;
};

/* The line's next step, whatever comes before it in this profile. */
static bool
forward(const ra_flow *flow, const step *s, ra_standing *place)
{
	if (ra_flow_next(flow, place->state) != s->to)
		return false;
	place->state = s->to;
	return true;
}

static bool
from_mask(const ra_flow *flow, const step *s, ra_standing *place)
{
	(void)flow;
	if ((s->from & BIT(place->state)) == 0)
		return false;
	place->state = s->to;
	return true;
}

/* As from_mask(), where the profile takes the step led to at all. */
static bool
onto_line(const ra_flow *flow, const step *s, ra_standing *place)
{
	return has(flow, s->to) && from_mask(flow, s, place);
}

/* To where the step comes next again. */
static bool
before_step(const ra_flow *flow, const step *s, ra_standing *place)
{
	const ra_state to = previous(flow, s->to);

	if (to == RA_NONE || (s->from & BIT(place->state)) == 0)
		return false;
	place->state = to;
	return true;
}

/* An officer sends back what he may check or has checked. */
static bool
returned(const ra_flow *flow, const step *s, ra_standing *place)
{
	const size_t check = at_of(flow, RA_DATA_CHECKED);
	const size_t at = at_of(flow, place->state);

	if (check == flow->count || at == flow->count || at + 1 < check)
		return false;
	return from_mask(flow, s, place);
}

static bool
fact_only(const ra_flow *flow, const step *s, ra_standing *place)
{
	(void)flow;
	return (s->from & BIT(place->state)) != 0 &&
	    (place->facts & s->fact) == 0;
}

/* Four eyes: the second pair looks at what the first confirmed. */
static bool
release(const ra_flow *flow, const step *s, ra_standing *place)
{
	return (place->facts & RA_CONFIRMED) != 0 && fact_only(flow, s, place);
}

/* What an officer confirmed in time does not expire any more. */
static bool
expire(const ra_flow *flow, const step *s, ra_standing *place)
{
	return (place->facts & RA_CONFIRMED) == 0 && from_mask(flow, s, place);
}

static bool
suspend(const ra_flow *flow, const step *s, ra_standing *place)
{
	const ra_state before = place->state;

	if (!from_mask(flow, s, place))
		return false;
	place->before = before;
	return true;
}

static bool
resume(const ra_flow *flow, const step *s, ra_standing *place)
{
	if (!from_mask(flow, s, place))
		return false;
	place->state = place->before;
	place->before = RA_NONE;
	return true;
}

#define APPLICANT RA_BY_APPLICANT
#define OFFICER RA_BY_OFFICER
#define SYSTEM RA_BY_SYSTEM
#define CHECKS (RA_CONFIRMED | RA_RELEASED)

#define LINE(event, by, to) { event, by, 0, to, 0, 0, forward }
#define SIDE(event, by, from, to, lead) { event, by, from, to, 0, 0, lead }
#define VOID(event, by, from, to, lead) { event, by, from, to, 0, CHECKS, lead }
#define FACT(event, by, from, fact, lead) { event, by, from, RA_NONE, fact, 0, lead }

static const step steps[] = {
	LINE(RA_EV_REGISTER, APPLICANT | OFFICER, RA_REGISTERED),
	LINE(RA_EV_ACTIVATE, APPLICANT, RA_ACTIVATED),
	LINE(RA_EV_AGREE, APPLICANT | OFFICER, RA_AGREED),
	LINE(RA_EV_IDENTIFY, SYSTEM, RA_IDENTIFIED),
	LINE(RA_EV_FILL, APPLICANT | OFFICER, RA_FILLED),
	SIDE(RA_EV_FILL, APPLICANT | OFFICER, BIT(RA_FILLED), RA_FILLED, from_mask),
	VOID(RA_EV_FILL, APPLICANT, BIT(RA_DATA_RETURNED), RA_DATA_CHECKED,
	    before_step),

	LINE(RA_EV_SEND_DOCS, APPLICANT, RA_DOCS_SENT),
	SIDE(RA_EV_SEND_DOCS, APPLICANT, BIT(RA_DOCS_INCOMPLETE), RA_DOCS_SENT,
	    onto_line),
	LINE(RA_EV_RECEIVE_DOCS, OFFICER, RA_DOCS_RECEIVED),
	SIDE(RA_EV_RECEIVE_DOCS, OFFICER, BIT(RA_DOCS_INCOMPLETE),
	    RA_DOCS_RECEIVED, onto_line),
	LINE(RA_EV_CHECK_DOCS, OFFICER, RA_DOCS_CHECKED),
	SIDE(RA_EV_MISS_DOCS, OFFICER, BIT(RA_DOCS_RECEIVED), RA_DOCS_INCOMPLETE,
	    from_mask),

	LINE(RA_EV_CHECK_DATA, OFFICER, RA_DATA_CHECKED),
	VOID(RA_EV_RETURN_DATA, OFFICER, KNOWN, RA_DATA_RETURNED, returned),
	VOID(RA_EV_CORRECT_DATA, OFFICER, BIT(RA_DATA_CHECKED) |
	    BIT(RA_DATA_AGREED) | BIT(RA_KEY_GENERATED) | BIT(RA_SUBMITTED) |
	    BIT(RA_DATA_RETURNED), RA_DATA_CHECKED, onto_line),
	LINE(RA_EV_AGREE_DATA, APPLICANT, RA_DATA_AGREED),

	LINE(RA_EV_KEY, APPLICANT | OFFICER, RA_KEY_GENERATED),
	LINE(RA_EV_SUBMIT, APPLICANT | OFFICER, RA_SUBMITTED),
	FACT(RA_EV_PAY, OFFICER | SYSTEM, KNOWN, RA_PAID, fact_only),
	FACT(RA_EV_CONFIRM, OFFICER, BIT(RA_SUBMITTED), RA_CONFIRMED, fact_only),
	FACT(RA_EV_RELEASE, OFFICER, BIT(RA_SUBMITTED), RA_RELEASED, release),

	LINE(RA_EV_APPROVE, SYSTEM, RA_APPROVED),
	LINE(RA_EV_RESERVE, SYSTEM, RA_ISSUING),
	LINE(RA_EV_ISSUE, SYSTEM, RA_ISSUED),
	SIDE(RA_EV_FAIL, SYSTEM, BIT(RA_ISSUING), RA_ISSUE_FAILED, from_mask),
	SIDE(RA_EV_RETRY, OFFICER | SYSTEM, BIT(RA_ISSUE_FAILED), RA_ISSUING,
	    from_mask),
	LINE(RA_EV_DOWNLOAD, APPLICANT, RA_DOWNLOADED),
	LINE(RA_EV_INSTALL, APPLICANT, RA_INSTALLED),
	LINE(RA_EV_HAND_OVER, OFFICER, RA_HANDED_OVER),

	SIDE(RA_EV_REJECT, OFFICER, OPEN | BIT(RA_ISSUE_FAILED), RA_REJECTED,
	    from_mask),
	SIDE(RA_EV_CANCEL, APPLICANT | OFFICER, OPEN, RA_CANCELLED, from_mask),
	SIDE(RA_EV_EXPIRE, SYSTEM, OPEN, RA_EXPIRED, expire),
	SIDE(RA_EV_DESTROY, SYSTEM, ENDED, RA_DESTROYED, from_mask),

	SIDE(RA_EV_SUSPEND, APPLICANT | OFFICER, IN_FORCE, RA_SUSPENDED, suspend),
	SIDE(RA_EV_RESUME, APPLICANT | OFFICER, BIT(RA_SUSPENDED), RA_NONE, resume),
	SIDE(RA_EV_REVOKE, APPLICANT | OFFICER | SYSTEM, IN_FORCE |
	    BIT(RA_SUSPENDED), RA_REVOKED, from_mask),
};

/* What one row makes of place; *place is left alone unless TMG_OK. */
static tmg_rc
try_step(const ra_flow *flow, const step *s, unsigned by, ra_standing *place,
    unsigned *missing)
{
	ra_standing then = *place;

	if (!s->lead(flow, s, &then))
		return TMG_MISMATCH;
	if ((s->by & by) == 0)
		return TMG_DENIED;
	then.facts = (then.facts | s->fact) & ~s->drops;
	*missing = then.state != place->state ?
	    flow->needs[then.state] & ~then.facts : 0;
	if (*missing != 0)
		return TMG_PENDING;

	*place = then;
	return TMG_OK;
}

tmg_rc
ra_flow_step(const ra_flow *flow, ra_event event, unsigned by, ra_standing *place,
    unsigned *missing)
{
	tmg_rc rc = TMG_MISMATCH;

	*missing = 0;
	for (size_t i = 0; i < TMG_COUNT(steps) && rc == TMG_MISMATCH; i++)
		if (steps[i].event == event)
			rc = try_step(flow, &steps[i], by, place, missing);
	return rc;
}

bool
ra_flow_may(const ra_flow *flow, ra_event event, unsigned by,
    const ra_standing *place)
{
	ra_standing then = *place;
	unsigned missing;

	return ra_flow_step(flow, event, by, &then, &missing) == TMG_OK;
}

bool
ra_flow_office_key(const ra_flow *flow)
{
	return has(flow, RA_HANDED_OVER);
}

/* ---- a flow from words ---- */

static bool
append(ra_flow *flow, ra_state state)
{
	if (flow->count == RA_LINE_MAX || has(flow, state))
		return false;
	flow->line[flow->count++] = state;
	return true;
}

/* The authority's own part follows the request, in one order only. */
static bool
append_issuing(ra_flow *flow)
{
	return append(flow, RA_APPROVED) && append(flow, RA_ISSUING) &&
	    append(flow, RA_ISSUED);
}

static bool
append_word(ra_flow *flow, const char *word)
{
	const bool submitted = has(flow, RA_SUBMITTED);
	ra_state state;

	if (ra_state_parse(word, &state) ||
	    ra_state_get(state)->part !=
	    (submitted ? RA_PART_AFTER : RA_PART_BEFORE) ||
	    !append(flow, state))
		return false;
	return state != RA_SUBMITTED || append_issuing(flow);
}

tmg_rc
ra_flow_make(const char *const *words, size_t count, ra_flow *flow,
    const char **wrong)
{
	*flow = (ra_flow){ .count = 0 };
	for (size_t i = 0; i < count; i++) {
		if (!append_word(flow, words[i])) {
			*wrong = words[i];
			return TMG_MISMATCH;
		}
	}
	*wrong = "";
	return has(flow, RA_SUBMITTED) ? TMG_OK : TMG_MISMATCH;
}

/* ---- a flow in words ---- */

#define OLD_FLOW "submitted approve:confirmed"

/* The steps that wait for facts, and how they are called. */
static const struct {
	ra_state state;
	const char *word;
} waits[] = {
	{ RA_SUBMITTED, "submit:" },
	{ RA_APPROVED, "approve:" },
};

static void
add_word(char text[RA_FLOW_TEXT], const char *head, const char *word)
{
	const size_t len = strlen(text);

	snprintf(text + len, RA_FLOW_TEXT - len, "%s%s%s", len > 0 ? " " : "",
	    head, word);
}

void
ra_flow_print(const ra_flow *flow, char text[RA_FLOW_TEXT])
{
	text[0] = '\0';
	for (size_t i = 0; i < flow->count; i++) {
		const ra_state_row *row = ra_state_get(flow->line[i]);

		if (row->part != RA_PART_ISSUE)
			add_word(text, "", row->name);
	}
	for (size_t i = 0; i < TMG_COUNT(waits); i++)
		for (unsigned fact = 1; fact < RA_FACTS; fact <<= 1)
			if ((flow->needs[waits[i].state] & fact) != 0)
				add_word(text, waits[i].word,
				    ra_fact_name((ra_fact)fact));
}

static tmg_rc
parse_wait(const char *word, ra_flow *flow)
{
	ra_fact fact;

	for (size_t i = 0; i < TMG_COUNT(waits); i++) {
		const size_t len = strlen(waits[i].word);

		if (strncmp(word, waits[i].word, len) != 0)
			continue;
		if (ra_fact_parse(word + len, &fact))
			return TMG_MISMATCH;
		flow->needs[waits[i].state] |= fact;
		return TMG_OK;
	}
	return TMG_MISMATCH;
}

/* Splits at spaces: steps first, then what they wait for. */
static tmg_rc
parse_words(char *text, ra_flow *flow)
{
	const char *words[RA_LINE_MAX], *wrong;
	size_t count = 0;
	char *rest = text, *word = strtok_r(text, " ", &rest);

	for (; word != NULL && strchr(word, ':') == NULL;
	    word = strtok_r(NULL, " ", &rest)) {
		if (count == RA_LINE_MAX)
			return TMG_MISMATCH;
		words[count++] = word;
	}
	if (ra_flow_make(words, count, flow, &wrong))
		return TMG_MISMATCH;
	for (; word != NULL; word = strtok_r(NULL, " ", &rest))
		if (parse_wait(word, flow))
			return TMG_MISMATCH;
	return TMG_OK;
}

tmg_rc
ra_flow_parse(const char *text, ra_flow *flow)
{
	char copy[RA_FLOW_TEXT];

	if (strlen(text) >= sizeof(copy))
		return TMG_MISMATCH;
	strcpy(copy, text[0] != '\0' ? text : OLD_FLOW);
	return parse_words(copy, flow);
}
