/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an applicant answered: names and values, in memory.
 */
#ifndef RA_ANSWERS_H
#define RA_ANSWERS_H

#include "tools/ra/profile/profile.h"
#include "tools/ra/store/answer.h"

#define RA_ANSWERS_MAX (RA_INPUTS_MAX + RA_DOCUMENTS_MAX + 8)

typedef struct ra_answers {
	size_t count;
	struct {
		char name[RA_ANSWER_NAME];
		char *value;		/* owned */
	} row[RA_ANSWERS_MAX];
} ra_answers;

void ra_answers_release(ra_answers *answers);

/* Keeps a copy in place of what was there under that name.
 * Verdicts  TMG_MISMATCH  too many of them, or too long */
TMG_MUST_USE tmg_rc
ra_answers_set(ra_answers *answers, const char *name, const char *value);

/* "" when there is none; borrowed until it is set again. */
const char *
ra_answers_get(const ra_answers *answers, const char *name);

/* Those of an application, out of the store and into it; inside the caller's
 * transaction. */
TMG_MUST_USE tmg_rc
ra_answers_load(ra_store *store, const char *app, ra_answers *answers);
TMG_MUST_USE tmg_rc
ra_answers_save(ra_store *store, const char *app, const ra_answers *answers);

#endif
