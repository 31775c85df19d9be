/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What profiles say in other languages than the one they are written in:
 * catalogues that lie beside them.
 */
#ifndef RA_TEXTS_H
#define RA_TEXTS_H

#include "tools/ra/profile/language.h"

typedef struct ra_texts ra_texts;

/*
 * Reads every catalogue of a folder: LANGUAGE.po for all of its profiles, and
 * NAME.LANGUAGE.po for the profile of that name, which comes first.
 *
 * Verdicts  TMG_MISMATCH  see ra_po_parse(); or a language that no page is in
 *           TMG_DENIED, TMG_UNSUPPORTED  f says which file
 */
TMG_MUST_USE tmg_rc
ra_texts_load(const char *folder, ra_texts **texts, tmg_fault *f);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_texts_free(ra_texts **texts);

/* NULL: it is not translated. */
const char *
ra_texts_find(const ra_texts *texts, const char *profile,
    const ra_language *language, const char *text);

/* The profile that a catalogue is for, "" all; NULL: there are no more. */
const char *
ra_texts_profile(const ra_texts *texts, size_t at);

/* The name of its file; NULL likewise. */
const char *
ra_texts_file(const ra_texts *texts, size_t at);

#endif
