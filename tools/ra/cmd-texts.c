/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra texts [FOLDER] [--profile NAME]: what profiles say to people, as the
 * template of their catalogues (a PO file).  Without a folder, the authority's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/profile/says.h"

/* Each text stands in a catalogue once, wherever it is said. */
struct writing {
	const char *profile;
	size_t count, cap;
	char **said;
	tmg_fault *f;
};

static void
writing_release(struct writing *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->said[i]);
	free(w->said);
}

static bool
is_said(const struct writing *w, const char *text)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->said[i], text) == 0)
			return true;
	return false;
}

static tmg_rc
keep(struct writing *w, const char *text)
{
	const size_t cap = w->cap == 0 ? 256 : 2 * w->cap;
	char **more, *copy;

	if (w->count == w->cap) {
		if ((more = reallocarray(w->said, cap, sizeof(*more))) == NULL)
			return tmg_raise(w->f, TMG_E_NOMEM, 0, _("out of memory"));
		w->said = more;
		w->cap = cap;
	}
	if ((copy = strdup(text)) == NULL)
		return tmg_raise(w->f, TMG_E_NOMEM, 0, _("out of memory"));
	w->said[w->count++] = copy;
	return TMG_OK;
}

/* "..." up to the end of a line of the text; what is left of it. */
static const char *
write_line(const char *text)
{
	static const char special[] = "\n\t\"\\", written[] = "nt\"\\";

	putchar('"');
	for (bool more = true; more && *text != '\0'; text++) {
		const char *at = strchr(special, *text);

		if (at != NULL)
			printf("\\%c", written[at - special]);
		else
			putchar(*text);
		more = *text != '\n';
	}
	printf("\"\n");
	return text;
}

static tmg_rc
write_one(void *arg, const char *place, const char *text)
{
	struct writing *w = arg;
	const char *end = strchr(text, '\n'), *rest = text;

	if (is_said(w, text))
		return TMG_OK;
	printf("\n#. %s: %s\nmsgid ", w->profile, place);
	if (end != NULL && end[1] != '\0')
		printf("\"\"\n");
	while (*rest != '\0')
		rest = write_line(rest);
	printf("msgstr \"\"\n");
	return keep(w, text);
}

/* only: the profile of that name; "" all. */
static tmg_rc
write_all(const char *folder, const char *only, tmg_fault *f)
{
	__attribute__((__cleanup__(writing_release))) struct writing w =
	    { .f = f };
	tmg_auto(ra_profiles) all = { 0 };
	tmg_rc rc;

	if ((rc = ra_profiles_load(folder, &all, f)))
		return rc;
	if (only[0] != '\0' && ra_profiles_find(&all, only) == NULL)
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("%s holds no profile %s"), folder, only);
	printf("msgid \"\"\nmsgstr \"\"\n"
	    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
	    "\"Content-Transfer-Encoding: 8bit\\n\"\n");
	for (size_t i = 0; i < all.count && rc == TMG_OK; i++) {
		w.profile = all.row[i].name;
		if (only[0] == '\0' || ra_profiles_find(&all, only) == &all.row[i])
			rc = ra_profile_says(&all.row[i], folder, write_one, &w,
			    f);
	}
	return rc;
}

static tmg_rc
write_own(tmg_ctx *ctx, const ra_common *common, const char *only, tmg_fault *f)
{
	tmg_auto(ra_office) office = { .ctx = NULL };
	char folder[PATH_MAX];
	tmg_rc rc;

	if ((rc = ra_common_office(ctx, common, &office, f)))
		return rc;
	return ra_config_path(&office.config, office.config.profiles, folder) ?
	    tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long")) :
	    write_all(folder, only, f);
}

int
ra_cmd_texts(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value args, profile = { .count = 0 };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "profile", NULL, &profile, 1 } };
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 1, &args))
		return RA_EXIT_USAGE;
	const char *only = ra_value_or(&profile, "");

	rc = args.count > 0 ? write_all(args.text[0], only, &f) :
	    write_own(ctx, &common, only, &f);
	return rc ? ra_fail(&f, rc) : RA_EXIT_DONE;
}
