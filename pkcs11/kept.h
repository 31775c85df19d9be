/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PIN kept for as long as its owner is logged in, or from the login for one
 * use of a key to that use, in a page that no core dump, no swap and no child
 * of fork() ever holds.
 *
 * It is sent when another program has reset the card, or has selected another
 * application of it, and with that has ended the login.  Only while more than
 * one try is left, and never a second time when the card refuses it.
 */
#ifndef TMG_PKCS11_KEPT_H
#define TMG_PKCS11_KEPT_H

#include "src/base/secret.h"

typedef struct tmg_p11_kept {
	tmg_secret *page;	/* NULL: nothing is kept */
} tmg_p11_kept;

/* Without a page nothing is kept: the user is asked again instead. */
void
tmg_p11_kept_set(tmg_p11_kept *kept, tmg_view pin);
/* Empty when nothing is. */
tmg_view
tmg_p11_kept_view(const tmg_p11_kept *kept);
void
tmg_p11_kept_wipe(tmg_p11_kept *kept);

#endif
