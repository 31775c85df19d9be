/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One CCID reader and the card in its first slot, over a pipe: what is asked,
 * what is answered, and for how long.  No locks, no turns: see ccid_reader.h.
 */
#ifndef TMG_READER_CCID_H
#define TMG_READER_CCID_H

#include "src/reader/ccid_frame.h"
#include "src/reader/pipe.h"
#include "src/reader/t1.h"
#include "src/reader/terms.h"
#include "tamga/reader.h"

/* Milliseconds; nothing takes longer than whole and the time of an abort. */
typedef struct tmg_ccid_times {
	int control;		/* for an answer that takes no card work */
	int silence;		/* without answer and without a plea for time */
	int whole;		/* for one command APDU with all its pleas */
} tmg_ccid_times;

extern const tmg_ccid_times tmg_ccid_times_usual;

typedef struct tmg_ccid {
	tmg_ccid_desc desc;
	tmg_ccid_times times;
	unsigned quirks;
	const char *name;	/* of the reader, for words; borrowed */
	tmg_fault *fault;	/* where words go; borrowed */

	tmg_pipe *pipe;		/* NULL: not ours at present */
	bool broken;		/* it does not answer any more: open it anew */
	uint8_t seq;
	int64_t until;		/* of the command APDU */
	uint8_t *buffer;	/* for one message each way */

	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	tmg_terms terms;
	tmg_t1 t1;
} tmg_ccid;

/* Faults TMG_E_NOMEM.  tmg_ccid_done() frees what it took, and the pipe. */
TMG_MUST_USE tmg_rc
tmg_ccid_init(tmg_ccid *c, const tmg_ccid_desc *desc);
void
tmg_ccid_done(tmg_ccid *c);

/* Closes the pipe, if there is one. */
void
tmg_ccid_drop(tmg_ccid *c);

/*
 * Those below want a pipe.  All have words in c->fault.
 *
 * Verdicts  TMG_REMOVED  no card, or no reader any more
 *           TMG_RESET    the card has lost power: it must be powered again
 * Faults    TMG_E_IO, TMG_E_MALFORMED; with c->broken the pipe is worth nothing
 */

/* What is in the slot. */
TMG_MUST_USE tmg_rc
tmg_ccid_look(tmg_ccid *c, tmg_ccid_icc *icc);

/* Power and terms.  A card that says nothing is TMG_E_CARD. */
TMG_MUST_USE tmg_rc
tmg_ccid_power_on(tmg_ccid *c);

/* No answer is waited for longer than times.control, and none is needed. */
void
tmg_ccid_power_off(tmg_ccid *c);

/* One command APDU, at the reader's level. */
TMG_MUST_USE tmg_rc
tmg_ccid_apdu(tmg_ccid *c, tmg_view command, tmg_out *response);

/* The longest command APDU, bytes. */
size_t
tmg_ccid_longest(const tmg_ccid *c);

/*
 * PC_to_RDR_Secure with what part10.h wrote for the command at its end.  What
 * the reader says of time and keys comes as the status words of part 10.
 *
 * Verdicts  TMG_UNSUPPORTED  the command does not fit into one message, or block
 */
TMG_MUST_USE tmg_rc
tmg_ccid_secure(tmg_ccid *c, bool change, tmg_view part10, size_t command,
    tmg_out *response);

/* ---- between the files of this ------------------------------------------- */

/*
 * Sends ask with the next number and waits for its answer, past stale ones and
 * pleas for time; silence is how long the reader may say nothing.  What it
 * answers is borrowed until the next call, and may be a failure.
 *
 * Verdicts  TMG_PENDING  it said nothing in time; it was told to stop
 */
TMG_MUST_USE tmg_rc
tmg_ccid_command(tmg_ccid *c, uint8_t type, const uint8_t param[3],
    tmg_view data, int silence, tmg_ccid_answer *answer);

/* A waiting time of the card's, milliseconds: ISO/IEC 7816-3:2006 10.2 and 11.4.3. */
int64_t
tmg_ccid_waiting(const tmg_ccid *c);

/* What a failed answer means; TMG_OK for one that did not fail. */
TMG_MUST_USE tmg_rc
tmg_ccid_judge(tmg_ccid *c, const tmg_ccid_answer *answer);

/* A block there and one back: XfrBlock, in chains where the level has them.
 * Verdicts TMG_PENDING: the card is silent; Faults TMG_E_MALFORMED: what it said
 * came damaged. */
TMG_MUST_USE tmg_rc
tmg_ccid_block(tmg_ccid *c, uint8_t times, tmg_view block, tmg_out *answer);

#endif
