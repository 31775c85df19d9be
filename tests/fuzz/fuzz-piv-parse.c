/* SPDX-License-Identifier: BSD-2-Clause */
/* Every parser of drivers/piv; the first byte chooses. */
#include <stdlib.h>

#include "drivers/piv/piv.h"
#include "src/base/scope.h"
#include "src/driver/packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of a result can be read. */
static void
sink(tmg_view v)
{
	static uint8_t scratch[1u << 20];

	if (v.len > 0 && v.len <= sizeof(scratch))
		memcpy(scratch, v.ptr, v.len);
}

static void
fuzz_cert(tmg_view in)
{
	static uint8_t store[TMG_CERT_MAX];
	tmg_out out = TMG_OUT(store);

	if (tmg_piv_cert_parse(in, &out) == TMG_OK)
		sink(tmg_out_view(&out));
	if (out.len > TMG_CERT_MAX)
		abort();
}

static void
fuzz_apt(tmg_view in)
{
	tmg_view label;
	uint32_t algs;

	if (tmg_piv_apt_parse(in, &label, &algs) == TMG_OK)
		sink(label);
}

static void
fuzz_history(tmg_view in)
{
	tmg_piv_history h;

	if (tmg_piv_history_parse(in, &h) != TMG_OK)
		return;
	if (h.on_card + h.off_card > PIV_RETIRED)
		abort();
	sink(h.url);
}

static void
fuzz_metadata(tmg_view in)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out out = TMG_OUT(store);
	tmg_piv_metadata m;

	if (tmg_piv_metadata_parse(in, &m) == TMG_OK &&
	    tmg_pubkey_spki(m.facts.alg, m.key, &out) == TMG_OK)
		sink(tmg_out_view(&out));
}

static void
fuzz_public(tmg_view in)
{
	for (unsigned alg = 0; alg <= TMG_ALG_COUNT; alg++) {
		uint8_t store[TMG_SPKI_MAX];
		tmg_out out = TMG_OUT(store);

		if (tmg_pubkey_spki((tmg_alg)alg, in, &out) == TMG_OK)
			sink(tmg_out_view(&out));
	}
}

static void
fuzz_chuid(tmg_view in)
{
	tmg_view guid;

	if (tmg_piv_chuid_guid(in, &guid) == TMG_OK)
		sink(guid);
}

static void
fuzz_gunzip(tmg_view in)
{
	static uint8_t store[TMG_CERT_MAX];
	tmg_out out = { store, sizeof(store) / 2, 0, false };

	if (tmg_unpack(in, TMG_CERT_MAX, &out) == TMG_OK &&
	    out.len > sizeof(store) / 2)
		abort();
}

static void (*const parsers[])(tmg_view in) = {
	fuzz_cert, fuzz_apt, fuzz_history, fuzz_metadata, fuzz_public,
	fuzz_chuid, fuzz_gunzip,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		parsers[data[0] % TMG_COUNT(parsers)](
		    (tmg_view){ data + 1, size - 1 });
	return 0;
}
