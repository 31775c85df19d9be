/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles read anew while the authority is open.
 */
#ifndef RA_RELOAD_H
#define RA_RELOAD_H

#include "tools/ra/desk/desk.h"

/*
 * Reads the folder of profiles, all of it, and puts it in force when nothing in
 * it is wrong and every application under way finds its profile; else what was
 * in force stays.  Desks see it from their next ra_desk_look() on.
 *
 *   only_look  nothing is put in force
 *   count      out: how many profiles were read
 *
 * Verdicts  as ra_profiles_load(): the desk's fault says file and line
 *           TMG_OCCUPIED  a profile is missing that an application needs
 */
TMG_MUST_USE tmg_rc
ra_desk_reload(ra_desk *desk, bool only_look, size_t *count);

#endif
