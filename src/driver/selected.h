/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose application answers.  A card with several has one selected at a time;
 * another driver, or another program between our turns, may select its own.
 */
#ifndef TMG_DRIVER_SELECTED_H
#define TMG_DRIVER_SELECTED_H

#include "tamga/card.h"

typedef struct tmg_selected {
	tmg_view aid;		/* as it is written in SELECT; static */
	unsigned epoch;		/* of the channel, when last selected */
	unsigned turn;		/* of the channel, when last spoken to */
	int64_t spoken_ms;	/* when, by the monotonic clock, for certain */
	bool certain;		/* in that turn: ours is the one selected */
} tmg_selected;

/* As far as the channel knows it is ours: since our SELECT there was no reset
 * and no other driver's SELECT. */
bool
tmg_selected_is(const tmg_selected *s, const tmg_channel *ch);

/* And since our last word no other program can have selected another: what
 * bears a secret may be sent. */
bool
tmg_selected_certain(const tmg_selected *s, const tmg_channel *ch);

/* Before each command: what is certain when it is sent is so when it is answered,
 * however long a key takes to be made. */
void
tmg_selected_speaks(tmg_selected *s, const tmg_channel *ch);

/* After each command; select: it was our SELECT. */
void
tmg_selected_spoken(tmg_selected *s, const tmg_channel *ch, bool select);

/* Our SELECT succeeded. */
void
tmg_selected_set(tmg_selected *s, tmg_channel *ch);

#endif
