/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at the readers: never at a card.
 */
#ifndef TMG_PKCS11_WATCH_H
#define TMG_PKCS11_WATCH_H

#include "pkcs11/cryptoki.h"

#include <stdbool.h>

/* Looks at every reader.  grow: readers and applications that have no slot
 * get one; the list of slots may grow at no other time (5.5.1). */
CK_RV
tmg_p11_watch_look(bool grow);

/* Slot functions work without C_GetSlotList: somebody must look once. */
void
tmg_p11_watch_first(void);

void
tmg_p11_watch_end(void);

#endif
