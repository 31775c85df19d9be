/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/hex.h"

static const char digits[] = "0123456789ABCDEF";

void
tmg_hex_put(tmg_out *o, tmg_view v)
{
	for (size_t i = 0; i < v.len; i++) {
		tmg_put_u8(o, (uint8_t)digits[v.ptr[i] >> 4]);
		tmg_put_u8(o, (uint8_t)digits[v.ptr[i] & 0x0f]);
	}
}

void
tmg_hex_text(char *text, size_t cap, tmg_view v)
{
	tmg_out o = { (uint8_t *)text, cap - 1, 0, false };

	tmg_hex_put(&o, v);
	text[o.len] = '\0';
}

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_between(uint8_t c)
{
	return c == ':' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

tmg_rc
tmg_hex_parse(tmg_view text, tmg_out *bytes)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_between(text.ptr[i]))
			continue;
		const int high = digit(text.ptr[i]);
		const int low = i + 1 < text.len ? digit(text.ptr[++i]) : -1;

		if (high < 0 || low < 0)
			return TMG_E_MALFORMED;
		tmg_put_u8(bytes, (uint8_t)(high << 4 | low));
	}
	return tmg_out_done(bytes);
}
