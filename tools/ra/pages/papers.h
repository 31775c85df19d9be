/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The documents of an application on a page.
 */
#ifndef RA_PAPERS_H
#define RA_PAPERS_H

#include "tools/ra/desk/paper.h"
#include "tools/ra/pages/casefile.h"

/* How each document of a profile stands, in the profile's order. */
typedef struct ra_papers {
	ra_paper row[RA_DOCUMENTS_MAX];
} ra_papers;

/* Verdicts none; faults are the store's. */
TMG_MUST_USE tmg_rc
ra_papers_load(ra_visit *visit, const ra_casefile *file, ra_papers *papers);

/* Whether it stands as accepted. */
bool
ra_papers_accepted(const ra_papers *papers, size_t document);

/* What a profile asks of each, before there is an application. */
void ra_papers_wanted(ra_visit *visit, const ra_profile *profile);

/* "by post, notarised; in person": what the profile asks of one. */
void
ra_papers_put_wanted(ra_visit *visit, const ra_document *document);

/* How one stands, with the reason it was returned for. */
void
ra_papers_put_standing(ra_visit *visit, const ra_paper *paper);

/* A channel in words. */
const char *
ra_papers_channel(const char *channel);

/* What is asked of each and how it stands, for whose application it is; with
 * a way to the page where files are sent, while they may be. */
void ra_papers_mine(ra_visit *visit, const ra_casefile *file);

/* The same for an officer, with the files and what may be done to them. */
void ra_papers_theirs(ra_visit *visit, const ra_casefile *file);

#endif
