/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The desks of a server's threads: as many as work at once, each with its own
 * connection to the store, so no SQLite handle is ever seen by two threads at
 * once.
 */
#ifndef RA_POOL_H
#define RA_POOL_H

#include "tools/ra/desk/desk.h"

typedef struct ra_pool ra_pool;

TMG_MUST_USE tmg_rc
ra_pool_new(ra_office *office, size_t desks, tmg_fault *f, ra_pool **pool);
/* When all are given back.  Accepts a pointer to NULL; leaves NULL. */
void
ra_pool_free(ra_pool **pool);

/* Waits until one is free; give it back with ra_pool_give(). */
ra_desk *
ra_pool_take(ra_pool *pool);
void
ra_pool_give(ra_pool *pool, const ra_desk *desk);

#endif
