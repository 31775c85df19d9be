/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module's life in a process, and the checks that every entry point makes
 * first, in this order: initialised in this process, slot or session, card.
 */
#ifndef TMG_PKCS11_MODULE_H
#define TMG_PKCS11_MODULE_H

#include <stdatomic.h>

#include "pkcs11/conf.h"
#include "pkcs11/lock.h"
#include "pkcs11/session.h"
#include "pkcs11/slot.h"
#include "src/base/scope.h"

#define P11_HUBS 4u

typedef struct tmg_p11_waiter tmg_p11_waiter;

/* Everything between C_Initialize and C_Finalize.  Seats and slots are added
 * at the end, under the list lock, and stay: their numbers may be read
 * without it. */
typedef struct tmg_p11_module {
	tmg_p11_mutexes mutexes;
	bool threads;			/* the program lets us have some; 5.4.1 */
	tmg_p11_conf conf;
	atomic_bool had_usb;		/* since there was no daemon */
	tmg_p11_lock list;
	tmg_p11_lock faces;		/* held for a copy, never for a card */
	tmg_p11_lock waits;		/* of the next */
	tmg_p11_waiter *waiters;
	tmg_ctx *ctx;			/* of the hubs that are watched */
	tmg_hub *hubs[P11_HUBS];	/* NULL: not open, tried again */
	atomic_bool looked;		/* once at least */
	_Atomic int64_t looked_ms;	/* when, last; tmg_now_ms() */
	atomic_size_t seat_count, slot_count;
	atomic_size_t listed;		/* of the slots; the others wait to be */
	tmg_p11_seat *seats[P11_SLOTS];
	tmg_p11_slot *slots[P11_SLOTS];
} tmg_p11_module;

extern tmg_p11_module tmg_p11;

/* Counts this thread as inside; C_Finalize waits for it. */
typedef struct p11_inside {
	bool in;
} p11_inside;

CK_RV
p11_enter(p11_inside *inside);
void
p11_inside_release(p11_inside *inside);

/* Has C_Finalize begun?  What waits inside must end then. */
bool
p11_is_ending(void);

/* A slot, locked together with the other slots of its card. */
typedef struct p11_hold {
	p11_inside inside;
	tmg_p11_seat *seat;		/* NULL: nothing is locked */
	tmg_p11_slot *slot;
	tmg_p11_session *session;
} p11_hold;

CK_RV
p11_hold_slot(p11_hold *hold, CK_SLOT_ID id);
/* The same for who has no time: CKR_TOKEN_NOT_RECOGNIZED when another thread
 * keeps the card beyond until (tmg_now_ms()). */
CK_RV
p11_hold_slot_until(p11_hold *hold, CK_SLOT_ID id, int64_t until);
/* CKR_DEVICE_REMOVED when the session's card is gone. */
CK_RV
p11_hold_session(p11_hold *hold, CK_SESSION_HANDLE handle);
/* The same for those few calls that a session without its card still takes. */
CK_RV
p11_hold_any_session(p11_hold *hold, CK_SESSION_HANDLE handle);
void
p11_hold_release(p11_hold *hold);

/*
 * The memory becomes an object of the held session, which owns it from then
 * on.  CKR_USER_NOT_LOGGED_IN: it is private.
 */
CK_RV
tmg_p11_memory_own(p11_hold *hold, tmg_p11_memory **memory,
    CK_OBJECT_HANDLE *made);

#endif
