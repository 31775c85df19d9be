/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/module.h"

#include <openssl/crypto.h>
#include <time.h>

#include "pkcs11/source.h"
#include "pkcs11/trace.h"
#include "pkcs11/wait.h"
#include "pkcs11/watch.h"

enum {
	NONE,
	STARTING,
	UP,
	ENDING,
	STATE_BITS = 8,
	POLL_NS = 1000000,
};

/* const data and one process's state: there is nothing to destroy at exit. */
tmg_p11_module tmg_p11;

/*
 * Whose the module is and what it is doing, in one word: the process id and
 * the state.  A child of fork() therefore finds itself uninitialised without
 * anybody telling it, and no lock that another thread held is ever met.
 */
static _Atomic uint64_t life;
static atomic_uint inside_count;

static uint64_t
life_of(pid_t pid, unsigned state)
{
	return (uint64_t)pid << STATE_BITS | state;
}

/* Between two looks at what another thread is about to change. */
static void
rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
}

/* ---- being inside -------------------------------------------------------- */

/* While the process ends others clean up before us, and libcrypto works no
 * more.  Asking it for nothing starts nothing. */
static bool
crypto_is_over(void)
{
	return OPENSSL_init_crypto(0, NULL) != 1;
}

CK_RV
p11_enter(p11_inside *inside)
{
	const uint64_t up = life_of(getpid(), UP);

	if (atomic_load(&life) != up || crypto_is_over())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	atomic_fetch_add(&inside_count, 1);
	if (atomic_load(&life) != up) {
		atomic_fetch_sub(&inside_count, 1);
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
	inside->in = true;
	return CKR_OK;
}

void
p11_inside_release(p11_inside *inside)
{
	if (inside->in)
		atomic_fetch_sub(&inside_count, 1);
}

bool
p11_is_ending(void)
{
	return atomic_load(&life) != life_of(getpid(), UP);
}

/* ---- holding ------------------------------------------------------------- */

static CK_RV
find_slot(p11_hold *hold, CK_SLOT_ID id)
{
	CK_RV rv;

	if ((rv = p11_enter(&hold->inside)))
		return rv;
	tmg_p11_watch_lately();
	if (id >= atomic_load(&tmg_p11.slot_count))
		return CKR_SLOT_ID_INVALID;
	hold->slot = tmg_p11.slots[id];
	return CKR_OK;
}

static void
locked(p11_hold *hold)
{
	hold->seat = hold->slot->seat;
	hold->seat->asking = hold->slot;
	hold->seat->asked_tries = hold->seat->gave_kept = false;
	tmg_p11_seat_settle(hold->seat);
}

CK_RV
p11_hold_slot(p11_hold *hold, CK_SLOT_ID id)
{
	CK_RV rv;

	if ((rv = find_slot(hold, id)))
		return rv;
	tmg_p11_lock_take(&hold->slot->seat->lock);
	locked(hold);
	return CKR_OK;
}

CK_RV
p11_hold_slot_until(p11_hold *hold, CK_SLOT_ID id, int64_t until)
{
	CK_RV rv;

	if ((rv = find_slot(hold, id)))
		return rv;
	if (!tmg_p11_lock_take_until(&hold->slot->seat->lock, until))
		return CKR_TOKEN_NOT_RECOGNIZED;
	locked(hold);
	return CKR_OK;
}

CK_RV
p11_hold_any_session(p11_hold *hold, CK_SESSION_HANDLE handle)
{
	const CK_RV rv = p11_hold_slot(hold, tmg_p11_session_slot(handle));

	if (rv == CKR_CRYPTOKI_NOT_INITIALIZED)
		return rv;
	if (rv == CKR_OK)
		hold->session = tmg_p11_session_find(hold->slot, handle);
	return hold->session != NULL ? CKR_OK : CKR_SESSION_HANDLE_INVALID;
}

CK_RV
p11_hold_session(p11_hold *hold, CK_SESSION_HANDLE handle)
{
	const CK_RV rv = p11_hold_any_session(hold, handle);

	if (rv != CKR_OK)
		return rv;
	return hold->session->orphan ? CKR_DEVICE_REMOVED : CKR_OK;
}

void
p11_hold_release(p11_hold *hold)
{
	if (hold->seat != NULL) {
		tmg_p11_faces_keep(hold->seat);
		tmg_p11_lock_give(&hold->seat->lock);
	}
	p11_inside_release(&hold->inside);
}

/* ---- C_Initialize -------------------------------------------------------- */

/* All four functions or none; 5.4.1.  Whoever brings four and does not allow
 * the system's locks gets his own used. */
static CK_RV
read_args(const CK_C_INITIALIZE_ARGS *args, tmg_p11_mutexes *mutexes,
    bool *threads)
{
	int given;

	*mutexes = (tmg_p11_mutexes){ .create = NULL };
	*threads = args == NULL ||
	    (args->flags & CKF_LIBRARY_CANT_CREATE_OS_THREADS) == 0;
	if (args == NULL)
		return CKR_OK;
	if (args->pReserved != NULL)
		return CKR_ARGUMENTS_BAD;
	given = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) +
	    (args->LockMutex != NULL) + (args->UnlockMutex != NULL);
	if (given != 0 && given != 4)
		return CKR_ARGUMENTS_BAD;
	if (given == 0 || (args->flags & CKF_OS_LOCKING_OK) != 0)
		return CKR_OK;
	*mutexes = (tmg_p11_mutexes){ args->CreateMutex, args->DestroyMutex,
	    args->LockMutex, args->UnlockMutex };
	return CKR_OK;
}

