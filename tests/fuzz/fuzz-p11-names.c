/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever stands in the file of IDs and labels. */
#include <stdlib.h>

#include "pkcs11/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_p11_names names = { .count = 0 };

	tmg_p11_names_parse(&names, (tmg_view){ data, size });
	for (size_t i = 0; i < names.count; i++)
		if (names.rows[i].id.len > P11_NAME_MAX ||
		    names.rows[i].label.len > P11_NAME_MAX ||
		    names.rows[i].cert_label.len > P11_NAME_MAX)
			abort();
	tmg_p11_names_free(&names);
	return 0;
}
