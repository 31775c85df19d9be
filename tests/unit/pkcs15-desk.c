/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/pkcs15-desk.h"

void
p15_open(p15_desk *d, const tmg_script_row *rows)
{
	*d = (p15_desk){ 0 };
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	d->b = probe_one(&d->script, &tmg_driver_pkcs15);
	d->p = tmg_p15_of(d->b);
}

void
p15_done(p15_desk *d)
{
	probe_done(&d->script, d->b);
	tmg_ctx_free(&d->ctx);
}

void
p15_log_in(p15_desk *d)
{
	assert_int_equal(tmg_driver_pkcs15.verify(d->b, TMG_PIN_USER,
	    tmg_view_str("1234"), NULL), TMG_OK);
}

size_t
p15_slots(p15_desk *d, tmg_slot slots[P15_DESK_SLOTS])
{
	size_t n = SIZE_MAX;

	assert_int_equal(tmg_driver_pkcs15.slots(d->b, slots, P15_DESK_SLOTS, &n),
	    TMG_OK);
	return n;
}
