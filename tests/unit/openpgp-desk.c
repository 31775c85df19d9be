/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/openpgp-desk.h"

#include <stdio.h>

#include "src/codec/hex.h"

typedef struct catcher {
	tmg_probe probe;
	tmg_backend *b;
} catcher;

static tmg_rc
catch(tmg_probe *probe, tmg_backend *b)
{
	((catcher *)probe)->b = b;
	return TMG_OK;
}

void
opgp_open(opgp_desk *d, const tmg_script_row *rows)
{
	catcher found = { .probe = { .add = catch } };
	tmg_channel *ch;

	*d = (opgp_desk){ 0 };
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	ch = tmg_script_channel(&d->script);
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(tmg_driver_openpgp.probe(ch, &found.probe), TMG_OK);
	d->b = found.b;
	d->p = tmg_opgp_of(found.b);
}

void
opgp_done(opgp_desk *d)
{
	tmg_channel *ch = tmg_script_channel(&d->script);

	ch->ops->end(ch);
	tmg_driver_openpgp.close(d->b);
	tmg_script_done(&d->script);
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
