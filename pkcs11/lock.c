/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/lock.h"

#include <time.h>

enum {
	MS_PER_S = 1000,
	NS_PER_MS = 1000000,
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

bool
tmg_p11_lock_take_until(tmg_p11_lock *lock, int64_t until)
{
	const struct timespec end = { until / MS_PER_S,
	    until % MS_PER_S * NS_PER_MS };

	if (lock->theirs != NULL)
		return lock->theirs->lock(lock->their) == CKR_OK;
	return pthread_mutex_clocklock(&lock->our, CLOCK_MONOTONIC, &end) == 0;
}

void
tmg_p11_lock_give(tmg_p11_lock *lock)
{
	if (lock->theirs == NULL)
		pthread_mutex_unlock(&lock->our);
	else
		(void)lock->theirs->unlock(lock->their);
}
