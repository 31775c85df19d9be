/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/prose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"

/* A line without the white space around it, off the front of *text. */
static tmg_view
take_line(const char **text)
{
	const char *from = *text;
	const char *end = from + strcspn(from, "\n");

	*text = *end == '\n' ? end + 1 : end;
	from += strspn(from, " \t\r");
	while (end > from && strchr(" \t\r", end[-1]) != NULL)
		end--;
	return (tmg_view){ (const uint8_t *)from,
		end > from ? (size_t)(end - from) : 0 };
}

/* The lines of a unit, one space between them. */
static void
put_unit(FILE *to, const char **text, ra_unit unit, tmg_view line)
{
	do {
		fwrite(line.ptr, 1, line.len, to);
		if (unit == RA_UNIT_LINE || **text == '\0')
			return;
		line = take_line(text);
		if (line.len > 0)
			fputc(' ', to);
	} while (line.len > 0);
}

tmg_rc
ra_prose_next(const char **text, ra_unit unit, char **words)
{
	tmg_view line = { NULL, 0 };
	size_t len;
	FILE *to;

	*words = NULL;
	while (line.len == 0 && **text != '\0')
		line = take_line(text);
	if (line.len == 0)
		return TMG_NOT_FOUND;
	if ((to = open_memstream(words, &len)) == NULL)
		return TMG_E_NOMEM;
	put_unit(to, text, unit, line);
	return fclose(to) == 0 ? TMG_OK : TMG_E_NOMEM;
}

/* ---- in the language that is spoken ---- */

/* TMG_NOT_FOUND: a unit that is not translated. */
static tmg_rc
say_units(const ra_profile *profile, const char *text, ra_unit unit, FILE *to)
{
	const char *gap = "";
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK) {
		tmg_auto_free char *words = NULL;
		const char *said;

		if ((rc = ra_prose_next(&text, unit, &words)))
			return rc == TMG_NOT_FOUND ? TMG_OK : rc;
		if ((said = ra_said_or_null(profile, words)) == NULL)
			return TMG_NOT_FOUND;
		fprintf(to, "%s%s\n", gap, said);
		gap = unit == RA_UNIT_LINE ? "" : "\n";
	}
	return rc;
}

tmg_rc
ra_prose_say(const ra_profile *profile, const char *text, ra_unit unit,
    char **said)
{
	size_t len;
	FILE *to = open_memstream(said, &len);
	tmg_rc rc;

	if (to == NULL)
		return TMG_E_NOMEM;
	rc = say_units(profile, text, unit, to);
	if (fclose(to) != 0)
		rc = TMG_E_NOMEM;
	if (rc == TMG_OK)
		return TMG_OK;
	free(*said);
	*said = rc == TMG_NOT_FOUND ? strdup(text) : NULL;
	return *said != NULL ? TMG_OK : TMG_E_NOMEM;
}
