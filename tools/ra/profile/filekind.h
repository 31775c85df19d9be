/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of files that applicants may send, told by what is in them: what a
 * file is called, and what a browser says that it is, means nothing.
 */
#ifndef RA_FILEKIND_H
#define RA_FILEKIND_H

#include <stddef.h>

#include "tamga/err.h"
#include "tamga/view.h"

#define RA_FILE_MAX (8u * 1024 * 1024)	/* bytes of one, whatever a profile says */
#define RA_FILE_NAME 128		/* bytes of its name, final zero included */

typedef struct ra_filekind {
	const char *name;		/* "pdf", as a profile has it; also its suffix */
	const char *type;		/* of RFC 6838 */
	bool (*is)(tmg_view bytes);
} ra_filekind;

bool
ra_filekind_known(const char *name);

/* NULL: none of those known. */
const ra_filekind *
ra_filekind_of(tmg_view bytes);
/* The kind of that name, NULL: none. */
const ra_filekind *
ra_filekind_find(const char *name);

/* A name as it may be shown: the last part of a path, without controls and
 * marks of writing direction; cut at a whole character. */
void
ra_file_name(const char *said, char name[RA_FILE_NAME]);

#endif
