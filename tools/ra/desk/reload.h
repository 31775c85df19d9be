/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings and profiles read anew while the authority is open.
 */
#ifndef RA_RELOAD_H
#define RA_RELOAD_H

#include "tools/ra/desk/desk.h"

/*
 * Reads ra.conf and the folder of profiles, all of it.  Nothing is in force by
 * that: what is wrong, is found before anything changes.
 *
 * Verdicts  as ra_config_load() and ra_profiles_load(): the desk's fault says
 *           file and line
 *           TMG_UNSUPPORTED  a setting changed that takes a restart
 *           TMG_OCCUPIED  a profile is missing that an application needs
 */
TMG_MUST_USE tmg_rc
ra_reload_read(ra_desk *desk, ra_book **book);

/* From now on it is in force, at every desk from its next ra_desk_look() on. */
void
ra_reload_put(ra_desk *desk, ra_book **book);

#endif
