/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secrets wiped by scope.
 */
#ifndef TMG_BASE_SECRET_H
#define TMG_BASE_SECRET_H

#include "tamga/view.h"

#define TMG_PIN_MAX 64		/* bytes; the longest PIN any driver accepts */

/* A PIN or key on the stack.  Wiped on every path out of its scope. */
typedef struct tmg_secret {
	uint8_t bytes[TMG_PIN_MAX];
	size_t len;
} tmg_secret;

static inline void
tmg_secret_wipe(tmg_secret *s)
{
	explicit_bzero(s, sizeof(*s));
}

#define tmg_auto_secret __attribute__((__cleanup__(tmg_secret_wipe))) tmg_secret

static inline tmg_view
tmg_secret_view(const tmg_secret *s)
{
	return (tmg_view){ s->bytes, s->len };
}

/* An out over the whole secret; give its len back with tmg_secret_took(). */
static inline tmg_out
tmg_secret_out(tmg_secret *s)
{
	return (tmg_out){ s->bytes, sizeof(s->bytes), 0, false };
}

TMG_MUST_USE static inline tmg_rc
tmg_secret_took(tmg_secret *s, const tmg_out *o)
{
	s->len = o->len;
	return tmg_out_done(o);
}

TMG_MUST_USE static inline tmg_rc
tmg_secret_set(tmg_secret *s, tmg_view bytes)
{
	if (bytes.len > sizeof(s->bytes))
		return TMG_E_USAGE;

	if (bytes.len > 0)
		memcpy(s->bytes, bytes.ptr, bytes.len);
	s->len = bytes.len;
	return TMG_OK;
}

/* The PIN filled up to width: PIV pads to 8 bytes with FF. */
TMG_MUST_USE static inline tmg_rc
tmg_secret_pad(tmg_secret *s, tmg_view pin, size_t width, uint8_t fill)
{
	if (pin.len > width || width > sizeof(s->bytes))
		return TMG_E_USAGE;

	memset(s->bytes, fill, width);
	if (pin.len > 0)
		memcpy(s->bytes, pin.ptr, pin.len);
	s->len = width;
	return TMG_OK;
}

#endif
