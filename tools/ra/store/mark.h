/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the gate remembers for a while, under a hash: nobody's name or address
 * is kept here.
 */
#ifndef RA_STORE_MARK_H
#define RA_STORE_MARK_H

#include <time.h>

#include "tools/ra/store/store.h"

typedef struct ra_mark {
	char name[RA_HASH_TEXT];
	time_t until;			/* it means nothing any more then */
} ra_mark;

/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_mark_get(ra_store *s, const char *name, ra_mark *mark);

/* There is one of that name from now on. */
TMG_MUST_USE tmg_rc
ra_mark_put(ra_store *s, const ra_mark *mark);

/* It need not be there. */
TMG_MUST_USE tmg_rc
ra_mark_drop(ra_store *s, const char *name);

/* Those that mean nothing any more. */
TMG_MUST_USE tmg_rc
ra_mark_sweep(ra_store *s, time_t now);

#endif
