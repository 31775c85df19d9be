/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A day as people read it everywhere here.
 */
#ifndef RA_DAY_H
#define RA_DAY_H

#include <time.h>

#define RA_DAY_TEXT 16

/* "2027-02-15", UTC (ISO 8601); "" for no time, 0. */
void
ra_day_text(time_t at, char text[RA_DAY_TEXT]);

#endif
