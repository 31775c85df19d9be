/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DER writer that runs from the end of the buffer to its start.  Contents
 * go down before the header that counts them, so every length is known when
 * it is written: one pass, no second buffer, no guessing.
 */
#ifndef TMG_CODEC_DER_H
#define TMG_CODEC_DER_H

#include "tamga/view.h"

typedef struct tmg_der {
	uint8_t *base;
	size_t cap;
	size_t at;		/* first written byte; starts at cap */
	bool full;
} tmg_der;

#define TMG_DER(array) ((tmg_der){ (array), sizeof(array), sizeof(array), false })

static inline void
tmg_der_bytes(tmg_der *d, tmg_view v)
{
	if (d->full || v.len > d->at) {
		d->full = true;
		return;
	}
	d->at -= v.len;
	if (v.len > 0)
		memcpy(d->base + d->at, v.ptr, v.len);
}

static inline void
tmg_der_u8(tmg_der *d, uint8_t b)
{
	tmg_der_bytes(d, (tmg_view){ &b, 1 });
}

/* Puts a header in front of everything written since mark. */
static inline void
tmg_der_wrap(tmg_der *d, uint8_t tag, size_t mark)
{
	const size_t len = mark - d->at;
	unsigned octets = 0;

	if (len < 0x80) {
		tmg_der_u8(d, (uint8_t)len);
	} else {
		for (size_t n = len; n > 0; n >>= 8, octets++)
			tmg_der_u8(d, (uint8_t)(n & 0xff));
		tmg_der_u8(d, (uint8_t)(0x80 | octets));
	}
	tmg_der_u8(d, tag);
}

/* A non-negative INTEGER from big-endian bytes of any length. */
static inline void
tmg_der_unsigned(tmg_der *d, tmg_view v)
{
	const size_t mark = d->at;

	while (v.len > 0 && v.ptr[0] == 0) {
		v.ptr++;
		v.len--;
	}
	tmg_der_bytes(d, v);
	if (v.len == 0 || (v.ptr[0] & 0x80) != 0)
		tmg_der_u8(d, 0);
	tmg_der_wrap(d, 0x02, mark);
}

static inline tmg_view
tmg_der_view(const tmg_der *d)
{
	return (tmg_view){ d->base + d->at, d->cap - d->at };
}

#endif
