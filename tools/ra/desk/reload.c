/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/secret-file.h"

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

/* ---- files that settings name ---- */

static tmg_rc
check_secret(const ra_config *config, const char *path, tmg_fault *f)
{
	tmg_auto_secret secret = { .len = 0 };

	return path[0] == '\0' ? TMG_OK : ra_secret_file(config, path, &secret, f);
}

static tmg_rc
check_file(const ra_config *config, const char *path, tmg_fault *f)
{
	char whole[PATH_MAX];

	if (path[0] == '\0' || (ra_config_path(config, path, whole) == TMG_OK &&
	    access(whole, R_OK) == 0))
		return TMG_OK;
	return tmg_raise(f, TMG_E_IO, 0, "%s: %s", path, strerror(errno));
}

/* What a server would miss only when it next sends, asks or is told. */
static tmg_rc
check_files(const ra_config *c, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = check_secret(c, c->mail.password_file, f)) ||
	    (rc = check_file(c, c->mail.ca, f)) ||
	    (rc = check_secret(c, c->payment.key_file, f)))
		return rc;
	for (size_t i = 0; i < c->register_count; i++)
		if ((rc = check_secret(c, c->registers[i].token_file, f)) ||
		    (rc = check_file(c, c->registers[i].ca, f)))
			return rc;
	return TMG_OK;
}

/* ---- all of it ---- */

tmg_rc
ra_reload_read(ra_desk *d, ra_book **book)
{
	tmg_auto_free ra_config *next = malloc(sizeof(*next));
	tmg_auto_ptr(ra_book) read = NULL;
	tmg_rc rc;

	*book = NULL;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (next == NULL)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = ra_config_load(d->office->config_file, next, &d->fault)) ||
	    (rc = ra_config_follows(&d->office->config, next, &d->fault)) ||
	    (rc = check_files(next, &d->fault)) ||
	    (rc = ra_book_load(next, &read, &d->fault)) ||
	    (rc = check_missing(d, ra_book_profiles(read))))
		return rc;
	*book = read;
	read = NULL;
	return TMG_OK;
}

void
ra_reload_put(ra_desk *d, ra_book **book)
{
	ra_shelf_put(d->office->shelf, book);
	ra_desk_look(d);
}
