/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/texts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/po.h"
#include "tools/ra/profile/settings.h"

#define SUFFIX ".po"
#define CATALOGUE_MAX 1048576

struct catalogue {
	char file[NAME_MAX + 1];
	char profile[RA_TEXT_MAX];	/* "" of all */
	const ra_language *language;
	ra_po po;
};

struct ra_texts {
	size_t count;
	struct catalogue *row;
};

/* ---- reading ---- */

/* "kk.po", "kz-ssl.kk.po" */
static tmg_rc
parse_name(const char *path, const char *file, struct catalogue *c,
    tmg_fault *f)
{
	char name[NAME_MAX + 1], *language;

	snprintf(c->file, sizeof(c->file), "%s", file);
	snprintf(name, sizeof(name), "%.*s", (int)(strlen(file) - strlen(SUFFIX)),
	    file);
	language = strrchr(name, '.');
	if (language != NULL)
		*language++ = '\0';
	c->language = ra_language_find(language != NULL ? language : name);
	if (c->language == NULL || strlen(name) >= sizeof(c->profile))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: a catalogue is called LANGUAGE.po or PROFILE.LANGUAGE.po, its language one that pages are in"),
		    path);
	if (language != NULL)
		strcpy(c->profile, name);
	return TMG_OK;
}

static tmg_rc
load_one(const char *folder, const char *file, struct catalogue *c,
    tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if (snprintf(path, sizeof(path), "%s/%s", folder, file) >=
	    (int)sizeof(path))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: the name is too long"), file);
	if ((rc = parse_name(path, file, c, f)))
		return rc;
	if ((rc = tmg_file_read(path, CATALOGUE_MAX, &text, &len)))
		return tmg_raise(f, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	if (strlen((char *)text) != len)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: a zero byte in a text file"), path);
	return ra_po_parse(path, (char *)text, &c->po, f);
}

static int
is_catalogue(const struct dirent *entry)
{
	const size_t n = strlen(entry->d_name);

	return n > strlen(SUFFIX) && entry->d_name[0] != '.' &&
	    strcmp(entry->d_name + n - strlen(SUFFIX), SUFFIX) == 0;
}

static tmg_rc
load_all(const char *folder, struct dirent **entries, size_t count,
    ra_texts *texts, tmg_fault *f)
{
	tmg_rc rc = TMG_OK;

	texts->row = calloc(count + 1, sizeof(*texts->row));
	if (texts->row == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (size_t i = 0; i < count && rc == TMG_OK; i++)
		rc = load_one(folder, entries[i]->d_name,
		    &texts->row[texts->count++], f);
	return rc;
}

tmg_rc
ra_texts_load(const char *folder, ra_texts **texts, tmg_fault *f)
{
	struct dirent **entries = NULL;
	const int found = scandir(folder, &entries, is_catalogue, alphasort);
	const size_t count = found > 0 ? (size_t)found : 0;
	tmg_rc rc;

	if ((*texts = calloc(1, sizeof(**texts))) == NULL)
		rc = tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	else
		rc = load_all(folder, entries, count, *texts, f);
	for (size_t i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	if (rc)
		ra_texts_free(texts);
	return rc;
}

void
ra_texts_free(ra_texts **texts)
{
	ra_texts *t = *texts;

	*texts = NULL;
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		ra_po_release(&t->row[i].po);
	free(t->row);
	free(t);
}

/* ---- looking up ---- */

static const char *
find_in(const ra_texts *texts, const char *profile,
    const ra_language *language, const char *text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (texts->row[i].language == language &&
		    strcmp(texts->row[i].profile, profile) == 0)
			return ra_po_find(&texts->row[i].po, text);
	return NULL;
}

const char *
ra_texts_find(const ra_texts *texts, const char *profile,
    const ra_language *language, const char *text)
{
	const char *said = find_in(texts, profile, language, text);

	return said != NULL ? said : find_in(texts, "", language, text);
}

const char *
ra_texts_profile(const ra_texts *texts, size_t at)
{
	return at < texts->count ? texts->row[at].profile : NULL;
}

const char *
ra_texts_file(const ra_texts *texts, size_t at)
{
	return at < texts->count ? texts->row[at].file : NULL;
}
