/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a binding remembers from one process to the next, and the key its
 * request is for; see tamga/binding.h.
 */
#ifndef TMG_ENROLL_MEMORY_H
#define TMG_ENROLL_MEMORY_H

#include "src/enroll/authority.h"

/* Takes over what the specification has. */
TMG_MUST_USE tmg_rc
tmg_memory_recall(tmg_authority *a);
void
tmg_memory_wipe(tmg_authority *a);

#endif
