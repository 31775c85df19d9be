/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is known by a cookie, as it is kept: the cookie itself is not.
 */
#ifndef RA_STORE_SESSION_H
#define RA_STORE_SESSION_H

#include "tools/ra/store/app.h"

typedef struct ra_session {
	char id[RA_HASH_TEXT];		/* a hash of what the cookie says */
	char subject[RA_ID_MAX];	/* the application it opens */
	time_t expires;
} ra_session;

/* Verdicts TMG_OCCUPIED: there is one of that id. */
TMG_MUST_USE tmg_rc
ra_session_add(ra_store *s, const ra_session *session);

TMG_MUST_USE tmg_rc
ra_session_get(ra_store *s, const char *id, ra_session *session);

/* It need not be there. */
TMG_MUST_USE tmg_rc
ra_session_remove(ra_store *s, const char *id);

/* Those that nobody can use any more. */
TMG_MUST_USE tmg_rc
ra_session_expire(ra_store *s, time_t now);

#endif
