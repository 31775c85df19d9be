/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit log: each entry's hash covers the entry before it.
 */
#ifndef RA_AUDIT_H
#define RA_AUDIT_H

#include "tools/ra/store/audit.h"

/* Not an event: the way an application takes, in front of its first event. */
#define RA_AUDIT_WAY "way"

/* The hash of an entry that follows the one with hash before ("" for the
 * first), hexadecimal: see doc/design/ra.md. */
TMG_MUST_USE tmg_rc
ra_audit_hash(const char *before, const ra_audit *entry, char hash[RA_HASH_TEXT]);

/* Appends inside the caller's transaction; seq and hash are filled in here. */
TMG_MUST_USE tmg_rc
ra_audit_add(ra_store *store, const ra_audit *entry, tmg_fault *f);

typedef struct ra_audit_report {
	int64_t entries;
	char head[RA_HASH_TEXT];	/* write it down elsewhere: a cut tail shows */
	bool saw_head;			/* the head asked about is in the log */
} ra_audit_report;

/*
 * Recomputes the chain, replays every application's life from it and compares
 * with the states in the store.
 *
 *   known   in   a head written down earlier, "" none
 *
 * Verdicts  TMG_MISMATCH  f says at which entry or application, and what
 */
TMG_MUST_USE tmg_rc
ra_audit_verify(ra_store *store, const char *known, ra_audit_report *report,
    tmg_fault *f);

#endif
