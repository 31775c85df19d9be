/* SPDX-License-Identifier: BSD-2-Clause */
/* Every parser of drivers/openpgp; the first byte chooses. */
#include <stdlib.h>

#include "drivers/openpgp/openpgp.h"
#include "src/base/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_about(tmg_view in)
{
	tmg_opgp_about about;

	if (tmg_opgp_about_parse(in, &about) != TMG_OK)
		return;
	for (size_t i = 0; i < OPGP_KEYS; i++)
		if (about.keys[i].presence > OPGP_KEY_IMPORTED ||
		    about.keys[i].attributes.len > OPGP_ATTRIBUTES_MAX)
			abort();
}

/* What is made of an algorithm is read as that algorithm. */
static void
fuzz_attributes(tmg_view in)
{
	tmg_opgp_attributes a, again;

	tmg_opgp_attributes_parse(in, &a);
	if (a.alg == TMG_ALG_NONE || a.alg == TMG_ALG_RSA1024)
		return;
	tmg_opgp_attributes_make(a.alg, 0, 0, &again);
	if (again.alg != a.alg)
		abort();
}

static void
fuzz_algorithms(tmg_view in)
{
	if ((tmg_opgp_algorithms_parse(in) & 1u << TMG_ALG_NONE) != 0)
		abort();
}

static void
fuzz_kdf(tmg_view in)
{
	tmg_opgp_kdf kdf;

	if (tmg_opgp_kdf_parse(in, &kdf) == TMG_OK && kdf.hash != TMG_HASH_NONE &&
	    kdf.hash != TMG_HASH_SHA256 && kdf.hash != TMG_HASH_SHA512)
		abort();
}

static void
fuzz_public(tmg_view in)
{
	for (unsigned alg = 0; alg < TMG_ALG_COUNT; alg++) {
		uint8_t store[TMG_SPKI_MAX];
		tmg_out out = TMG_OUT(store);

		if (tmg_pubkey_spki((tmg_alg)alg, in, &out) == TMG_OK && out.len == 0)
			abort();
	}
}

static void (*const parsers[])(tmg_view in) = {
	fuzz_about, fuzz_attributes, fuzz_algorithms, fuzz_kdf, fuzz_public,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		parsers[data[0] % TMG_COUNT(parsers)](
		    (tmg_view){ data + 1, size - 1 });
	return 0;
}
