/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The printed application: what stands on it, and the forms it is written in.
 */
#ifndef RA_SHEET_H
#define RA_SHEET_H

#include "tools/ra/desk/desk.h"

#define RA_SHEET_ROWS 128
#define RA_PRINTED_FILE 96

typedef enum ra_sheet_kind {
	RA_SHEET_HEAD,		/* a heading in label */
	RA_SHEET_PAIR,		/* a label and what is said of it */
	RA_SHEET_NOTE,		/* text alone */
} ra_sheet_kind;

typedef struct ra_sheet {
	char title[RA_TEXT_MAX];
	char number[RA_ID_MAX];
	char code[2 * RA_TEXT_MAX];	/* what its picture for cameras says */
	size_t count;
	struct {
		ra_sheet_kind kind;
		char label[RA_TEXT_MAX];
		char *text;		/* owned */
	} row[RA_SHEET_ROWS];
} ra_sheet;

void ra_sheet_release(ra_sheet *sheet);

/* Of what is stored of app.  Verdicts TMG_NOT_FOUND: its profile is gone. */
TMG_MUST_USE tmg_rc
ra_sheet_make(ra_desk *desk, const ra_app *app, ra_sheet *sheet);

/* Bytes that the caller frees. */
typedef struct ra_printed {
	uint8_t *bytes;
	size_t len;
	const char *type;		/* "application/pdf" */
	char file[RA_PRINTED_FILE];	/* what to save it as: by ra_print() */
} ra_printed;

void ra_printed_release(ra_printed *printed);

/*
 * The same of a document that has a template beside its profile, with what is
 * known of app filled in.
 *
 * Verdicts  TMG_NOT_FOUND  no such document, or it has no template
 */
TMG_MUST_USE tmg_rc
ra_blank_make(ra_desk *desk, const ra_app *app, const char *document,
    ra_sheet *sheet);

/* One form each.  Verdicts TMG_UNSUPPORTED: this program was built without
 * what it needs. */
TMG_MUST_USE tmg_rc
ra_sheet_text(const ra_sheet *sheet, ra_printed *printed);
TMG_MUST_USE tmg_rc
ra_sheet_html(const ra_sheet *sheet, ra_printed *printed);
TMG_MUST_USE tmg_rc
ra_sheet_pdf(const ra_sheet *sheet, ra_printed *printed);

/*
 * app printed as "txt", "html" or "pdf", or a document that goes with it.
 *
 *   document   of the profile, one with a template; "" the application
 *
 * Verdicts  TMG_NOT_FOUND    no such form or document, or the profile is gone
 *           TMG_UNSUPPORTED  as above
 */
TMG_MUST_USE tmg_rc
ra_print(ra_desk *desk, const ra_app *app, const char *document,
    const char *form, ra_printed *printed);

#endif
