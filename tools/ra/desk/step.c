/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/step.h"

#include "src/base/ctx.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/tell.h"

/* A suspended application's certificate stands on the revocation list until it
 * is resumed.  One that an older release suspended is not on hold. */
static tmg_rc
follow(ra_desk *d, const ra_app *app, ra_event event)
{
	tmg_rc rc;

	if (event == RA_EV_SUSPEND)
		rc = ra_cert_hold(d->store, app->id, ra_desk_now(d));
	else if (event == RA_EV_RESUME)
		rc = ra_cert_lift(d->store, app->id);
	else
		return TMG_OK;
	if (rc == TMG_OK)
		rc = ra_crl_outdate(d->store);
	return rc == TMG_OK || rc == TMG_OCCUPIED ? TMG_OK : ra_desk_says(d, rc);
}

tmg_rc
ra_desk_step(ra_desk *d, ra_app *app, ra_event event, const ra_actor *actor,
    const char *detail)
{
	tmg_rc rc;

	if ((rc = ra_life_apply(d->store, app, event, actor, detail,
	    ra_desk_now(d), &d->fault)) || (rc = follow(d, app, event)))
		return rc;
	return (rc = ra_tell(d, app, event, "")) ? rc : ra_staff_tell(d, app, event);
}
