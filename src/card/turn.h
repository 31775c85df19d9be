/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A turn with a card, held by scope.  Over the channel's table alone, so that
 * it works for any channel.
 *
 *	tmg_auto(tmg_turn) turn = { NULL };
 *
 *	if ((rc = tmg_turn_take(&turn, ch)))
 *		return tmg_fault_copy(&mine, &ch->fault, rc);
 */
#ifndef TMG_CARD_TURN_H
#define TMG_CARD_TURN_H

#include "src/base/scope.h"
#include "tamga/card.h"

typedef struct tmg_turn {
	tmg_channel *ch;	/* NULL: not held */
} tmg_turn;

/* Verdicts: those of the channel's begin; the words are in ch->fault. */
TMG_MUST_USE static inline tmg_rc
tmg_turn_take(tmg_turn *turn, tmg_channel *ch)
{
	const tmg_rc rc = ch->ops->begin(ch);

	turn->ch = rc == TMG_OK ? ch : NULL;
	return rc;
}

static inline void
tmg_turn_release(tmg_turn *turn)
{
	if (turn->ch != NULL)
		turn->ch->ops->end(turn->ch);
	turn->ch = NULL;
}

#endif
