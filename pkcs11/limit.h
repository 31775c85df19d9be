/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a card may keep a caller who only wants to know what it is.
 *
 * The module has no thread that could wait in the caller's place, so the
 * clock is looked at before every command: what the card is busy with is
 * waited for, nothing new is begun.
 */
#ifndef TMG_PKCS11_LIMIT_H
#define TMG_PKCS11_LIMIT_H

#include "src/base/clock.h"
#include "tamga/reader.h"

typedef struct tmg_p11_limit {
	int64_t until;		/* tmg_now_ms(); 0: as long as it takes */
	bool late;		/* something was left undone */
} tmg_p11_limit;

/*
 * A link over inner that says TMG_E_IO to every turn and command after the
 * limit.  Takes inner over, also when it fails; limit outlives the link.
 *
 * Faults  TMG_E_NOMEM
 */
TMG_MUST_USE tmg_rc
tmg_p11_limit_link(tmg_p11_limit *limit, tmg_link *inner, tmg_link **link);

#endif
