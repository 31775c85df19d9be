/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of known keys: what is taken, and where a mistake is told. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "tools/ra/ca/known.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list says one thing of a key, read alone or behind another one. */
static void
ask(const ra_known *known)
{
	static EVP_PKEY *key;
	static unsigned char *der;
	static int len;

	if (key == NULL) {
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
		len = i2d_PUBKEY(key, &der);
	}
	if (tmg_is_fault(ra_known_check(known, (tmg_view){ der, (size_t)len }, key)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_fault f = { .rc = TMG_OK };
	ra_known *known;
	tmg_rc rc;

	if (ra_known_new(&known))
		return 0;
	rc = ra_known_parse("fuzz", (tmg_view){ data, size }, known, &f);
	if (rc != TMG_OK && (rc != TMG_MISMATCH || strncmp(f.text, "fuzz:", 5) != 0))
		abort();
	if (rc == TMG_OK && ra_known_parse("fuzz", (tmg_view){ data, size }, known, &f))
		abort();
	ra_known_close(known);
	ask(known);
	ra_known_free(&known);
	return 0;
}
