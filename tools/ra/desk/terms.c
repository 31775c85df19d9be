/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/terms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

#define TERMS_MAX 262144

void
ra_terms_release(ra_terms *terms)
{
	free(terms->text);
	terms->text = NULL;
}

/* As it is written there. */
static tmg_rc
read_file(ra_desk *d, const char *name, char **text)
{
	char folder[PATH_MAX], path[PATH_MAX + RA_TEXT_MAX];
	size_t len = 0;
	tmg_rc rc;

	if (ra_config_path(d->config, d->config->profiles, folder))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("a path is too long"));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((rc = tmg_file_read(path, TERMS_MAX, (uint8_t **)text, &len)))
		return tmg_raise(&d->fault, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	return strlen(*text) == len ? TMG_OK : tmg_raise(&d->fault,
	    TMG_MISMATCH, 0, _("%s: a zero byte in a text file"), path);
}

tmg_rc
ra_terms_file(ra_desk *d, const ra_profile *profile, const char *name,
    ra_unit unit, char **text)
{
	tmg_auto_free char *written = NULL;
	tmg_rc rc;

	*text = NULL;
	if ((rc = read_file(d, name, &written)))
		return rc;
	return (rc = ra_prose_say(profile, written, unit, text)) ?
	    tmg_raise(&d->fault, rc, 0, _("out of memory")) : TMG_OK;
}

tmg_rc
ra_terms_read(ra_desk *d, const ra_profile *profile, ra_terms *terms)
{
	tmg_rc rc;

	*terms = (ra_terms){ .text = NULL };
	if (profile->consent.text[0] == '\0') {
		terms->text = strdup("");
		return terms->text != NULL ? TMG_OK : tmg_raise(&d->fault,
		    TMG_E_NOMEM, 0, _("out of memory"));
	}
	if ((rc = ra_terms_file(d, profile, profile->consent.text,
	    RA_UNIT_PARAGRAPH, &terms->text)))
		return rc;
	if ((rc = ra_sha256_text(tmg_view_str(terms->text), terms->hash)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	return TMG_OK;
}

static tmg_rc
match_in(ra_desk *d, const ra_profile *profile, const ra_language *language,
    const char *hash)
{
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	tmg_auto(ra_terms) terms = { .text = NULL };
	tmg_rc rc;

	ra_speech_begin(&speech, language);
	rc = ra_terms_read(d, profile, &terms);
	return rc ? rc : strcmp(hash, terms.hash) == 0 ? TMG_OK : TMG_MISMATCH;
}

tmg_rc
ra_terms_match(ra_desk *d, const ra_profile *profile, const char *hash)
{
	tmg_rc rc = TMG_MISMATCH;

	for (size_t i = 0; i < ra_language_count && rc == TMG_MISMATCH; i++)
		rc = match_in(d, profile, &ra_languages[i], hash);
	return rc;
}
