/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64 (RFC 4648 4).
 */
#ifndef TMG_CODEC_BASE64_H
#define TMG_CODEC_BASE64_H

#include "tamga/view.h"

/* Bytes that tmg_base64_put() makes of n, line ends not counted. */
#define TMG_BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* width: a line feed after so many characters and at the end; 0: one line. */
void
tmg_base64_put(tmg_out *o, tmg_view v, size_t width);

/* Skips CR, LF, tab and space anywhere, final padding may be missing
 * (RFC 8951 3.1 asks receivers of EST bodies to be tolerant).
 * Faults TMG_E_MALFORMED, TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
tmg_base64_parse(tmg_view text, tmg_out *bytes);

/* base64url without padding (RFC 4648 5, RFC 7515 2). */
void
tmg_base64url_put(tmg_out *o, tmg_view v);

/* Nothing but the alphabet of RFC 4648 5: no space, no padding.
 * Faults TMG_E_MALFORMED, TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
tmg_base64url_parse(tmg_view text, tmg_out *bytes);

#endif
