/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The documents of an application, as they are kept: one for each that its
 * profile names, with the file where one was sent.
 */
#ifndef RA_STORE_PAPER_H
#define RA_STORE_PAPER_H

#include "tools/ra/store/app.h"

#define RA_PAPER_NAME 256
#define RA_PAPER_FILE 128
#define RA_PAPER_SIGNER 128

#define RA_PAPER_SENT "sent"
#define RA_PAPER_ACCEPTED "accepted"
#define RA_PAPER_RETURNED "returned"	/* with a reason */

typedef struct ra_paper {
	char app[RA_ID_MAX];
	char name[RA_PAPER_NAME];	/* the profile's */
	char standing[16];
	char channel[16];		/* "post", "in-person", "upload", "signed" */
	char file[RA_PAPER_FILE];	/* as the applicant calls it; "" none was sent */
	char kind[16];			/* by what is in it: "pdf" */
	char dated[16];			/* of the document: "2026-11-22", "" not told */
	char signer[RA_PAPER_SIGNER];	/* serial number of the certificate, "" none */
	char hash[RA_HASH_TEXT];	/* SHA-256 */
	char reason[RA_REASON_MAX];
	char judge[RA_ACTOR_MAX];	/* who accepted or returned it */
	time_t changed;
	int64_t size;
	uint8_t *content;		/* owned */
	size_t len;
} ra_paper;

void ra_paper_release(ra_paper *paper);

typedef tmg_rc ra_paper_fn(void *arg, const ra_paper *paper);

/* In place of what was there under that name, all of it. */
TMG_MUST_USE tmg_rc
ra_paper_put(ra_store *s, const ra_paper *paper);

/* Keeps standing, channel, reason, judge and changed.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_paper_judge(ra_store *s, const ra_paper *paper);

TMG_MUST_USE tmg_rc
ra_paper_get(ra_store *s, const char *app, const char *name, ra_paper *paper);

/* In the order of their names; without content. */
TMG_MUST_USE tmg_rc
ra_paper_each(ra_store *s, const char *app, ra_paper_fn *fn, void *arg);

/* All of an application's; none need be there. */
TMG_MUST_USE tmg_rc
ra_paper_erase(ra_store *s, const char *app);

#endif
