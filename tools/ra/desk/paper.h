/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The documents that a profile asks for: sent by the applicant as files, and
 * accepted or returned, on paper or as files, by officers.
 */
#ifndef RA_DESK_PAPER_H
#define RA_DESK_PAPER_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/store/paper.h"

typedef struct ra_delivery {
	const char *name;	/* the profile's, of the document */
	const char *file;	/* as the applicant calls it; any text */
	const char *dated;	/* "2026-11-22", "" not told */
	tmg_view content;
} ra_delivery;

/*
 * Takes a file in, in place of one sent before.  What it is, its content says.
 *
 * Verdicts  TMG_NOT_FOUND  no such application or document
 *           TMG_MISMATCH   the file is not what the profile takes; the fault's
 *                          words are for people
 *           TMG_DENIED     not now: it was accepted, or the request is in
 */
TMG_MUST_USE tmg_rc
ra_desk_send_paper(ra_desk *desk, const char *id, const ra_actor *applicant,
    const ra_delivery *delivery);

/*
 * An officer accepts a document, or returns it with a reason.  channel: how
 * one that was not sent as a file came, "post" or "in-person".
 *
 * Verdicts  TMG_NOT_FOUND  no such application or document
 *           TMG_MISMATCH   no reason to return it; too old; no such channel
 *           TMG_DENIED     not now: documents are not looked at any more
 */
TMG_MUST_USE tmg_rc
ra_desk_judge_paper(ra_desk *desk, const char *id, const char *name,
    const ra_actor *officer, bool accept, const char *channel,
    const char *reason);

/* Whether files may be sent, and documents be judged, as app stands. */
bool
ra_paper_open(const ra_app *app);

/* Whether that document may come as a file. */
bool
ra_paper_is_file(const ra_document *document);

/* Whether it must be notarised when it comes that way. */
bool
ra_paper_notarised(const ra_document *document, const char *channel);

#endif
