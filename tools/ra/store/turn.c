/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/turn.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "tools/ra/store/store.h"

struct ra_turn {
	pthread_mutex_t mutex;
	pthread_cond_t given, ended;
	int open_ms;
	bool taken;
	unsigned waiting;
	struct ra_store *lead;		/* whose transaction was left open */
	struct ra_store *members;	/* who wait for its end */
	struct timespec begun;
};

tmg_rc
ra_turn_new(int open_ms, ra_turn **out)
{
	ra_turn *turn = calloc(1, sizeof(*turn));

	*out = turn;
	if (turn == NULL)
		return TMG_E_NOMEM;
	turn->open_ms = open_ms;
	pthread_mutex_init(&turn->mutex, NULL);
	pthread_cond_init(&turn->given, NULL);
	pthread_cond_init(&turn->ended, NULL);
	return TMG_OK;
}

void
ra_turn_free(ra_turn **turn)
{
	if (*turn == NULL)
		return;
	pthread_cond_destroy(&(*turn)->ended);
	pthread_cond_destroy(&(*turn)->given);
	pthread_mutex_destroy(&(*turn)->mutex);
	free(*turn);
	*turn = NULL;
}

unsigned
ra_turn_waiting(ra_turn *turn)
{
	unsigned n;

	pthread_mutex_lock(&turn->mutex);
	n = turn->waiting;
	pthread_mutex_unlock(&turn->mutex);
	return n;
}

/* Holds the mutex.  Whoever gives the turn counts on those who wait: the last
 * look is at the turn, not at the clock. */
static bool
wait_until(ra_turn *turn, const struct timespec *until)
{
	int failed = 0;

	turn->waiting++;
	while (turn->taken && failed == 0)
		failed = pthread_cond_clockwait(&turn->given, &turn->mutex,
		    CLOCK_MONOTONIC, until);
	turn->waiting--;
	return !turn->taken;
}

tmg_rc
ra_turn_take(ra_turn *turn, int wait_s, struct ra_store **lead)
{
	struct timespec until;
	bool mine;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_s;
	pthread_mutex_lock(&turn->mutex);
	if ((mine = wait_until(turn, &until))) {
		turn->taken = true;
		*lead = turn->lead;
		if (turn->lead == NULL)
			clock_gettime(CLOCK_MONOTONIC, &turn->begun);
	}
	pthread_mutex_unlock(&turn->mutex);
	return mine ? TMG_OK : TMG_BUSY;
}

/* Holds the mutex. */
static void
give(ra_turn *turn)
{
	turn->taken = false;
	pthread_cond_signal(&turn->given);
}

static bool
takes_more(const ra_turn *turn)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	const long ms = (now.tv_sec - turn->begun.tv_sec) * 1000 +
	    (now.tv_nsec - turn->begun.tv_nsec) / 1000000;

	return turn->waiting > 0 && ms < turn->open_ms;
}

/* Holds the mutex. */
static void
wait_for_end(ra_turn *turn, struct ra_store *member)
{
	member->next = turn->members;
	turn->members = member;
	member->waits = true;
	while (member->waits)
		pthread_cond_wait(&turn->ended, &turn->mutex);
}

bool
ra_turn_pass(ra_turn *turn, struct ra_store *lead, struct ra_store *member)
{
	bool passed;

	pthread_mutex_lock(&turn->mutex);
	if ((passed = takes_more(turn))) {
		turn->lead = lead;
		give(turn);
		wait_for_end(turn, member);
	}
	pthread_mutex_unlock(&turn->mutex);
	return passed;
}

/* A member's own words stay when all is well. */
static void
tell(struct ra_store *member, const struct ra_store *lead, tmg_rc rc)
{
	member->outcome = rc;
	if (rc != TMG_OK && member != lead) {
		member->fault = lead->fault;
		member->away = lead->away;
	}
	member->waits = false;
}

void
ra_turn_end(ra_turn *turn, const struct ra_store *lead, tmg_rc rc)
{
	pthread_mutex_lock(&turn->mutex);
	for (struct ra_store *m = turn->members; m != NULL; m = m->next)
		tell(m, lead, rc);
	if (turn->members != NULL)
		pthread_cond_broadcast(&turn->ended);
	turn->members = NULL;
	turn->lead = NULL;
	give(turn);
	pthread_mutex_unlock(&turn->mutex);
}
