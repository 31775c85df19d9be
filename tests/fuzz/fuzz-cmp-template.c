/* SPDX-License-Identifier: BSD-2-Clause */
/* What an authority says over CMP that it wants in requests. */
#include "src/enroll/cmp-template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[8192];
	tmg_out out = TMG_OUT(bytes);

	(void)!tmg_cmp_template((tmg_view){ data, size }, &out);
	return 0;
}
