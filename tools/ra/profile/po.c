/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/po.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/utf8.h"

enum part { NONE, TEXT, SAID };		/* what was read of an entry */

/* Strings lose their quotes and escapes where they stand: what is written is
 * never longer than what was read. */
struct reader {
	const char *name;
	unsigned line;
	const char *at;
	char *to;			/* where the next byte of a string goes */
	enum part part;
	bool fuzzy, next_fuzzy;
	ra_po_row row;			/* the entry being read */
	ra_po *po;
	tmg_fault *f;
};

static tmg_rc
wrong(const struct reader *r, unsigned line, const char *what)
{
	return tmg_raise(r->f, TMG_MISMATCH, 0, "%s:%u: %s", r->name, line, what);
}

/* ---- what an entry must be ---- */

/* Whether every ${name} of one text stands in the other. */
static bool
names_in(const char *text, const char *other)
{
	while ((text = strstr(text, "${")) != NULL) {
		const size_t len = strcspn(text, "}") + 1;

		if (text[len - 1] != '}' ||
		    memmem(other, strlen(other), text, len) == NULL)
			return false;
		text += len;
	}
	return true;
}

static bool
is_shown(const char *said)
{
	while (*said != '\0') {
		const size_t len = ra_utf8_length(said);

		if (len == 0 || (*said != '\n' && *said != '\t' &&
		    !ra_utf8_shown(said)))
			return false;
		said += len;
	}
	return true;
}

static tmg_rc
check_heading(const struct reader *r)
{
	static const char key[] = "charset=";
	const char *charset = strstr(r->row.said, key);

	return charset == NULL ||
	    strncasecmp(charset + strlen(key), "UTF-8", 5) == 0 ? TMG_OK :
	    wrong(r, r->row.line, _("the heading must say charset=UTF-8"));
}

static tmg_rc
check_row(const struct reader *r)
{
	const ra_po_row *row = &r->row;

	if (!is_shown(row->said))
		return wrong(r, row->line,
		    _("there are characters in it that cannot be written here"));
	if (!names_in(row->text, row->said) || !names_in(row->said, row->text))
		return wrong(r, row->line,
		    _("text and translation do not have the same names in ${...}"));
	return TMG_OK;
}

/* ---- reading ---- */

static char
unescaped(char c)
{
	static const struct {
		char written, meant;
	} rows[] = { { 'n', '\n' }, { 't', '\t' }, { '"', '"' }, { '\\', '\\' } };

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].written == c)
			return rows[i].meant;
	return '\0';
}

static tmg_rc
end_line(struct reader *r)
{
	r->at += strspn(r->at, " \t\r");
	return *r->at == '\n' || *r->at == '\0' ? TMG_OK :
	    wrong(r, r->line, _("there is more than one quoted text in a line"));
}

/* "...", put behind what r->to has already. */
static tmg_rc
read_string(struct reader *r)
{
	r->at += strspn(r->at, " \t");
	if (*r->at != '"')
		return wrong(r, r->line, _("here a quoted text must stand"));
	for (r->at++; *r->at != '"'; r->at++) {
		char c = *r->at;

		if (c == '\n' || c == '\0')
			return wrong(r, r->line, _("the quoted text does not end"));
		if (c == '\\' && (c = unescaped(*++r->at)) == '\0')
			return wrong(r, r->line,
			    _("after \\ only n, t, \" and \\ may stand"));
		*r->to++ = c;
	}
	r->at++;
	*r->to = '\0';
	return end_line(r);
}

/* The entry that ends here. */
static tmg_rc
finish(struct reader *r)
{
	tmg_rc rc;

	if (r->part == TEXT)
		return wrong(r, r->row.line, _("msgid without msgstr"));
	if (r->part == NONE)
		return TMG_OK;
	r->part = NONE;
	if (r->row.text[0] == '\0')
		return check_heading(r);
	if (r->fuzzy || r->row.said[0] == '\0')
		return TMG_OK;
	if ((rc = check_row(r)))
		return rc;
	r->po->row[r->po->count++] = r->row;
	return TMG_OK;
}

