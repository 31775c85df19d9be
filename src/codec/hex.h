/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hexadecimal text.
 */
#ifndef TMG_CODEC_HEX_H
#define TMG_CODEC_HEX_H

#include "tamga/view.h"

/* Upper-case digits of v, without a final zero. */
void
tmg_hex_put(tmg_out *o, tmg_view v);

/* The same into a C string; as much as fits, always terminated. */
void
tmg_hex_text(char *text, size_t cap, tmg_view v);

/* Digits of either case; colons and white space between bytes are skipped.
 * Faults TMG_E_MALFORMED, TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
tmg_hex_parse(tmg_view text, tmg_out *bytes);

#endif
