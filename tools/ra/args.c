/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/args.h"

#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"

const char *
ra_value_or(const ra_value *value, const char *otherwise)
{
	return value->count > 0 ? value->text[value->count - 1] : otherwise;
}

static const ra_option *
find(const ra_option *options, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == len &&
		    strncmp(options[i].name, name, len) == 0)
			return &options[i];
	return NULL;
}

static bool
complain(const char *what, const char *about)
{
	fprintf(stderr, "tamga-ra: %s%s; %s\n", what, about,
	    _("try tamga-ra --help"));
	return false;
}

/* --name VALUE or --name=VALUE at argv[*at]; *at moves over a VALUE. */
static bool
read_option(int argc, char **argv, int *at, const ra_option *options, size_t count)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	const ra_option *o = find(options, count, name,
	    equals != NULL ? (size_t)(equals - name) : strlen(name));

	if (o == NULL)
		return complain(_("no such option: "), argv[*at]);
	if (o->flag != NULL) {
		*o->flag = true;
		return equals == NULL || complain(_("takes no value: "), argv[*at]);
	}
	if (equals == NULL && *at + 1 >= argc)
		return complain(_("a value is missing after "), argv[*at]);
	if (o->value->count >= o->most)
		return complain(_("given too often: "), argv[*at]);
	o->value->text[o->value->count++] = equals != NULL ? equals + 1 : argv[++*at];
	return true;
}

bool
ra_args_read(int argc, char **argv, const ra_option *options, size_t count,
    size_t least, size_t most, ra_value *args)
{
	bool only_args = false;

	args->count = 0;
	for (int i = 1; i < argc; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
		} else if (!only_args && strncmp(argv[i], "--", 2) == 0) {
			if (!read_option(argc, argv, &i, options, count))
				return false;
		} else if (args->count < most && args->count < RA_VALUES_MAX) {
			args->text[args->count++] = argv[i];
		} else {
			return complain(_("too many arguments: "), argv[i]);
		}
	}
	return args->count >= least || complain(_("an argument is missing"), "");
}
