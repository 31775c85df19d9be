/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command's arguments by table.
 */
#ifndef RA_ARGS_H
#define RA_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#define RA_VALUES_MAX 16

/* What an option was given: as often as it may be. */
typedef struct ra_value {
	const char *text[RA_VALUES_MAX];
	size_t count;
} ra_value;

typedef struct ra_option {
	const char *name;	/* "reason" for --reason */
	bool *flag;		/* set when given; value is unused then */
	ra_value *value;	/* takes what follows */
	size_t most;		/* how often it may be given */
} ra_option;

/*
 * Reads the options and leaves the rest in args.  False, after a line on
 * stderr, when something is not understood or fewer than least or more than
 * most are left.
 */
bool
ra_args_read(int argc, char **argv, const ra_option *options, size_t count,
    size_t least, size_t most, ra_value *args);

/* The last value given, or what stands in its place. */
const char *
ra_value_or(const ra_value *value, const char *otherwise);

#endif
