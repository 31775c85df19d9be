/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/deadline.h"

#include <string.h>

#define DAY 86400
#define USUAL_MONTH 30		/* what some count a month as */

static time_t
add_months(time_t began, int months)
{
	struct tm at, end;
	time_t then;

	if (gmtime_r(&began, &at) == NULL)
		return began;
	end = at;
	end.tm_mon += months;
	then = timegm(&end);
	if (end.tm_mday == at.tm_mday)
		return then;
	/* no such day: timegm() went on into the next month */
	end = at;
	end.tm_mon += months + 1;
	end.tm_mday = 0;
	return timegm(&end);
}

time_t
ra_due_at(const ra_deadline *deadline, time_t began)
{
	const time_t calendar = add_months(began, deadline->months);
	const time_t counted = began +
	    (time_t)deadline->months * USUAL_MONTH * DAY;

	return (calendar > counted ? calendar : counted) +
	    (time_t)deadline->days * DAY;
}

const ra_deadline *
ra_deadline_of(const ra_profile *profile, const ra_app *app)
{
	for (size_t i = 0; i < profile->deadline_count; i++)
		if (strcmp(profile->deadline[i].state,
		    ra_state_get(app->state)->name) == 0)
			return &profile->deadline[i];
	return NULL;
}
