/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a shared reader is made of, for it and for its links.
 */
#ifndef TMG_READER_CCID_TURN_H
#define TMG_READER_CCID_TURN_H

#include <pthread.h>
#include <stdatomic.h>

#include "src/base/clock.h"
#include "src/reader/ccid_reader.h"

struct tmg_ccid_reader {
	pthread_mutex_t guard;		/* of the next eight */
	pthread_cond_t changed;		/* for who waits for a turn */
	pthread_cond_t late;		/* for who lets go; turns do not wake it */
	bool taken;			/* somebody has a turn: the rest is its */
	bool idling, ending;
	int64_t idle_at;		/* let go then */
	unsigned links;
	bool idler_made;
	pthread_t idler;

	atomic_uint waiting;		/* who waits for what the reader tells */
	atomic_bool listening;		/* to the pipe that is open */
	atomic_bool news, emptied;	/* it told of something; that the card went */
	atomic_bool deaf;		/* it cannot be listened to */
	atomic_uint strange;		/* what it told that cannot be */
	atomic_int_least64_t away_until;

	tmg_ccid c;
	bool powered;
	bool waited;			/* in vain, for another program of ours */
	bool asleep;			/* has no power: it said so, and is ours since */
	unsigned resets;		/* how often the card got power */
	tmg_ccid_seen seen;
	unsigned quirks;
	int idle_ms, look_ms;
	tmg_ccid_door door;
	char name[TMG_READER_NAME];
};

/* False: another thread has kept it for longer than is patience. */
bool
tmg_ccid_take_turn(tmg_ccid_reader *r);
void
tmg_ccid_end_turn(tmg_ccid_reader *r);

/* In a turn: interface and power.  A card that was powered anew shows in
 * r->resets.  Verdicts TMG_REMOVED, and those of a door's open. */
TMG_MUST_USE tmg_rc
tmg_ccid_have_power(tmg_ccid_reader *r, tmg_fault *f);

/* In a turn, for a new link: a card that is not the one that was looked at is
 * known no more. */
TMG_MUST_USE tmg_rc
tmg_ccid_still_there(tmg_ccid_reader *r, tmg_fault *f);

/* In a turn: power off, and the interface is given back. */
void
tmg_ccid_let_go(tmg_ccid_reader *r);

/* In a turn: power off; the interface is given back unless it is listened to for
 * somebody. */
void
tmg_ccid_rest(tmg_ccid_reader *r);

/* In a turn, with the interface open: listens from now on, if somebody waits. */
void
tmg_ccid_listen(tmg_ccid_reader *r);

/* Somebody waits for what is listened to. */
static inline bool
tmg_ccid_is_heard(tmg_ccid_reader *r)
{
	return atomic_load(&r->waiting) > 0 && atomic_load(&r->listening) &&
	    !atomic_load(&r->deaf);
}

/* In a turn: the card is not there any more. */
void
tmg_ccid_forget_card(tmg_ccid_reader *r);

#endif
