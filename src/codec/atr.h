/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an answer to reset says, ISO/IEC 7816-3 and
 * ISO/IEC 7816-4:2005 8.1.1.
 */
#ifndef TMG_CODEC_ATR_H
#define TMG_CODEC_ATR_H

#include "tamga/reader.h"

typedef struct tmg_atr {
	unsigned protocol;	/* the first one offered; 0 when none is named */
	unsigned protocols;	/* bit 1 << T for each one named; 15: global bytes */
	tmg_view historical;	/* borrowed */
	bool chaining;		/* card capabilities: command chaining */
	bool extended;		/* card capabilities: extended Lc and Le */
} tmg_atr;

/* Faults TMG_E_MALFORMED: too short or long for what it announces, no such
 * TS, or a check byte that does not check. */
TMG_MUST_USE tmg_rc
tmg_atr_parse(tmg_view bytes, tmg_atr *atr);

#endif
