/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every change begins with: cardcf counts on, by which Windows notices that
 * what it remembers of the card is old.  It is written first: a card that is pulled
 * out after it is read once more for nothing, and never believed to be unchanged.
 */
#include "drivers/gids/gids.h"

#define CARDCF_MAX 64u		/* bytes; it has six */

static tmg_rc
bump(tmg_gids *g, const tmg_gids_place *place, bool containers)
{
	uint8_t old[CARDCF_MAX], bytes[CARDCF_MAX];
	tmg_out store = TMG_OUT(old), fresh = TMG_OUT(bytes);
	tmg_view content;
	tmg_rc rc;

	if ((rc = tmg_gids_get(g, place, &store, &content)))
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	if (tmg_gids_freshness_bump(content, containers, &fresh))
		return gids_raise(g, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the file cardcf, by which Windows notices changes, cannot "
		    "be read; nothing was changed"), g->who);
	return tmg_gids_put(g, place, tmg_out_view(&fresh));
}

/* A card without the file is used without Windows. */
tmg_rc
tmg_gids_change_begin(tmg_gids *g, bool containers)
{
	tmg_gids_place place;
	tmg_rc rc;

	if ((rc = tmg_gids_want_user(g)) || (rc = tmg_gids_learn_anew(g)))
		return gids_pass(g, rc);
	if (tmg_gids_master_find(tmg_gids_master(g), "", "cardcf", &place))
		return TMG_OK;
	return gids_pass(g, bump(g, &place, containers));
}
