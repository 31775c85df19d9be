/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of text, as wide as what stands in them.
 */
#ifndef TAMGA_CLI_TABLE_H
#define TAMGA_CLI_TABLE_H

#include <stdio.h>

#include "tamga/view.h"

#define TABLE_COLUMNS 8

struct table {
	size_t columns;
	char **cells;		/* row by row; row 0 is the head */
	size_t count, cap;
	bool failed;		/* out of memory; nothing is printed */
	size_t room;		/* columns there are; 0: as many as it takes */
};

/* heads: untranslated titles marked with N_(); at most TABLE_COLUMNS. */
void
table_begin(struct table *t, size_t columns, const char *const *heads);
/* The next cell of the current row, printf-like; full rows follow each other. */
void
table_put(struct table *t, const char *fmt, ...)
    __attribute__((__format__(__printf__, 2, 3)));
/* Keeps the table within the terminal that to is, if it is one: the widest
 * columns are cut.  For what can be read in full elsewhere. */
void
table_fit(struct table *t, FILE *to);
/* bold: the head stands out (a terminal). */
TMG_MUST_USE tmg_rc
table_print(const struct table *t, FILE *to, bool bold);
void
table_release(struct table *t);

#endif
