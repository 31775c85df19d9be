/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/form/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"

void
ra_answers_release(ra_answers *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->row[i].value);
	a->count = 0;
}

static size_t
index_of(const ra_answers *a, const char *name)
{
	size_t i = 0;

	while (i < a->count && strcmp(a->row[i].name, name) != 0)
		i++;
	return i;
}

tmg_rc
ra_answers_set(ra_answers *a, const char *name, const char *value)
{
	const size_t at = index_of(a, name);
	char *copy;

	if (at == RA_ANSWERS_MAX || strlen(name) >= RA_ANSWER_NAME ||
	    strlen(value) >= RA_ANSWER_TEXT)
		return TMG_MISMATCH;
	if ((copy = strdup(value)) == NULL)
		return TMG_E_NOMEM;
	if (at == a->count) {
		strcpy(a->row[at].name, name);
		a->count++;
	} else {
		free(a->row[at].value);
	}
	a->row[at].value = copy;
	return TMG_OK;
}

const char *
ra_answers_get(const ra_answers *a, const char *name)
{
	const size_t at = index_of(a, name);

	return at < a->count ? a->row[at].value : "";
}

static tmg_rc
take(void *arg, const ra_answer_row *row)
{
	const tmg_rc rc = ra_answers_set(arg, row->name, row->value);

	return rc == TMG_MISMATCH ? TMG_E_SPACE : rc;
}

tmg_rc
ra_answers_load(ra_store *store, const char *app, ra_answers *answers)
{
	return ra_answer_each(store, app, take, answers);
}

tmg_rc
ra_answers_save(ra_store *store, const char *app, const ra_answers *answers)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < answers->count && rc == TMG_OK; i++) {
		ra_answer_row row;

		snprintf(row.app, sizeof(row.app), "%s", app);
		snprintf(row.name, sizeof(row.name), "%s", answers->row[i].name);
		snprintf(row.value, sizeof(row.value), "%s", answers->row[i].value);
		rc = ra_answer_put(store, &row);
	}
	return rc;
}
