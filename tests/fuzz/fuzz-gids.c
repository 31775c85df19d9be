/* SPDX-License-Identifier: BSD-2-Clause */
/* Every parser of drivers/gids; the first byte chooses. */
#include <stdlib.h>

#include "drivers/gids/gids.h"
#include "src/base/scope.h"

#define ROOM 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t room[ROOM];

/* What is added is found, and what is dropped is not. */
static void
fuzz_master(tmg_view in)
{
	tmg_out out = TMG_OUT(room), shorter = { 0 };
	tmg_gids_place place, again;

	(void)tmg_gids_master_find(in, "mscp", "cmapfile", &place);
	if (tmg_gids_master_free(in, GIDS_USER_FILES, &place) != TMG_OK ||
	    tmg_gids_master_add(in, "~", "~", &place, &out) != TMG_OK)
		return;
	if (tmg_gids_master_find(tmg_out_view(&out), "~", "~", &again) != TMG_OK)
		abort();
	shorter = (tmg_out){ room + out.len, sizeof(room) - out.len, 0, false };
	if (tmg_gids_master_drop(tmg_out_view(&out), &place, &shorter) == TMG_OK &&
	    !tmg_view_equal(tmg_out_view(&shorter), in) &&
	    again.object == place.object && again.file == place.file)
		abort();
}

static void
fuzz_map(tmg_view in)
{
	static const tmg_gids_container made = { .valid = true, .name = "made",
	    .signing = TMG_ALG_P256 };
	tmg_gids_container c;
	size_t i = 0;

	(void)tmg_gids_map_prefers(in);
	while (tmg_gids_container_get(in, i, &c) == TMG_OK) {
		tmg_out out = TMG_OUT(room);

		if (memchr(c.name, 0, sizeof(c.name)) == NULL)
			abort();
		if (tmg_gids_container_put(in, i, &made, &out) == TMG_OK &&
		    (tmg_gids_container_get(tmg_out_view(&out), i, &c) != TMG_OK ||
		    c.signing != TMG_ALG_P256 || out.len != in.len))
			abort();
		i++;
	}
}

static void
fuzz_keymap(tmg_view in)
{
	static const tmg_gids_key made = { true, 0x0c, false, 0xb081 };
	tmg_out out = TMG_OUT(room);
	tmg_gids_key key;

	for (size_t i = 0; tmg_gids_keymap_get(in, i, &key) == TMG_OK; i++)
		if (key.there && in.len == 0)
			abort();
	if (tmg_gids_keymap_put(in, 3, &made, &out) == TMG_OK &&
	    (tmg_gids_keymap_get(tmg_out_view(&out), 3, &key) != TMG_OK ||
	    !key.there || key.file != made.file))
		abort();
}

static void
fuzz_freshness(tmg_view in)
{
	tmg_out out = TMG_OUT(room);

	if (tmg_gids_freshness_bump(in, GIDS_FRESH_PINS |
	    GIDS_FRESH_CONTAINERS | GIDS_FRESH_FILES, &out) == TMG_OK &&
	    (out.len != in.len || tmg_view_equal(tmg_out_view(&out), in)))
		abort();
}

/* What is unpacked packs again to the same. */
static void
fuzz_cert(tmg_view in)
{
	static uint8_t der[TMG_CERT_MAX], back[TMG_CERT_MAX];
	tmg_out plain = TMG_OUT(der), packed = TMG_OUT(room), again = TMG_OUT(back);

	if (tmg_gids_cert_unwrap(in, &plain) != TMG_OK)
		return;
	if (plain.len == 0 || plain.len > TMG_CERT_MAX ||
	    tmg_gids_cert_wrap(tmg_out_view(&plain), &packed) != TMG_OK ||
	    tmg_gids_cert_unwrap(tmg_out_view(&packed), &again) != TMG_OK ||
	    !tmg_view_equal(tmg_out_view(&plain), tmg_out_view(&again)))
		abort();
}

static void
fuzz_tries(tmg_view in)
{
	int tries;

	if (tmg_gids_tries_parse(in, &tries) == TMG_OK &&
	    (tries < 0 || tries > 255))
		abort();
}

static void
fuzz_public(tmg_view in)
{
	for (unsigned alg = 0; alg < TMG_ALG_COUNT; alg++) {
		tmg_out out = TMG_OUT(room);

		if (tmg_gids_public_parse((tmg_alg)alg, in, &out) == TMG_OK &&
		    out.len == 0)
			abort();
	}
}

static void (*const parsers[])(tmg_view in) = {
	fuzz_master, fuzz_map, fuzz_keymap, fuzz_freshness, fuzz_cert, fuzz_tries,
	fuzz_public,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		parsers[data[0] % TMG_COUNT(parsers)](
		    (tmg_view){ data + 1, size - 1 });
	return 0;
}
