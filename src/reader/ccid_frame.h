/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between computer and reader, CCID rev 1.10, 6: a head of ten bytes,
 * and data.  Bytes only: no waiting, no counting.
 */
#ifndef TMG_READER_CCID_FRAME_H
#define TMG_READER_CCID_FRAME_H

#include "tamga/view.h"

/* 6.1, "Command Pipe, Bulk-OUT Messages"; 6.2, "Response Pipe" */
enum {
	TMG_CCID_SET_PARAMETERS = 0x61,
	TMG_CCID_POWER_ON = 0x62,
	TMG_CCID_POWER_OFF = 0x63,
	TMG_CCID_SLOT_STATUS = 0x65,
	TMG_CCID_SECURE = 0x69,
	TMG_CCID_XFR_BLOCK = 0x6f,
	TMG_CCID_ABORT = 0x72,

	TMG_CCID_R_DATA = 0x80,
	TMG_CCID_R_SLOT = 0x81,
	TMG_CCID_R_PARAMETERS = 0x82,

	TMG_CCID_SLOT_CHANGE = 0x50,	/* 6.3, "Interrupt-IN Messages" */
	TMG_CCID_HARDWARE_ERROR = 0x51,

	TMG_CCID_HEAD = 10,
};

/* wLevelParameter and bChainParameter, 6.1.4 and 6.2.1 */
enum {
	TMG_CCID_WHOLE = 0x00,
	TMG_CCID_FIRST = 0x01,
	TMG_CCID_LAST = 0x02,
	TMG_CCID_MIDDLE = 0x03,
	TMG_CCID_GO_ON = 0x10,	/* empty: the other side continues */
};

/* bmICCStatus, bits 0 and 1 of bStatus, 6.2.6 */
typedef enum tmg_ccid_icc {
	TMG_CCID_ACTIVE,
	TMG_CCID_INACTIVE,
	TMG_CCID_EMPTY,
} tmg_ccid_icc;

/* bError of a command that failed, 6.2.6 table 6.2-2 */
enum {
	TMG_CCID_E_ABORTED = 0xff,
	TMG_CCID_E_MUTE = 0xfe,
	TMG_CCID_E_PARITY = 0xfd,
	TMG_CCID_E_OVERRUN = 0xfc,
	TMG_CCID_E_HARDWARE = 0xfb,
	TMG_CCID_E_ATR_TS = 0xf8,
	TMG_CCID_E_ATR_TCK = 0xf7,
	TMG_CCID_E_PROTOCOL = 0xf6,
	TMG_CCID_E_CLASS = 0xf5,
	TMG_CCID_E_PROCEDURE = 0xf4,
	TMG_CCID_E_DEACTIVATED = 0xf3,
	TMG_CCID_E_AUTOMATIC = 0xf2,
	TMG_CCID_E_PIN_TIMEOUT = 0xf0,
	TMG_CCID_E_PIN_CANCELLED = 0xef,
	TMG_CCID_E_BUSY = 0xe0,
	TMG_CCID_E_UNKNOWN = 0x00,	/* the reader does not know the command */
};

typedef struct tmg_ccid_ask {
	uint8_t type, slot, seq;
	uint8_t param[3];	/* of the type */
	tmg_view data;
} tmg_ccid_ask;

typedef struct tmg_ccid_answer {
	uint8_t type, slot, seq;
	tmg_ccid_icc icc;
	bool failed;
	bool wait;		/* time extension: error is the multiplier */
	uint8_t error;		/* bError */
	uint8_t param;		/* of the type: bChainParameter */
	tmg_view data;		/* borrowed */
} tmg_ccid_answer;

/* Appends the message. */
void
tmg_ccid_put(tmg_out *out, const tmg_ccid_ask *ask);

/* Bytes that a message has whose first len bytes are there; 0: its head is not
 * there yet. */
size_t
tmg_ccid_size(tmg_view in);

/* Faults TMG_E_MALFORMED: cut off, too long, no type of an answer, or a status
 * that does not exist. */
TMG_MUST_USE tmg_rc
tmg_ccid_take(tmg_view in, tmg_ccid_answer *answer);

/* What a reader says unasked of one slot, 6.3.1 and 6.3.2. */
typedef struct tmg_ccid_notice {
	bool present, changed;	/* the card, as it is and since the last notice */
	bool overcurrent;	/* it draws too much */
} tmg_ccid_notice;

/*
 * Verdicts  TMG_NOT_FOUND  it is about other slots
 * Faults    TMG_E_MALFORMED  cut off, no type of a notice, no slot of slots
 */
TMG_MUST_USE tmg_rc
tmg_ccid_take_notice(tmg_view in, unsigned slot, unsigned slots,
    tmg_ccid_notice *notice);

/* In words, what a command failed of; not translated: names of the standard. */
const char *
tmg_ccid_error_name(uint8_t error);

#endif
