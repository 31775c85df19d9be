/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole store as lines of JSON, the same for every back end: a heading, the
 * rows (backup-row.h), and a last line with their number and the SHA-256 of all
 * that stands before it.
 */
#ifndef RA_BACKUP_H
#define RA_BACKUP_H

#include <stdio.h>

#include "tools/ra/store/store.h"

typedef struct ra_backup_report {
	int64_t rows;
	char hash[RA_HASH_TEXT];	/* as the last line has it */
} ra_backup_report;

/* All of it as it was at one moment, while others may write. */
TMG_MUST_USE tmg_rc
ra_backup_write(ra_store *store, FILE *to, ra_backup_report *report,
    tmg_fault *f);

/*
 * Fills an empty store, inside the caller's transaction, and verifies the
 * audit log it has then.
 *
 * Verdicts  TMG_OCCUPIED     the store is not empty
 *           TMG_MISMATCH     no backup, not all of it, or not as it was written;
 *                            f says at which line
 *           TMG_UNSUPPORTED  of another release
 */
TMG_MUST_USE tmg_rc
ra_backup_read(ra_store *store, FILE *from, ra_backup_report *report,
    tmg_fault *f);

#endif
