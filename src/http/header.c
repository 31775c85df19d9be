/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/header.h"

#include <curl/curl.h>
#include <strings.h>

#define YEAR_S (366L * 24 * 3600)

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static tmg_view
trim(tmg_view v)
{
	while (v.len > 0 && is_blank(v.ptr[0])) {
		v.ptr++;
		v.len--;
	}
	while (v.len > 0 && is_blank(v.ptr[v.len - 1]))
		v.len--;
	return v;
}

tmg_rc
tmg_header_split(tmg_view line, tmg_view *name, tmg_view *value)
{
	const uint8_t *colon = line.len > 0 ? memchr(line.ptr, ':', line.len) : NULL;

	if (colon == NULL)
		return TMG_NOT_FOUND;

	const size_t at = (size_t)(colon - line.ptr);

	*name = (tmg_view){ line.ptr, at };
	*value = trim((tmg_view){ colon + 1, line.len - at - 1 });
	for (size_t i = 0; i < at; i++)
		if (line.ptr[i] <= ' ' || line.ptr[i] == 0x7f || line.ptr[i] == '/')
			return TMG_NOT_FOUND;
	return at > 0 ? TMG_OK : TMG_NOT_FOUND;
}

bool
tmg_header_is(tmg_view name, const char *want)
{
	return name.len == strlen(want) &&
	    strncasecmp((const char *)name.ptr, want, name.len) == 0;
}

static long
clamp(int64_t seconds)
{
	return seconds < 0 ? 0 : seconds > YEAR_S ? YEAR_S : (long)seconds;
}

static bool
is_digits(tmg_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] < '0' || v.ptr[i] > '9')
			return false;
	return v.len > 0;
}

long
tmg_header_retry_after(tmg_view value, time_t now)
{
	char date[64];
	int64_t n = 0;

	value = trim(value);
	if (is_digits(value)) {
		for (size_t i = 0; i < value.len && n <= YEAR_S; i++)
			n = n * 10 + (value.ptr[i] - '0');
		return clamp(n);
	}
	if (value.len == 0 || value.len >= sizeof(date))
		return -1;

	memcpy(date, value.ptr, value.len);
	date[value.len] = '\0';
	const time_t when = curl_getdate(date, NULL);

	return when == (time_t)-1 ? -1 : clamp((int64_t)when - (int64_t)now);
}

bool
tmg_header_type_is(const char *type, const char *want)
{
	const size_t n = strlen(want);

	while (*type == ' ' || *type == '\t')
		type++;
	if (strncasecmp(type, want, n) != 0)
		return false;
	return type[n] == '\0' || type[n] == ';' || type[n] == ' ' || type[n] == '\t';
}

enum {
	NOT_UTF8 = 1,		/* the length of what is skipped */
	SURROGATES = 0xd800, SURROGATES_END = 0xdfff,
	C1_END = 0x9f,
	MARKS = 0x200b, MARKS_END = 0x200f,		/* zero width, LRM, RLM */
	BREAKS = 0x2028, BREAKS_END = 0x202e,		/* separators, embeddings */
	ISOLATES = 0x2060, ISOLATES_END = 0x206f,
	BOM = 0xfeff,
};

/* Bytes of the UTF-8 character at the front of v (RFC 3629 4), 0 for none. */
static size_t
utf8_char(tmg_view v, uint32_t *c)
{
	static const struct { uint8_t mask, lead; uint32_t least; } row[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t n = 0; n < sizeof(row) / sizeof(row[0]); n++) {
		if ((v.ptr[0] & row[n].mask) != row[n].lead)
			continue;
		if (n >= v.len)
			return 0;
		*c = v.ptr[0] & (uint8_t)~row[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((v.ptr[i] & 0xc0) != 0x80)
				return 0;
			*c = *c << 6 | (v.ptr[i] & 0x3fu);
		}
		return *c < row[n].least || *c > 0x10ffff ||
		    (*c >= SURROGATES && *c <= SURROGATES_END) ? 0 : n + 1;
	}
	return 0;
}

/* What could move the cursor, end the line or turn its direction. */
static bool
is_unfit(uint32_t c)
{
	return c <= ' ' || (c >= 0x7f && c <= C1_END) ||
	    (c >= MARKS && c <= MARKS_END) || (c >= BREAKS && c <= BREAKS_END) ||
	    (c >= ISOLATES && c <= ISOLATES_END) || c == BOM;
}

void
tmg_header_clean(char *to, size_t cap, tmg_view text)
{
	size_t at = 0;
	uint32_t c = 0;

	text = trim(text);
	while (text.len > 0) {
		const size_t n = utf8_char(text, &c);
		const bool space = n > 0 && is_unfit(c);
		const size_t width = n == 0 || space ? 1 : n;

		if (at + width + 1 > cap)
			break;
		if (n == 0)
			to[at++] = '?';
		else if (!space)
			memcpy(to + at, text.ptr, n);
		else if (at > 0 && to[at - 1] != ' ')
			to[at++] = ' ';
		if (n > 0 && !space)
			at += n;
		text.ptr += n > 0 ? n : NOT_UTF8;
		text.len -= n > 0 ? n : NOT_UTF8;
	}
	while (at > 0 && to[at - 1] == ' ')
		at--;
	to[at] = '\0';
}
