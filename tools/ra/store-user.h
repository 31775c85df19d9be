/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accounts, as they are kept.
 */
#ifndef RA_STORE_USER_H
#define RA_STORE_USER_H

#include "tools/ra/store-app.h"

#define RA_PASSWORD_TEXT 160	/* a hashed password: see password.h */

typedef struct ra_user {
	char name[RA_OWNER_MAX];
	char role[16];			/* "applicant", "officer" */
	char password[RA_PASSWORD_TEXT];
} ra_user;

/* Adds, or changes role and password. */
TMG_MUST_USE tmg_rc
ra_user_put(ra_store *s, const ra_user *user);

TMG_MUST_USE tmg_rc
ra_user_get(ra_store *s, const char *name, ra_user *user);

#endif
