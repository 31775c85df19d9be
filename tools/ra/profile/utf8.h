/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that strangers typed.
 */
#ifndef RA_UTF8_H
#define RA_UTF8_H

#include <stddef.h>

#include "tamga/err.h"

/*
 * Counts the characters of one line of well-formed UTF-8 (RFC 3629) that shows
 * what it says.
 *
 * Verdicts  TMG_MISMATCH  malformed; a control character; a mark that turns the
 *           direction of writing, has no width, or is no character at all
 */
TMG_MUST_USE tmg_rc
ra_utf8_check(const char *text, size_t *count);

/* Bytes of the well-formed character that text begins with; 0: none does. */
size_t
ra_utf8_length(const char *text);

/* Whether the character that text begins with shows what it says: see
 * ra_utf8_check(). */
bool
ra_utf8_shown(const char *text);

/*
 * Copies whole characters, each of which shows what it says, as long as they fit.
 *
 *   stand   for each character, or byte of none, that does not; "" nothing
 *   cap     bytes at into, a final zero included
 */
void
ra_utf8_copy(const char *text, const char *stand, char *into, size_t cap);

#endif
