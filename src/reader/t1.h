/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T=1 from the computer's side: ISO/IEC 7816-3:2006, 11.  Who sends the blocks
 * is the caller's; nothing here waits.
 */
#ifndef TMG_READER_T1_H
#define TMG_READER_T1_H

#include "tamga/view.h"

/* Blocks, 11.3 */
enum {
	TMG_T1_INF_MAX = 254,
	TMG_T1_BLOCK_MAX = 3 + TMG_T1_INF_MAX + 2,

	TMG_T1_I_SEQ = 0x40,	/* PCB of an I-block */
	TMG_T1_I_MORE = 0x20,
	TMG_T1_R = 0x80,	/* of an R-block; low bits what was wrong */
	TMG_T1_R_SEQ = 0x10,
	TMG_T1_R_EDC = 0x01,
	TMG_T1_R_OTHER = 0x02,
	TMG_T1_S = 0xc0,	/* of an S-block */
	TMG_T1_S_RESPONSE = 0x20,
	TMG_T1_S_RESYNCH = 0x00,
	TMG_T1_S_IFS = 0x01,
	TMG_T1_S_ABORT = 0x02,
	TMG_T1_S_WTX = 0x03,
};

typedef struct tmg_t1_block {
	uint8_t nad, pcb;
	tmg_view inf;		/* borrowed */
} tmg_t1_block;

/* Faults TMG_E_MALFORMED: cut off, too long, LEN 255, a checksum that is wrong,
 * a PCB that does not exist, an S-block without what it must carry. */
TMG_MUST_USE tmg_rc
tmg_t1_take(tmg_view in, bool crc, tmg_t1_block *block);

/* Appends the block with its checksum. */
void
tmg_t1_put(tmg_out *out, bool crc, const tmg_t1_block *block);

typedef struct tmg_t1 tmg_t1;

/*
 * Sends a block and appends what the card answers.  times is how many block
 * waiting times the card was granted, at least 1.
 *
 * Verdicts  TMG_PENDING  the card says nothing
 * Faults    TMG_E_MALFORMED  the answer came damaged
 * Anything else ends the exchange and is passed on.  Who never says anything
 * else is asked for ever by a card that asks for time for ever: the clock that
 * ends that is here.
 */
typedef tmg_rc tmg_t1_send(void *of, unsigned times, tmg_view block,
    tmg_out *answer);

struct tmg_t1 {
	tmg_t1_send *send;
	void *of;
	bool crc;
	uint8_t ifsc, ifsc_first;	/* bytes the card takes, now and by its ATR */
	bool ns, nr;		/* of our next I-block, of the card's */
	bool lost;		/* the card does not follow: reset it */
};

/* A card after its reset; ifsc and crc are those of its ATR. */
void
tmg_t1_begin(tmg_t1 *t, uint8_t ifsc, bool crc, tmg_t1_send *send, void *of);

/* Tells the card how much it may send at once, 1 to 254.  Verdicts
 * TMG_UNSUPPORTED: it does not listen; and those of send. */
TMG_MUST_USE tmg_rc
tmg_t1_tell_ifsd(tmg_t1 *t, uint8_t ifsd);

/*
 * One command, one response, in as many blocks as it takes.
 *
 * Faults  TMG_E_IO     the card could not be understood, or ended it; whether it
 *                      did what it was told is unknown.  With t->lost it must be
 *                      reset, else it can be spoken to again.
 *         TMG_E_SPACE  the response is longer than there is room
 * And what send says.
 */
TMG_MUST_USE tmg_rc
tmg_t1_transmit(tmg_t1 *t, tmg_view command, tmg_out *response);

/*
 * A command whose one block the reader makes, because what is typed on its keys is
 * in it: NAD, PCB and LEN of that block.  Verdicts TMG_UNSUPPORTED: the card does
 * not take that much in one.
 */
enum { TMG_T1_PROLOGUE = 3 };
TMG_MUST_USE tmg_rc
tmg_t1_prologue(const tmg_t1 *t, size_t len, uint8_t prologue[TMG_T1_PROLOGUE]);

/* What the card answered to that block, or nothing, leads to a response as above.  The
 * block cannot be sent again: a card that asks for it has not done what it says. */
TMG_MUST_USE tmg_rc
tmg_t1_follow(tmg_t1 *t, tmg_view first, tmg_out *response);

#endif
