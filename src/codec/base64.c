/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
put_group(tmg_out *o, const uint8_t *in, size_t n)
{
	const uint32_t bits = (uint32_t)in[0] << 16 |
	    (n > 1 ? (uint32_t)in[1] << 8 : 0) | (n > 2 ? in[2] : 0u);

	for (size_t i = 0; i < 4; i++)
		tmg_put_u8(o, i <= n
		    ? (uint8_t)alphabet[bits >> (18 - 6 * i) & 0x3f] : '=');
}

void
tmg_base64_put(tmg_out *o, tmg_view v, size_t width)
{
	size_t column = 0;

	for (size_t i = 0; i < v.len; i += 3) {
		put_group(o, v.ptr + i, v.len - i < 3 ? v.len - i : 3);
		column += 4;
		if (width > 0 && column >= width) {
			tmg_put_u8(o, '\n');
			column = 0;
		}
	}
	if (width > 0 && column > 0)
		tmg_put_u8(o, '\n');
}

void
tmg_base64url_put(tmg_out *o, tmg_view v)
{
	const size_t from = o->len;

	tmg_base64_put(o, v, 0);
	if (o->full)
		return;
	while (o->len > from && o->ptr[o->len - 1] == '=')
		o->len--;
	for (size_t i = from; i < o->len; i++)
		o->ptr[i] = o->ptr[i] == '+' ? '-' : o->ptr[i] == '/' ? '_' : o->ptr[i];
}

static int
value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool
is_space(uint8_t c)
{
	return c == '\r' || c == '\n' || c == '\t' || c == ' ';
}

/* Whatever follows the first '=' may only be padding and space. */
static tmg_rc
check_tail(tmg_view tail, size_t characters)
{
	size_t pads = 0;

	for (size_t i = 0; i < tail.len; i++) {
		if (is_space(tail.ptr[i]))
			continue;
		if (tail.ptr[i] != '=')
			return TMG_E_MALFORMED;
		pads++;
	}
	if (characters % 4 == 1)
		return TMG_E_MALFORMED;
	return pads == 0 || (characters + pads) % 4 == 0 ? TMG_OK
	    : TMG_E_MALFORMED;
}

tmg_rc
tmg_base64_parse(tmg_view text, tmg_out *bytes)
{
	uint32_t bits = 0;
	size_t i, n = 0;

	for (i = 0; i < text.len && text.ptr[i] != '='; i++) {
		if (is_space(text.ptr[i]))
			continue;
		const int v = value(text.ptr[i]);

		if (v < 0)
			return TMG_E_MALFORMED;
		bits = (bits << 6 | (uint32_t)v) & 0xffffff;
		if (n++ % 4 != 0)
			tmg_put_u8(bytes, (uint8_t)(bits >> (6 - 2 * ((n - 1) % 4))));
	}

	tmg_view head;
	tmg_rc rc;

	if ((rc = tmg_view_take(&text, i, &head)) || (rc = check_tail(text, n)))
		return rc;
	return tmg_out_done(bytes);
}

tmg_rc
tmg_base64url_parse(tmg_view text, tmg_out *bytes)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];
		const int v = c == '-' ? 62 : c == '_' ? 63
		    : c == '+' || c == '/' ? -1 : value(c);

		if (v < 0)
			return TMG_E_MALFORMED;
		bits = (bits << 6 | (uint32_t)v) & 0xffffff;
		if (i % 4 != 0)
			tmg_put_u8(bytes, (uint8_t)(bits >> (6 - 2 * (i % 4))));
	}
	return text.len % 4 == 1 ? TMG_E_MALFORMED : tmg_out_done(bytes);
}
