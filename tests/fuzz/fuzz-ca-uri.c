/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Authorities' addresses: what is accepted can be built again and stays what
 * it was.
 */
#include <stdio.h>
#include <stdlib.h>

#include "src/enroll/est.h"
#include "src/enroll/uri.h"
#include "src/http/url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[600] = "", again[1200], base[400];
	tmg_ca_uri a, b;
	const char *why = NULL;
	tmg_view label;
	tmg_url url;

	if (size >= sizeof(text))
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	if (tmg_ca_uri_parse(text, &a, &why)) {
		if (why == NULL)
			abort();
		return 0;
	}
	tmg_ca_uri_base(&a, base, sizeof(base));
	snprintf(again, sizeof(again), "%s+%s/%s", a.binding, base, a.path);
	if (tmg_ca_uri_parse(again, &b, &why) || strcmp(a.path, b.path) != 0 ||
	    strcmp(a.where, b.where) != 0 || a.tls != b.tls)
		abort();
	(void)tmg_est_label(a.path, &label);
	/* The same host must be read from it by what checks certificates. */
	if (tmg_url_parse(base, &url) == TMG_OK && url.tls != a.tls)
		abort();
	return 0;
}
