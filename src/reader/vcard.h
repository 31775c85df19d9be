/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual card's socket, both of its users: the hub and its links.
 * doc/design/vcard-protocol.md is what the other end reads.
 */
#ifndef TMG_READER_VCARD_H
#define TMG_READER_VCARD_H

#include "tamga/reader.h"

/* Frames of one byte are controls; what each is answered with stands there. */
enum {
	TMG_VCARD_OFF = 0x00,
	TMG_VCARD_ON = 0x01,
	TMG_VCARD_RESET = 0x02,
	TMG_VCARD_ATR = 0x04,	/* the ATR; nothing when no card is in */
	TMG_VCARD_BEGIN = 0x10,	/* one of the three below */
	TMG_VCARD_END = 0x11,
	TMG_VCARD_WAIT = 0x12,	/* TMG_VCARD_SAME once a card came or went */

	TMG_VCARD_ENTER = 0x20,	/* the next frame is a structure of PC/SC part 10 */
	TMG_VCARD_CHANGE = 0x21,

	TMG_VCARD_SAME = 0x00,
	TMG_VCARD_WAS_RESET = 0x01,
	TMG_VCARD_NO_CARD = 0x02,
	TMG_VCARD_HAS_KEYPAD = 0x10,	/* may stand beside the first two */
};

enum {
	TMG_VCARD_CONTROL_MS = 30000,	/* answers that take no card work */
	TMG_VCARD_APDU_MS = 120000,	/* RSA 4096 takes a minute on some chips */
};

/* Connects to path; *fd is yours to close.  Verdicts TMG_NOT_FOUND, TMG_DENIED. */
TMG_MUST_USE tmg_rc
tmg_vcard_dial(const char *path, tmg_fault *f, int *fd);

/* Asks for the ATR.  Verdicts TMG_REMOVED: no card or nobody there. */
TMG_MUST_USE tmg_rc
tmg_vcard_ask_atr(int fd, uint8_t atr[TMG_ATR_MAX], size_t *len);

/* Takes fd over.  Verdicts TMG_REMOVED. */
TMG_MUST_USE tmg_rc
tmg_vcard_link(int fd, const char *reader, tmg_fault *f, tmg_link **link);

TMG_MUST_USE tmg_rc
tmg_vcard_control(int fd, uint8_t control);

#endif
