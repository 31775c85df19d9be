/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Applications, as they are kept.
 */
#ifndef RA_STORE_APP_H
#define RA_STORE_APP_H

#include <time.h>

#include "tamga/cert.h"
#include "tools/ra/flow/flow.h"
#include "tools/ra/store/store.h"

#define RA_ID_MAX 24		/* bytes of an application number, final zero included */
#define RA_OWNER_MAX 64
#define RA_ACTOR_MAX (RA_OWNER_MAX + 16)	/* "officer:NAME" */
#define RA_NAME_MAX 64
#define RA_REASON_MAX 256
#define RA_BRANCH_MAX 256
#define RA_LANG_MAX 8

typedef struct ra_app {
	char id[RA_ID_MAX];
	ra_state state;
	ra_state before;		/* RA_SUSPENDED: what it was */
	int64_t facts;			/* ra_fact */
	char flow[RA_FLOW_TEXT];	/* its way, since it was begun: flow.h */
	char confirmed_by[RA_ACTOR_MAX];
	char owner[RA_OWNER_MAX];	/* the account that handed it in */
	char profile[RA_NAME_MAX];
	char csr_hash[RA_HASH_TEXT];
	char spki_hash[RA_HASH_TEXT];
	char previous[TMG_SERIAL_MAX];	/* the certificate it renews, "" none */
	char subject[TMG_NAME_MAX];
	char reason[RA_REASON_MAX];
	time_t created, changed;
	time_t entered;			/* the state it is in */
	char branch[RA_BRANCH_MAX];	/* where it is dealt with, "" anywhere */
	char language[RA_LANG_MAX];	/* what the applicant is spoken to in, "" unsaid */
	uint8_t *csr;			/* DER; owned */
	size_t csr_len;
	bool held_back;			/* not stored yet: see ra_life_keep() */
} ra_app;

void ra_app_release(ra_app *app);

typedef tmg_rc ra_app_fn(void *arg, const ra_app *app);

/* Verdicts TMG_OCCUPIED: id, or owner + request + previous. */
TMG_MUST_USE tmg_rc
ra_app_add(ra_store *s, const ra_app *app);

TMG_MUST_USE tmg_rc
ra_app_get(ra_store *s, const char *id, ra_app *app);

TMG_MUST_USE tmg_rc
ra_app_find(ra_store *s, const char *spki_hash, const char *csr_hash,
    const char *owner, const char *previous, ra_app *app);

/* An application in a state that holds its key. */
TMG_MUST_USE tmg_rc
ra_app_holder(ra_store *s, const char *spki_hash, ra_app *app);

/* Those of a profile that have been in state since before the given time,
 * longest first. */
TMG_MUST_USE tmg_rc
ra_app_each_since(ra_store *s, const char *profile, ra_state state,
    time_t before, ra_app_fn *fn, void *arg);

/* Keeps app's request, its hashes and its subject.  Verdicts TMG_NOT_FOUND,
 * TMG_OCCUPIED as ra_app_add(). */
TMG_MUST_USE tmg_rc
ra_app_request(ra_store *s, const ra_app *app);

/* Keeps app's branch.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_app_branch(ra_store *s, const ra_app *app);

/* Keeps app's language.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_app_speak(ra_store *s, const ra_app *app);

/* Nothing of the person, the request or the key is left; the number is. */
TMG_MUST_USE tmg_rc
ra_app_erase(ra_store *s, const char *id);

/* Newest first; state RA_NONE: all. */
TMG_MUST_USE tmg_rc
ra_app_each(ra_store *s, ra_state state, ra_app_fn *fn, void *arg);

/* Those of one branch, newest first. */
TMG_MUST_USE tmg_rc
ra_app_each_at(ra_store *s, const char *branch, ra_state state, ra_app_fn *fn,
    void *arg);

/* Keeps where app stands now.  Verdicts TMG_MISMATCH: what is kept does not
 * stand where from says any more. */
TMG_MUST_USE tmg_rc
ra_app_move(ra_store *s, const ra_app *app, const ra_standing *from);

#endif
