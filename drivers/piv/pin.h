/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the commands that bear a PIN have in common.
 */
#ifndef TMG_PIV_PIN_H
#define TMG_PIV_PIN_H

#include "drivers/piv/piv.h"

enum {
	PIV_PIN_WIDTH = 8,	/* bytes on the wire, filled up with FF */
	PIV_PIN_FILL = 0xff,
};

/* Asked once, before the first VERIFY: the wrong one of two PINs would lose a
 * try.  Cards with Yubico's extensions have no global PIN. */
TMG_MUST_USE tmg_rc
tmg_piv_pin_choose(tmg_piv *p);

/* VERIFY of the user's PIN; without data the card tells its state. */
TMG_MUST_USE tmg_rc
tmg_piv_pin_send(tmg_piv *p, uint8_t p1, tmg_view data, uint16_t *sw);

/* The one place where a status word of a PIN command becomes a verdict. */
TMG_MUST_USE tmg_rc
tmg_piv_pin_verdict(tmg_piv *p, tmg_pin_kind kind, uint16_t sw, int *tries,
    const char *doing);
/* Of VERIFY, and of CHANGE REFERENCE DATA; who is logged in is noted. */
TMG_MUST_USE tmg_rc
tmg_piv_pin_verified(tmg_piv *p, uint16_t sw, int *tries);
TMG_MUST_USE tmg_rc
tmg_piv_pin_changed(tmg_piv *p, tmg_pin_kind kind, uint16_t sw, int *tries);

/* Another question to this card would fare no better. */
bool
tmg_piv_is_lost(tmg_rc rc);

#endif
