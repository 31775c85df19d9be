/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/step.h"

#include "src/base/ctx.h"
#include "tools/ra/desk/tell.h"

tmg_rc
ra_desk_step(ra_desk *d, ra_app *app, ra_event event, const ra_actor *actor,
    const char *detail)
{
	const tmg_rc rc = ra_life_apply(d->store, app, event, actor, detail,
	    ra_desk_now(d), &d->fault);

	return rc ? rc : ra_tell(d, app, event, "");
}
