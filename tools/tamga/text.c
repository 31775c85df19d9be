/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/text.h"

#include <wchar.h>

enum {
	BROKEN = 0xfffd,
};

/* One code point of UTF-8 (RFC 3629 3); BROKEN eats one byte. */
static uint32_t
take_point(const unsigned char **at)
{
	static const struct { uint8_t mask, lead; unsigned more; uint32_t least; } forms[] = {
		{ 0x80, 0x00, 0, 0 }, { 0xe0, 0xc0, 1, 0x80 },
		{ 0xf0, 0xe0, 2, 0x800 }, { 0xf8, 0xf0, 3, 0x10000 },
	};
	const unsigned char *p = *at;

	(*at)++;
	for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
		uint32_t point = (uint32_t)(p[0] & ~forms[f].mask);
		unsigned n = 0;

		if ((p[0] & forms[f].mask) != forms[f].lead)
			continue;
		while (n < forms[f].more && (p[n + 1] & 0xc0) == 0x80)
			point = point << 6 | (p[++n] & 0x3fu);
		if (n < forms[f].more || point < forms[f].least ||
		    point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
			return BROKEN;
		*at = p + 1 + n;
		return point;
	}
	return BROKEN;
}

static bool
is_harmful(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	    point == BROKEN || point == 0x061c ||
	    (point >= 0x200e && point <= 0x200f) ||	/* marks of direction */
	    (point >= 0x2028 && point <= 0x202e) ||	/* line ends, overrides */
	    (point >= 0x2066 && point <= 0x2069) ||	/* isolates */
	    point == 0xfeff;
}

static void
put_point(FILE *to, uint32_t point, const unsigned char *from, size_t len)
{
	if (is_harmful(point))
		fputc('?', to);
	else
		fwrite(from, 1, len, to);
}

void
text_put(FILE *to, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		const unsigned char *from = at;
		const uint32_t point = take_point(&at);

		put_point(to, point, from, (size_t)(at - from));
	}
}

/* wcwidth() knows only the locale's characters: one column for the others. */
static size_t
columns(uint32_t point)
{
	const int w = is_harmful(point) ? 1 : wcwidth((wchar_t)point);

	return w < 0 ? 1 : (size_t)w;
}

size_t
text_width(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t width = 0;

	while (*at != '\0')
		width += columns(take_point(&at));
	return width;
}

size_t
text_put_within(FILE *to, const char *text, size_t max)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t width = text_width(text), filled = 0;

	if (width <= max) {
		text_put(to, text);
		return width;
	}
	for (;;) {
		const unsigned char *from = at;
		const uint32_t point = take_point(&at);

		if (filled + columns(point) >= max)	/* one for the mark */
			break;
		put_point(to, point, from, (size_t)(at - from));
		filled += columns(point);
	}
	fputs("…", to);
	return filled + 1;
}

static const char *
text_when(time_t when, const char *format, char *store, size_t cap)
{
	struct tm tm;

	if (when == 0 || gmtime_r(&when, &tm) == NULL ||
	    strftime(store, cap, format, &tm) == 0)
		return "-";
	return store;
}

const char *
text_day(time_t when, char *store, size_t cap)
{
	return text_when(when, "%Y-%m-%d", store, cap);
}

const char *
text_time(time_t when, char *store, size_t cap)
{
	return text_when(when, "%Y-%m-%dT%H:%M:%SZ", store, cap);
}
