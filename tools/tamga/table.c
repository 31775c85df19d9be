/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "src/base/i18n.h"
#include "tools/tamga/text.h"

enum {
	GAP = 2,		/* columns of space between cells */
	NARROWEST = 8,		/* no column is cut to less */
};

void
table_begin(struct table *t, size_t columns, const char *const *heads)
{
	*t = (struct table){ .columns = columns };
	for (size_t i = 0; i < columns; i++)
		table_put(t, "%s", _(heads[i]));
}

static bool
has_room(struct table *t)
{
	const size_t cap = t->cap != 0 ? 2 * t->cap : 64;
	char **more;

	if (t->count < t->cap)
		return true;
	more = realloc(t->cells, cap * sizeof(*more));
	if (more == NULL)
		return false;
	t->cells = more;
	t->cap = cap;
	return true;
}

void
table_put(struct table *t, const char *fmt, ...)
{
	char *cell;
	va_list ap;
	int n;

	if (t->failed)
		return;
	va_start(ap, fmt);
	n = vasprintf(&cell, fmt, ap);
	va_end(ap);
	if (n < 0 || !has_room(t)) {
		if (n >= 0)
			free(cell);
		t->failed = true;
		return;
	}
	t->cells[t->count++] = cell;
}

static void
measure(const struct table *t, size_t width[static TABLE_COLUMNS])
{
	for (size_t i = 0; i < t->count; i++) {
		const size_t w = text_width(t->cells[i]);
		size_t *widest = &width[i % t->columns];

		if (w > *widest)
			*widest = w;
	}
}

void
table_fit(struct table *t, FILE *to)
{
	struct winsize size;

	if (ioctl(fileno(to), TIOCGWINSZ, &size) == 0)
		t->room = size.ws_col;
}

/* Takes from the widest until all have room. */
static void
squeeze(const struct table *t, size_t width[static TABLE_COLUMNS])
{
	size_t total = 0;

	for (size_t c = 0; c < t->columns; c++)
		total += width[c] + (c > 0 ? GAP : 0);
	for (; t->room > 0 && total > t->room; total--) {
		size_t *widest = &width[0];

		for (size_t c = 1; c < t->columns; c++)
			if (width[c] > *widest)
				widest = &width[c];
		if (*widest <= NARROWEST)
			return;
		--*widest;
	}
}

static void
print_row(const struct table *t, const size_t *width, size_t row, FILE *to)
{
	size_t pad = 0;

	for (size_t c = 0; c < t->columns; c++) {
		const char *cell = t->cells[row * t->columns + c];

		if (cell[0] == '\0') {
			pad += width[c] + GAP;
			continue;
		}
		fprintf(to, "%*s", (int)pad, "");
		pad = width[c] + GAP - text_put_within(to, cell, width[c]);
	}
	fputc('\n', to);
}

tmg_rc
table_print(const struct table *t, FILE *to, bool bold)
{
	size_t width[TABLE_COLUMNS] = { 0 };

	if (t->failed)
		return TMG_E_NOMEM;
	measure(t, width);
	squeeze(t, width);
	for (size_t row = 0; row < t->count / t->columns; row++) {
		if (bold && row == 0)
			fputs("\033[1m", to);
		print_row(t, width, row, to);
		if (bold && row == 0)
			fputs("\033[0m", to);
	}
	return TMG_OK;
}

void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ 0 };
}
