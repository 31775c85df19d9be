/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/status.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

tmg_rc
tmg_status_judge(tmg_backend *b, const char *who, const tmg_status *rows,
    size_t count, uint16_t sw, const char *doing)
{
	if (sw == TMG_SW_OK)
		return TMG_OK;
	for (size_t i = 0; i < count; i++)
		if (rows[i].sw == sw)
			return tmg_raise(&b->fault, rows[i].rc, sw, "%s: %s: %s", who,
			    _(doing), _(rows[i].words));
	return tmg_raise(&b->fault, TMG_E_CARD, sw,
	    _("%s: %s: the card answered %04X, which was not expected"), who,
	    _(doing), sw);
}
