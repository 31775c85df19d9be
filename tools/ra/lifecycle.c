/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/lifecycle.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/audit.h"
#include "tools/ra/store-app.h"

static const ra_state_row states[RA_STATES] = {
	[RA_NONE] = { "none", N_("not handed in"), RA_ANSWER_NO, false },
	[RA_SUBMITTED] = { "submitted", N_("waits for an officer"),
	    RA_ANSWER_WAIT, true },
	[RA_APPROVED] = { "approved", N_("approved"), RA_ANSWER_WORK, true },
	[RA_REJECTED] = { "rejected", N_("rejected"), RA_ANSWER_NO, false },
	[RA_ISSUING] = { "issuing", N_("is being issued"), RA_ANSWER_WORK, true },
	[RA_ISSUED] = { "issued", N_("certificate issued"), RA_ANSWER_DONE, true },
	[RA_REVOKED] = { "revoked", N_("certificate revoked"), RA_ANSWER_NO, true },
};

static const char *const events[RA_EVENTS] = {
	[RA_EV_SUBMIT] = "submit",
	[RA_EV_APPROVE] = "approve",
	[RA_EV_REJECT] = "reject",
	[RA_EV_RESERVE] = "reserve",
	[RA_EV_ISSUE] = "issue",
	[RA_EV_REVOKE] = "revoke",
};

static const struct {
	ra_event event;
	ra_state from, to;
	unsigned by;
} steps[] = {
	{ RA_EV_SUBMIT, RA_NONE, RA_SUBMITTED, RA_BY_APPLICANT },
	{ RA_EV_APPROVE, RA_SUBMITTED, RA_APPROVED, RA_BY_OFFICER | RA_BY_SYSTEM },
	{ RA_EV_REJECT, RA_SUBMITTED, RA_REJECTED, RA_BY_OFFICER },
	{ RA_EV_RESERVE, RA_APPROVED, RA_ISSUING, RA_BY_SYSTEM },
	{ RA_EV_ISSUE, RA_ISSUING, RA_ISSUED, RA_BY_SYSTEM },
	{ RA_EV_REVOKE, RA_ISSUED, RA_REVOKED, RA_BY_OFFICER | RA_BY_APPLICANT },
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
ra_step(ra_event event, ra_state from, unsigned by, ra_state *to)
{
	for (size_t i = 0; i < TMG_COUNT(steps); i++) {
		if (steps[i].event != event || steps[i].from != from)
			continue;
		if ((steps[i].by & by) == 0)
			return TMG_DENIED;
		*to = steps[i].to;
		return TMG_OK;
	}
	return TMG_MISMATCH;
}

static tmg_rc
step_words(const ra_app *app, ra_event event, const ra_actor *actor, tmg_rc rc,
    tmg_fault *f)
{
	if (rc == TMG_DENIED)
		return tmg_raise(f, rc, 0, _("%s may not do \"%s\" to application %s"),
		    actor->name, events[event], app->id);
	return tmg_raise(f, rc, 0,
	    _("application %s: %s; \"%s\" is not possible any more"), app->id,
	    _(states[app->state].label), events[event]);
}

tmg_rc
ra_life_apply(ra_store *store, ra_app *app, ra_event event,
    const ra_actor *actor, const char *detail, time_t now, tmg_fault *f)
{
	ra_state to;
	tmg_rc rc;

	if ((rc = ra_step(event, app->state, actor->by, &to)))
		return step_words(app, event, actor, rc, f);

	const ra_move move = { app->id, app->state, to, now,
	    event == RA_EV_REJECT ? detail : app->reason };

	rc = app->state == RA_NONE ? TMG_OK : ra_app_move(store, &move);
	if (rc == TMG_MISMATCH)
		return tmg_raise(f, rc, 0,
		    _("application %s was changed by somebody else meanwhile: look at it again"),
		    app->id);
	if (rc)
		return tmg_fault_copy(f, &store->fault, rc);

	snprintf(app->reason, sizeof(app->reason), "%s", move.reason);
	app->state = to;
	app->changed = now;
	return ra_audit_add(store, &(ra_audit){ .at = now, .actor = actor->name,
	    .event = events[event], .app = app->id, .detail = detail }, f);
}
