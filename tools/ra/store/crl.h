/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Revocation lists, as they are kept.
 */
#ifndef RA_STORE_CRL_H
#define RA_STORE_CRL_H

#include <time.h>

#include "tamga/view.h"
#include "tools/ra/store/store.h"

typedef struct ra_crl {
	int64_t number;
	int64_t revocations;		/* how many it knows of */
	time_t next_update;
	uint8_t *der;			/* owned */
	size_t len;
} ra_crl;

void ra_crl_release(ra_crl *crl);

/* The newest one. */
TMG_MUST_USE tmg_rc
ra_crl_last(ra_store *s, ra_crl *crl);

/* From now on the newest one, if there is one, does not tell everything: what
 * was revoked changed otherwise than by growing. */
TMG_MUST_USE tmg_rc
ra_crl_outdate(ra_store *s);

/* Verdicts TMG_OCCUPIED: there is one of that number. */
TMG_MUST_USE tmg_rc
ra_crl_put(ra_store *s, const ra_crl *crl);

#endif
