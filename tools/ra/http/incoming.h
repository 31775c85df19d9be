/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request as libmicrohttpd has it.
 */
#ifndef RA_INCOMING_H
#define RA_INCOMING_H

#include <microhttpd.h>

#include "tools/ra/http/http.h"

/* "" where there is none of that name. */
const char *
ra_incoming_header(struct MHD_Connection *conn, const char *name);

/* The peer's, as digits. */
void
ra_incoming_address(struct MHD_Connection *conn, char *text, size_t cap);

/* What follows the path. */
void
ra_incoming_query(struct MHD_Connection *conn, ra_posted *query);

/* A call as its headers tell it; peer and query may be filled in later. */
ra_call
ra_incoming_call(struct MHD_Connection *conn, const char *url,
    const char *method, const char *peer, const ra_posted *query);

#endif
