/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a token keeps somewhere and is asked for once: a certificate, a data
 * object.  That there is nothing is an answer too, and is kept.
 */
#ifndef TMG_TOKEN_ONCE_H
#define TMG_TOKEN_ONCE_H

#include "tamga/token.h"

typedef struct tmg_once {
	bool read;
	tmg_rc rc;			/* what reading it gave */
	uint8_t *bytes;
	size_t len;
} tmg_once;

/* A row of the driver, and what it is asked for. */
typedef struct tmg_once_source {
	tmg_rc (*read)(tmg_backend *b, uint32_t ref, tmg_out *out);
	uint32_t ref;
	size_t most;			/* bytes */
	bool guarded;			/* the user logs in first */
} tmg_once_source;

/* Verdicts: the row's; TMG_OK, TMG_NOT_FOUND and TMG_UNSUPPORTED are kept. */
TMG_MUST_USE tmg_rc
tmg_once_get(tmg_once *once, tmg_token *token, const tmg_once_source *source,
    tmg_view *bytes);

/* It is read again when it is next asked for; views of it are good until then. */
void
tmg_once_doubt(tmg_once *once);
/* The same, and what was read is wiped. */
void
tmg_once_forget(tmg_once *once);

/* Before something is written where rc and there are what reading gave: TMG_OK
 * when there is nothing, or, with *same, the very bytes; else TMG_OCCUPIED. */
TMG_MUST_USE tmg_rc
tmg_once_free_for(tmg_rc rc, tmg_view there, tmg_view fresh, bool *same);

#endif
