/* SPDX-License-Identifier: BSD-2-Clause */
/* Every parser of drivers/pkcs15; the first byte chooses. */
#include <stdlib.h>

#include "drivers/pkcs15/parse.h"
#include "src/base/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const tmg_path base = { { 0x3f, 0x00, 0x50, 0x15 }, 4 };
static tmg_view whole;

/* A view lies inside what was parsed. */
static void
inside(tmg_view v)
{
	if (v.len > 0 && (v.ptr < whole.ptr ||
	    v.len > (size_t)(whole.ptr + whole.len - v.ptr)))
		abort();
}

static void
sane(const tmg_p15_common *c, const tmg_p15_value *v)
{
	inside(c->label);
	inside(c->auth);
	inside(v->direct);
	if (v->place.path.len > TMG_PATH_MAX || v->place.path.len % 2 != 0)
		abort();
}

static void
fuzz_odf(tmg_view in)
{
	tmg_p15_source rows[8];
	size_t n;

	if (tmg_p15_odf_parse(in, &base, rows, TMG_COUNT(rows), &n) != TMG_OK)
		return;
	for (size_t i = 0; i < n; i++)
		if (rows[i].dir >= P15_DIRS)
			abort();
}

static void
fuzz_info(tmg_view in)
{
	tmg_p15_algorithm a;
	tmg_p15_info info;

	if (tmg_p15_info_parse(in, &info) != TMG_OK)
		return;
	inside(info.serial);
	inside(info.label);
	while (tmg_p15_algorithm_next(&info.algorithms, &a) == TMG_OK)
		if (a.card < P15_NO_REF || a.card > 0xff)
			abort();
}

static void
fuzz_apps(tmg_view in)
{
	tmg_p15_app app;

	if (tmg_p15_apps_parse(in, &app) == TMG_OK)
		inside(app.aid);
}

static void
fuzz_keys(tmg_view in)
{
	tmg_p15_key key;
	tmg_view content;
	uint32_t tag;
	size_t size;

	while (tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
		if (tmg_p15_key_parse(tag, content, &base, &key) == TMG_OK) {
			sane(&key.common, &key.value);
			inside(key.id);
			inside(key.curve);
			if (key.reference < P15_NO_REF || key.reference > 0xff)
				abort();
		}
}

static void
fuzz_certs(tmg_view in)
{
	tmg_p15_cert cert;
	tmg_view content;
	uint32_t tag;
	size_t size;

	while (tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
		if (tmg_p15_cert_parse(tag, content, &base, &cert) == TMG_OK)
			sane(&cert.common, &cert.value);
}

static void
fuzz_data(tmg_view in)
{
	tmg_p15_data data;
	tmg_view content;
	uint32_t tag;
	size_t size;

	while (tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
		if (tmg_p15_data_parse(tag, content, &base, &data) == TMG_OK)
			sane(&data.common, &data.value);
}

static void
fuzz_pins(tmg_view in)
{
	tmg_p15_pin pin;
	tmg_view content;
	uint32_t tag;
	size_t size;

	while (tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
		if (tmg_p15_pin_parse(tag, content, &base, &pin) == TMG_OK &&
		    (pin.max > 64 || pin.stored > 64 || pin.min > pin.max))
			abort();
}

static void (*const parsers[])(tmg_view in) = {
	fuzz_odf, fuzz_info, fuzz_apps, fuzz_keys, fuzz_certs, fuzz_data, fuzz_pins,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	whole = (tmg_view){ data + 1, size - 1 };
	parsers[data[0] % TMG_COUNT(parsers)](whole);
	return 0;
}
