/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIN typed on the reader's keypad. */
#include <string.h>

#include "drivers/piv/pin.h"

enum {
	TYPING_SECONDS = 30,	/* until the first key */
};

/* VERIFY or CHANGE REFERENCE DATA of the user's PIN with empty blocks. */
static tmg_rc
send_typed(tmg_piv *p, uint8_t ins, size_t blocks, uint16_t *sw)
{
	const tmg_pin_rule *rule = &p->base.info.pins[TMG_PIN_USER];
	uint8_t data[2 * PIV_PIN_WIDTH];
	tmg_rc rc;

	*sw = 0;
	if ((rc = tmg_piv_pin_choose(p)))
		return rc;
	memset(data, PIV_PIN_FILL, sizeof(data));
	return tmg_application_send_typed(&p->app, &(tmg_capdu){
		.ins = ins,
		.p2 = p->pin_ref,
		.data = { data, blocks * PIV_PIN_WIDTH },
	    }, &(tmg_pad_form){
		.change = blocks > 1,
		.block = PIV_PIN_WIDTH,
		.new_at = blocks > 1 ? PIV_PIN_WIDTH : 0,
		.min = rule->min,
		.max = rule->max,
		.seconds = TYPING_SECONDS,
	    }, sw);
}

static tmg_rc
only_the_users(tmg_piv *p, tmg_pin_kind kind)
{
	return kind == TMG_PIN_USER ? TMG_OK : piv_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: only the PIN can be typed on a keypad"), p->who);
}

tmg_rc
tmg_piv_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_piv *p = tmg_piv_of(b);
	uint16_t sw;
	tmg_rc rc;

	*tries = -1;
	if ((rc = only_the_users(p, kind)) ||
	    (rc = send_typed(p, INS_VERIFY, 1, &sw)))
		return piv_pass(p, rc);
	return tmg_piv_pin_verified(p, sw, tries);
}

tmg_rc
tmg_piv_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_piv *p = tmg_piv_of(b);
	uint16_t sw;
	tmg_rc rc;

	*tries = -1;
	p->told.known = false;
	if ((rc = only_the_users(p, kind)) ||
	    (rc = send_typed(p, INS_CHANGE_REFERENCE_DATA, 2, &sw)))
		return piv_pass(p, rc);
	return tmg_piv_pin_changed(p, kind, sw, tries);
}
