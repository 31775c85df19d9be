/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs: which one somebody means, and what it may look like.
 *
 * Cryptoki's SO is whoever looks after the card.  PIV gives that person two
 * secrets: the management key, with which keys and certificates are written,
 * and the PUK, with which a user gets a new PIN.  Their lengths tell them
 * apart, so either may be given where an SO PIN is wanted.
 */
#ifndef TMG_PKCS11_PIN_H
#define TMG_PKCS11_PIN_H

#include "pkcs11/slot.h"

tmg_pin_kind
tmg_p11_pin_kind(const tmg_token *token, tmg_p11_login who, CK_ULONG len);

/* CKR_PIN_LEN_RANGE for what no PIN of this token can be: it is never sent, and
 * no try is lost. */
CK_RV
tmg_p11_pin_length(const tmg_token *token, tmg_pin_kind kind, CK_ULONG len);

/*
 * Is no PIN given because the user types it on the reader's keypad?  needs is
 * what the keypad must be good for (TMG_PAD_*).
 */
bool
tmg_p11_pin_typed(const tmg_p11_slot *slot, unsigned needs,
    const CK_UTF8CHAR *pin, CK_ULONG len);

/* tmg_p11_slot_rv() of that: CKR_FUNCTION_CANCELED when nobody typed, denied for
 * what the keypad did not take.  Neither ends a login. */
CK_RV
tmg_p11_typed_rv(tmg_p11_slot *slot, tmg_rc rc, CK_RV denied);

/* Has the card compare it.  A PUK is compared by changing it to itself: PIV
 * knows no other way. */
CK_RV
tmg_p11_pin_try(tmg_p11_slot *slot, tmg_pin_kind kind, tmg_view pin);

#endif
