/* SPDX-License-Identifier: BSD-2-Clause */
/* The printed application as text and as HTML, both in UTF-8. */
#include <stdio.h>

#include "src/base/scope.h"
#include "tools/ra/post/qr.h"
#include "tools/ra/post/sheet.h"

/* What was written into memory; a stream says at its end whether all of it is
 * there. */
static tmg_rc
finish(FILE *to, char **bytes, size_t *len, ra_printed *printed)
{
	const bool bad = ferror(to) != 0;

	if (fclose(to) != 0 || bad) {
		free(*bytes);
		return TMG_E_NOMEM;
	}
	printed->bytes = (uint8_t *)*bytes;
	printed->len = *len;
	return TMG_OK;
}

/* ---- text ---- */

static void
text_row(FILE *to, ra_sheet_kind kind, const char *label, const char *text)
{
	static const char *const shapes[] = {
		[RA_SHEET_HEAD] = "\n%s%s\n\n",
		[RA_SHEET_PAIR] = "%s: %s\n",
		[RA_SHEET_NOTE] = "%s%s\n",
	};

	fprintf(to, shapes[kind], label, text);
}

tmg_rc
ra_sheet_text(const ra_sheet *s, ra_printed *printed)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&bytes, &len);

	if (to == NULL)
		return TMG_E_NOMEM;
	fprintf(to, "%s\n\n", s->title);
	for (size_t i = 0; i < s->count; i++)
		text_row(to, s->row[i].kind, s->row[i].label, s->row[i].text);
	return finish(to, &bytes, &len, printed);
}

/* ---- HTML ---- */

static void
put_html(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		default:
			fputc(*text, to);
		}
}

static void
html_row(FILE *to, ra_sheet_kind kind, const char *label, const char *text)
{
	static const char *const tags[][3] = {
		[RA_SHEET_HEAD] = { "</dl>\n<h2>", "", "</h2>\n<dl>\n" },
		[RA_SHEET_PAIR] = { "<dt>", "</dt>\n<dd>", "</dd>\n" },
		[RA_SHEET_NOTE] = { "</dl>\n<p>", "", "</p>\n<dl>\n" },
	};

	fputs(tags[kind][0], to);
	put_html(to, label);
	fputs(tags[kind][1], to);
	put_html(to, text);
	fputs(tags[kind][2], to);
}

static void
square(void *arg, int x, int y)
{
	fprintf(arg, "M%d %dh1v1h-1z", x, y);
}

/* Drawn in the page itself: a strict policy lets nothing else in. */
static tmg_rc
put_code(FILE *to, const ra_sheet *s)
{
	char *path = NULL;
	size_t len = 0;
	FILE *squares = open_memstream(&path, &len);
	int size;
	tmg_rc rc;

	if (squares == NULL)
		return TMG_E_NOMEM;
	rc = ra_qr_draw(s->code, &size, square, squares);
	if (fclose(squares) != 0)
		rc = TMG_E_NOMEM;
	if (rc == TMG_OK) {
		fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"160\""
		    " height=\"160\" viewBox=\"0 0 %d %d\" role=\"img\""
		    " aria-label=\"", size, size);
		put_html(to, s->code);
		fprintf(to, "\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
		    "<path d=\"%s\"/></svg>\n", size, size, path);
	}
	free(path);
	return rc == TMG_UNSUPPORTED ? TMG_OK : rc;
}

static tmg_rc
put_page(FILE *to, const ra_sheet *s)
{
	tmg_rc rc;

	fputs("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>", to);
	put_html(to, s->title);
	fputs(" ", to);
	put_html(to, s->number);
	fputs("</title>\n</head>\n<body>\n<main>\n<h1>", to);
	put_html(to, s->title);
	fputs("</h1>\n", to);
	if ((rc = put_code(to, s)))
		return rc;
	fputs("<dl>\n", to);
	for (size_t i = 0; i < s->count; i++)
		html_row(to, s->row[i].kind, s->row[i].label, s->row[i].text);
	fputs("</dl>\n</main>\n</body>\n</html>\n", to);
	return TMG_OK;
}

tmg_rc
ra_sheet_html(const ra_sheet *s, ra_printed *printed)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&bytes, &len);
	tmg_rc rc;

	if (to == NULL)
		return TMG_E_NOMEM;
	if ((rc = put_page(to, s))) {
		fclose(to);
		free(bytes);
		return rc;
	}
	return finish(to, &bytes, &len, printed);
}
