/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a place for keys is called as long as no certificate has a name for it.
 * Cards call many places alike ("Key container"): those are told apart by their
 * slots' names ("Key container (02)").
 */
#ifndef TMG_PKCS11_TITLE_H
#define TMG_PKCS11_TITLE_H

#include "src/token/token.h"

#define P11_TITLE_MAX (128 + TMG_SLOT_NAME)	/* bytes, final zero included */

void
tmg_p11_title(tmg_token *token, const tmg_key *key, char title[static P11_TITLE_MAX]);

#endif
