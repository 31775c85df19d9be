/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an applicant answered in a form, field by field, as it is kept.
 */
#ifndef RA_STORE_ANSWER_H
#define RA_STORE_ANSWER_H

#include "tools/ra/store/app.h"

#define RA_ANSWER_NAME 64
#define RA_ANSWER_TEXT 4097	/* bytes: 1024 characters in UTF-8 */

typedef struct ra_answer_row {
	char app[RA_ID_MAX];
	char name[RA_ANSWER_NAME];
	char value[RA_ANSWER_TEXT];
} ra_answer_row;

typedef tmg_rc ra_answer_fn(void *arg, const ra_answer_row *answer);

/* Keeps it in place of what was there under that name. */
TMG_MUST_USE tmg_rc
ra_answer_put(ra_store *s, const ra_answer_row *answer);

TMG_MUST_USE tmg_rc
ra_answer_get(ra_store *s, const char *app, const char *name,
    ra_answer_row *answer);

/* In the order of their names. */
TMG_MUST_USE tmg_rc
ra_answer_each(ra_store *s, const char *app, ra_answer_fn *fn, void *arg);

/* Those that are exactly value, whatever their name, in the order of their
 * applications; a hundred at the most. */
TMG_MUST_USE tmg_rc
ra_answer_find(ra_store *s, const char *value, ra_answer_fn *fn, void *arg);

/* All of an application's; none need be there. */
TMG_MUST_USE tmg_rc
ra_answer_erase(ra_store *s, const char *app);

#endif
