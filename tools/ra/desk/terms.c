/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/terms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "tools/ra/store/digest.h"

#define TERMS_MAX 262144

void
ra_terms_release(ra_terms *terms)
{
	free(terms->text);
	terms->text = NULL;
}

/* The text is a file beside the profile. */
static tmg_rc
read_file(ra_desk *d, const char *name, char **text, size_t *len)
{
	char folder[PATH_MAX], path[PATH_MAX + RA_TEXT_MAX];
	tmg_rc rc;

	if (ra_config_path(&d->office->config, d->office->config.profiles, folder))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("a path is too long"));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((rc = tmg_file_read(path, TERMS_MAX, (uint8_t **)text, len)))
		return tmg_raise(&d->fault, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	return strlen(*text) == *len ? TMG_OK : tmg_raise(&d->fault,
	    TMG_MISMATCH, 0, _("%s: a zero byte in a text file"), path);
}

tmg_rc
ra_terms_file(ra_desk *d, const char *name, char **text)
{
	size_t len = 0;

	*text = NULL;
	return read_file(d, name, text, &len);
}

tmg_rc
ra_terms_read(ra_desk *d, const ra_profile *profile, ra_terms *terms)
{
	size_t len = 0;
	tmg_rc rc;

	*terms = (ra_terms){ .text = NULL };
	if (profile->consent.text[0] == '\0') {
		terms->text = strdup("");
		return terms->text != NULL ? TMG_OK : tmg_raise(&d->fault,
		    TMG_E_NOMEM, 0, _("out of memory"));
	}
	if ((rc = read_file(d, profile->consent.text, &terms->text, &len)))
		return rc;
	if ((rc = ra_sha256_text((tmg_view){ (uint8_t *)terms->text, len },
	    terms->hash)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	return TMG_OK;
}
