/* SPDX-License-Identifier: BSD-2-Clause */
/* Digits of strokes of our own, bent and crossed: no font is asked for. */
#include <cairo.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/desk/captcha.h"

#define WIDTH 220
#define HEIGHT 80
#define LINES 7
#define POINTS 12

/* Places on a grid of 4 by 6, joined in order; -1 ends a digit. */
static const signed char strokes[10][POINTS][2] = {
	{ { 1, 0 }, { 3, 0 }, { 4, 2 }, { 4, 4 }, { 3, 6 }, { 1, 6 }, { 0, 4 }, { 0, 2 }, { 1, 0 }, { -1, 0 } },
	{ { 0, 2 }, { 2, 0 }, { 2, 6 }, { -1, 0 } },
	{ { 0, 1 }, { 1, 0 }, { 3, 0 }, { 4, 2 }, { 0, 6 }, { 4, 6 }, { -1, 0 } },
	{ { 0, 0 }, { 4, 0 }, { 2, 2 }, { 4, 4 }, { 3, 6 }, { 1, 6 }, { 0, 5 }, { -1, 0 } },
	{ { 3, 6 }, { 3, 0 }, { 0, 4 }, { 4, 4 }, { -1, 0 } },
	{ { 4, 0 }, { 0, 0 }, { 0, 3 }, { 3, 2 }, { 4, 4 }, { 3, 6 }, { 0, 6 }, { -1, 0 } },
	{ { 3, 0 }, { 1, 2 }, { 0, 4 }, { 1, 6 }, { 3, 6 }, { 4, 4 }, { 3, 3 }, { 1, 3 }, { 0, 4 }, { -1, 0 } },
	{ { 0, 0 }, { 4, 0 }, { 1, 6 }, { -1, 0 } },
	{ { 2, 3 }, { 0, 2 }, { 1, 0 }, { 3, 0 }, { 4, 2 }, { 0, 4 }, { 1, 6 }, { 3, 6 }, { 4, 4 }, { 2, 3 }, { -1, 0 } },
	{ { 4, 2 }, { 3, 3 }, { 1, 3 }, { 0, 2 }, { 1, 0 }, { 3, 0 }, { 4, 2 }, { 3, 5 }, { 1, 6 }, { -1, 0 } },
};

/* From 0 to 1; noise needs no even spread, and none is better than no picture. */
static double
chance(void)
{
	unsigned char byte = 128;

	return RAND_bytes(&byte, 1) == 1 ? byte / 255.0 : 0.5;
}

static double
about(double value, double spread)
{
	return value + (chance() - 0.5) * spread;
}

static void
draw_digit(cairo_t *cr, int digit, double x)
{
	cairo_save(cr);
	cairo_translate(cr, x, about(16, 10));
	cairo_rotate(cr, about(0, 0.5));
	cairo_set_line_width(cr, about(4.5, 1.5));
	for (int i = 0; strokes[digit][i][0] >= 0; i++)
		cairo_line_to(cr, about(strokes[digit][i][0] * 6.5, 2.5),
		    about(strokes[digit][i][1] * 7.5, 2.5));
	cairo_stroke(cr);
	cairo_restore(cr);
}

static void
draw_noise(cairo_t *cr)
{
	for (int i = 0; i < LINES; i++) {
		cairo_set_line_width(cr, about(1.5, 1));
		cairo_move_to(cr, 0, chance() * HEIGHT);
		cairo_curve_to(cr, WIDTH * chance(), chance() * HEIGHT,
		    WIDTH * chance(), chance() * HEIGHT, WIDTH, chance() * HEIGHT);
		cairo_stroke(cr);
	}
}

struct bytes {
	uint8_t *at;
	size_t len;
};

static cairo_status_t
keep(void *arg, const unsigned char *data, unsigned len)
{
	struct bytes *b = arg;
	uint8_t *more = realloc(b->at, b->len + len);

	if (more == NULL)
		return CAIRO_STATUS_NO_MEMORY;
	memcpy(more + b->len, data, len);
	b->at = more;
	b->len += len;
	return CAIRO_STATUS_SUCCESS;
}

tmg_rc
ra_captcha_draw(const char *digits, uint8_t **png, size_t *len)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
	    WIDTH, HEIGHT);
	cairo_t *cr = cairo_create(surface);
	struct bytes b = { NULL, 0 };

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_source_rgb(cr, 0.1, 0.1, 0.3);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	for (int i = 0; digits[i] != '\0'; i++)
		draw_digit(cr, digits[i] - '0', about(14 + 41 * i, 6));
	draw_noise(cr);
	cairo_destroy(cr);

	const bool good = cairo_surface_write_to_png_stream(surface, keep, &b) ==
	    CAIRO_STATUS_SUCCESS;

	cairo_surface_destroy(surface);
	if (!good)
		free(b.at);
	*png = good ? b.at : NULL;
	*len = good ? b.len : 0;
	return good ? TMG_OK : TMG_E_NOMEM;
}