/* Once no other thread starts the module or ends it: whoever is told that it
 * is up must find it up. */
static uint64_t
settled_life(void)
{
	const uint64_t starting = life_of(getpid(), STARTING);
	const uint64_t ending = life_of(getpid(), ENDING);
	uint64_t now;

	while ((now = atomic_load(&life)) == starting || now == ending)
		rest();
	return now;
}

/* Makes this thread the one that starts.  What a parent process left in the
 * module is the parent's: it is forgotten, never closed. */
static CK_RV
claim(void)
{
	uint64_t was;

	do {
		if ((was = settled_life()) == life_of(getpid(), UP))
			return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	} while (!atomic_compare_exchange_weak(&life, &was, life_of(getpid(), STARTING)));

	memset(&tmg_p11, 0, sizeof(tmg_p11));
	atomic_store(&inside_count, 0);
	return CKR_OK;
}

static tmg_p11_lock *const locks[] = {
	&tmg_p11.list, &tmg_p11.faces, &tmg_p11.waits,
};

static CK_RV
make_locks(void)
{
	for (size_t i = 0; i < TMG_COUNT(locks); i++) {
		const CK_RV rv = tmg_p11_lock_init(locks[i], &tmg_p11.mutexes);

		if (rv == CKR_OK)
			continue;
		while (i-- > 0)
			tmg_p11_lock_done(locks[i]);
		return rv;
	}
	return CKR_OK;
}

/* A malformed file is told of where somebody looks: here nobody can be told. */
static void
load_conf(void)
{
	tmg_fault f = { .rc = TMG_OK };

	tmg_p11_conf_find(&tmg_p11.conf, &f);
	if (f.rc != TMG_OK && tmg_p11.conf.trace[0] != '\0')
		tmg_p11_trace_line(tmg_p11.conf.trace, f.text);
}

/* No reader is opened and no daemon is asked: that is for whoever first wants
 * to know of a slot. */
CK_RV
C_Initialize(void *init_args)
{
	tmg_p11_mutexes mutexes;
	bool threads;
	CK_RV rv;

	if ((rv = read_args(init_args, &mutexes, &threads)) || (rv = claim()))
		return rv;
	tmg_p11.mutexes = mutexes;
	tmg_p11.threads = threads;
	load_conf();
	rv = make_locks();
	atomic_store(&life, life_of(getpid(), rv == CKR_OK ? UP : NONE));
	return rv;
}

/* ---- C_Finalize ---------------------------------------------------------- */

static void
wait_for_others(void)
{
	while (atomic_load(&inside_count) > 0)
		rest();
}

CK_RV
C_Finalize(void *reserved)
{
	uint64_t up = life_of(getpid(), UP);

	if (atomic_load(&life) != up)
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	if (reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	if (!atomic_compare_exchange_strong(&life, &up, life_of(getpid(), ENDING)))
		return CKR_CRYPTOKI_NOT_INITIALIZED;

	tmg_p11_wait_end();
	wait_for_others();
	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++)
		tmg_p11_slot_free(&tmg_p11.slots[i]);
	for (size_t i = 0; i < atomic_load(&tmg_p11.seat_count); i++)
		tmg_p11_seat_free(&tmg_p11.seats[i]);
	tmg_p11_watch_end();
	for (size_t i = 0; i < TMG_COUNT(locks); i++)
		tmg_p11_lock_done(locks[i]);
	atomic_store(&life, life_of(getpid(), NONE));
	return CKR_OK;
}
