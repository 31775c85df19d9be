/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CBOR as it is written (RFC 8949 3): shortest heads, definite lengths.  The
 * order of a map's members is the caller's.
 */
#ifndef TMG_CODEC_CBOR_H
#define TMG_CODEC_CBOR_H

#include "tamga/view.h"

void
tmg_cbor_put_int(tmg_out *o, int64_t n);
void
tmg_cbor_put_bytes(tmg_out *o, tmg_view bytes);
void
tmg_cbor_put_text(tmg_out *o, const char *text);
/* So many items, or pairs of them, follow. */
void
tmg_cbor_put_array(tmg_out *o, size_t items);
void
tmg_cbor_put_map(tmg_out *o, size_t pairs);

#endif
