/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mail as it travels: its heading (RFC 5322), whatever its words are.
 */
#ifndef RA_LETTER_H
#define RA_LETTER_H

#include <time.h>

#include "tamga/view.h"

#define RA_LETTER_LINES 8
#define RA_LETTER_LINE 4096	/* bytes of one field, folded */

typedef struct ra_letter {
	const char *from, *from_name;	/* an address; "" or its owner */
	const char *to;
	const char *subject;
	const char *body;
	const char *id;			/* of its own, whenever it is sent */
	time_t date;
	tmg_view attachment;		/* a PDF; of no bytes: none */
} ra_letter;

typedef struct ra_heading {
	size_t count;
	char line[RA_LETTER_LINES][RA_LETTER_LINE];	/* "Subject: ..." */
} ra_heading;

/*
 * Text as a field's body: as it is where it is printable ASCII, otherwise
 * encoded words (RFC 2047) of whole characters.  Control characters, line ends
 * among them, become spaces: nothing in text can begin another field.
 *
 *   used   in   characters that stand on the line already
 */
void
ra_letter_words(tmg_out *o, const char *text, size_t used);

/* The fields that do not depend on how the body is written.  Verdicts
 * TMG_MISMATCH: an address that is none.  Faults TMG_E_SPACE */
TMG_MUST_USE tmg_rc
ra_letter_heading(const ra_letter *letter, ra_heading *heading);

/* Of the sender's address: what it is called in EHLO and in Message-IDs. */
const char *
ra_letter_domain(const char *address);

#endif
