/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header fields, dates, media types, text and URLs of strangers.
 */
#include <stdlib.h>

#include "src/http/header.h"
#include "src/http/url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[200];
	tmg_view name, value;
	tmg_url url;

	if (tmg_header_split((tmg_view){ data, size }, &name, &value) == TMG_OK) {
		const long after = tmg_header_retry_after(value, 1700000000);

		if (after < -1 || after > 366L * 24 * 3600)
			abort();
		tmg_header_clean(text, sizeof(text), name);
		(void)tmg_header_type_is(text, "text/plain");
	}
	/* What is clean stays as it is. */
	tmg_header_clean(text, sizeof(text), (tmg_view){ data, size });
	char again[sizeof(text)];

	tmg_header_clean(again, sizeof(again), tmg_view_str(text));
	if (strcmp(text, again) != 0)
		abort();
	if (tmg_url_parse(text, &url) == TMG_OK && url.host[0] == '\0')
		abort();
	return 0;
}
