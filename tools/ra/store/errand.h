/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What another authority is asked for, as it is kept: so whoever asks next, of
 * any process, asks for the same thing in the same words.
 */
#ifndef RA_STORE_ERRAND_H
#define RA_STORE_ERRAND_H

#include "tools/ra/store/app.h"

#define RA_ERRAND_ISSUE "issue"
#define RA_ERRAND_REVOKE "revoke"
#define RA_ERRAND_NEVER ((time_t)INT64_MAX)	/* due: it was refused */

typedef struct ra_errand {
	char app[RA_ID_MAX];
	char kind[16];
	time_t begun;
	time_t asked;			/* the other one took it so; 0 not yet */
	time_t due;			/* nobody asks before */
	int tries;			/* in vain, one after the other */
	char holder[RA_ID_MAX];		/* who asks now, or did last */
	char ticket[256];		/* the other one's, "" none */
	char said[RA_REASON_MAX];	/* why it still waits */
	uint8_t *request;		/* as it goes out; owned, NULL not made yet */
	size_t request_len;
	uint8_t *kept;			/* what the protocol remembers; owned */
	size_t kept_len;
} ra_errand;

void ra_errand_release(ra_errand *errand);

/* Verdicts TMG_OCCUPIED: the application has one of that kind. */
TMG_MUST_USE tmg_rc
ra_errand_put(ra_store *s, const ra_errand *errand);

TMG_MUST_USE tmg_rc
ra_errand_get(ra_store *s, const char *app, const char *kind, ra_errand *errand);

/* The one that has been due longest. */
TMG_MUST_USE tmg_rc
ra_errand_next(ra_store *s, time_t now, ra_errand *errand);

/* Whoever has the turn takes it: due is when others may. */
TMG_MUST_USE tmg_rc
ra_errand_take(ra_store *s, const ra_errand *errand);

/* What is remembered of it in the middle of asking, and all of it after.
 * Verdicts TMG_MISMATCH: somebody else holds it by now. */
TMG_MUST_USE tmg_rc
ra_errand_keep(ra_store *s, const ra_errand *errand);
TMG_MUST_USE tmg_rc
ra_errand_settle(ra_store *s, const ra_errand *errand);
/* It was refused, and why; what it was asked with is forgotten. */
TMG_MUST_USE tmg_rc
ra_errand_close(ra_store *s, const ra_errand *errand);
/* Begun anew, if it was refused. */
TMG_MUST_USE tmg_rc
ra_errand_reopen(ra_store *s, const ra_errand *errand);
TMG_MUST_USE tmg_rc
ra_errand_drop(ra_store *s, const ra_errand *errand);

/* Whatever an application was asked for with, whoever holds it. */
TMG_MUST_USE tmg_rc
ra_errand_erase(ra_store *s, const char *app);

/* All of them that wait are due now. */
TMG_MUST_USE tmg_rc
ra_errand_hurry(ra_store *s, time_t now, int64_t *count);

typedef tmg_rc ra_errand_fn(void *arg, const ra_errand *errand);

/* Those that are asked next first, those refused last. */
TMG_MUST_USE tmg_rc
ra_errand_each(ra_store *s, ra_errand_fn *fn, void *arg);

#endif
