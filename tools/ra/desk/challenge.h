/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Challenges: an operator gives one out, and whoever says it hands in one
 * request, of one profile, as long as it has not expired.
 */
#ifndef RA_DESK_CHALLENGE_H
#define RA_DESK_CHALLENGE_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/store/challenge.h"

#define RA_CHALLENGE_ID 13	/* digits of its hash that it is called by, and a zero */

/* What to call it by: it opens nothing. */
void
ra_challenge_id(const ra_challenge *challenge, char id[RA_CHALLENGE_ID]);

/*
 * Makes one, and audits.
 *
 *   owner    of the application that it begins; "" one of its own
 *   actor    for the log
 *   text     out; nobody can read it again
 */
TMG_MUST_USE tmg_rc
ra_challenge_new(ra_desk *desk, const ra_profile *profile, const char *owner,
    int hours, const char *actor, char text[RA_CODE_MAX],
    ra_challenge *challenge);

/*
 * The challenge that text is; letters' case does not tell them apart.
 *
 *   wait_s   out   TMG_BUSY: how long nobody at peer is listened to
 *
 * Verdicts  TMG_DENIED  it is none, or has expired unused
 *           TMG_BUSY    too many from there were none
 */
TMG_MUST_USE tmg_rc
ra_challenge_find(ra_desk *desk, const char *peer, tmg_view text,
    ra_challenge *challenge, long *wait_s);

/* It began app: in the transaction that takes that in.
 * Verdicts  TMG_DENIED  it began another one */
TMG_MUST_USE tmg_rc
ra_challenge_take(ra_desk *desk, const ra_challenge *challenge,
    const ra_app *app);

/* The unused one called id opens nothing any more.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_challenge_withdraw(ra_desk *desk, const char *id, const char *actor);

#endif
