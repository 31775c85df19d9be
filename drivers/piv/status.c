/* SPDX-License-Identifier: BSD-2-Clause */
/* Status words become verdicts: each command has its table, all end here. */
#include "drivers/piv/piv.h"

tmg_rc
tmg_piv_judge(tmg_piv *p, const tmg_piv_sw *rows, size_t n, uint16_t sw,
    const char *doing)
{
	if (sw == SW_OK)
		return TMG_OK;
	for (size_t i = 0; i < n; i++)
		if (rows[i].sw == sw)
			return piv_raise(p, rows[i].rc, sw, "%s: %s: %s", p->who,
			    _(doing), _(rows[i].words));
	return piv_raise(p, TMG_E_CARD, sw,
	    _("%s: %s: the card answered %04X, which was not expected"),
	    p->who, _(doing), sw);
}

tmg_rc
tmg_piv_want_admin(tmg_piv *p)
{
	if (tmg_piv_logged_in(&p->base, TMG_PIN_ADMIN) == TMG_OK)
		return TMG_OK;
	return piv_raise(p, TMG_LOGIN, 0,
	    _("%s: this needs the card's management key"), p->who);
}
