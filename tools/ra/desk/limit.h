/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nobody may do without end: register, guess at numbers, ask registers,
 * look at pictures.  Counted in the store, for all processes and both doors,
 * by the address that it is done from and by what it is done to.
 */
#ifndef RA_LIMIT_H
#define RA_LIMIT_H

#include "tools/ra/desk/bucket.h"

typedef struct ra_limit {
	ra_bucket address;
	ra_bucket subject;		/* holds 0: not counted by that */
} ra_limit;

extern const ra_limit ra_limit_begin;	/* subject: who gets the mail */
extern const ra_limit ra_limit_search;	/* numbers that are none; no subject */
extern const ra_limit ra_limit_look_up;	/* in a register; the application */
extern const ra_limit ra_limit_captcha;	/* the application */
extern const ra_limit ra_limit_code;	/* new access codes; the application */
extern const ra_limit ra_limit_document;	/* files; the application */
extern const ra_limit ra_limit_challenge;	/* unknown ones; no subject */
extern const ra_limit ra_limit_setup;	/* an officer's first visit; no subject */

/*
 * Counts one of limit.
 *
 *   peer      address it comes from
 *   subject   "" none; letters' case does not tell subjects apart
 *   wait_s    TMG_BUSY: how long until the next one
 *
 * Verdicts  TMG_BUSY   too many already, this one is not counted
 * Faults    the store's; its fault says why
 */
TMG_MUST_USE tmg_rc
ra_limit_count(ra_store *store, time_t now, const ra_limit *limit,
    const char *peer, const char *subject, long *wait_s);

/* Whether one more would be let in; counts nothing.  As above otherwise. */
TMG_MUST_USE tmg_rc
ra_limit_look(ra_store *store, time_t now, const ra_limit *limit,
    const char *peer, const char *subject, long *wait_s);

/* What tells one who comes from another: whoever has one address of IPv6 has
 * the 2^64 of its network (RFC 6177), so those count as one; IPv4 in IPv6 is
 * told by its last four bytes.  Borrows both. */
tmg_view
ra_network_of(const char *peer, uint8_t address[16]);

#endif
