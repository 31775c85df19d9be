/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cardcf, CARD_CACHE_FILE_FORMAT: a version, a counter of PIN changes in one byte,
 * one of changes to containers and one of changes to files, two bytes each.  Windows
 * reads a card anew when a counter differs from what it remembers; a PIN that it
 * remembers it would try otherwise.
 */
#include "drivers/gids/parse.h"

enum {
	AT_PINS = 1,
	AT_CONTAINERS = 2,
	AT_FILES = 4,
};

static void
count_on(uint8_t *at)
{
	tmg_gids_put_u16(at, tmg_gids_u16(at) + 1);
}

tmg_rc
tmg_gids_freshness_bump(tmg_view cardcf, unsigned what, tmg_out *fresh)
{
	uint8_t bytes[GIDS_FRESHNESS];

	if (cardcf.len < sizeof(bytes))
		return TMG_E_MALFORMED;
	memcpy(bytes, cardcf.ptr, sizeof(bytes));
	if ((what & GIDS_FRESH_PINS) != 0)
		bytes[AT_PINS]++;
	if ((what & GIDS_FRESH_CONTAINERS) != 0)
		count_on(bytes + AT_CONTAINERS);
	if ((what & GIDS_FRESH_FILES) != 0)
		count_on(bytes + AT_FILES);
	tmg_put(fresh, TMG_VIEW(bytes));
	tmg_put(fresh, (tmg_view){ cardcf.ptr + sizeof(bytes),
	    cardcf.len - sizeof(bytes) });
	return tmg_out_done(fresh);
}
