/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/packed.h"

#define ZLIB_CONST
#include <zlib.h>

enum {
	WINDOW_ANY = 15 + 32,		/* gzip or zlib, as the header says */
	MEMORY = 8,			/* zlib's default */
};

/* The window of each packing: zlib's way of saying which header. */
static const int windows[] = {
	[TMG_PACKING_GZIP] = 15 + 16,
	[TMG_PACKING_ZLIB] = 15,
};

static void
inflate_end(z_stream *z)
{
	inflateEnd(z);
}

static void
deflate_end(z_stream *z)
{
	deflateEnd(z);
}

tmg_rc
tmg_unpack(tmg_view packed, size_t max, tmg_out *plain)
{
	__attribute__((__cleanup__(inflate_end))) z_stream z = { 0 };
	const size_t room = plain->cap - plain->len;
	const size_t cap = room < max ? room : max;
	int end;

	if (plain->full)
		return TMG_E_SPACE;
	if (inflateInit2(&z, WINDOW_ANY) != Z_OK)
		return TMG_E_NOMEM;
	z.next_in = packed.ptr;
	z.avail_in = (uInt)packed.len;
	z.next_out = plain->ptr + plain->len;
	z.avail_out = (uInt)cap;
	end = inflate(&z, Z_FINISH);
	if (end == Z_STREAM_END) {
		plain->len += cap - z.avail_out;
		return TMG_OK;
	}
	if (z.avail_out == 0 && room < max)
		return TMG_E_SPACE;
	return end == Z_MEM_ERROR ? TMG_E_NOMEM : TMG_E_MALFORMED;
}

tmg_rc
tmg_pack(tmg_packing packing, tmg_view plain, tmg_out *packed)
{
	__attribute__((__cleanup__(deflate_end))) z_stream z = { 0 };
	const size_t room = packed->cap - packed->len;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, windows[packing],
	    MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return TMG_E_NOMEM;
	z.next_in = plain.ptr;
	z.avail_in = (uInt)plain.len;
	z.next_out = packed->ptr + packed->len;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		return TMG_E_SPACE;
	packed->len += room - z.avail_out;
	return TMG_OK;
}
