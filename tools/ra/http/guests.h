/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of a server: what they are shown in TLS, and the time they
 * have.
 */
#ifndef RA_GUESTS_H
#define RA_GUESTS_H

#include <microhttpd.h>

#include "tools/ra/http/tls.h"

typedef struct ra_guests ra_guests;

TMG_MUST_USE tmg_rc
ra_guests_new(const ra_config *config, tmg_fault *f, ra_guests **guests);
/* When all have left.  Accepts a pointer to NULL; leaves NULL. */
void
ra_guests_free(ra_guests **guests);

/* As ra_server_follow(). */
void
ra_guests_follow(ra_guests *guests, const ra_config *config, ra_tls **tls);

/* One that came, before its handshake: to be its socket's context, and
 * ra_guests_leave() before it is closed.  Who has no memory left for that (NULL)
 * is shown the certificate of the start.
 *
 *   plain  it is without TLS */
void *
ra_guests_enter(ra_guests *guests, struct MHD_Connection *conn, bool plain);
/* Accepts NULL. */
void
ra_guests_leave(ra_guests *guests, void *guest);

/* From now on it has so long until this is called again; 0: no limit. */
void
ra_guests_give(const ra_guests *guests, struct MHD_Connection *conn, long ms);
/* The time of a request. */
void
ra_guests_give_request(const ra_guests *guests, struct MHD_Connection *conn);
/* The time of one that sends a file in. */
void
ra_guests_give_upload(const ra_guests *guests, struct MHD_Connection *conn);

#endif
