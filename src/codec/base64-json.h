/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes in JSON (RFC 8259 has none): text in base64.  Inline, so that jansson
 * is linked where it is used.
 */
#ifndef TMG_CODEC_BASE64_JSON_H
#define TMG_CODEC_BASE64_JSON_H

#include <jansson.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/base64.h"

/* NULL: no memory; jansson's constructors take that and say NULL too. */
static inline json_t *
tmg_base64_json(tmg_view bytes)
{
	const size_t cap = TMG_BASE64_LEN(bytes.len) + 1;
	tmg_auto_free uint8_t *text = malloc(cap);
	tmg_out o = { text, cap, 0, false };

	if (text == NULL)
		return NULL;
	tmg_base64_put(&o, bytes, 0);
	return json_stringn((const char *)text, o.len);
}

#endif
