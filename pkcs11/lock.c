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
	*lock = (tmg_p11_lock){ .theirs = NULL };
	if (mutexes->create == NULL) {
		pthread_mutex_init(&lock->our, NULL);
		return CKR_OK;
	}
	lock->theirs = mutexes;
	return mutexes->create(&lock->their);
}

void
tmg_p11_lock_done(tmg_p11_lock *lock)
{
	if (lock->theirs == NULL)
		pthread_mutex_destroy(&lock->our);
	else
		(void)lock->theirs->destroy(lock->their);
}

void
tmg_p11_lock_take(tmg_p11_lock *lock)
{
	if (lock->theirs == NULL)
		pthread_mutex_lock(&lock->our);
	else
		(void)lock->theirs->lock(lock->their);
}

/* Looked at again and again: pthread_mutex_timedlock() goes by a clock that is
 * set, and the one that goes by the other is unknown to thread sanitizers. */
bool
tmg_p11_lock_take_until(tmg_p11_lock *lock, int64_t until)
{
	const struct timespec moment = { 0, MOMENT_NS };

	if (lock->theirs != NULL)
		return lock->theirs->lock(lock->their) == CKR_OK;
	while (pthread_mutex_trylock(&lock->our) != 0) {
		if (tmg_now_ms() >= until)
			return false;
		nanosleep(&moment, NULL);
	}
	return true;
}

void
tmg_p11_lock_give(tmg_p11_lock *lock)
{
	if (lock->theirs == NULL)
		pthread_mutex_unlock(&lock->our);
	else
		(void)lock->theirs->unlock(lock->their);
}
