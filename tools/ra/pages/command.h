/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of tamga that a page shows, for whoever has the token or the
 * folder where the key is.
 */
#ifndef RA_COMMAND_H
#define RA_COMMAND_H

#include "tools/ra/pages/casefile.h"

#define RA_FOLDER_MAX 200	/* bytes */
#define RA_COMMAND_MAX (8 * RA_FOLDER_MAX)

/* Where a key is kept that is on no token, as the visitor named it. */
typedef struct ra_folder {
	const char *path;	/* "" none yet */
	const char *wrong;	/* why what was said cannot be one; "" nothing is */
} ra_folder;

/* Whether the application's key is kept in one. */
bool
ra_folder_holds(const ra_casefile *file);

/* What the address says of it. */
void
ra_folder_read(const ra_visit *visit, ra_folder *folder);

/* The question for it, which leads back to page. */
void
ra_folder_ask(ra_visit *visit, const char *page, const char *label,
    const ra_folder *folder, const char *button);

/* path as one word of a shell's, after prefix; "~/" at its front stays the home. */
void
ra_command_word(const char *prefix, const char *path, char word[RA_COMMAND_MAX]);

/* What is to be made before the key can be in folder. */
void
ra_command_make_folder(ra_visit *visit, const char *folder);

/* "tamga enroll" for the application, in folder where that is not "", and more
 * behind it. */
void
ra_command_enroll(ra_visit *visit, const ra_casefile *file, const char *folder,
    const char *more);

#endif
