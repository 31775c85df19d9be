/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/turn.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct ra_turn {
	pthread_mutex_t mutex;
};

tmg_rc
ra_turn_new(ra_turn **out)
{
	ra_turn *turn = calloc(1, sizeof(*turn));

	*out = turn;
	if (turn == NULL)
		return TMG_E_NOMEM;
	pthread_mutex_init(&turn->mutex, NULL);
	return TMG_OK;
}

void
ra_turn_free(ra_turn **turn)
{
	if (*turn == NULL)
		return;
	pthread_mutex_destroy(&(*turn)->mutex);
	free(*turn);
	*turn = NULL;
}

tmg_rc
ra_turn_take(ra_turn *turn, int wait_s)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_s;
	return pthread_mutex_clocklock(&turn->mutex, CLOCK_MONOTONIC, &until) == 0 ?
	    TMG_OK : TMG_BUSY;
}

void
ra_turn_give(ra_turn *turn)
{
	pthread_mutex_unlock(&turn->mutex);
}
