/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card is called: cardid, which Windows tells cards apart by. */
#include "drivers/gids/gids.h"

#include <stdio.h>

#include "src/codec/hex.h"

enum {
	ID_LEN = 16,		/* bytes */
	SERIAL_SHOWN = 8,	/* characters of it in the label */
};

/* Serial number and label; a card without an id is known by its reader. */
static void
name(tmg_gids *g, tmg_view id)
{
	tmg_backend_info *info = &g->base.info;
	size_t from;

	tmg_hex_text(info->serial, sizeof(info->serial), id);
	from = strlen(info->serial) > SERIAL_SHOWN
	    ? strlen(info->serial) - SERIAL_SHOWN : 0;
	if (info->serial[0] != '\0')
		snprintf(info->label, sizeof(info->label), "GIDS-%s",
		    info->serial + from);
	snprintf(g->who, sizeof(g->who), _("%s in %s"), info->label,
	    g->base.ch->reader);
}

tmg_rc
tmg_gids_identify(tmg_backend *b)
{
	tmg_gids *g = tmg_gids_of(b);
	uint8_t bytes[64];
	tmg_out store = TMG_OUT(bytes);
	tmg_view id = { NULL, 0 };
	tmg_gids_place place;
	tmg_rc rc;

	rc = tmg_gids_learn(g);
	if (rc == TMG_OK)
		rc = tmg_gids_master_find(tmg_gids_master(g), "", "cardid", &place);
	if (rc == TMG_OK)
		rc = tmg_gids_get(g, &place, &store, &id);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND && rc != TMG_LOGIN &&
	    rc != TMG_E_SPACE)
		return gids_pass(g, rc);
	if (rc != TMG_OK || id.len > ID_LEN)
		id.len = 0;
	name(g, id);
	return TMG_OK;
}
