/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/lock.h"

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

void
tmg_p11_lock_give(tmg_p11_lock *lock)
{
	if (lock->theirs == NULL)
		pthread_mutex_unlock(&lock->our);
	else
		(void)lock->theirs->unlock(lock->their);
}
