/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may stand in a profile's file: see tamga-profile(5).
 */
#ifndef RA_PROFILE_ROWS_H
#define RA_PROFILE_ROWS_H

#include "tools/ra/profile/profile.h"

extern const ra_setting ra_profile_rows[];
extern const size_t ra_profile_row_count;

/* Makes profile what it is before its file was read. */
void
ra_profile_reset(ra_profile *profile);

/*
 * What no single setting can say of itself; makes the flow.
 *
 * Verdicts  TMG_MISMATCH  f says which settings do not go together
 */
TMG_MUST_USE tmg_rc
ra_profile_check(const char *name, ra_profile *profile, tmg_fault *f);

#endif
