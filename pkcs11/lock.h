/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mutex of the system's; before it the application's, when it brought its own
 * and did not allow the system's (PKCS #11 3.1, 5.4.1).  Whoever has the
 * application's finds the system's free: that one is there for an application
 * whose mutexes fail.
 */
#ifndef TMG_PKCS11_LOCK_H
#define TMG_PKCS11_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "pkcs11/cryptoki.h"

/* The application's four functions; all NULL: the system's are used. */
typedef struct tmg_p11_mutexes {
	CK_CREATEMUTEX create;
	CK_DESTROYMUTEX destroy;
	CK_LOCKMUTEX lock;
	CK_UNLOCKMUTEX unlock;
} tmg_p11_mutexes;

typedef struct tmg_p11_lock {
	const tmg_p11_mutexes *theirs;	/* NULL: ours alone */
	void *their;
	pthread_mutex_t our;
	bool has_theirs;		/* whoever has ours */
} tmg_p11_lock;

CK_RV
tmg_p11_lock_init(tmg_p11_lock *lock, const tmg_p11_mutexes *mutexes);
void
tmg_p11_lock_done(tmg_p11_lock *lock);
void
tmg_p11_lock_take(tmg_p11_lock *lock);
/* False when it was not to be had before until (tmg_now_ms()).  The
 * application's own mutexes cannot do that: they are waited for. */
bool
tmg_p11_lock_take_until(tmg_p11_lock *lock, int64_t until);
void
tmg_p11_lock_give(tmg_p11_lock *lock);

#endif
