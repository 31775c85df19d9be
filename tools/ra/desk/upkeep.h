/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority stands on and that comes to an end unless somebody does
 * something: certificates, revocation lists, mails that nobody takes.
 */
#ifndef RA_UPKEEP_H
#define RA_UPKEEP_H

#include "tools/ra/desk/desk.h"

#define RA_UPKEEP_STAFF "staff"	/* about an account's certificate */

/* One such thing.  No name of an applicant is ever among them. */
typedef struct ra_upkeep {
	const char *what;		/* "server": a name for programs */
	const char *label;		/* to be translated: what it is */
	const char *mend;		/* likewise: what to do */
	char about[RA_TEXT_MAX];	/* which of them: a name, a number */
	time_t ends;			/* 0: it does not end, it is there */
	time_t near;			/* from then on somebody should do it */
} ra_upkeep;

typedef tmg_rc ra_upkeep_fn(void *arg, const ra_upkeep *one);

/* Each of them, due or not.  What cannot be looked at is a fault. */
TMG_MUST_USE tmg_rc
ra_upkeep_each(ra_desk *desk, ra_upkeep_fn *fn, void *arg);

/* When somebody should see to what begins and ends so. */
time_t
ra_upkeep_near(const ra_desk *desk, time_t from, time_t ends);

/* Whether somebody should see to it now. */
bool
ra_upkeep_due(const ra_upkeep *one, time_t now);

#endif
