/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Applications' states as the audit log alone tells them.
 */
#ifndef RA_REPLAY_H
#define RA_REPLAY_H

#include "tools/ra/store/audit.h"

typedef struct ra_replay {
	struct ra_replay_table *table;
} ra_replay;

void ra_replay_release(ra_replay *replay);

/* Verdicts TMG_MISMATCH: the event could not happen then. */
TMG_MUST_USE tmg_rc
ra_replay_entry(ra_replay *replay, const ra_audit *entry, tmg_fault *f);

/* Verdicts TMG_MISMATCH: an application in the store is in another state than
 * its audit entries say, or one of the two is missing. */
TMG_MUST_USE tmg_rc
ra_replay_compare(ra_replay *replay, ra_store *store, tmg_fault *f);

#endif
