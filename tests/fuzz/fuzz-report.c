/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever a card answers, its shape is a line of printable text that ends.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/tamga/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[REPORT_SHAPE_MAX];

	report_shape((tmg_view){ data, size }, text);
	if (text[0] == '\0' || strspn(text, "0123456789ABCDEF{}[]= bytes") !=
	    strlen(text))
		abort();
	return 0;
}
