/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers to reset of any length and content. */
#include <stdlib.h>

#include "src/codec/atr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_atr atr;

	if (tmg_atr_parse((tmg_view){ data, size }, &atr) != TMG_OK)
		return 0;
	/* what it points at lies within */
	if (atr.historical.len > 0 && (atr.historical.ptr < data ||
	    atr.historical.ptr + atr.historical.len > data + size))
		abort();
	return 0;
}
