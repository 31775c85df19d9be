/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket a server listens on.
 */
#ifndef RA_LISTEN_H
#define RA_LISTEN_H

#include <sys/socket.h>

#include "tamga/err.h"

/*
 * Binds and listens on "ADDRESS:PORT", the address as digits ("127.0.0.1",
 * "[::1]") or "localhost"; port 0 is the kernel's choice.
 *
 *   scheme  in   "https" or "http", for the url
 *   url     out  "https://127.0.0.1:40123"
 *
 * Verdicts  TMG_OCCUPIED (somebody listens there), TMG_DENIED (the system),
 *           TMG_NOT_FOUND (no such address)
 */
TMG_MUST_USE tmg_rc
ra_listen_open(const char *where, const char *scheme, int *fd, char *url,
    size_t cap, tmg_fault *f);

/* A socket that somebody else made, and listens on: its url.
 * Verdicts TMG_MISMATCH: it is none of the kind. */
TMG_MUST_USE tmg_rc
ra_listen_adopt(int fd, char *url, size_t cap, tmg_fault *f);

/* An address as digits, without its port. */
TMG_MUST_USE tmg_rc
ra_listen_address(const struct sockaddr *sa, char *text, size_t cap);

#endif
