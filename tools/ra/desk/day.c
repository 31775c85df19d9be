/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/day.h"

void
ra_day_text(time_t at, char text[RA_DAY_TEXT])
{
	struct tm tm;

	if (at == 0 || gmtime_r(&at, &tm) == NULL ||
	    strftime(text, RA_DAY_TEXT, "%Y-%m-%d", &tm) == 0)
		text[0] = '\0';
}
