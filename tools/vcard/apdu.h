/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command as it arrives, seen from the card's side.
 */
#ifndef VCARD_APDU_H
#define VCARD_APDU_H

#include "tamga/view.h"

#define VC_LE_NONE 0u

enum {
	CLA_CHAIN = 0x10,	/* more parts of this command follow */
	CLA_SECURE = 0x0c,	/* secure messaging, ISO/IEC 7816-4 5.4.1 */
	CLA_CHANNEL = 0x03,
	INS_GET_RESPONSE = 0xc0,
	INS_SELECT = 0xa4,
};

typedef struct vc_command {
	uint8_t cla, ins, p1, p2;
	tmg_view data;		/* borrowed from the APDU or the chain */
	uint32_t le;		/* VC_LE_NONE or 1..65536 */
	bool extended;		/* written in the extended form */
} vc_command;

/* All seven shapes of ISO/IEC 7816-4 5.2.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
vc_apdu_parse(tmg_view apdu, vc_command *c);

#endif
