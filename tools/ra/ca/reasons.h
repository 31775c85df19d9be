/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons to revoke, RFC 5280 5.3.1.
 */
#ifndef RA_REASONS_H
#define RA_REASONS_H

#include <stddef.h>

#include "tamga/err.h"

enum { RA_REASON_CESSATION = 5 };	/* cessationOfOperation */

/* "keyCompromise"; "unspecified" for a number that is none. */
const char *ra_reason_name(int reason);

/* The name of one of them; label is for people, give it to _(). */
extern const size_t ra_reason_count;
const char *
ra_reason_at(size_t index, const char **label);

/* Verdicts TMG_NOT_FOUND: no reason for which an end entity's certificate is
 * revoked for good. */
TMG_MUST_USE tmg_rc
ra_reason_parse(const char *name, int *reason);

#endif
