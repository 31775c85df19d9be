/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTPS server: libmicrohttpd over GnuTLS; and, for what is signed itself
 * and tells of nobody, one without TLS.
 */
#ifndef RA_SERVER_H
#define RA_SERVER_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/http/tls.h"

typedef struct ra_server ra_server;

/*
 * Starts the worker threads and serves until ra_server_free().
 *
 *   fd        a listening socket, taken over: see ra_listen_open()
 *   plain_fd  another, for HTTP without TLS; -1 none
 */
TMG_MUST_USE tmg_rc
ra_server_start(ra_office *office, int fd, int plain_fd, tmg_fault *f,
    ra_server **server);

/* From now on new connections are shown tls, which is taken over, and requests
 * have the time that config gives them. */
void
ra_server_follow(ra_server *server, const ra_config *config, ra_tls **tls);

/* Takes no new connections, lets running requests end (10 seconds at most).
 * Accepts a pointer to NULL; leaves NULL. */
void
ra_server_free(ra_server **server);

#endif
