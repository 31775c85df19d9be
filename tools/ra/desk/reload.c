/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/reload.h"

#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

/* Profiles to be, and what they lack. */
struct wanting {
	const ra_profiles *profiles;
	char profile[RA_TEXT_MAX], app[RA_ID_MAX];
};

static tmg_rc
find_missing(void *arg, const ra_app *app)
{
	struct wanting *w = arg;

	if (ra_profiles_find(w->profiles, app->profile) != NULL)
		return TMG_OK;
	snprintf(w->profile, sizeof(w->profile), "%s", app->profile);
	snprintf(w->app, sizeof(w->app), "%s", app->id);
	return TMG_OCCUPIED;
}

/* Somebody who has still to get his certificate needs the profile for it. */
static bool
needs_profile(ra_state state)
{
	const ra_state_row *row = ra_state_get(state);

	return row->answer == RA_ANSWER_WAIT || row->answer == RA_ANSWER_WORK;
}

static tmg_rc
check_missing(ra_desk *d, const ra_profiles *profiles)
{
	struct wanting w = { .profiles = profiles };
	tmg_rc rc;

	for (int s = 0; s < RA_STATES; s++) {
		if (!needs_profile((ra_state)s))
			continue;
		rc = ra_app_each(d->store, (ra_state)s, find_missing, &w);
		if (rc == TMG_OCCUPIED)
			return tmg_raise(&d->fault, rc, 0,
			    _("the profile %s is missing, and application %s needs it; put it back, or end the application first"),
			    w.profile, w.app);
		if (rc)
			return ra_desk_says(d, rc);
	}
	return TMG_OK;
}

tmg_rc
ra_desk_reload(ra_desk *d, bool only_look, size_t *count)
{
	const ra_config *config = &d->office->config;
	tmg_auto_ptr(ra_book) book = NULL;
	char folder[PATH_MAX];
	tmg_rc rc;

	*count = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (ra_config_path(config, config->profiles, folder))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("a path is too long"));
	if ((rc = ra_book_load(folder, config->default_profile, &book,
	    &d->fault)) || (rc = check_missing(d, ra_book_profiles(book))))
		return rc;
	*count = ra_book_profiles(book)->count;
	if (!only_look)
		ra_shelf_put(d->office->shelf, &book);
	ra_desk_look(d);
	return TMG_OK;
}
