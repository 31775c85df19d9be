/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text that an applicant agrees to, and the hash that stands for it.
 */
#ifndef RA_TERMS_H
#define RA_TERMS_H

#include "tools/ra/desk/desk.h"

typedef struct ra_terms {
	char *text;			/* owned; UTF-8; "" where none is asked */
	char hash[RA_HASH_TEXT];	/* SHA-256 of it; "" likewise */
} ra_terms;

void ra_terms_release(ra_terms *terms);

/* Reads the profile's text as it is now.  Verdicts TMG_NOT_FOUND, TMG_MISMATCH
 * (not UTF-8); the desk's fault says which file. */
TMG_MUST_USE tmg_rc
ra_terms_read(ra_desk *desk, const ra_profile *profile, ra_terms *terms);

/* Another text beside the profiles; the caller frees it, whatever the verdict.
 * Verdicts as above. */
TMG_MUST_USE tmg_rc
ra_terms_file(ra_desk *desk, const char *name, char **text);

#endif
