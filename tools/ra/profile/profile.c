/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/profile.h"

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
#include "tools/ra/profile/rows.h"

#define SUFFIX ".profile"

tmg_rc
ra_profile_parse(const char *name, const char *text, ra_profile *profile,
    tmg_fault *f)
{
	tmg_rc rc;

	ra_profile_reset(profile);
	if ((rc = ra_settings_read(name, text, ra_profile_rows,
	    ra_profile_row_count, profile, f)))
		return rc;
	return ra_profile_check(name, profile, f);
}

static tmg_rc
load_one(const char *folder, const char *file, ra_profile *p, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if (snprintf(path, sizeof(path), "%s/%s", folder, file) >=
	    (int)sizeof(path) || strlen(file) >= sizeof(p->name))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: the name is too long"), file);
	if ((rc = tmg_file_read(path, RA_PROFILE_FILE_MAX, &text, &len)))
		return tmg_raise(f, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	if (strlen((char *)text) != len)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: a zero byte in a text file"), path);
	if ((rc = ra_profile_parse(path, (char *)text, p, f)))
		return rc;

	snprintf(p->name, sizeof(p->name), "%.*s",
	    (int)(strlen(file) - strlen(SUFFIX)), file);
	return TMG_OK;
}

static int
is_profile(const struct dirent *entry)
{
	const size_t n = strlen(entry->d_name);

	return n > strlen(SUFFIX) && entry->d_name[0] != '.' &&
	    strcmp(entry->d_name + n - strlen(SUFFIX), SUFFIX) == 0;
}

static void
free_entries(struct dirent **entries, int count)
{
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

/* A catalogue of its own is that of a profile which is there. */
static tmg_rc
check_owners(const char *folder, const ra_profiles *profiles, tmg_fault *f)
{
	const char *name;

	for (size_t i = 0; (name = ra_texts_profile(profiles->texts, i)) != NULL;
	    i++) {
		const ra_profile *p = ra_profiles_find(profiles, name);

		if (name[0] != '\0' && (p == NULL || strcmp(p->name, name) != 0))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: there is a catalogue of the profile %s, and no such profile"),
			    folder, name);
	}
	return TMG_OK;
}

static tmg_rc
load_texts(const char *folder, ra_profiles *profiles, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = ra_texts_load(folder, &profiles->texts, f)) ||
	    (rc = check_owners(folder, profiles, f)))
		return rc;
	for (size_t i = 0; i < profiles->count; i++)
		profiles->row[i].texts = profiles->texts;
	return TMG_OK;
}

tmg_rc
ra_profiles_load(const char *folder, ra_profiles *profiles, tmg_fault *f)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, is_profile, alphasort);
	tmg_rc rc = TMG_OK;

	*profiles = (ra_profiles){ 0 };
	if (count <= 0 || count > RA_PROFILES_MAX) {
		if (count > 0)
			free_entries(entries, count);
		else
			free(entries);
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("%s: there must be 1 to %d files named *%s in it"),
		    folder, RA_PROFILES_MAX, SUFFIX);
	}

	profiles->row = calloc((size_t)count, sizeof(*profiles->row));
	if (profiles->row == NULL)
		rc = tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (int i = 0; rc == TMG_OK && i < count; i++) {
		rc = load_one(folder, entries[i]->d_name, &profiles->row[i], f);
		profiles->count++;
	}
	free_entries(entries, count);
	if (rc == TMG_OK)
		rc = load_texts(folder, profiles, f);
	if (rc)
		ra_profiles_release(profiles);
	return rc;
}

void
ra_profiles_release(ra_profiles *profiles)
{
	free(profiles->row);
	ra_texts_free(&profiles->texts);
	*profiles = (ra_profiles){ 0 };
}

const ra_profile *
ra_profiles_find(const ra_profiles *profiles, const char *name)
{
	for (size_t i = 0; i < profiles->count; i++)
		if (strcmp(profiles->row[i].name, name) == 0)
			return &profiles->row[i];
	for (size_t i = 0; i < profiles->count; i++)
		if (ra_words_have(&profiles->row[i].aliases, name))
			return &profiles->row[i];
	return NULL;
}

const ra_document *
ra_profile_document(const ra_profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->document_count; i++)
		if (strcmp(profile->document[i].name, name) == 0)
			return &profile->document[i];
	return NULL;
}

const ra_carrier *
ra_profile_carrier(const ra_profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->carrier_count; i++)
		if (strcmp(profile->carrier[i].name, name) == 0)
			return &profile->carrier[i];
	return NULL;
}

const char *
ra_profile_status(const ra_profile *profile, ra_state state)
{
	const ra_state_row *row = ra_state_get(state);

	for (size_t i = 0; i < profile->status_count; i++)
		if (strcmp(profile->status[i].state, row->name) == 0)
			return ra_said(profile, profile->status[i].text);
	return _(row->label);
}

/* ---- to people ---- */

const char *
ra_said_or_null(const ra_profile *profile, const char *text)
{
	const ra_language *language = ra_language_spoken();

	return profile->texts == NULL || language == NULL ? NULL :
	    ra_texts_find(profile->texts, profile->name, language, text);
}

const char *
ra_said(const ra_profile *profile, const char *text)
{
	const char *said = ra_said_or_null(profile, text);

	return said != NULL ? said : text;
}

const char *
ra_said_answer(const ra_profile *profile, const ra_input *input,
    const char *answer)
{
	return strcmp(input->kind, "choice") == 0 ||
	    strcmp(input->kind, "region") == 0 ||
	    strcmp(input->kind, "city") == 0 ? ra_said(profile, answer) : answer;
}

void
ra_branch_say(const ra_profile *profile, const ra_branch *branch,
    char text[RA_BRANCH_TEXT])
{
	snprintf(text, RA_BRANCH_TEXT, branch->address[0] != '\0' ? "%s, %s" : "%s",
	    ra_said(profile, branch->name), ra_said(profile, branch->address));
}
