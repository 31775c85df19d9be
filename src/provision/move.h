/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that change their slot.  Certificates do not move with keys, so each is
 * written again beside its own.  Every act looks first who is where, so that it
 * may be begun again after any of them.
 */
#ifndef TMG_PROVISION_MOVE_H
#define TMG_PROVISION_MOVE_H

#include "src/provision/work.h"

TMG_MUST_USE tmg_rc
tmg_move_place(tmg_provision *p, const char *name, tmg_key **key);

/* Whether the slot has the key with that public half. */
TMG_MUST_USE tmg_rc
tmg_move_holds(tmg_provision *p, tmg_key *key, tmg_view spki, bool *yes);

/* From one slot to another, where it may be already. */
TMG_MUST_USE tmg_rc
tmg_move_key(tmg_provision *p, tmg_view spki, tmg_key *from, tmg_key *to);

/* Beside the key it is for; what lies there is the other one's. */
TMG_MUST_USE tmg_rc
tmg_move_cert(tmg_provision *p, tmg_key *key, tmg_view cert);

/* The certificate of a key that has moved away. */
TMG_MUST_USE tmg_rc
tmg_move_tidy(tmg_provision *p, tmg_key *key);

#endif
