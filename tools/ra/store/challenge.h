/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Challenges, as they are kept: what opens one enrollment, once.
 */
#ifndef RA_STORE_CHALLENGE_H
#define RA_STORE_CHALLENGE_H

#include "tools/ra/store/app.h"

typedef struct ra_challenge {
	char hash[RA_HASH_TEXT];	/* of what is said; that is not kept */
	char profile[RA_NAME_MAX];
	char owner[RA_OWNER_MAX];	/* the account that an application is of */
	time_t created, expires;
	char app[RA_ID_MAX];		/* that it began; "" none yet */
} ra_challenge;

/* Verdicts TMG_OCCUPIED: there is one of that hash. */
TMG_MUST_USE tmg_rc
ra_challenge_add(ra_store *s, const ra_challenge *challenge);

TMG_MUST_USE tmg_rc
ra_challenge_get(ra_store *s, const char *hash, ra_challenge *challenge);

/* It began app.  Verdicts TMG_OCCUPIED: it began one already, or is gone. */
TMG_MUST_USE tmg_rc
ra_challenge_use(ra_store *s, const char *hash, const char *app);

typedef tmg_rc ra_challenge_fn(void *arg, const ra_challenge *challenge);

/* In the order in which they expire. */
TMG_MUST_USE tmg_rc
ra_challenge_each(ra_store *s, ra_challenge_fn *fn, void *arg);

/* Those unused whose hashes lie from one to before another.  Verdicts
 * TMG_NOT_FOUND: there was none. */
TMG_MUST_USE tmg_rc
ra_challenge_drop(ra_store *s, const char *from, const char *before);

/* Those that nobody can use any more. */
TMG_MUST_USE tmg_rc
ra_challenge_sweep(ra_store *s, time_t now);

#endif
