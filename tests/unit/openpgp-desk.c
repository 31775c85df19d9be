/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/openpgp-desk.h"

#include <stdio.h>

#include "src/codec/hex.h"

void
opgp_open(opgp_desk *d, const tmg_script_row *rows)
{
	*d = (opgp_desk){ 0 };
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	d->b = probe_one(&d->script, &tmg_driver_openpgp);
	d->p = tmg_opgp_of(d->b);
}

void
opgp_done(opgp_desk *d)
{
	probe_done(&d->script, d->b);
	tmg_ctx_free(&d->ctx);
}

static size_t
bytes_of(const char *hex)
{
	uint8_t bytes[1024];
	tmg_out out = TMG_OUT(bytes);

	assert_int_equal(tmg_hex_parse(tmg_view_str(hex), &out), TMG_OK);
	return out.len;
}

const char *
opgp_about(const char *aid, const char *discretionary)
{
	static char text[4][2048];
	static unsigned at;
	char inner[1024];
	char *into = text[at++ % TMG_COUNT(text)];

	snprintf(inner, sizeof(inner), "%s 73 82%04zX %s", aid,
	    bytes_of(discretionary), discretionary);
	snprintf(into, sizeof(text[0]), "6E 82%04zX %s 9000", bytes_of(inner),
	    inner);
	return into;
}
