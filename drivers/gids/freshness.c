/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cardcf, CARD_CACHE_FILE_FORMAT: a version, a counter of PIN changes, one of
 * changes to containers and one of changes to files, two bytes each.  Windows
 * reads a card anew when a counter differs from what it remembers.
 */
#include "drivers/gids/parse.h"

enum {
	AT_CONTAINERS = 2,
	AT_FILES = 4,
};

tmg_rc
tmg_gids_freshness_bump(tmg_view cardcf, bool containers, tmg_out *fresh)
{
	uint8_t bytes[GIDS_FRESHNESS];

	if (cardcf.len < sizeof(bytes))
		return TMG_E_MALFORMED;
	memcpy(bytes, cardcf.ptr, sizeof(bytes));
	tmg_gids_put_u16(bytes + AT_FILES, tmg_gids_u16(bytes + AT_FILES) + 1);
	if (containers)
		tmg_gids_put_u16(bytes + AT_CONTAINERS,
		    tmg_gids_u16(bytes + AT_CONTAINERS) + 1);
	tmg_put(fresh, TMG_VIEW(bytes));
	tmg_put(fresh, (tmg_view){ cardcf.ptr + sizeof(bytes),
	    cardcf.len - sizeof(bytes) });
	return tmg_out_done(fresh);
}
