/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/desk.h"

#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/step.h"

tmg_rc
ra_desk_app(ra_desk *d, const char *id, ra_app *app)
{
	const tmg_rc rc = ra_app_get(d->store, id, app);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0,
		    _("there is no application %s; tamga-ra list shows them"), id);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

tmg_rc
ra_desk_settle(ra_desk *d, ra_app *app)
{
	char name[RA_NAME_MAX + 16];

	if (!ra_life_may(app, RA_EV_APPROVE, RA_BY_SYSTEM))
		return TMG_OK;
	snprintf(name, sizeof(name), "profile:%s", app->profile);
	const ra_actor self = { RA_BY_SYSTEM, name };

	return ra_desk_step(d, app, RA_EV_APPROVE, &self, "");
}

tmg_rc
ra_desk_decide(ra_desk *d, const char *id, ra_event event,
    const ra_actor *actor, const char *reason, ra_app *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_desk_app(d, id, app)) ||
	    (rc = ra_desk_step(d, app, event, actor, reason)) ||
	    (rc = ra_desk_settle(d, app)))
		return rc;
	return ra_desk_commit(d, &txn);
}
