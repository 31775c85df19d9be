/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A clock for how long something takes: it never jumps and tells no date.
 */
#ifndef TMG_BASE_CLOCK_H
#define TMG_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
tmg_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* So many milliseconds from now, for pthread_cond_timedwait() on that clock. */
static inline struct timespec
tmg_clock_in(int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

#endif
