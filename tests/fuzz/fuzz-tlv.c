/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read is written again and must read the same. */
#include <stdlib.h>

#include "src/codec/tlv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_round_trip(const tmg_tlv *t)
{
	static uint8_t store[1 << 16];
	tmg_out o = TMG_OUT(store);
	tmg_view in;
	tmg_tlv again;

	tmg_tlv_put(&o, t->tag, t->value);
	if (o.full)
		return;
	in = tmg_out_view(&o);
	if (o.len != tmg_tlv_size(t->tag, t->value.len) ||
	    tmg_tlv_next(&in, &again) != TMG_OK || in.len != 0 ||
	    again.tag != t->tag || !tmg_view_equal(again.value, t->value))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t path[] = { 0x7f49, 0x81, 0 };
	tmg_view in = { data, size }, v;
	tmg_tlv t;

	if (tmg_tlv_walk(in, path, &v) == TMG_OK &&
	    (v.ptr < data || v.ptr + v.len > data + size))
		abort();
	while (tmg_tlv_next(&in, &t) == TMG_OK)
		check_round_trip(&t);
	return 0;
}
