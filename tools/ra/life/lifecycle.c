/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/life/lifecycle.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/app.h"

static ra_standing
standing_of(const ra_app *app)
{
	return (ra_standing){ app->state, (unsigned)app->facts, app->before };
}

/* "paid, confirmed" */
static void
name_facts(unsigned facts, char *text, size_t cap)
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned fact = 1; fact < RA_FACTS && at < cap; fact <<= 1)
		if ((facts & fact) != 0)
			at += (size_t)snprintf(text + at, cap - at, "%s%s",
			    at > 0 ? ", " : "", ra_fact_name((ra_fact)fact));
}

static tmg_rc
step_words(const ra_app *app, ra_event event, const ra_actor *actor,
    unsigned missing, tmg_rc rc, tmg_fault *f)
{
	char facts[64];

	if (rc == TMG_DENIED)
		return tmg_raise(f, rc, 0, _("%s may not do \"%s\" to application %s"),
		    actor->name, ra_event_name(event), app->id);
	if (rc == TMG_PENDING) {
		name_facts(missing, facts, sizeof(facts));
		return tmg_raise(f, rc, 0,
		    _("application %s: \"%s\" waits until it is %s"), app->id,
		    ra_event_name(event), facts);
	}
	return tmg_raise(f, rc, 0,
	    _("application %s: %s; \"%s\" is not possible now"), app->id,
	    _(ra_state_get(app->state)->label), ra_event_name(event));
}

static tmg_rc
step(const ra_app *app, ra_event event, const ra_actor *actor,
    ra_standing *then, tmg_fault *f)
{
	unsigned missing = 0;
	ra_flow flow;
	tmg_rc rc;

	if (ra_flow_parse(app->flow, &flow))
		return tmg_raise(f, TMG_E_IO, 0,
		    _("application %s: its way \"%s\" cannot be read"), app->id,
		    app->flow);
	*then = standing_of(app);
	if ((rc = ra_flow_step(&flow, event, actor->by, then, &missing)))
		return step_words(app, event, actor, missing, rc, f);
	if (event == RA_EV_RELEASE && strcmp(app->confirmed_by, actor->name) == 0)
		return tmg_raise(f, TMG_DENIED, 0,
		    _("application %s: %s confirmed it; somebody else releases it"),
		    app->id, actor->name);
	return TMG_OK;
}

static tmg_rc
audit(ra_store *store, const ra_app *app, const char *event,
    const ra_actor *actor, const char *detail, time_t now, tmg_fault *f)
{
	return ra_audit_add(store, &(ra_audit){ .at = now, .actor = actor->name,
	    .event = event, .app = app->id, .detail = detail }, f);
}

/* What app becomes; who confirmed is kept as long as it is confirmed. */
static void
become(ra_app *app, ra_event event, const ra_actor *actor, const char *detail,
    const ra_standing *then, time_t now)
{
	if (event == RA_EV_CONFIRM)
		snprintf(app->confirmed_by, sizeof(app->confirmed_by), "%.*s",
		    (int)sizeof(app->confirmed_by) - 1, actor->name);
	else if ((then->facts & RA_CONFIRMED) == 0)
		app->confirmed_by[0] = '\0';
	if (ra_event_tells(event))
		snprintf(app->reason, sizeof(app->reason), "%s", detail);
	if (app->state != then->state)
		app->entered = now;
	app->state = then->state;
	app->before = then->before;
	app->facts = (int64_t)then->facts;
	app->changed = now;
}

/* A way of more than one step is told to the audit log, which is then enough
 * to walk it again. */
static tmg_rc
audit_way(ra_store *store, const ra_app *app, const ra_actor *actor,
    tmg_fault *f)
{
	if (app->flow[0] == '\0' || strncmp(app->flow, "submitted", 9) == 0)
		return TMG_OK;
	return audit(store, app, RA_AUDIT_WAY, actor, app->flow, app->created, f);
}

tmg_rc
ra_life_keep(ra_store *store, ra_app *app, tmg_fault *f)
{
	const tmg_rc rc = ra_app_add(store, app);

	app->held_back = false;
	return rc ? tmg_fault_copy(f, &store->fault, rc) : TMG_OK;
}

tmg_rc
ra_life_begin(ra_store *store, ra_app *app, ra_event event,
    const ra_actor *actor, const char *detail, tmg_fault *f)
{
	ra_standing then;
	tmg_rc rc;

	app->state = app->before = RA_NONE;
	app->facts = 0;
	if ((rc = step(app, event, actor, &then, f)))
		return rc;
	become(app, event, actor, detail, &then, app->created);
	if (!app->held_back && (rc = ra_life_keep(store, app, f)))
		return rc;
	if ((rc = audit_way(store, app, actor, f)))
		return rc;
	return audit(store, app, ra_event_name(event), actor, detail,
	    app->created, f);
}

tmg_rc
ra_life_apply(ra_store *store, ra_app *app, ra_event event,
    const ra_actor *actor, const char *detail, time_t now, tmg_fault *f)
{
	const ra_standing from = standing_of(app);
	ra_standing then;
	tmg_rc rc;

	if ((rc = step(app, event, actor, &then, f)))
		return rc;
	become(app, event, actor, detail, &then, now);
	rc = app->held_back ? TMG_OK : ra_app_move(store, app, &from);
	if (rc == TMG_MISMATCH)
		return tmg_raise(f, rc, 0,
		    _("application %s was changed by somebody else meanwhile: look at it again"),
		    app->id);
	if (rc)
		return tmg_fault_copy(f, &store->fault, rc);
	return audit(store, app, ra_event_name(event), actor, detail, now, f);
}

bool
ra_life_may(const ra_app *app, ra_event event, unsigned by)
{
	const ra_standing at = standing_of(app);
	ra_flow flow;

	return ra_flow_parse(app->flow, &flow) == TMG_OK &&
	    ra_flow_may(&flow, event, by, &at);
}

unsigned
ra_life_missing(const ra_app *app, ra_event event, unsigned by)
{
	ra_standing at = standing_of(app);
	unsigned missing = 0;
	ra_flow flow;

	return ra_flow_parse(app->flow, &flow) == TMG_OK &&
	    ra_flow_step(&flow, event, by, &at, &missing) == TMG_PENDING ?
	    missing : 0;
}
