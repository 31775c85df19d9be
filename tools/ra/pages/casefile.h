/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One application as the pages need it: with its profile, its way and what was
 * answered.
 */
#ifndef RA_CASEFILE_H
#define RA_CASEFILE_H

#include "tools/ra/form/answers.h"
#include "tools/ra/pages/visit.h"

typedef struct ra_casefile {
	ra_app app;
	const ra_profile *profile;
	ra_flow flow;
	ra_answers answers;
} ra_casefile;

void ra_casefile_release(ra_casefile *file);

/* Reads number's; false when the reply says why not.  Of one that is in
 * another branch than the officer's it says what it says of one that is not. */
bool
ra_casefile_open(ra_visit *visit, const char *number, ra_casefile *file);

/* Whether event may happen now when by causes it. */
bool
ra_casefile_may(const ra_casefile *file, ra_event event, unsigned by);

/* Whether the authority's office makes the key, not the applicant. */
bool
ra_casefile_office_key(const ra_casefile *file);

/* Whether its certificate is there and not yet proven to be where its key is. */
bool
ra_casefile_to_install(const ra_casefile *file);

/* "Process status": what is done, what is now, what comes, and until when. */
void
ra_casefile_progress(ra_visit *visit, const ra_casefile *file);

/* A way to have the page at that path loaded again while there may be news. */
void ra_casefile_follow(ra_visit *visit, const ra_casefile *file,
    const char *path);

/* The certificate, once there is one: its number, its time, whether it is in
 * force. */
void ra_casefile_certificate(ra_visit *visit, const ra_casefile *file);

/* What was answered, as a list of names and values. */
void
ra_casefile_data(ra_visit *visit, const ra_casefile *file);

#endif
