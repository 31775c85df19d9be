/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at the readers: never at a card.
 */
#ifndef TMG_PKCS11_WATCH_H
#define TMG_PKCS11_WATCH_H

#include "pkcs11/cryptoki.h"

/* What becomes of readers and applications that have no slot.  Whatever is
 * done, the first look of all is P11_LOOK_LIST. */
typedef enum tmg_p11_look {
	P11_LOOK_ONLY,		/* nothing */
	P11_LOOK_EVENT,		/* they get one, and it is an event */
	P11_LOOK_LIST,		/* they get one, and every slot is listed: the
				 * list may grow at no other time (5.5.1) */
} tmg_p11_look;

/* Looks at every reader. */
CK_RV
tmg_p11_watch_look(tmg_p11_look how);

/*
 * Looks when nobody did within P11_LOOK_MS, and then only one thread of all
 * that ask: what is answered from memory notices so that a card is gone.
 * The first look of all is made here too: slot functions work without
 * C_GetSlotList.
 */
#define P11_LOOK_MS 100
void
tmg_p11_watch_lately(void);

void
tmg_p11_watch_end(void);

#endif
