/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/cbor.h"

#include <string.h>

/* RFC 8949 3.1 */
enum {
	MAJOR_UNSIGNED = 0,
	MAJOR_NEGATIVE = 1,
	MAJOR_BYTES = 2,
	MAJOR_TEXT = 3,
	MAJOR_ARRAY = 4,
	MAJOR_MAP = 5,
};

enum {
	INLINE_MAX = 23,	/* what the head itself holds */
	FOLLOWS_1 = 24,		/* bytes that follow, as powers of two */
};

static void
put_head(tmg_out *o, unsigned major, uint64_t n)
{
	unsigned power = 0;

	if (n <= INLINE_MAX) {
		tmg_put_u8(o, (uint8_t)(major << 5 | n));
		return;
	}
	while (power < 3 && n >> (8u << power) != 0)
		power++;
	tmg_put_u8(o, (uint8_t)(major << 5 | (FOLLOWS_1 + power)));
	for (unsigned i = 1u << power; i-- > 0; )
		tmg_put_u8(o, (uint8_t)(n >> 8 * i));
}

void
tmg_cbor_put_int(tmg_out *o, int64_t n)
{
	if (n >= 0)
		put_head(o, MAJOR_UNSIGNED, (uint64_t)n);
	else
		put_head(o, MAJOR_NEGATIVE, (uint64_t)-(n + 1));
}

void
tmg_cbor_put_bytes(tmg_out *o, tmg_view bytes)
{
	put_head(o, MAJOR_BYTES, bytes.len);
	tmg_put(o, bytes);
}

void
tmg_cbor_put_text(tmg_out *o, const char *text)
{
	put_head(o, MAJOR_TEXT, strlen(text));
	tmg_put_str(o, text);
}

void
tmg_cbor_put_array(tmg_out *o, size_t items)
{
	put_head(o, MAJOR_ARRAY, items);
}

void
tmg_cbor_put_map(tmg_out *o, size_t pairs)
{
	put_head(o, MAJOR_MAP, pairs);
}
