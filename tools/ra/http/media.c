/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/media.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool
ra_media_is(const char *content_type, const char *want)
{
	const size_t n = strlen(want);

	return strncasecmp(content_type, want, n) == 0 &&
	    (content_type[n] == '\0' || content_type[n] == ';' ||
	    content_type[n] == ' ' || content_type[n] == '\t');
}

void
ra_media_date(time_t at, char text[RA_DATE_MAX])
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm;

	text[0] = '\0';
	if (gmtime_r(&at, &tm) != NULL)
		snprintf(text, RA_DATE_MAX, "%s, %02d %s %04d %02d:%02d:%02d GMT",
		    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}
