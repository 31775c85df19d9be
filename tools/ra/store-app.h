/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Applications, as they are kept.
 */
#ifndef RA_STORE_APP_H
#define RA_STORE_APP_H

#include <time.h>

#include "tamga/cert.h"
#include "tools/ra/lifecycle.h"
#include "tools/ra/store.h"

#define RA_ID_MAX 24		/* bytes of an application number, final zero included */
#define RA_OWNER_MAX 64
#define RA_NAME_MAX 64
#define RA_REASON_MAX 256

typedef struct ra_app {
	char id[RA_ID_MAX];
	ra_state state;
	char owner[RA_OWNER_MAX];	/* the account that handed it in */
	char profile[RA_NAME_MAX];
	char csr_hash[RA_HASH_TEXT];
	char spki_hash[RA_HASH_TEXT];
	char previous[TMG_SERIAL_MAX];	/* the certificate it renews, "" none */
	char subject[TMG_NAME_MAX];
	char reason[RA_REASON_MAX];
	time_t created, changed;
	uint8_t *csr;			/* DER; owned */
	size_t csr_len;
} ra_app;

void ra_app_release(ra_app *app);

typedef struct ra_move {
	const char *id;
	ra_state from, to;
	time_t at;
	const char *reason;
} ra_move;

typedef tmg_rc ra_app_fn(void *arg, const ra_app *app);

/* Verdicts TMG_OCCUPIED: id, or owner + request + previous. */
TMG_MUST_USE tmg_rc
ra_app_add(ra_store *s, const ra_app *app);

TMG_MUST_USE tmg_rc
ra_app_get(ra_store *s, const char *id, ra_app *app);

TMG_MUST_USE tmg_rc
ra_app_find(ra_store *s, const char *owner, const char *csr_hash,
    const char *previous, ra_app *app);

/* An application in a state that holds its key. */
TMG_MUST_USE tmg_rc
ra_app_holder(ra_store *s, const char *spki_hash, ra_app *app);

/* Newest first; state RA_NONE: all. */
TMG_MUST_USE tmg_rc
ra_app_each(ra_store *s, ra_state state, ra_app_fn *fn, void *arg);

/* Verdicts TMG_MISMATCH: not in state from any more. */
TMG_MUST_USE tmg_rc
ra_app_move(ra_store *s, const ra_move *move);

#endif
