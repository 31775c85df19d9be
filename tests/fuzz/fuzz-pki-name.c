/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4514 text; what it makes must be readable again and mean the same. */
#include <openssl/x509.h>
#include <stdlib.h>

#include "src/pki/name.h"
#include "src/pki/san.h"
#include "src/pki/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
round_trip(const X509_NAME *name)
{
	static char text[1 << 16];
	tmg_out out = { (uint8_t *)text, sizeof(text) - 1, 0, false };
	tmg_held(X509_NAME) again = NULL;

	if (tmg_name_text(name, &out) != TMG_OK)
		return;
	text[out.len] = '\0';
	if (strlen(text) != out.len || tmg_name_parse(text, &again, NULL) != TMG_OK ||
	    X509_NAME_cmp(name, again) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_auto_free char *text = malloc(size + 1);
	tmg_held(X509_NAME) name = NULL;
	tmg_held(GENERAL_NAME) san = NULL;
	tmg_fault f;
	uint8_t store[4096];
	tmg_out out = TMG_OUT(store);

	memcpy(text, data, size);
	text[size] = '\0';
	if (tmg_name_parse(text, &name, &f) == TMG_OK)
		round_trip(name);
	if (tmg_san_parse(text, &san, &f) == TMG_OK && san == NULL)
		abort();
	(void)!tmg_name_text_der((tmg_view){ data, size }, &out);
	return 0;
}
