/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an enrollment lends to the authority's protocol: a file to remember
 * things in from one process to the next, and the key.
 */
#ifndef TMG_PROVISION_MEMO_H
#define TMG_PROVISION_MEMO_H

#include "src/provision/work.h"

/* Fills in spec's last part; kept holds what spec borrows. */
TMG_MUST_USE tmg_rc
tmg_memo_open(tmg_provision *p, tmg_authority_spec *spec, tmg_blob *kept);
void
tmg_memo_wipe(tmg_blob *kept);

#endif
