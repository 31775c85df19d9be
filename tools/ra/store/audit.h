/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit log's entries, as they are kept; audit.h chains them.
 */
#ifndef RA_STORE_AUDIT_H
#define RA_STORE_AUDIT_H

#include <stdint.h>
#include <time.h>

#include "tools/ra/store/store.h"

typedef struct ra_audit {
	int64_t seq;
	time_t at;
	const char *actor, *event, *app, *detail;	/* borrowed */
	const char *hash;	/* of this entry and the one before, hexadecimal */
} ra_audit;

typedef tmg_rc ra_audit_fn(void *arg, const ra_audit *entry);

/* The newest entry's seq and hash; seq 0 and "" when there is none. */
TMG_MUST_USE tmg_rc
ra_audit_head(ra_store *s, int64_t *seq, char hash[RA_HASH_TEXT]);

/* Verdicts TMG_OCCUPIED: there is one of that seq. */
TMG_MUST_USE tmg_rc
ra_audit_put(ra_store *s, const ra_audit *entry);

/* Oldest first; entries are valid until fn returns. */
TMG_MUST_USE tmg_rc
ra_audit_each(ra_store *s, ra_audit_fn *fn, void *arg);

/* At most so many, from that seq on. */
TMG_MUST_USE tmg_rc
ra_audit_each_from(ra_store *s, int64_t seq, int64_t most, ra_audit_fn *fn,
    void *arg);

/* Those of one application. */
TMG_MUST_USE tmg_rc
ra_audit_each_of(ra_store *s, const char *app, ra_audit_fn *fn, void *arg);

#endif
