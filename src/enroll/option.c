/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/option.h"

#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

static bool
is_named(const char *option, const char *name)
{
	const size_t n = strlen(name);

	return strncmp(option, name, n) == 0 && option[n] == '=';
}

static bool
is_known(const tmg_authority *a, const char *option)
{
	const char *const *name = a->binding->options;

	while (name != NULL && *name != NULL && !is_named(option, *name))
		name++;
	return name != NULL && *name != NULL;
}

/* "challenge, listen" of those the binding has. */
static const char *
names_of(const tmg_authority *a, char *text, size_t cap)
{
	size_t used = 0;

	snprintf(text, cap, "%s", _("none"));
	for (const char *const *name = a->binding->options;
	    name != NULL && *name != NULL && used < cap; name++)
		used += (size_t)snprintf(text + used, cap - used, "%s%s",
		    used > 0 ? ", " : "", *name);
	return text;
}

static bool
is_repeated(const tmg_authority *a, const char *const *option)
{
	const size_t n = strcspn(*option, "=") + 1;

	for (const char *const *other = a->spec.options; other < option; other++)
		if (strncmp(*other, *option, n) == 0)
			return true;
	return false;
}

tmg_rc
tmg_option_check(tmg_authority *a)
{
	char known[256];

	for (const char *const *o = a->spec.options; o != NULL && *o != NULL; o++) {
		if (!is_known(a, *o))
			return tmg_authority_raise(a, TMG_E_USAGE,
			    _("%s has no option \"%.60s\"; write NAME=VALUE, where NAME is "
			    "one of: %s"), a->binding->name, *o,
			    names_of(a, known, sizeof(known)));
		if (is_repeated(a, o))
			return tmg_authority_raise(a, TMG_E_USAGE,
			    _("\"%.60s\": the option was given before"), *o);
	}
	return TMG_OK;
}

const char *
tmg_option_get(const tmg_authority *a, const char *name)
{
	for (const char *const *o = a->spec.options; o != NULL && *o != NULL; o++)
		if (is_named(*o, name))
			return *o + strlen(name) + 1;
	return NULL;
}
