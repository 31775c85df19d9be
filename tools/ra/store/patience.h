/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long somebody else's database is waited for.
 */
#ifndef RA_STORE_PATIENCE_H
#define RA_STORE_PATIENCE_H

#include "tamga/ctx.h"

#define RA_PATIENCE_LOOK_MS 50	/* between two looks whether it is at its end */

/* No context: it has no end. */
typedef struct ra_patience {
	const tmg_ctx *ctx;	/* whose end (tmg_ctx_end_by()) ends it; borrowed */
	int seconds;
	int64_t until;		/* tmg_now_ms() */
} ra_patience;

/* From now on: its seconds, and slack_ms for who keeps the time himself. */
void
ra_patience_begin(ra_patience *p, int slack_ms);

/* Why nobody may wait any longer; NULL while one may. */
const char *
ra_patience_over(const ra_patience *p);

#endif
