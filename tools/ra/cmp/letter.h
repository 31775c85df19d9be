/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer as it goes out: protected, with what goes with it.
 */
#ifndef RA_CMP_LETTER_H
#define RA_CMP_LETTER_H

#include "tools/ra/cmp/turn.h"

/*
 * Says t->reply.
 *
 *   nonce  out  the senderNonce
 *   der    out  free() it
 */
TMG_MUST_USE tmg_rc
ra_cmp_say(ra_cmp_turn *t, uint8_t nonce[RA_CMP_NONCE], uint8_t **der,
    size_t *len);

/* Says what was said before; free() it. */
TMG_MUST_USE tmg_rc
ra_cmp_copy_out(ra_cmp_turn *t, tmg_view bytes, uint8_t **der, size_t *len);

#endif
