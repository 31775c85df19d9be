/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CCID reader that several links of one program share, and other programs
 * when nobody here uses it: turns, power, and when the interface is held.
 */
#ifndef TMG_READER_CCID_READER_H
#define TMG_READER_CCID_READER_H

#include "src/reader/ccid.h"

/*
 * How the interface is had.
 *
 *   open   waits so many milliseconds until others of ours are done.
 *          Verdicts TMG_BUSY (another program has it; the words name it),
 *          TMG_DENIED, TMG_REMOVED; f has words
 */
typedef struct tmg_ccid_door {
	tmg_rc (*open)(void *of, int ms, tmg_fault *f, tmg_pipe **pipe);
	void *of;
} tmg_ccid_door;

typedef struct tmg_ccid_reader tmg_ccid_reader;

/* name and door are copied, what they point at borrowed.  Nothing is opened.
 * Faults TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
tmg_ccid_reader_new(const tmg_ccid_desc *desc, unsigned quirks,
    const char *name, const tmg_ccid_door *door, tmg_ccid_reader **r);

/* Its links are closed before. */
void
tmg_ccid_reader_free(tmg_ccid_reader **r);

bool
tmg_ccid_reader_is_linked(tmg_ccid_reader *r);

/* The reader's clocks, to be changed before it is used. */
tmg_ccid_times *
tmg_ccid_reader_times(tmg_ccid_reader *r);

/* How long after the last turn a token is kept, and a card after it was looked
 * at, milliseconds. */
void
tmg_ccid_reader_set_idle(tmg_ccid_reader *r, int ms);

typedef struct tmg_ccid_seen {
	tmg_presence presence;
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	unsigned events;	/* comings and goings noticed, modulo 2^32 */
} tmg_ccid_seen;

/*
 * What is in the slot: asked, unless a link of ours has a turn or has it in its
 * hands.  A card that was not known gets power once, for its ATR, and is kept so
 * for a moment: who connects to it then finds it powered.  An interface that is
 * opened only to ask is given back at once.
 *
 * Another program of ours is waited for a moment, so that two commands at once
 * come one after the other; who was waited for in vain is not waited for again
 * before he let go.
 *
 * Verdicts  as of a door's open; seen is what was known then, TMG_HELD with
 *           TMG_BUSY: somebody uses a card
 */
TMG_MUST_USE tmg_rc
tmg_ccid_reader_look(tmg_ccid_reader *r, tmg_fault *f, tmg_ccid_seen *seen);

/*
 * Somebody waits for cards to come and go, until unattend: looks listen to the
 * reader's own notices then, if it has an endpoint for them, and keep the interface
 * for that.
 */
void
tmg_ccid_reader_attend(tmg_ccid_reader *r);
void
tmg_ccid_reader_unattend(tmg_ccid_reader *r);

/* Whether it will tell by itself; if not, it has to be looked at. */
bool
tmg_ccid_reader_hears(tmg_ccid_reader *r);

/* Whether it told of something since it was looked at. */
bool
tmg_ccid_reader_has_news(tmg_ccid_reader *r);

/* Another program wants it: it is given back if no link needs it, and left alone
 * for a while. */
void
tmg_ccid_reader_yield(tmg_ccid_reader *r);
bool
tmg_ccid_reader_is_away(tmg_ccid_reader *r);

/* Verdicts TMG_REMOVED (no card), and those of a door's open. */
TMG_MUST_USE tmg_rc
tmg_ccid_reader_link(tmg_ccid_reader *r, tmg_fault *f, tmg_link **link);

#endif
