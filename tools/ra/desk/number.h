/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers and codes that people read, type and tell each other.
 */
#ifndef RA_NUMBER_H
#define RA_NUMBER_H

#include "tamga/ctx.h"

#define RA_CODE_MAX 24		/* bytes of an access code, final zero included */

/*
 * 80 random bits as sixteen letters and digits in four groups, without letters
 * that look like digits: "815S-XHHZ-1MZA-V7QG".  cap is 20 at least.
 *
 * Faults  TMG_E_CRYPTO  no random numbers to be had; TMG_E_SPACE
 */
TMG_MUST_USE tmg_rc
ra_number_new(tmg_ctx *ctx, char *text, size_t cap);

/* The same, always the same one for what and a secret of somebody else's. */
TMG_MUST_USE tmg_rc
ra_number_from(const char *what, const char *secret, char *text, size_t cap);

#endif
