/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/lock.h"

#include <time.h>

#include "src/base/clock.h"

enum {
	MOMENT_NS = 1000000,
};

CK_RV
tmg_p11_lock_init(tmg_p11_lock *lock, const tmg_p11_mutexes *mutexes)
{
	CK_RV rv;

	*lock = (tmg_p11_lock){ .theirs = NULL };
	if (mutexes->create != NULL) {
		if ((rv = mutexes->create(&lock->their)))
			return rv;
		lock->theirs = mutexes;
	}
	pthread_mutex_init(&lock->our, NULL);
	return CKR_OK;
}

void
tmg_p11_lock_done(tmg_p11_lock *lock)
{
	pthread_mutex_destroy(&lock->our);
	if (lock->theirs != NULL)
		(void)lock->theirs->destroy(lock->their);
}

static bool
take_theirs(const tmg_p11_lock *lock)
{
	return lock->theirs != NULL && lock->theirs->lock(lock->their) == CKR_OK;
}

static void
give_theirs(const tmg_p11_lock *lock)
{
	(void)lock->theirs->unlock(lock->their);
}

void
tmg_p11_lock_take(tmg_p11_lock *lock)
{
	const bool has_theirs = take_theirs(lock);

	pthread_mutex_lock(&lock->our);
	lock->has_theirs = has_theirs;
}

/* Looked at again and again: pthread_mutex_timedlock() goes by a clock that is
 * set, and the one that goes by the other is unknown to thread sanitizers. */
bool
tmg_p11_lock_take_until(tmg_p11_lock *lock, int64_t until)
{
	const struct timespec moment = { 0, MOMENT_NS };
	const bool has_theirs = take_theirs(lock);

	while (pthread_mutex_trylock(&lock->our) != 0) {
		if (tmg_now_ms() >= until) {
			if (has_theirs)
				give_theirs(lock);
			return false;
		}
		nanosleep(&moment, NULL);
	}
	lock->has_theirs = has_theirs;
	return true;
}

void
tmg_p11_lock_give(tmg_p11_lock *lock)
{
	const bool has_theirs = lock->has_theirs;

	pthread_mutex_unlock(&lock->our);
	if (has_theirs)
		give_theirs(lock);
}
