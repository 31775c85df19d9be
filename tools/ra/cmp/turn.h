/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message and what is said to it: one turn of a transaction.
 */
#ifndef RA_CMP_TURN_H
#define RA_CMP_TURN_H

#include "tools/ra/cmp/peer.h"
#include "tools/ra/cmp/reply.h"

#define RA_CMP_ROOM 131072	/* bytes of a message, a revocation list in it */

typedef struct ra_cmp_turn {
	ra_desk *desk;
	const ra_cmp_message *m;
	const char *label;		/* the profile that the path names; "" none */
	ra_cmp_peer peer;
	ra_cmp_row row;			/* the transaction */
	bool known;			/* it is in the store */
	bool keeps;			/* what is said is kept */
	bool settles;			/* with it, no other transaction of its
					 * application sets a time any more */
	char before[RA_HASH_TEXT];	/* row.asked as it was found */
	char hash[RA_HASH_TEXT];	/* of this message */
	ra_cert cert;			/* to be given */
	uint8_t *news;
	ra_cmp_reply reply;
	X509 *own;			/* the deputy's */
} ra_cmp_turn;

void ra_cmp_turn_release(ra_cmp_turn *t);

/* Says an error, which ends nothing that is kept. */
void
ra_cmp_refuse(ra_cmp_turn *t, ra_cmp_fail fail, const char *text);

/* The same for what the desk or the store answered. */
void
ra_cmp_refuse_fault(ra_cmp_turn *t, tmg_rc rc);

/* What a verdict of the desk is in CMP, and in words: faults tell no details. */
ra_cmp_fail
ra_cmp_fail_of(tmg_rc rc);
const char *
ra_cmp_words_of(const ra_cmp_turn *t, tmg_rc rc);

/* What the message is for; NULL: no such profile, as the desk's fault says. */
const ra_profile *
ra_cmp_turn_profile(ra_cmp_turn *t);

#endif
