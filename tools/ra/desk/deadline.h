/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the time of an application is over.
 */
#ifndef RA_DEADLINE_H
#define RA_DEADLINE_H

#include "tools/ra/profile/profile.h"
#include "tools/ra/store/app.h"

/*
 * When a deadline that began at a time is over: the same day so many months
 * later (the last of the month where it has no such day), but never before as
 * many times thirty days; and the days on top.
 */
time_t
ra_due_at(const ra_deadline *deadline, time_t began);

/* The one that runs for an application where it stands, NULL none. */
const ra_deadline *
ra_deadline_of(const ra_profile *profile, const ra_app *app);

#endif
