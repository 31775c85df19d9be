/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secrets that programs enroll with, as they are kept: sealed.
 */
#ifndef RA_STORE_SECRET_H
#define RA_STORE_SECRET_H

#include "tools/ra/store/app.h"

typedef struct ra_secret_row {
	char reference[RA_OWNER_MAX];	/* what the program says it has */
	char owner[RA_OWNER_MAX];	/* whose its applications are */
	char profile[RA_NAME_MAX];	/* "" the default one, or what is asked for */
	time_t until;			/* 0: closed */
	int most, used;			/* applications */
	uint8_t *sealed;		/* owned */
	size_t len;
} ra_secret_row;

void ra_secret_row_release(ra_secret_row *row);

/* Verdicts TMG_OCCUPIED: there is one of that reference. */
TMG_MUST_USE tmg_rc
ra_secret_add(ra_store *s, const ra_secret_row *row);

TMG_MUST_USE tmg_rc
ra_secret_get(ra_store *s, const char *reference, ra_secret_row *row);

/* One application more.  Verdicts TMG_DENIED: it was used up, or closed. */
TMG_MUST_USE tmg_rc
ra_secret_use(ra_store *s, const char *reference);

/* It opens nothing any more, and nobody can unseal it.
 * Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_secret_close(ra_store *s, const char *reference);

typedef tmg_rc ra_secret_fn(void *arg, const ra_secret_row *row);

/* In the order of their references. */
TMG_MUST_USE tmg_rc
ra_secret_each(ra_store *s, ra_secret_fn *fn, void *arg);

#endif
