/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text files that lie beside a profile, in the units that are translated.
 */
#ifndef RA_PROSE_H
#define RA_PROSE_H

#include "tools/ra/profile/profile.h"

typedef enum ra_unit {
	RA_UNIT_PARAGRAPH,	/* lines up to an empty one, read as one line */
	RA_UNIT_LINE,		/* of a template of a document */
} ra_unit;

/* The next unit off the front of *text; the caller frees it.
 * Verdicts  TMG_NOT_FOUND  there is none left */
TMG_MUST_USE tmg_rc
ra_prose_next(const char **text, ra_unit unit, char **words);

/* The text in the language that is spoken, where all of it is translated; else
 * as it is.  Nobody reads half of an agreement in another language, nor agrees
 * to the translation of one that was changed.  The caller frees it. */
TMG_MUST_USE tmg_rc
ra_prose_say(const ra_profile *profile, const char *text, ra_unit unit,
    char **said);

#endif
