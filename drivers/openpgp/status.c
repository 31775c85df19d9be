/* SPDX-License-Identifier: BSD-2-Clause */
/* Status words become verdicts: each command has its table, all end here. */
#include "drivers/openpgp/openpgp.h"

tmg_rc
tmg_opgp_judge(tmg_opgp *p, const tmg_status *rows, size_t n, uint16_t sw,
    const char *doing)
{
	if (p->terminated && sw != TMG_SW_OK)
		return opgp_raise(p, TMG_UNSUPPORTED, sw,
		    _("%s: the OpenPGP application is terminated; only a reset "
		    "makes it usable again"), p->who);
	return tmg_status_judge(&p->base, p->who, rows, n, sw, doing);
}

tmg_rc
tmg_opgp_want_admin(tmg_opgp *p)
{
	if (tmg_opgp_logged_in(&p->base, TMG_PIN_ADMIN) == TMG_OK)
		return TMG_OK;
	return opgp_raise(p, TMG_LOGIN, 0,
	    _("%s: this needs the card's admin PIN (PW3)"), p->who);
}
