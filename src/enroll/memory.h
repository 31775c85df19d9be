/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a binding remembers from one process to the next, and the key its
 * request is for; see tmg_authority_spec.
 */
#ifndef TMG_ENROLL_MEMORY_H
#define TMG_ENROLL_MEMORY_H

#include "src/enroll/authority.h"

#define TMG_KEPT_MAX 65536u	/* bytes */

/* Written down when it returns; what was kept before is forgotten.  Without
 * anybody to write it, it lasts as long as the authority. */
TMG_MUST_USE tmg_rc
tmg_authority_keep(tmg_authority *a, tmg_view state);

/* Empty: nothing was kept.  Borrowed until the next keep. */
tmg_view
tmg_authority_kept(const tmg_authority *a);

/* The key the request is for; borrowed.
 * Verdicts  TMG_UNSUPPORTED  nobody lends it */
TMG_MUST_USE tmg_rc
tmg_authority_key(tmg_authority *a, tmg_signer **signer);

/* Takes over what the specification has. */
TMG_MUST_USE tmg_rc
tmg_memory_recall(tmg_authority *a);
void
tmg_memory_wipe(tmg_authority *a);

#endif
