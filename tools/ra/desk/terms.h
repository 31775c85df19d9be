/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text that an applicant agrees to, and the hash that stands for it: each
 * language that it is shown in has its own, and the audit log has that of the
 * text which was accepted.
 */
#ifndef RA_TERMS_H
#define RA_TERMS_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/profile/prose.h"

typedef struct ra_terms {
	char *text;			/* owned; UTF-8; "" where none is asked */
	char hash[RA_HASH_TEXT];	/* SHA-256 of it; "" likewise */
} ra_terms;

void ra_terms_release(ra_terms *terms);

/* Reads the profile's text as it is now, in the language that is spoken.  Verdicts TMG_NOT_FOUND, TMG_MISMATCH
 * (not UTF-8); the desk's fault says which file. */
TMG_MUST_USE tmg_rc
ra_terms_read(ra_desk *desk, const ra_profile *profile, ra_terms *terms);

/*
 * Whether a hash stands for the terms as they are now, in any language: a
 * browser that changed its language, and a program that asks in none, agree to
 * what they were shown.
 *
 * Verdicts  TMG_MISMATCH  it does not; TMG_NOT_FOUND and so on as above
 */
TMG_MUST_USE tmg_rc
ra_terms_match(ra_desk *desk, const ra_profile *profile, const char *hash);

/* Another text beside the profile, in the language that is spoken; the caller
 * frees it, whatever the verdict.  Verdicts as above. */
TMG_MUST_USE tmg_rc
ra_terms_file(ra_desk *desk, const ra_profile *profile, const char *name,
    ra_unit unit, char **text);

#endif
