/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/objects.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tamga/alg.h"
#include "tools/ra/csrattrs.h"
#include "tools/ra/names.h"

#define SUFFIX ".profile"

static const char *
check_approval(const char *word)
{
	return strcmp(word, "automatic") == 0 || strcmp(word, "officer") == 0 ?
	    NULL : _("\"automatic\" or \"officer\"");
}

static const char *
check_alg(const char *word)
{
	tmg_alg alg;

	if (tmg_alg_parse(word, &alg) != TMG_OK ||
	    tmg_alg_get(alg)->family == TMG_FAMILY_X)
		return _("a key type that can sign, such as \"ec:p256\"");
	return NULL;
}

static const char *
check_usage(const char *word)
{
	return ra_key_usage_bit(word) >= 0 ? NULL :
	    _("a key usage of RFC 5280 4.2.1.3, such as \"digitalSignature\"");
}

static const char *
check_object(const char *word)
{
	return OBJ_txt2nid(word) != NID_undef ? NULL :
	    _("a name or OID that is known, such as \"clientAuth\"");
}

static const char *
check_attribute(const char *word)
{
	return OBJ_txt2nid(word) != NID_undef ? NULL :
	    _("an attribute type, such as \"CN\" or \"serialNumber\"");
}

static const char *
check_san(const char *word)
{
	return ra_san_known(word) ? NULL :
	    _("one of dns, email, ip, uri, dir, rid, upn");
}

static const char *
check_csrattr(const char *word)
{
	return ra_csrattr_known(word) ? NULL :
	    _("one of extensions, key, challenge");
}

#define AT(field) offsetof(ra_profile, field)

static const ra_setting rows[] = {
	RA_SET_TEXT("title", AT(title), true, ra_any_word),
	RA_SET_TEXT("approval", AT(approval), true, check_approval),
	RA_SET_NUMBER("validity_days", AT(validity_days), true, 1, 36500),
	RA_SET_WORDS("keys", AT(keys), true, check_alg),
	RA_SET_WORDS("key_usage", AT(key_usage), true, check_usage),
	RA_SET_WORDS("ext_key_usage", AT(ext_key_usage), false, check_object),
	RA_SET_WORDS("subject.required", AT(subject_required), true, check_attribute),
	RA_SET_WORDS("subject.allowed", AT(subject_allowed), true, check_attribute),
	RA_SET_WORDS("san.required", AT(san_required), false, check_san),
	RA_SET_WORDS("san.allowed", AT(san_allowed), false, check_san),
	RA_SET_WORDS("csrattrs", AT(csrattrs), false, check_csrattr),
	RA_SET_TEXT("renewal.approval", AT(renewal_approval), false, check_approval),
	RA_SET_NUMBER("renewal.window_days", AT(renewal_window_days), false, 0, 36500),
	RA_SET_FLAG("renewal.same_key", AT(renewal_same_key)),
};

/* What no single setting can say of itself. */
static tmg_rc
check_whole(const char *name, const ra_profile *p, tmg_fault *f)
{
	if (p->keys.count == 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: keys is empty: nobody could ask for a certificate"), name);
	if (p->renewal_window_days > p->validity_days)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: renewal.window_days is longer than validity_days"), name);
	for (size_t i = 0; i < p->subject_required.count; i++)
		if (!ra_words_have(&p->subject_allowed,
		    p->subject_required.word[i]))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: subject.required has %s, subject.allowed has not"),
			    name, p->subject_required.word[i]);
	for (size_t i = 0; i < p->san_required.count; i++)
		if (!ra_words_have(&p->san_allowed, p->san_required.word[i]))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: san.required has %s, san.allowed has not"),
			    name, p->san_required.word[i]);
	return TMG_OK;
}

tmg_rc
ra_profile_parse(const char *name, const char *text, ra_profile *profile,
    tmg_fault *f)
{
	tmg_rc rc;

	*profile = (ra_profile){ .renewal_approval = "automatic" };
	if ((rc = ra_settings_read(name, text, rows, TMG_COUNT(rows), profile, f)))
		return rc;
	return check_whole(name, profile, f);
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
		    _("%s: there must be 1 to %d files named *" SUFFIX " in it"),
		    folder, RA_PROFILES_MAX);
	}

	profiles->row = calloc((size_t)count, sizeof(*profiles->row));
	if (profiles->row == NULL)
		rc = tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (int i = 0; rc == TMG_OK && i < count; i++) {
		rc = load_one(folder, entries[i]->d_name, &profiles->row[i], f);
		profiles->count++;
	}
	free_entries(entries, count);
	if (rc)
		ra_profiles_release(profiles);
	return rc;
}

void
ra_profiles_release(ra_profiles *profiles)
{
	free(profiles->row);
	*profiles = (ra_profiles){ 0 };
}

const ra_profile *
ra_profiles_find(const ra_profiles *profiles, const char *name)
{
	for (size_t i = 0; i < profiles->count; i++)
		if (strcmp(profiles->row[i].name, name) == 0)
			return &profiles->row[i];
	return NULL;
}
