/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a form sent: the body of a POST, or the query of an address.
 */
#ifndef RA_POSTED_H
#define RA_POSTED_H

#include "tamga/view.h"

#define RA_POSTED_MAX 96	/* values in one form */
#define RA_POSTED_NAME 64	/* bytes of a name */

typedef struct ra_posted {
	char *store;		/* owned */
	size_t count;
	struct {
		const char *name;
		const char *value;	/* ends with a zero; has none inside unless is_file */
		size_t len;
		bool is_file;
		const char *file;	/* what the sender calls it; "" nothing */
	} row[RA_POSTED_MAX];
} ra_posted;

void ra_posted_release(ra_posted *posted);

/*
 * Parses body as its type says: application/x-www-form-urlencoded (HTML,
 * 4.10.21) or multipart/form-data (RFC 7578).
 *
 * Verdicts  TMG_UNSUPPORTED  another type
 *           TMG_MISMATCH     not well formed; too many values; a name that no
 *                            form here has; a value that is no UTF-8
 * Faults    TMG_E_NOMEM
 */
TMG_MUST_USE tmg_rc
ra_posted_read(const char *content_type, tmg_view body, ra_posted *posted);

/* One more, borrowed.  Verdicts TMG_MISMATCH, as above. */
TMG_MUST_USE tmg_rc
ra_posted_add(ra_posted *posted, const char *name, const char *value);

/* The first value of that name, "" when there is none. */
const char *
ra_posted_get(const ra_posted *posted, const char *name);
/* The same with the bytes of a file; no bytes when there is none. */
tmg_view
ra_posted_bytes(const ra_posted *posted, const char *name);
/* What the sender calls that file: any text, in any encoding. */
const char *
ra_posted_file(const ra_posted *posted, const char *name);

#endif
