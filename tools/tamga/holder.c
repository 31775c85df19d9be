/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/holder.h"

#include <jansson.h>

static bool
is_utf8(tmg_view v)
{
	json_t *text = json_stringn((const char *)v.ptr, v.len);

	json_decref(text);
	return text != NULL;
}

/* What is not UTF-8 was meant to be Latin 1, as cards of version 2 have it. */
static void
put_words(tmg_out *to, tmg_view v, bool utf8)
{
	for (size_t i = 0; i < v.len; i++) {
		const uint8_t c = v.ptr[i];

		if (c < 0x80 || utf8) {
			tmg_put_u8(to, c == '<' ? ' ' : c);
			continue;
		}
		tmg_put_u8(to, (uint8_t)(0xc0 | c >> 6));
		tmg_put_u8(to, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

/* Where the given names begin: behind the first "<<"; the end, without one. */
static size_t
given_at(tmg_view v)
{
	for (size_t i = 0; i + 1 < v.len; i++)
		if (v.ptr[i] == '<' && v.ptr[i + 1] == '<')
			return i + 2;
	return v.len;
}

void
holder_words(tmg_view iso, char text[static HOLDER_MAX])
{
	const bool utf8 = is_utf8(iso);
	const size_t at = given_at(iso);
	tmg_out to = { (uint8_t *)text, HOLDER_MAX - 1, 0, false };
	tmg_view surname = iso;

	if (at < iso.len) {
		put_words(&to, (tmg_view){ iso.ptr + at, iso.len - at }, utf8);
		tmg_put_u8(&to, ' ');
	}
	if (at >= 2 && iso.ptr[at - 1] == '<' && iso.ptr[at - 2] == '<')
		surname.len = at - 2;
	put_words(&to, surname, utf8);
	text[to.full ? 0 : to.len] = '\0';
}
