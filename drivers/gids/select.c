/* SPDX-License-Identifier: BSD-2-Clause */
/* The GIDS application: what it is. */
#include "drivers/gids/gids.h"

/* Microsoft's RID and the application, without version and edition: 7.1. */
static const uint8_t gids_aid[] = {
	0xa0, 0x00, 0x00, 0x03, 0x97, 0x42, 0x54, 0x46, 0x59,
};

static void
forget(tmg_backend *b)
{
	tmg_gids *g = tmg_gids_of(b);

	g->user = g->admin = false;
	g->se.known = false;
	g->content.known = false;
}

/* What another application on the card must not be handed. */
static bool
bears_secret(const tmg_capdu *c)
{
	switch (c->ins) {
	case INS_VERIFY:
		return c->data.len > 0;
	case INS_CHANGE_REFERENCE_DATA:
	case INS_RESET_RETRY_COUNTER:
	case INS_GENERAL_AUTHENTICATE:
	case INS_PUT_DATA:		/* keys are imported by it */
	case INS_CREATE_FILE:		/* nor be changed for ours */
	case INS_DELETE_FILE:
	case INS_GENERATE:
		return true;
	default:
		return false;
	}
}

/* What it answers is of no use: its version says nothing of what it can do. */
static tmg_rc
selected(tmg_backend *b, uint16_t sw, tmg_view answer)
{
	(void)b;
	(void)answer;
	return sw == TMG_SW_OK ? TMG_OK : TMG_NOT_FOUND;
}

/* Answers that no GIDS application gives to a command that each must know. */
static bool
is_foreign(const tmg_capdu *c, uint16_t sw)
{
	switch (c->ins) {
	case INS_GET_DATA:
		return sw == TMG_SW_INS || sw == TMG_SW_CLA || sw == TMG_SW_P1P2 ||
		    sw == TMG_SW_WRONG_P1P2;
	case INS_VERIFY:
	case INS_MSE:
	case INS_PSO:
	case INS_PUT_DATA:
		return sw == TMG_SW_INS || sw == TMG_SW_CLA;
	default:
		return false;
	}
}

/* Nothing is remembered of what was refused. */
static void
unlearn(tmg_backend *b)
{
	(void)b;
}

const tmg_application_kind tmg_gids_application = {
	.aid = { gids_aid, sizeof(gids_aid) },
	.name = "GIDS",
	.selected = selected,
	.forget = forget,
	.unlearn = unlearn,
	.bears_secret = bears_secret,
	.is_foreign = is_foreign,
};
