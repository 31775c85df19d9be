/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The turn to write, among the threads of one process: whoever waits is woken
 * when it is his.  A file's lock (SQLite) can only be asked for again and again,
 * with sleeps in between that are longer than what is waited for.
 */
#ifndef RA_TURN_H
#define RA_TURN_H

#include "tamga/err.h"

typedef struct ra_turn ra_turn;

TMG_MUST_USE tmg_rc
ra_turn_new(ra_turn **turn);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_turn_free(ra_turn **turn);

/* Verdicts TMG_BUSY: it was somebody else's for all of wait_s seconds. */
TMG_MUST_USE tmg_rc
ra_turn_take(ra_turn *turn, int wait_s);

void
ra_turn_give(ra_turn *turn);

#endif
