/* SPDX-License-Identifier: BSD-2-Clause */
/* Hex and base64: what is accepted encodes to something that reads the same. */
#include <stdlib.h>

#include "src/codec/base64.h"
#include "src/codec/hex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[4096], text[3 * sizeof(bytes)], again[sizeof(bytes)];
	tmg_out b = TMG_OUT(bytes), t = TMG_OUT(text), a = TMG_OUT(again);

	if (tmg_base64_parse((tmg_view){ data, size }, &b) == TMG_OK) {
		tmg_base64_put(&t, tmg_out_view(&b), 64);
		if (tmg_base64_parse(tmg_out_view(&t), &a) != TMG_OK ||
		    !tmg_view_equal(tmg_out_view(&a), tmg_out_view(&b)))
			abort();
	}

	b.len = t.len = a.len = 0;
	b.full = t.full = a.full = false;
	if (tmg_hex_parse((tmg_view){ data, size }, &b) == TMG_OK) {
		tmg_hex_put(&t, tmg_out_view(&b));
		if (tmg_hex_parse(tmg_out_view(&t), &a) != TMG_OK ||
		    !tmg_view_equal(tmg_out_view(&a), tmg_out_view(&b)))
			abort();
	}
	return 0;
}
