/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/says.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/prose.h"
#include "tools/ra/profile/rows.h"

#define PLACE_TEXT 128

struct saying {
	const char *folder;
	const char *within;	/* "fields." in front of the rows' paths, or "" */
	ra_says_fn *say;
	void *arg;
	tmg_fault *f;
};

static tmg_rc
say_file(const struct saying *s, const char *name, ra_unit unit)
{
	tmg_auto_free uint8_t *text = NULL;
	const char *at;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	if ((rc = tmg_file_read(path, RA_PROFILE_FILE_MAX, &text, &len)))
		return tmg_raise(s->f, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	at = (const char *)text;
	while (rc == TMG_OK) {
		tmg_auto_free char *words = NULL;

		if ((rc = ra_prose_next(&at, unit, &words)) == TMG_OK)
			rc = s->say(s->arg, name, words);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
say_text(const struct saying *s, const ra_setting *row, const char *text)
{
	char place[PLACE_TEXT];

	if (text[0] == '\0')
		return TMG_OK;
	if (row->reading == RA_READING_PROSE)
		return say_file(s, text, RA_UNIT_PARAGRAPH);
	if (row->reading == RA_READING_FORM)
		return say_file(s, text, RA_UNIT_LINE);
	snprintf(place, sizeof(place), "%s%s", s->within, row->path);
	return s->say(s->arg, place, text);
}

static tmg_rc
say_words(const struct saying *s, const ra_setting *row, const ra_words *words)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < words->count && rc == TMG_OK; i++)
		rc = say_text(s, row, words->word[i]);
	return rc;
}

/* What is in a language of its own says so. */
static bool
has_language(const ra_setting *rows, size_t count, const uint8_t *from)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].path, "language") == 0)
			return from[rows[i].offset] != '\0';
	return false;
}

static tmg_rc
say_group(const struct saying *s, const ra_setting *rows, size_t count,
    const uint8_t *from)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < count && rc == TMG_OK; i++) {
		const void *at = from + rows[i].offset;

		if (rows[i].reading != RA_READING_NONE)
			rc = rows[i].kind == RA_KIND_WORDS ?
			    say_words(s, &rows[i], at) : say_text(s, &rows[i], at);
	}
	return rc;
}

static tmg_rc
say_list(const struct saying *s, const ra_setting *row, const uint8_t *from)
{
	const ra_list *list = row->list;
	const size_t count = *(const size_t *)(const void *)(from + list->counter);
	const uint8_t *at = from + row->offset;
	char within[PLACE_TEXT];
	struct saying inner = *s;
	tmg_rc rc = TMG_OK;

	snprintf(within, sizeof(within), "%s.", row->path);
	inner.within = within;
	for (size_t i = 0; i < count && rc == TMG_OK; i++, at += list->size)
		if (!has_language(list->rows, list->count, at))
			rc = say_group(&inner, list->rows, list->count, at);
	return rc;
}

tmg_rc
ra_profile_says(const ra_profile *profile, const char *folder,
    ra_says_fn *say, void *arg, tmg_fault *f)
{
	const struct saying s = { folder, "", say, arg, f };
	const uint8_t *from = (const uint8_t *)profile;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < ra_profile_row_count && rc == TMG_OK; i++) {
		const ra_setting *row = &ra_profile_rows[i];

		rc = row->kind == RA_KIND_LIST ? say_list(&s, row, from) :
		    say_group(&s, row, 1, from);
	}
	return rc;
}
