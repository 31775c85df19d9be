/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's side of T=1: ISO/IEC 7816-3:2006 11. */
#ifndef TESTS_USB_T1_H
#define TESTS_USB_T1_H

#include <stddef.h>
#include <stdint.h>

#include "tests/usb/card.h"

enum { T1_BLOCK_MAX = 3 + 255 + 2 };

enum t1_next {
	T1_SEND,	/* send the block */
	T1_COMMAND,	/* a command is whole: apdu */
	T1_WAIT,	/* for the card's answer, as before */
	T1_SILENT,
};

struct block {
	uint8_t bytes[T1_BLOCK_MAX];
	size_t len;
};

struct t1 {
	size_t ifsc, ifsd;
	int crc, no_ifsd, no_resynch;
	uint8_t ns, nr;			/* of the next I-block sent and taken */
	uint8_t apdu[APDU_MAX];
	size_t apdu_len;
	int ended;			/* the apdu is whole: the next starts anew */
	uint8_t answer[ANSWER_MAX];
	size_t answer_len, sent;
	struct block last, last_i;	/* for repetition */
	struct block held;		/* to follow an S-block's response */
	unsigned wtx_left;		/* more of them before that; ~0 no end */
};

void t1_reset(struct t1 *t, size_t ifsc, size_t ifsd, int crc);
enum t1_next t1_take(struct t1 *t, const uint8_t *in, size_t len, struct block *out);
void t1_answer(struct t1 *t, const uint8_t *answer, size_t len, struct block *out);
void t1_more_time(struct t1 *t, struct block *out);

/* A block with a check of its own; what a fault sends. */
void t1_block(const struct t1 *t, uint8_t pcb, const uint8_t *inf, size_t len, struct block *out);
void t1_seal(const struct t1 *t, struct block *b);

#endif
