/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes connections in and hands them to the threads of a libmicrohttpd daemon,
 * one after the other.  Left to itself, the thread that wakes first takes all
 * that come at once, and whoever sits there waits for all of them while other
 * threads have nothing to do.
 */
#ifndef RA_DOORMAN_H
#define RA_DOORMAN_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "tamga/err.h"

typedef struct ra_doorman ra_doorman;

/* fd listens, does not block, and is the caller's.  Not more than most are let
 * in at once; others wait outside.  inside counts them: whoever closes one takes one
 * off. */
TMG_MUST_USE tmg_rc
ra_doorman_new(int fd, struct MHD_Daemon *daemon, atomic_uint *inside,
    unsigned most, ra_doorman **doorman);

/* Nobody is let in any more.  Accepts a pointer to NULL; leaves NULL. */
void
ra_doorman_free(ra_doorman **doorman);

#endif
