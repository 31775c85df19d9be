/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The turn to write, among the threads of one process: whoever waits is woken
 * when it is his.  A file's lock (SQLite) can only be asked for again and again,
 * with sleeps in between that are longer than what is waited for.
 *
 * Whoever is done while others wait leaves his transaction open for the next
 * one, who writes in it.  The last one ends it: one durable commit for all, and
 * none of them goes on before it.
 */
#ifndef RA_TURN_H
#define RA_TURN_H

#include <stdbool.h>

#include "tamga/err.h"

typedef struct ra_turn ra_turn;
struct ra_store;

/*
 *   open_ms   so long after it began a transaction takes nobody in any more:
 *             who wrote first waits for the answer, however many come
 */
TMG_MUST_USE tmg_rc
ra_turn_new(int open_ms, ra_turn **turn);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_turn_free(ra_turn **turn);

/*
 *   lead   out   whose transaction is open and is written in; NULL: none is
 *
 * Verdicts TMG_BUSY: it was somebody else's for all of wait_s seconds.
 */
TMG_MUST_USE tmg_rc
ra_turn_take(ra_turn *turn, int wait_s, struct ra_store **lead);

/*
 * Leaves lead's transaction open for the next one, and waits until somebody
 * has ended it: how, is in member's outcome.  False: nobody waits for the turn, or
 * the transaction has been open for long; it is the caller's to end.
 */
bool
ra_turn_pass(ra_turn *turn, struct ra_store *lead, struct ra_store *member);

/* The transaction ended, for all who are in it: the next one's turn. */
void
ra_turn_end(ra_turn *turn, const struct ra_store *lead, tmg_rc rc);

/* How many wait for it just now. */
unsigned
ra_turn_waiting(ra_turn *turn);

#endif
