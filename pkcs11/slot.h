/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seats and slots.  A seat is a reader, with a lock, a context and at most one
 * card of its own; a slot is one application of the card in it, the first
 * also while the reader is empty.
 */
#ifndef TMG_PKCS11_SLOT_H
#define TMG_PKCS11_SLOT_H

#include <stdatomic.h>

#include "pkcs11/face.h"
#include "pkcs11/kept.h"
#include "pkcs11/limit.h"
#include "pkcs11/lock.h"
#include "pkcs11/names.h"
#include "pkcs11/object.h"
#include "tamga/token.h"

#define P11_SLOTS 64u		/* of a process; a handle's remainder names one */
#define P11_APPS 2u		/* of one card that is asked for all of them */
#define P11_BELIEVE_MS 30000	/* that nobody writes who does not reset the card */

typedef enum tmg_p11_login {
	P11_NOBODY,
	P11_USER,
	P11_SO,
} tmg_p11_login;

typedef struct tmg_p11_session tmg_p11_session;

/*
 * `seen` is written by whoever looks at the readers, without the seat's lock:
 * a card may be busy for a minute and its slot must still be told of.
 */
typedef struct tmg_p11_seat {
	char reader[TMG_READER_NAME];
	char scheme[16];
	_Atomic uint64_t seen;		/* tmg_p11_seen() */
	_Atomic uint64_t known;		/* seen when apps were counted */
	atomic_uint apps;		/* tokens on that card */
	unsigned slots;			/* made for it; under the list lock */
	bool whole;			/* its cards are asked for all applications */

	tmg_p11_lock lock;		/* of everything below */
	tmg_ctx *ctx;
	tmg_tokens *tokens;		/* NULL: the card is not opened */
	uint64_t opened;		/* seen when it was */
	bool partial;			/* it could not be asked for all applications */
	uint64_t refused;		/* seen when opening it gave no token */
	CK_RV refusal;
	uint64_t slow;			/* seen when looking at it took too long */
	tmg_p11_limit limit;		/* of whoever looks now */
	bool lost;			/* the card said that it is gone */
	const tmg_p11_kept *lent;	/* by the use of a key that is under way */
	struct tmg_p11_slot *asking;	/* whoever holds the lock is about it */
	bool asked_tries;		/* of it, in this call */
	bool gave_kept;			/* the PIN that was kept, in this call */
} tmg_p11_seat;

typedef struct tmg_p11_slot {
	CK_SLOT_ID id;
	tmg_p11_seat *seat;
	unsigned app;
	_Atomic uint64_t told;		/* seen when C_WaitForSlotEvent last told */
	tmg_p11_login login;
	tmg_p11_kept kept;		/* the user's PIN */
	CK_ULONG serials;		/* sessions opened so far */
	tmg_p11_session *sessions;
	tmg_token *token;		/* NULL: not opened */
	bool learned;			/* name, tries and the like were asked */
	atomic_bool due;		/* the card is to be looked at again */
	int64_t read_ms;		/* no certificate was read before that */
	tmg_p11_objects objects;
	tmg_p11_face face;
	tmg_p11_names names;
} tmg_p11_slot;

/* One number that differs when a reader's card was put in, out or swapped. */
uint64_t
tmg_p11_seen(const tmg_reader_state *row);
bool
tmg_p11_seen_card(uint64_t seen);

CK_RV
tmg_p11_seat_new(const tmg_reader_state *row, tmg_p11_seat **seat);
void
tmg_p11_seat_free(tmg_p11_seat **seat);

/* Lets go of a card that is no longer the one in the reader: its sessions are
 * orphans from then on, its login and objects forgotten. */
void
tmg_p11_seat_settle(tmg_p11_seat *seat);

/*
 * Sees to it that the slot's token is open.  The first time the card is asked
 * which applications it has, for as long as that takes; a card that gave none
 * is not asked again until it was taken out.
 */
CK_RV
tmg_p11_slot_open(tmg_p11_slot *slot);

/*
 * The program starts over: what was read of the card so far is doubted when it
 * is next asked for.  Other programs may have written meanwhile.  By any thread,
 * with or without the seat's lock.
 */
void
tmg_p11_slot_doubt(tmg_p11_slot *slot);

/*
 * Sees to it that the token's face can be shown, within the probe's budget.
 * A card that needs longer is CKR_TOKEN_NOT_RECOGNIZED, and is not asked for
 * its face again before tmg_p11_slot_open() has taken the time.
 */
CK_RV
tmg_p11_slot_learn(tmg_p11_slot *slot);

/* What a verb of the token said; remembers that the card is gone, or that
 * nobody is logged in any more. */
CK_RV
tmg_p11_slot_rv(tmg_p11_slot *slot, tmg_rc rc);

/* Nobody is logged in any more. */
void
tmg_p11_slot_forget_login(tmg_p11_slot *slot);

bool
tmg_p11_slot_present(const tmg_p11_slot *slot);
void
tmg_p11_slot_free(tmg_p11_slot **slot);

#endif
