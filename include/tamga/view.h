/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Borrowed bytes and bytes being written.  See tamga.h, "Ownership".
 */
#ifndef TAMGA_VIEW_H
#define TAMGA_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tamga/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed, read-only bytes.  Valid until the owner is next modified. */
typedef struct tmg_view {
	const uint8_t *ptr;	/* may be NULL only when len is 0 */
	size_t len;		/* bytes */
} tmg_view;

/* Bytes being written into storage somebody else owns.  Sticky on overflow. */
typedef struct tmg_out {
	uint8_t *ptr;
	size_t cap;		/* bytes available at ptr */
	size_t len;		/* bytes written, <= cap */
	bool full;		/* a write did not fit; nothing was truncated */
} tmg_out;

#define TMG_VIEW(array) ((tmg_view){ (array), sizeof(array) })
#define TMG_OUT(array)  ((tmg_out){ (array), sizeof(array), 0, false })

static inline tmg_view
tmg_out_view(const tmg_out *o)
{
	return (tmg_view){ o->ptr, o->len };
}

/* The bytes of a C string without its final zero; NULL gives no bytes. */
static inline tmg_view
tmg_view_str(const char *s)
{
	return (tmg_view){ (const uint8_t *)s, s != NULL ? strlen(s) : 0 };
}

static inline bool
tmg_view_equal(tmg_view a, tmg_view b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Splits n bytes off the front of *v, or leaves *v alone and says MALFORMED. */
TMG_MUST_USE static inline tmg_rc
tmg_view_take(tmg_view *v, size_t n, tmg_view *head)
{
	if (n > v->len)
		return TMG_E_MALFORMED;

	*head = (tmg_view){ v->ptr, n };
	if (n > 0)
		v->ptr += n;
	v->len -= n;
	return TMG_OK;
}

static inline void
tmg_put(tmg_out *o, tmg_view v)
{
	if (o->full || v.len > o->cap - o->len) {
		o->full = true;
		return;
	}
	if (v.len > 0)
		memcpy(o->ptr + o->len, v.ptr, v.len);
	o->len += v.len;
}

static inline void
tmg_put_u8(tmg_out *o, uint8_t b)
{
	tmg_put(o, (tmg_view){ &b, 1 });
}

/* Big-endian, as ISO/IEC 7816 and DER count. */
static inline void
tmg_put_u16(tmg_out *o, uint16_t n)
{
	const uint8_t b[2] = { (uint8_t)(n >> 8), (uint8_t)(n & 0xff) };

	tmg_put(o, TMG_VIEW(b));
}

static inline void
tmg_put_str(tmg_out *o, const char *s)
{
	tmg_put(o, tmg_view_str(s));
}

/* How a function that filled an out ends. */
static inline tmg_rc
tmg_out_done(const tmg_out *o)
{
	return o->full ? TMG_E_SPACE : TMG_OK;
}

#ifdef __cplusplus
}
#endif

#endif
