/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTPS server: libmicrohttpd over GnuTLS.
 */
#ifndef RA_SERVER_H
#define RA_SERVER_H

#include "tools/ra/desk/desk.h"

typedef struct ra_server ra_server;

/*
 * Binds, starts the worker threads and serves until ra_server_free().
 *
 *   listen   in    "127.0.0.1:8443", "[::1]:0"
 *   url      out   where it listens, "https://127.0.0.1:40123"
 *
 * Verdicts  TMG_OCCUPIED  the address is taken
 */
TMG_MUST_USE tmg_rc
ra_server_start(ra_office *office, const char *listen, char *url, size_t cap,
    tmg_fault *f, ra_server **server);

/* Takes no new connections, lets running requests end (10 seconds at most).
 * Accepts a pointer to NULL; leaves NULL. */
void
ra_server_free(ra_server **server);

#endif
