/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keypad of the virtual card's own reader: PC/SC part 10 from the reader's
 * side, and somebody whose fingers "tamga-vcard ctl" moves.
 */
#ifndef VCARD_KEYPAD_H
#define VCARD_KEYPAD_H

#include "tamga/view.h"

#define VC_KEYS_MAX 256		/* bytes typed and not yet used */
#define VC_TYPED_MAX 261	/* bytes of a short command */

/* Words with a blank behind each: digits, or "cancel", or "nothing". */
typedef struct vc_keys {
	char text[VC_KEYS_MAX];
	size_t len;
} vc_keys;

typedef struct vc_keypad {
	bool there;
	vc_keys keys;
	bool open;		/* an entry waits for keys */
	bool change;
	uint8_t told[320];	/* its structure */
	size_t told_len;
} vc_keypad;

/* Words of digits, "cancel" and "nothing"; false: something else, or too much. */
bool
vc_keypad_type(vc_keypad *pad, const char *words);

/* The seconds that a structure gives the person; 30 where it says 0. */
unsigned
vc_keypad_seconds(tmg_view told);

/*
 * Does as the structure says with what was typed: PIN_VERIFY, or PIN_MODIFY
 * where change.  *sw is 0 when command holds what goes to the card; else it is
 * the keypad's own answer, as part 10 has it.
 *
 * Verdicts TMG_PENDING: more must be typed
 */
TMG_MUST_USE tmg_rc
vc_keypad_run(vc_keypad *pad, bool change, tmg_view told, tmg_out *command,
    uint16_t *sw);

/* What was typed, or told, is wiped. */
void
vc_keypad_close(vc_keypad *pad);

#endif
