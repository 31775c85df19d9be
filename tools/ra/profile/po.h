/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Catalogues as translators write them (the PO files of GNU gettext): what a
 * text is in another language.
 */
#ifndef RA_PO_H
#define RA_PO_H

#include <stddef.h>

#include "tamga/err.h"

typedef struct ra_po_row {
	const char *text;
	const char *said;	/* the same in the catalogue's language */
	unsigned line;		/* where it stands */
} ra_po_row;

typedef struct ra_po {
	char *pool;		/* what the rows point into; owned */
	size_t count;
	ra_po_row *row;		/* in the order of strcmp(); owned */
} ra_po;

/*
 * Reads a catalogue.  Entries that are not translated, or "fuzzy", are left
 * out; plural forms and contexts are not for texts of profiles.
 *
 *   name   what messages call it
 *
 * Verdicts  TMG_MISMATCH  f says name:line and what is wrong there: the syntax;
 *           a character that does not show what it says; a ${name} that stands
 *           in one of text and translation only; a text that is there twice
 * Faults    TMG_E_NOMEM
 */
TMG_MUST_USE tmg_rc
ra_po_parse(const char *name, const char *text, ra_po *po, tmg_fault *f);

void ra_po_release(ra_po *po);

/* NULL: it is not translated. */
const char *
ra_po_find(const ra_po *po, const char *text);

#endif
