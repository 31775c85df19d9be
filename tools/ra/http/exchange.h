/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request, from its headers to its reply.
 */
#ifndef RA_EXCHANGE_H
#define RA_EXCHANGE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "tools/ra/http/guests.h"
#include "tools/ra/http/pool.h"
#include "tools/ra/http/waiters.h"

/* What the requests of a server share. */
typedef struct ra_house {
	ra_office *office;
	ra_pool *pool;
	ra_waiters *waiters;		/* for requests that may wait for others */
	ra_guests *guests;
	atomic_int running;		/* requests between first byte and last */
	atomic_size_t files;		/* bytes set aside for bodies with a file */
} ra_house;

typedef struct ra_exchange ra_exchange;

/* When the headers are there; what is refused by them may be answered already.
 * Ended by ra_exchange_end(), whatever this says.
 *
 *   plain  it came without TLS */
enum MHD_Result
ra_exchange_begin(ra_house *house, bool plain, struct MHD_Connection *conn,
    const char *url, const char *method, const char *version,
    ra_exchange **exchange);

/* More of the body.  Beyond the limit bytes are read and dropped for a while, so
 * that the client hears the reason; then the connection is closed. */
enum MHD_Result
ra_exchange_add(ra_exchange *x, const char *data, size_t n);

/* All of it is there: answered, or suspended until it can be, and then this is
 * called again. */
enum MHD_Result
ra_exchange_answer(ra_exchange *x, const char *url, const char *method);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_exchange_end(ra_exchange **exchange);

#endif
