/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of a command: "user close NAME".
 */
#ifndef RA_VERB_H
#define RA_VERB_H

#include "tools/ra/args.h"

typedef struct ra_verb {
	const char *name;
	size_t names;			/* how many are named behind it */
	int (*run)(const void *task);	/* the command's own; an exit status */
} ra_verb;

/* The verb that args begin with; NULL: it is none of these, or more or fewer are
 * named. */
const ra_verb *
ra_verb_find(const ra_verb *verbs, size_t count, const ra_value *args);

#endif
