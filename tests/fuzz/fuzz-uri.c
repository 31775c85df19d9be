/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read as a PKCS#11 URI comes out as one that reads the same. */
#include <stdlib.h>
#include <string.h>

#include "src/codec/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t store[3 * TMG_URI_ATTRS * TMG_URI_VALUE + 1024];
	tmg_out o = { store, sizeof(store) - 1, 0, false };
	char *text = malloc(size + 1);
	tmg_uri uri, again;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (tmg_uri_parse(text, &uri) == TMG_OK) {
		tmg_uri_put(&o, &uri);
		store[o.len] = '\0';
		if (o.full || tmg_uri_parse((char *)store, &again) != TMG_OK)
			abort();
		for (size_t i = 0; i < TMG_URI_ATTRS; i++)
			if (uri.attr[i].said != again.attr[i].said ||
			    uri.attr[i].len != again.attr[i].len ||
			    memcmp(uri.attr[i].bytes, again.attr[i].bytes,
			    uri.attr[i].len) != 0)
				abort();
	}
	free(text);
	return 0;
}
