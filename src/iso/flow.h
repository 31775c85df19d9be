/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Carrying one logical command to a card and its whole answer back: command
 * chaining, extended length, 61xx, 6Cxx, T=0.  Knows neither readers nor
 * files; a callback carries the bytes.
 */
#ifndef TMG_ISO_FLOW_H
#define TMG_ISO_FLOW_H

#include "src/iso/apdu.h"

/* One command, one response with its status word; at most TMG_RAPDU_MAX bytes.
 * What it returns besides TMG_OK ends the flow and is handed on unchanged. */
typedef tmg_rc tmg_flow_fn(void *arg, tmg_view command, tmg_out *response);

typedef struct tmg_flow {
	tmg_flow_fn *transmit;
	void *arg;
	unsigned protocol;	/* 0 or 1: T=0, T=1 */
	size_t longest;		/* command APDU the reader carries, bytes */
	bool extended;		/* the card takes extended Lc and Le */
	uint8_t command[TMG_APDU_MAX];	/* scratch, wiped after use */
	uint8_t response[TMG_RAPDU_MAX];
	size_t used;		/* bytes of response touched in this run */
} tmg_flow;

/*
 * Sends c, in parts when it must be, and gathers the answer.
 *
 *   data   out   the answer without status words; NULL: none is wanted, and
 *                what the card still holds (61xx) is left there
 *   sw     out   the last status word; never 61xx with everything fetched
 *
 * Any status word is TMG_OK; a part of a chain that is refused ends it.
 *
 * Verdicts  those of the callback
 * Faults    TMG_E_MALFORMED  no status word, 61xx without progress or without
 *                            end, 6Cxx twice
 *           TMG_E_SPACE      the answer does not fit data; *sw tells how far
 *                            the card came
 *           TMG_E_USAGE
 */
TMG_MUST_USE tmg_rc
tmg_flow_run(tmg_flow *flow, const tmg_capdu *c, tmg_out *data, uint16_t *sw);

/* Whether extended length would be used for a command that wants it. */
bool
tmg_flow_extends(const tmg_flow *flow);

#endif
