/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every change begins with: cardcf counts on, by which Windows notices that
 * what it remembers of the card is old.  It is written first: a card that is pulled
 * out after it is read once more for nothing, and never believed to be unchanged.
 */
#include "drivers/gids/gids.h"

#define CARDCF_MAX 64u		/* bytes; it has six */

/* A card without the file is used without Windows. */
static tmg_rc
bump(tmg_gids *g, unsigned what)
{
	uint8_t old[CARDCF_MAX], bytes[CARDCF_MAX];
	tmg_out store = TMG_OUT(old), fresh = TMG_OUT(bytes);
	tmg_gids_place place;
	tmg_view content;
	tmg_rc rc;

	if (tmg_gids_master_find(tmg_gids_master(g), "", "cardcf", &place))
		return TMG_OK;
	if ((rc = tmg_gids_get(g, &place, &store, &content)))
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	if (tmg_gids_freshness_bump(content, what, &fresh))
		return gids_raise(g, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the file cardcf, by which Windows notices changes, cannot "
		    "be read; nothing was changed"), g->who);
	return tmg_gids_put(g, &place, tmg_out_view(&fresh));
}

tmg_rc
tmg_gids_change_begin(tmg_gids *g, bool containers)
{
	tmg_rc rc;

	if ((rc = tmg_gids_want_user(g)) || (rc = tmg_gids_learn_anew(g)))
		return gids_pass(g, rc);
	return gids_pass(g, bump(g, GIDS_FRESH_FILES |
	    (containers ? GIDS_FRESH_CONTAINERS : 0u)));
}

/* A PIN is more than a counter: one that cannot count on is none in its way. */
static bool
is_hindrance(tmg_rc rc)
{
	return tmg_is_fault(rc) && rc != TMG_E_MALFORMED && rc != TMG_E_CARD &&
	    rc != TMG_E_SPACE;
}

tmg_rc
tmg_gids_change_pin_begin(tmg_gids *g)
{
	tmg_rc rc = tmg_gids_learn(g);

	if (rc == TMG_OK)
		rc = bump(g, GIDS_FRESH_PINS);
	return is_hindrance(rc) || rc == TMG_REMOVED || rc == TMG_RESET
	    ? gids_pass(g, rc) : TMG_OK;
}
