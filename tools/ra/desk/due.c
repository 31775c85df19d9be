/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/due.h"

#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/store/answer.h"
#include "tools/ra/store/errand.h"
#include "tools/ra/store/ids.h"
#include "tools/ra/store/mail.h"
#include "tools/ra/store/paper.h"

#define DAY 86400
#define SHORTEST_MONTH 28	/* days */

static const ra_actor timer = { RA_BY_SYSTEM, "timer" };

tmg_rc
ra_desk_destroy(ra_desk *d, ra_app *app, const ra_actor *actor)
{
	tmg_rc rc;

	if ((rc = ra_desk_step(d, app, RA_EV_DESTROY, actor, "")))
		return rc;
	if ((rc = ra_mail_erase(d->store, app->id)) ||
	    (rc = ra_errand_erase(d->store, app->id)) ||
	    (rc = ra_answer_erase(d->store, app->id)) ||
	    (rc = ra_paper_erase(d->store, app->id)) ||
	    (rc = ra_app_erase(d->store, app->id)))
		return ra_desk_says(d, rc);
	return TMG_OK;
}

/* "destroy" of what is still open is an end and the erasing in one. */
static tmg_rc
carry_out(ra_desk *d, const ra_deadline *deadline, ra_app *app)
{
	const bool destroys = strcmp(deadline->event, "destroy") == 0;
	tmg_rc rc;

	if (ra_state_get(app->state)->part != RA_PART_END &&
	    (rc = ra_desk_step(d, app, RA_EV_EXPIRE, &timer, "")))
		return rc;
	return destroys ? ra_desk_destroy(d, app, &timer) : TMG_OK;
}

static tmg_rc
one(ra_desk *d, const ra_deadline *deadline, const char *id)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_app_get(d->store, id, &app)))
		return ra_desk_says(d, rc);
	if (strcmp(ra_state_get(app.state)->name, deadline->state) != 0 ||
	    ra_due_at(deadline, app.entered) > ra_desk_now(d))
		return TMG_MISMATCH;
	if ((rc = carry_out(d, deadline, &app)))
		return rc;
	return ra_desk_commit(d, &txn);
}

static tmg_rc
collect(void *arg, const ra_app *app)
{
	return ra_ids_add(arg, app->id);
}

/* Those that may be due, by the least that a month has: each is looked at
 * exactly when its turn comes. */
static tmg_rc
each_deadline(ra_desk *d, const ra_profile *profile,
    const ra_deadline *deadline, unsigned *done)
{
	const time_t least = ((time_t)deadline->months * SHORTEST_MONTH +
	    deadline->days) * DAY;
	tmg_auto(ra_ids) ids = { NULL, 0, 0 };
	ra_state state;
	tmg_rc rc;

	if (ra_state_parse(deadline->state, &state))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, "%s", deadline->state);
	if ((rc = ra_app_each_since(d->store, profile->name, state,
	    ra_desk_now(d) - least + 1, collect, &ids)))
		return ra_desk_says(d, rc);
	for (size_t i = 0; i < ids.count; i++) {
		rc = one(d, deadline, ids.id[i]);
		if (tmg_is_fault(rc))
			return rc;
		*done += rc == TMG_OK;
	}
	return TMG_OK;
}

tmg_rc
ra_desk_due(ra_desk *d, unsigned *done)
{
	const ra_profiles *all = d->profiles;
	tmg_rc rc = TMG_OK;

	*done = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	for (size_t i = 0; i < all->count && rc == TMG_OK; i++)
		for (size_t j = 0; j < all->row[i].deadline_count &&
		    rc == TMG_OK; j++)
			rc = each_deadline(d, &all->row[i],
			    &all->row[i].deadline[j], done);
	return rc;
}