static tmg_rc
read_text(struct reader *r)
{
	const tmg_rc rc = finish(r);

	if (rc)
		return rc;
	r->fuzzy = r->next_fuzzy;
	r->next_fuzzy = false;
	r->part = TEXT;
	if (r->to != r->po->pool)
		r->to++;		/* the zero of the string before */
	r->row = (ra_po_row){ r->to, "", r->line };
	return read_string(r);
}

static tmg_rc
read_said(struct reader *r)
{
	if (r->part != TEXT)
		return wrong(r, r->line, _("msgstr without msgid"));
	r->part = SAID;
	r->row.said = ++r->to;
	return read_string(r);
}

static tmg_rc
read_more(struct reader *r)
{
	return r->part != NONE ? read_string(r) :
	    wrong(r, r->line, _("a quoted text that belongs to no entry"));
}

static tmg_rc
read_comment(struct reader *r)
{
	const size_t len = strcspn(r->at, "\n");

	if (r->at[1] == ',' && memmem(r->at, len, "fuzzy", 5) != NULL)
		r->next_fuzzy = true;
	else if (r->at[1] == '~')
		r->next_fuzzy = false;	/* it was of an entry that is past */
	r->at += len;
	return TMG_OK;
}

static tmg_rc
read_line(struct reader *r)
{
	static const struct {
		const char *word;
		size_t skip;
		tmg_rc (*read)(struct reader *);
	} rows[] = {
		{ "#", 0, read_comment },
		{ "\"", 0, read_more },
		{ "msgid ", 6, read_text },
		{ "msgstr ", 7, read_said },
	};

	r->at += strspn(r->at, " \t\r");
	if (*r->at == '\n' || *r->at == '\0')
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if (strncmp(r->at, rows[i].word, strlen(rows[i].word)) != 0)
			continue;
		r->at += rows[i].skip;
		return rows[i].read(r);
	}
	return wrong(r, r->line,
	    _("a line begins with msgid, msgstr, a quoted text or #"));
}

static tmg_rc
read_lines(struct reader *r)
{
	tmg_rc rc;

	while (*r->at != '\0') {
		if ((rc = read_line(r)))
			return rc;
		if (*r->at == '\n')
			r->at++;
		r->line++;
	}
	return finish(r);
}

/* ---- in order ---- */

static int
compare(const void *a, const void *b)
{
	const ra_po_row *one = a, *other = b;
	const int order = strcmp(one->text, other->text);

	return order != 0 ? order : (one->line > other->line) -
	    (one->line < other->line);
}

static tmg_rc
sort(const struct reader *r)
{
	ra_po *po = r->po;

	if (po->count > 0)
		qsort(po->row, po->count, sizeof(*po->row), compare);
	for (size_t i = 1; i < po->count; i++)
		if (strcmp(po->row[i - 1].text, po->row[i].text) == 0)
			return wrong(r, po->row[i].line,
			    _("this text was translated above already"));
	return TMG_OK;
}

const char *
ra_po_find(const ra_po *po, const char *text)
{
	size_t first = 0, end = po->count;

	while (first < end) {
		const size_t middle = first + (end - first) / 2;
		const int order = strcmp(text, po->row[middle].text);

		if (order == 0)
			return po->row[middle].said;
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return NULL;
}

/* ---- the whole ---- */

static size_t
count_entries(const char *text)
{
	size_t count = 1;

	for (; (text = strstr(text, "msgid ")) != NULL; text++)
		count++;
	return count;
}

void
ra_po_release(ra_po *po)
{
	free(po->pool);
	free(po->row);
	*po = (ra_po){ .pool = NULL };
}

tmg_rc
ra_po_parse(const char *name, const char *text, ra_po *po, tmg_fault *f)
{
	struct reader r = { .name = name, .line = 1, .po = po, .f = f };
	tmg_rc rc;

	*po = (ra_po){ .pool = strdup(text),
		.row = calloc(count_entries(text), sizeof(*po->row)) };
	if (po->pool == NULL || po->row == NULL)
		rc = tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	else {
		r.at = r.to = po->pool;
		if ((rc = read_lines(&r)) == TMG_OK)
			rc = sort(&r);
	}
	if (rc)
		ra_po_release(po);
	return rc;
}
