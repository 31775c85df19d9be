/* SPDX-License-Identifier: BSD-2-Clause */
/* A register that is a file of RFC 4180, whose first line names the columns. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/register-kind.h"

#define COLUMNS_MAX 32

static void
file_close(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

/* Cuts one line into its values, in place.  A value in quotes stays on one
 * line here; "" in it is a quote.  The number of values, 0: not well formed. */
static size_t
cut(char *line, char *value[COLUMNS_MAX])
{
	size_t count = 0;
	char *at = line, *out;

	line[strcspn(line, "\r\n")] = '\0';
	for (;;) {
		if (count == COLUMNS_MAX)
			return 0;
		value[count++] = out = at;
		if (*at == '"') {
			for (at++; *at != '"' || at[1] == '"'; at++) {
				if (*at == '\0')
					return 0;
				if (*at == '"')
					at++;
				*out++ = *at;
			}
			at++;
			if (*at != ',' && *at != '\0')
				return 0;
		} else {
			out = at += strcspn(at, ",");
		}
		const char end = *at;

		*out = '\0';
		if (end == '\0')
			return count;
		at++;
	}
}

static size_t
column_of(char *const *name, size_t count, const char *want)
{
	size_t i = 0;

	while (i < count && strcmp(name[i], want) != 0)
		i++;
	return i;
}

static tmg_rc
keep_row(char *const *name, char *const *value, size_t count, ra_answers *known)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < count && rc == TMG_OK; i++)
		rc = ra_answers_set(known, name[i], value[i]);
	return rc ? TMG_E_SPACE : TMG_OK;
}

struct csv {
	const char *path;
	FILE *file;
	char *names;		/* the first line, cut */
	char *name[COLUMNS_MAX];
	size_t count;
	size_t at;		/* the column of the number */
};

static tmg_rc
find_row(struct csv *c, const char *number, ra_answers *known, tmg_fault *f)
{
	tmg_auto_free char *line = NULL;
	char *value[COLUMNS_MAX];
	size_t size = 0;
	long at = 1;

	while (getline(&line, &size, c->file) >= 0) {
		at++;
		if (cut(line, value) != c->count)
			return tmg_raise(f, TMG_E_IO, 0,
			    _("the register %s:%ld: not as many values as the first line has"),
			    c->path, at);
		if (strcmp(value[c->at], number) == 0)
			return keep_row(c->name, value, c->count, known);
	}
	return ferror(c->file) ? tmg_raise(f, TMG_E_IO, 0, "%s: %s", c->path,
	    strerror(errno)) : TMG_NOT_FOUND;
}

static tmg_rc
csv_ask(const ra_register_question *q, ra_answers *known, tmg_fault *f)
{
	const char *path = q->path, *column = q->column;
	__attribute__((__cleanup__(file_close))) FILE *file = fopen(path, "re");
	tmg_auto_free char *names = NULL;
	struct csv c = { .path = path, .file = file };
	size_t size = 0;

	if (file == NULL || getline(&names, &size, file) < 0)
		return tmg_raise(f, TMG_E_IO, 0, _("the register %s: %s"), path,
		    file == NULL ? strerror(errno) : _("is empty"));
	c.count = cut(names, c.name);
	c.at = column_of(c.name, c.count, column);
	if (c.at == c.count)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("the register %s: no column %s"), path, column);
	return find_row(&c, q->number, known, f);
}

static const char *
csv_check(const ra_register *r)
{
	return r->path[0] != '\0' ? NULL : _("it needs path, the file");
}

const ra_register_kind ra_register_csv = { "csv", csv_check, csv_ask };
