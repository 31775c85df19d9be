/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What C_GetTokenInfo tells of a token, kept where it can be read while the
 * card is busy with somebody else's key for a minute.
 */
#ifndef TMG_PKCS11_FACE_H
#define TMG_PKCS11_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include "pkcs11/cryptoki.h"

struct tmg_p11_seat;
struct tmg_p11_slot;

/* `factory` is the seat's; the rest is read and written under the faces' lock. */
typedef struct tmg_p11_face {
	bool factory;		/* the user's PIN is the one it was made with */
	uint64_t seen;		/* of the card that it tells of; 0: of none */
	CK_RV rv;		/* CKR_OK, or why there is no token */
	CK_TOKEN_INFO info;
} tmg_p11_face;

/* As the token is now; the seat is locked and the token was looked at. */
void
tmg_p11_face_of(const struct tmg_p11_slot *slot, CK_TOKEN_INFO *info);

/* Keeps the faces of the seat's slots; before its lock is given back. */
void
tmg_p11_faces_keep(struct tmg_p11_seat *seat);

/* What was kept of the card that is in now; false: nothing. */
bool
tmg_p11_face_tell(struct tmg_p11_slot *slot, CK_TOKEN_INFO *info, CK_RV *rv);

#endif
