/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an answer to reset says, ISO/IEC 7816-3 and
 * ISO/IEC 7816-4:2005 8.1.1.
 */
#ifndef TMG_CODEC_ATR_H
#define TMG_CODEC_ATR_H

#include "tamga/reader.h"

/* Interface bytes that tell how to talk, or what counts without them. */
typedef struct tmg_atr_talk {
	uint8_t fd;		/* TA(1): Fi and Di; 11 */
	uint8_t guard;		/* TC(1): extra guard time; 0 */
	bool specific;		/* TA(2) is there: no PPS, */
	uint8_t specific_t;	/* the protocol that it names, */
	bool implicit;		/* and not the speed of TA(1) */
	uint8_t wi;		/* TC(2): waiting time of T=0; 10 */
	uint8_t ifsc;		/* T=1: bytes of an information field; 32 */
	uint8_t waiting;	/* T=1: BWI and CWI; 4D */
	bool crc;		/* T=1: CRC instead of LRC */
} tmg_atr_talk;

typedef struct tmg_atr {
	unsigned protocol;	/* the first one offered; 0 when none is named */
	unsigned protocols;	/* bit 1 << T for each one named; 15: global bytes */
	tmg_atr_talk talk;
	tmg_view historical;	/* borrowed */
	bool chaining;		/* card capabilities: command chaining */
	bool extended;		/* card capabilities: extended Lc and Le */
} tmg_atr;

/* Faults TMG_E_MALFORMED: too short or long for what it announces, no such
 * TS, or a check byte that does not check. */
TMG_MUST_USE tmg_rc
tmg_atr_parse(tmg_view bytes, tmg_atr *atr);

#endif
