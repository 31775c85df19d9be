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

#endif
