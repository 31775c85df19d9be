/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may come in by password: slow to guess at, quick for who was here.
 *
 * Failed tries are counted in the store, for all processes: by address and
 * account, by address, and of all strangers by account.  No stranger is who
 * came in before from the same address or with the same browser, so that
 * nobody locks somebody else out from afar.  A password that was right once is
 * remembered as a keyed hash (a random key of this process), so that scrypt is
 * paid once and not at each request.
 */
#ifndef RA_GATE_H
#define RA_GATE_H

#include "tools/ra/store/user.h"

typedef struct ra_gate ra_gate;

TMG_MUST_USE tmg_rc
ra_gate_new(ra_gate **gate);
/* Accepts a pointer to NULL; leaves NULL. */
void
ra_gate_free(ra_gate **gate);

typedef struct ra_credentials {
	const char *peer;	/* the address they come from */
	const char *user;
	tmg_view password;
	const char *device;	/* what its browser is known by; NULL: nothing */
} ra_credentials;

/*
 * Safe for several threads at once; store is the caller's own, in no
 * transaction.
 *
 *   wait_s   out   TMG_BUSY: how long nobody is listened to
 *
 * Verdicts  TMG_DENIED  no such account, or not its password
 *           TMG_BUSY    too many failed tries
 * Faults    TMG_E_IO    the store did not answer; its fault says why
 */
TMG_MUST_USE tmg_rc
ra_gate_enter(ra_gate *gate, ra_store *store, time_t now,
    const ra_credentials *who, ra_user *user, long *wait_s);

#endif
