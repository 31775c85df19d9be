/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections whose peers take too long, one byte at a time: the server's
 * library notices silence only.  A thread of its own shuts them down.
 */
#ifndef RA_WATCH_H
#define RA_WATCH_H

#include "tamga/err.h"

typedef struct ra_watch ra_watch;

/* A connection that is looked after. */
typedef struct ra_watched ra_watched;

TMG_MUST_USE tmg_rc
ra_watch_new(ra_watch **watch);
/* Accepts a pointer to NULL; leaves NULL.  Nothing may be watched any more. */
void
ra_watch_free(ra_watch **watch);

/* NULL without memory.  Until ra_watch_due() it has all the time it wants. */
ra_watched *
ra_watch_add(ra_watch *watch, int fd);
/* Before fd is closed.  Accepts NULL. */
void
ra_watch_remove(ra_watch *watch, ra_watched *one);

/* From now on it has so long until this is called again; 0: no limit.
 * Accepts NULL. */
void
ra_watch_due(ra_watch *watch, ra_watched *one, long ms);

#endif
