/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/pkcs15-desk.h"

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
p15_open(p15_desk *d, const tmg_script_row *rows)
{
	catcher found = { .probe = { .add = catch } };
	tmg_channel *ch;

	*d = (p15_desk){ 0 };
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	ch = tmg_script_channel(&d->script);
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.probe(ch, &found.probe), TMG_OK);
	d->b = found.b;
	d->p = tmg_p15_of(found.b);
}

void
p15_done(p15_desk *d)
{
	tmg_channel *ch = tmg_script_channel(&d->script);

	ch->ops->end(ch);
	tmg_driver_pkcs15.close(d->b);
	tmg_script_done(&d->script);
	tmg_ctx_free(&d->ctx);
}
