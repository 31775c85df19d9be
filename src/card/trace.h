/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transcripts of APDUs that cannot hold a secret: bytes are shown only of
 * commands and objects that are known to carry none; of everything else the
 * length.
 */
#ifndef TMG_CARD_TRACE_H
#define TMG_CARD_TRACE_H

#include "src/base/ctx.h"
#include "tamga/card.h"

/* What of a logical command may be written down. */
typedef struct tmg_trace_rule {
	bool command;		/* the data sent */
	bool response;		/* the data received */
} tmg_trace_rule;

/* Decides by the instruction and, where it names one, by the object. */
tmg_trace_rule
tmg_trace_rule_for(const tmg_capdu *c);

/* One APDU of the command that rule is for, at TMG_LOG_TRACE. */
void
tmg_trace_command(tmg_ctx *ctx, const char *reader, tmg_trace_rule rule,
    tmg_view apdu);
void
tmg_trace_response(tmg_ctx *ctx, const char *reader, tmg_trace_rule rule,
    tmg_view apdu);

/* A command whose PIN is typed on the reader's keypad, and what came of it: the
 * header and the status word, or the verdict without one. */
void
tmg_trace_typed(tmg_ctx *ctx, const char *reader, tmg_view apdu);
void
tmg_trace_status(tmg_ctx *ctx, const char *reader, tmg_rc rc, uint16_t sw);

#endif
