/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often something may be done: a bucket that runs out drop by drop.  One
 * mark in the store is one bucket, so all processes pour into the same one.
 */
#ifndef RA_BUCKET_H
#define RA_BUCKET_H

#include "tamga/view.h"
#include "tools/ra/store/mark.h"

typedef struct ra_bucket {
	const char *name;
	int holds;			/* so many at once; 0: as many as one likes */
	int every_s;			/* one more after so long */
} ra_bucket;

#define RA_BUCKET_WHOSE 3

/* One of them: ra_mark_name() says whose it is. */
typedef struct ra_bucket_of {
	const ra_bucket *bucket;
	char name[RA_HASH_TEXT];
} ra_bucket_of;

/* SHA-256 over what and the parts, each with its length in front. */
TMG_MUST_USE tmg_rc
ra_mark_name(const char *what, const tmg_view *parts, size_t count,
    char name[RA_HASH_TEXT]);

/* How long until one more fits; 0: now. */
TMG_MUST_USE tmg_rc
ra_bucket_wait(ra_store *s, const ra_bucket_of *b, time_t now, long *wait_s);

/* One more, or one less; in the caller's transaction. */
TMG_MUST_USE tmg_rc
ra_bucket_pour(ra_store *s, const ra_bucket_of *b, time_t now);
TMG_MUST_USE tmg_rc
ra_bucket_take_back(ra_store *s, const ra_bucket_of *b, time_t now);

#endif
