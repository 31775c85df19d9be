/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BER-TLV as cards write it: reading without copies, writing with the length
 * known.
 */
#ifndef TMG_CODEC_TLV_H
#define TMG_CODEC_TLV_H

#include "tamga/view.h"

typedef struct tmg_tlv {
	uint32_t tag;		/* raw, as printed in the card specs: 0x7f49 */
	tmg_view value;		/* borrowed from the input */
} tmg_tlv;

/* Splits the next object off *in.  Verdicts TMG_NOT_FOUND: *in is empty.
 * Faults TMG_E_MALFORMED; *in is untouched then. */
TMG_MUST_USE tmg_rc
tmg_tlv_next(tmg_view *in, tmg_tlv *out);

/* Splits the next object off *in, which must have that tag; whole is the object
 * with its head.  Faults TMG_E_MALFORMED: another or none. */
TMG_MUST_USE tmg_rc
tmg_tlv_expect(tmg_view *in, uint32_t tag, tmg_view *value);
TMG_MUST_USE tmg_rc
tmg_tlv_expect_whole(tmg_view *in, uint32_t tag, tmg_view *whole);

/* The first object of that tag; what follows it is not looked at. */
TMG_MUST_USE tmg_rc
tmg_tlv_find(tmg_view in, uint32_t tag, tmg_view *value);

/* Follows tags down; path ends with 0. */
TMG_MUST_USE tmg_rc
tmg_tlv_walk(tmg_view in, const uint32_t *path, tmg_view *value);

/* Tag and length of an object whose value is len bytes. */
void
tmg_tlv_put_head(tmg_out *o, uint32_t tag, size_t len);
void
tmg_tlv_put(tmg_out *o, uint32_t tag, tmg_view value);

/* Bytes that tmg_tlv_put() writes for a value of len bytes. */
size_t
tmg_tlv_size(uint32_t tag, size_t len);

#endif
