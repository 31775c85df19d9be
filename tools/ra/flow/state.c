/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/flow/state.h"

#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

#define BEFORE(name, label) \
	{ name, label, RA_PART_BEFORE, RA_ANSWER_WAIT, false }

static const ra_state_row states[RA_STATES] = {
	[RA_NONE] = { "none", N_("not handed in"), RA_PART_BESIDE, RA_ANSWER_NO,
	    false },
	[RA_REGISTERED] = BEFORE("registered", N_("registration made")),
	[RA_ACTIVATED] = BEFORE("activated", N_("access code changed")),
	[RA_AGREED] = BEFORE("agreed", N_("terms accepted")),
	[RA_IDENTIFIED] = BEFORE("identified", N_("identity checked")),
	[RA_FILLED] = BEFORE("filled", N_("form filled in")),
	[RA_DOCS_SENT] = BEFORE("docs-sent", N_("documents sent")),
	[RA_DOCS_RECEIVED] = BEFORE("docs-received", N_("documents received")),
	[RA_DOCS_CHECKED] = BEFORE("docs-checked", N_("documents checked")),
	[RA_DATA_CHECKED] = BEFORE("data-checked", N_("data checked")),
	[RA_DATA_AGREED] = BEFORE("data-agreed", N_("data agreed to")),
	[RA_KEY_GENERATED] = { "key", N_("key made"), RA_PART_BEFORE,
	    RA_ANSWER_WAIT, true },
	[RA_SUBMITTED] = { "submitted", N_("waits for an officer"),
	    RA_PART_BEFORE, RA_ANSWER_WAIT, true },
	[RA_APPROVED] = { "approved", N_("approved"), RA_PART_ISSUE,
	    RA_ANSWER_WORK, true },
	[RA_ISSUING] = { "issuing", N_("is being issued"), RA_PART_ISSUE,
	    RA_ANSWER_WORK, true },
	[RA_ISSUED] = { "issued", N_("certificate issued"), RA_PART_ISSUE,
	    RA_ANSWER_DONE, true },
	[RA_DOWNLOADED] = { "downloaded", N_("certificate downloaded"),
	    RA_PART_AFTER, RA_ANSWER_DONE, true },
	[RA_INSTALLED] = { "installed", N_("certificate installed"),
	    RA_PART_AFTER, RA_ANSWER_DONE, true },
	[RA_HANDED_OVER] = { "handed-over", N_("carrier handed over"),
	    RA_PART_AFTER, RA_ANSWER_DONE, true },

	[RA_DOCS_INCOMPLETE] = { "docs-incomplete", N_("documents missing"),
	    RA_PART_BESIDE, RA_ANSWER_WAIT, false },
	[RA_DATA_RETURNED] = { "data-returned", N_("returned for correction"),
	    RA_PART_BESIDE, RA_ANSWER_WAIT, false },
	[RA_ISSUE_FAILED] = { "issue-failed", N_("issuing failed"),
	    RA_PART_BESIDE, RA_ANSWER_WAIT, true },
	[RA_SUSPENDED] = { "suspended", N_("certificate suspended"),
	    RA_PART_BESIDE, RA_ANSWER_NO, true },

	[RA_REJECTED] = { "rejected", N_("rejected"), RA_PART_END,
	    RA_ANSWER_NO, false },
	[RA_CANCELLED] = { "cancelled", N_("cancelled"), RA_PART_END,
	    RA_ANSWER_NO, false },
	[RA_EXPIRED] = { "expired", N_("deadline passed"), RA_PART_END,
	    RA_ANSWER_NO, false },
	[RA_DESTROYED] = { "destroyed", N_("destroyed"), RA_PART_END,
	    RA_ANSWER_NO, false },
	[RA_REVOKED] = { "revoked", N_("certificate revoked"), RA_PART_END,
	    RA_ANSWER_NO, true },
};

static const char *const events[RA_EVENTS] = {
	[RA_EV_REGISTER] = "register",
	[RA_EV_ACTIVATE] = "activate",
	[RA_EV_AGREE] = "agree",
	[RA_EV_IDENTIFY] = "identify",
	[RA_EV_FILL] = "fill",
	[RA_EV_SEND_DOCS] = "send-docs",
	[RA_EV_RECEIVE_DOCS] = "receive-docs",
	[RA_EV_CHECK_DOCS] = "check-docs",
	[RA_EV_MISS_DOCS] = "miss-docs",
	[RA_EV_CHECK_DATA] = "check-data",
	[RA_EV_RETURN_DATA] = "return-data",
	[RA_EV_CORRECT_DATA] = "correct-data",
	[RA_EV_AGREE_DATA] = "agree-data",
	[RA_EV_KEY] = "key",
	[RA_EV_SUBMIT] = "submit",
	[RA_EV_PAY] = "pay",
	[RA_EV_CONFIRM] = "confirm",
	[RA_EV_RELEASE] = "release",
	[RA_EV_APPROVE] = "approve",
	[RA_EV_RESERVE] = "reserve",
	[RA_EV_ISSUE] = "issue",
	[RA_EV_FAIL] = "fail",
	[RA_EV_RETRY] = "retry",
	[RA_EV_DOWNLOAD] = "download",
	[RA_EV_INSTALL] = "install",
	[RA_EV_HAND_OVER] = "hand-over",
	[RA_EV_REJECT] = "reject",
	[RA_EV_CANCEL] = "cancel",
	[RA_EV_EXPIRE] = "expire",
	[RA_EV_DESTROY] = "destroy",
	[RA_EV_SUSPEND] = "suspend",
	[RA_EV_RESUME] = "resume",
	[RA_EV_REVOKE] = "revoke",
};

static const struct {
	ra_fact fact;
	const char *name;
} facts[] = {
	{ RA_PAID, "paid" },
	{ RA_CONFIRMED, "confirmed" },
	{ RA_RELEASED, "released" },
};

const ra_state_row *
ra_state_get(ra_state state)
{
	return &states[(unsigned)state < RA_STATES ? state : RA_NONE];
}

const char *
ra_event_name(ra_event event)
{
	return events[event];
}

bool
ra_event_tells(ra_event event)
{
	static const ra_event telling[] = { RA_EV_MISS_DOCS, RA_EV_RETURN_DATA,
		RA_EV_REJECT, RA_EV_CANCEL, RA_EV_SUSPEND };

	for (size_t i = 0; i < TMG_COUNT(telling); i++)
		if (telling[i] == event)
			return true;
	return false;
}

const char *
ra_fact_name(ra_fact fact)
{
	for (size_t i = 0; i < TMG_COUNT(facts); i++)
		if (facts[i].fact == fact)
			return facts[i].name;
	return "";
}

tmg_rc
ra_state_parse(const char *name, ra_state *state)
{
	for (int i = 0; i < RA_STATES; i++) {
		if (strcmp(states[i].name, name) == 0) {
			*state = (ra_state)i;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}

tmg_rc
ra_event_parse(const char *name, ra_event *event)
{
	for (int i = 0; i < RA_EVENTS; i++) {
		if (strcmp(events[i], name) == 0) {
			*event = (ra_event)i;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}

tmg_rc
ra_fact_parse(const char *name, ra_fact *fact)
{
	for (size_t i = 0; i < TMG_COUNT(facts); i++) {
		if (strcmp(facts[i].name, name) == 0) {
			*fact = facts[i].fact;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}
