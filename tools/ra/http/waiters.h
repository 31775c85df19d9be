/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads for work that may wait for somebody elsewhere, so that those that have
 * connections never do.
 */
#ifndef RA_WAITERS_H
#define RA_WAITERS_H

#include <stdbool.h>
#include <stddef.h>

#include "tamga/err.h"

/* Yours; left alone from ra_waiters_do() until run() is called. */
typedef struct ra_work {
	void (*run)(struct ra_work *work);
	struct ra_work *next;
} ra_work;

typedef struct ra_waiters ra_waiters;

TMG_MUST_USE tmg_rc
ra_waiters_new(size_t threads, tmg_fault *f, ra_waiters **waiters);

/* What was taken is done first.  Accepts a pointer to NULL; leaves NULL. */
void
ra_waiters_free(ra_waiters **waiters);

/* Has it run by the next thread that is free, in the order it came. */
void
ra_waiters_do(ra_waiters *waiters, ra_work *work);

#endif
