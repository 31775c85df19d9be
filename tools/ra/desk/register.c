/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/register.h"

#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/register-kind.h"
#include "tools/ra/profile/identity.h"
#include "tools/ra/profile/utf8.h"

static const ra_register_kind *const kinds[] = {
	&ra_register_csv,
	&ra_register_sql,
	&ra_register_http,
};

static const ra_register_kind *
kind_of(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (strcmp(kinds[i]->word, word) == 0)
			return kinds[i];
	return NULL;
}

bool
ra_register_known(const char *word)
{
	return kind_of(word) != NULL;
}

const char *
ra_register_check(const ra_register *r)
{
	return kind_of(r->kind)->check(r);
}

static const ra_register *
find(const ra_config *config, const char *name)
{
	for (size_t i = 0; i < config->register_count; i++)
		if (strcmp(config->registers[i].name, name) == 0)
			return &config->registers[i];
	return NULL;
}

/* It goes onto pages and into certificates: whatever a register holds, it is
 * lines of text. */
static tmg_rc
check_known(const ra_profile *profile, const ra_answers *known, tmg_fault *f)
{
	const ra_words *fills = &profile->identity.fills;
	size_t count;

	for (size_t i = 0; i < fills->count; i++)
		if (ra_utf8_check(ra_answers_get(known, fills->word[i]), &count))
			return tmg_raise(f, TMG_E_IO, 0,
			    _("%s is no line of text"), fills->word[i]);
	return TMG_OK;
}

static tmg_rc
ask(const ra_desk *d, const ra_register *r, const ra_profile *profile,
    const char *number, ra_answers *known, tmg_fault *f)
{
	char path[PATH_MAX];
	const ra_register_question q = { d->office->ctx, d->config, r, path,
		profile->identity.field, number, &profile->identity.fills };
	tmg_rc rc;

	if (ra_config_path(d->config, r->path, path))
		return tmg_raise(f, TMG_E_IO, 0, _("%s: too long"), r->path);
	rc = kind_of(r->kind)->ask(&q, known, f);
	return rc == TMG_OK ? check_known(profile, known, f) : rc;
}

size_t
ra_register_places(const ra_config *config)
{
	return config->threads > 1 ? (size_t)config->threads / 2 : 1;
}

static bool
take_place(ra_office *office)
{
	const size_t most = ra_register_places(&office->config);

	if (atomic_fetch_add(&office->asking, 1) < most)
		return true;
	atomic_fetch_sub(&office->asking, 1);
	return false;
}

static tmg_rc
ask_later(ra_desk *d)
{
	return tmg_raise(&d->fault, TMG_BUSY, 0,
	    _("The register does not answer now. Nothing that you entered is lost: try again in a few minutes."));
}

tmg_rc
ra_register_ask(ra_desk *d, const ra_profile *profile, const char *number,
    ra_answers *known)
{
	const ra_register *r = find(d->config, profile->identity.lookup);
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc;

	if (r == NULL)
		return tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("the register %s is not set up: registers in ra.conf says where it is"),
		    profile->identity.lookup);
	if (!ra_identity_valid(profile->identity.check, number))
		return TMG_NOT_FOUND;	/* nobody has that one */
	if (!take_place(d->office))
		return ask_later(d);
	rc = ask(d, r, profile, number, known, &f);
	atomic_fetch_sub(&d->office->asking, 1);
	if (rc == TMG_OK || rc == TMG_NOT_FOUND)
		return rc;
	tmg_log(d->office->ctx, TMG_LOG_ERROR, "the register %s: %s", r->name,
	    f.text);
	return ask_later(d);
}
