/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/args.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

enum {
	TABLES = 2,
	FIRST_LONG = 256,	/* getopt's answer for row 0; no character */
};

static const int takes[] = {
	[OPT_FLAG] = no_argument,
	[OPT_TEXT] = required_argument,
	[OPT_LIST] = required_argument,
	[OPT_MAYBE] = optional_argument,
};

static size_t
count_rows(const struct args *args)
{
	size_t n = 0;

	for (size_t t = 0; t < TABLES; t++)
		for (const struct opt *o = args->tables[t]; o && o->name; o++)
			n++;
	return n;
}

/* The same rows the way getopt_long() wants them. */
static void
fill_getopt(const struct args *args, struct option *longs, char *letters,
    const struct opt **rows)
{
	size_t n = 0;

	for (size_t t = 0; t < TABLES; t++) {
		for (const struct opt *o = args->tables[t]; o && o->name; o++) {
			rows[n] = o;
			longs[n] = (struct option){ o->name, takes[o->kind], NULL,
			    (int)(FIRST_LONG + n) };
			n++;
			if (o->letter == 0)
				continue;
			*letters++ = o->letter;
			if (takes[o->kind] != no_argument)
				*letters++ = ':';
		}
	}
	longs[n] = (struct option){ NULL, 0, NULL, 0 };
	*letters = '\0';
}

static const struct opt *
row_of(const struct opt **rows, size_t n, int answer)
{
	if (answer >= FIRST_LONG)
		return rows[answer - FIRST_LONG];
	for (size_t i = 0; i < n; i++)
		if (rows[i]->letter == answer)
			return rows[i];
	return NULL;
}

static tmg_rc
not_an_option(struct args *args, int answer, char **argv)
{
	const char *fmt = answer == ':' ? _("option '%s' wants a value")
	    : _("there is no option '%s'");

	snprintf(args->unknown, sizeof(args->unknown), fmt, argv[optind - 1]);
	return TMG_E_USAGE;
}

static tmg_rc
read_all(struct args *args, int argc, char **argv, const struct option *longs,
    const char *letters, const struct opt **rows, size_t n)
{
	int answer;

	/* 0: glibc and musl start afresh, also with another table. */
	for (optind = 0, opterr = 0;
	    (answer = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
		const struct opt *row = row_of(rows, n, answer);

		if (row == NULL)
			return not_an_option(args, answer, argv);
		args->given[args->count++] = (struct given){ row, optarg };
	}
	args->operands = argv + optind;
	args->operand_count = (size_t)(argc - optind);
	return TMG_OK;
}

/* What was read before stays: options may stand before the command too. */
tmg_rc
args_read(struct args *args, int argc, char **argv, bool stop)
{
	const size_t n = count_rows(args);
	tmg_auto_free struct option *longs = calloc(n + 1, sizeof(*longs));
	tmg_auto_free const struct opt **rows = calloc(n + 1, sizeof(*rows));
	tmg_auto_free char *letters = calloc(2 * n + 3, 1);
	struct given *given;

	given = realloc(args->given,
	    (args->count + (size_t)argc + 1) * sizeof(*given));
	if (given == NULL)
		return TMG_E_NOMEM;
	args->given = given;
	if (longs == NULL || rows == NULL || letters == NULL)
		return TMG_E_NOMEM;

	/* ':' first: a missing value is told from an unknown option. */
	strcpy(letters, stop ? "+:" : ":");
	fill_getopt(args, longs, letters + strlen(letters), rows);
	return read_all(args, argc, argv, longs, letters, rows, n);
}

void
args_release(struct args *args)
{
	free(args->given);
	*args = (struct args){ 0 };
}

static const struct opt *
find_row(const struct args *args, const char *name)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct opt *o = args->tables[t]; o && o->name; o++)
			if (strcmp(o->name, name) == 0)
				return o;
	return NULL;
}

bool
args_knows(const struct args *args, const char *name)
{
	return find_row(args, name) != NULL;
}

static const struct given *
find_given(const struct args *args, const char *name)
{
	const struct opt *row = find_row(args, name);

	assert(row != NULL);
	for (size_t i = args->count; i > 0; i--)
		if (args->given[i - 1].opt == row)
			return &args->given[i - 1];
	return NULL;
}

const char *
args_text(const struct args *args, const char *name)
{
	const struct given *g = find_given(args, name);

	return g != NULL ? g->value : NULL;
}

bool
args_flag(const struct args *args, const char *name)
{
	return find_given(args, name) != NULL;
}

tmg_rc
args_list(const struct args *args, const char *name, const char ***values)
{
	const struct opt *row = find_row(args, name);
	size_t n = 0;

	*values = NULL;
	if (!args_flag(args, name))
		return TMG_OK;
	*values = calloc(args->count + 1, sizeof(**values));
	if (*values == NULL)
		return TMG_E_NOMEM;
	for (size_t i = 0; i < args->count; i++)
		if (args->given[i].opt == row)
			(*values)[n++] = args->given[i].value;
	return TMG_OK;
}

const char *
args_operand(const struct args *args, size_t index)
{
	return index < args->operand_count ? args->operands[index] : NULL;
}
