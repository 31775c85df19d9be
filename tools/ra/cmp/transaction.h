/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transaction that a message belongs to, as the store keeps it.
 */
#ifndef RA_CMP_TRANSACTION_H
#define RA_CMP_TRANSACTION_H

#include "tools/ra/cmp/turn.h"

/* Finds the row of the message's transactionID. */
TMG_MUST_USE tmg_rc
ra_cmp_load(ra_cmp_turn *t);

/* The same message again: it gets the same answer, whatever became of it
 * since. */
bool
ra_cmp_is_again(const ra_cmp_turn *t);

/* Whether this message may come now; refused otherwise.
 *
 *   first  it is of a kind that begins a transaction */
bool
ra_cmp_fits(ra_cmp_turn *t, bool first);

/* One of store/cmp.h from now on, and kept for as long as such a one is. */
void
ra_cmp_move(ra_cmp_turn *t, const char *state);

/* It waits to be confirmed.  Until when; 0: for as long as that takes. */
time_t
ra_cmp_await(ra_cmp_turn *t);

/*
 * Keeps what is said, before it is, and in one transaction what it settles.
 *
 *   der, len  in, out: of two who took the same message in, the second says what
 *             the first said
 *
 * Verdicts  TMG_BUSY  another message of this transaction came meanwhile
 */
TMG_MUST_USE tmg_rc
ra_cmp_keep(ra_cmp_turn *t, const uint8_t nonce[RA_CMP_NONCE], uint8_t **der,
    size_t *len);

#endif
