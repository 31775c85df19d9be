/* SPDX-License-Identifier: BSD-2-Clause */
/* The printed application on A4: Pango sets every script, Cairo writes PDF. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/post/qr.h"
#include "tools/ra/post/sheet.h"

/* Points, ISO 216 A4. */
#define WIDTH 595.276
#define HEIGHT 841.89
#define MARGIN 56.7
#define RIGHT (WIDTH - MARGIN)
#define BOTTOM (HEIGHT - MARGIN)
#define LABEL_WIDTH 165.0
#define CODE_SIDE 105.0
#define GAP 4.0
#define HEAD_KEEPS 40.0	/* no heading stands alone at the foot of a page */
#define FONT "DejaVu Sans, Noto Sans, Sans"

struct page {
	cairo_t *cr;
	double y;
	int number;
	const ra_sheet *sheet;
	PangoAttrList *plain;		/* no hyphens that nobody wrote */
};

/* ---- bytes ---- */

struct bytes {
	uint8_t *at;
	size_t len, cap;
};

static cairo_status_t
keep(void *arg, const unsigned char *data, unsigned len)
{
	struct bytes *b = arg;

	if (len > b->cap - b->len) {
		const size_t cap = 2 * (b->cap + len);
		uint8_t *more = realloc(b->at, cap);

		if (more == NULL)
			return CAIRO_STATUS_NO_MEMORY;
		b->at = more;
		b->cap = cap;
	}
	memcpy(b->at + b->len, data, len);
	b->len += len;
	return CAIRO_STATUS_SUCCESS;
}

/* ---- setting ---- */

static PangoLayout *
set(struct page *p, const char *text, const char *style, double width)
{
	PangoLayout *layout = pango_cairo_create_layout(p->cr);
	PangoFontDescription *font = pango_font_description_from_string(style);

	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_attributes(layout, p->plain);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

static double
height_of(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static void
show(struct page *p, PangoLayout *layout, double x, double y)
{
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, layout);
}

/* Which sheet of which application a page belongs to. */
static void
put_foot(struct page *p)
{
	char text[RA_ID_MAX + 16];
	PangoLayout *foot;

	snprintf(text, sizeof(text), "%s · %d", p->sheet->number, p->number);
	foot = set(p, text, FONT " 8", RIGHT - MARGIN);
	show(p, foot, MARGIN, BOTTOM + 2 * GAP);
	g_object_unref(foot);
}

static void
make_room(struct page *p, double height)
{
	if (p->y + height <= BOTTOM || p->y <= MARGIN)
		return;
	put_foot(p);
	cairo_show_page(p->cr);
	p->number++;
	p->y = MARGIN;
}

/* A note that is longer than a page cannot be: texts are a kilobyte. */
static void
put_block(struct page *p, const char *text, const char *style, double before,
    double after)
{
	PangoLayout *layout = set(p, text, style, RIGHT - MARGIN);
	const double height = height_of(layout);

	make_room(p, before + height + after);
	show(p, layout, MARGIN, p->y + before);
	p->y += before + height + GAP;
	g_object_unref(layout);
}

static void
put_head(struct page *p, const char *label, const char *text)
{
	(void)text;
	put_block(p, label, FONT " Bold 10", 2 * GAP, HEAD_KEEPS);
}

static void
put_note(struct page *p, const char *label, const char *text)
{
	(void)label;
	put_block(p, text, FONT " Bold 8.5", GAP, 0);
}

/* The label on the left and what is said of it beside it: an answer has 1024
 * characters at the most, which are less than a page. */
static void
put_pair(struct page *p, const char *label, const char *text)
{
	PangoLayout *left = set(p, label, FONT " 8.5", LABEL_WIDTH - 2 * GAP);
	PangoLayout *right = set(p, text, FONT " 9", RIGHT - MARGIN - LABEL_WIDTH);
	const double a = height_of(left), b = height_of(right);
	const double height = a > b ? a : b;

	make_room(p, height);
	show(p, left, MARGIN, p->y);
	show(p, right, MARGIN + LABEL_WIDTH, p->y);
	p->y += height + GAP;
	g_object_unref(left);
	g_object_unref(right);
}

/* ---- the head of the first page ---- */

static void
square(void *arg, int x, int y)
{
	cairo_rectangle(arg, x, y, 1, 1);
}

/* The squares are collected first: their number gives their size. */
static tmg_rc
put_code(struct page *p)
{
	cairo_t *cr = p->cr;
	cairo_path_t *squares;
	int size;
	tmg_rc rc;

	cairo_new_path(cr);
	rc = ra_qr_draw(p->sheet->code, &size, square, cr);
	squares = cairo_copy_path(cr);
	cairo_new_path(cr);
	if (rc == TMG_OK) {
		cairo_save(cr);
		cairo_translate(cr, RIGHT - CODE_SIDE, MARGIN - GAP);
		cairo_scale(cr, CODE_SIDE / size, CODE_SIDE / size);
		cairo_append_path(cr, squares);
		cairo_fill(cr);
		cairo_restore(cr);
	}
	cairo_path_destroy(squares);
	return rc == TMG_UNSUPPORTED ? TMG_OK : rc;
}

static tmg_rc
put_top(struct page *p)
{
	PangoLayout *title = set(p, p->sheet->title, FONT " Bold 16",
	    RIGHT - MARGIN - CODE_SIDE - 4 * GAP);
	PangoLayout *number = set(p, p->sheet->number, FONT " 14",
	    RIGHT - MARGIN - CODE_SIDE - 4 * GAP);
	const double top = height_of(title);
	const double end = MARGIN + top + 3 * GAP + height_of(number);

	show(p, title, MARGIN, MARGIN);
	show(p, number, MARGIN, MARGIN + top + 3 * GAP);
	p->y = end > MARGIN + CODE_SIDE ? end : MARGIN + CODE_SIDE;
	p->y += 2 * GAP;
	g_object_unref(title);
	g_object_unref(number);
	return put_code(p);
}

static tmg_rc
put_all(struct page *p)
{
	static void (*const shapes[])(struct page *, const char *, const char *) = {
		[RA_SHEET_HEAD] = put_head,
		[RA_SHEET_PAIR] = put_pair,
		[RA_SHEET_NOTE] = put_note,
	};
	tmg_rc rc;

	if ((rc = put_top(p)))
		return rc;
	for (size_t i = 0; i < p->sheet->count; i++)
		shapes[p->sheet->row[i].kind](p, p->sheet->row[i].label,
		    p->sheet->row[i].text);
	put_foot(p);
	cairo_show_page(p->cr);
	return TMG_OK;
}

tmg_rc
ra_sheet_pdf(const ra_sheet *s, ra_printed *printed)
{
	struct bytes bytes = { NULL, 0, 0 };
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(keep, &bytes,
	    WIDTH, HEIGHT);
	struct page page = { cairo_create(surface), MARGIN, 1, s,
		pango_attr_list_new() };
	tmg_rc rc;

	pango_attr_list_insert(page.plain, pango_attr_insert_hyphens_new(FALSE));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, s->title);
	rc = put_all(&page);
	if (rc == TMG_OK && cairo_status(page.cr) != CAIRO_STATUS_SUCCESS)
		rc = TMG_E_NOMEM;
	cairo_destroy(page.cr);
	pango_attr_list_unref(page.plain);
	cairo_surface_finish(surface);
	if (rc == TMG_OK && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
		rc = TMG_E_NOMEM;
	cairo_surface_destroy(surface);
	if (rc) {
		free(bytes.at);
		return rc;
	}
	printed->bytes = bytes.at;
	printed->len = bytes.len;
	return TMG_OK;
}
