/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that a profile says to people: what translators are given.
 */
#ifndef RA_SAYS_H
#define RA_SAYS_H

#include "tools/ra/profile/profile.h"

/* place: "fields.hint", or the name of a file. */
typedef tmg_rc ra_says_fn(void *arg, const char *place, const char *text);

/*
 * Calls say for each text of the profile, in the order of tamga-profile(5)'s
 * settings, the files beside it in units: see prose.h.  A mail that is in a
 * language of its own is in no other.
 *
 * Verdicts  those of say; of reading a file: f says which
 */
TMG_MUST_USE tmg_rc
ra_profile_says(const ra_profile *profile, const char *folder,
    ra_says_fn *say, void *arg, tmg_fault *f);

#endif
