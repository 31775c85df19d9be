/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CCID reader says of itself in its class descriptor: CCID rev 1.10,
 * 5.1 "Smart Card Device Class Descriptor".
 */
#ifndef TMG_READER_CCID_DESC_H
#define TMG_READER_CCID_DESC_H

#include "tamga/view.h"

/* dwFeatures */
enum {
	TMG_CCID_AUTO_PARAM = 0x02,	/* parameters from the ATR */
	TMG_CCID_AUTO_VOLT = 0x08,
	TMG_CCID_AUTO_BAUD = 0x20,
	TMG_CCID_AUTO_NEGOTIATE = 0x40,	/* "automatic parameters negotiation" */
	TMG_CCID_AUTO_PPS = 0x80,
	TMG_CCID_AUTO_IFSD = 0x400,
};

/* bVoltageSupport; a bit's number + 1 is what IccPowerOn takes. */
enum { TMG_CCID_5V = 1, TMG_CCID_3V = 2, TMG_CCID_1V8 = 4 };

/* bPINSupport */
enum { TMG_CCID_PIN_VERIFY = 1, TMG_CCID_PIN_MODIFY = 2 };

/* What is exchanged with the reader; the order of bits 16 to 18. */
typedef enum tmg_ccid_level {
	TMG_CCID_CHARACTER,
	TMG_CCID_TPDU,
	TMG_CCID_SHORT,
	TMG_CCID_EXTENDED,
} tmg_ccid_level;

enum {
	TMG_CCID_DESC_BYTES = 54,
	TMG_CCID_MESSAGE_MIN = 32,	/* head, and a command of some use */
	TMG_CCID_MESSAGE_MAX = 65554,	/* head, and the longest extended APDU */
};

typedef struct tmg_ccid_desc {
	uint16_t slots;
	uint8_t voltages;
	uint32_t protocols;	/* 1 << T */
	uint32_t clock;		/* kHz, dwDefaultClock */
	uint32_t rate_max;	/* bit/s, dwMaxDataRate */
	uint8_t ifsd;		/* 1 to 254 */
	uint32_t features;
	tmg_ccid_level level;
	uint32_t message;	/* bytes of the longest message */
	uint8_t pins;		/* TMG_CCID_PIN_* */
} tmg_ccid_desc;

/*
 * Looks for the class descriptor among the descriptors in extra, which is what
 * stands behind an interface or behind its last endpoint.
 *
 * Verdicts  TMG_NOT_FOUND      there is none
 *           TMG_UNSUPPORTED    it is sound, but we do not talk like that
 * Faults    TMG_E_MALFORMED    it is cut off or contradicts itself
 * f says which of them and why.
 */
TMG_MUST_USE tmg_rc
tmg_ccid_desc_parse(tmg_view extra, tmg_fault *f, tmg_ccid_desc *d);

/* "extended APDU"; not translated. */
const char *
tmg_ccid_level_name(tmg_ccid_level level);

#endif
