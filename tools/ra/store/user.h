/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accounts, as they are kept.
 */
#ifndef RA_STORE_USER_H
#define RA_STORE_USER_H

#include "tools/ra/profile/settings.h"
#include "tools/ra/store/app.h"

#define RA_PASSWORD_TEXT 160	/* a hashed password: see password.h */

typedef struct ra_user {
	char name[RA_OWNER_MAX];
	char role[16];			/* desk/account.h */
	char password[RA_PASSWORD_TEXT];
	char certificate[RA_HASH_TEXT];	/* SHA-256 of the one it comes with, "" none */
	time_t begins, ends;		/* that certificate; 0 unknown, or none */
	char branch[RA_BRANCH_MAX];	/* an officer's; "" all of them */
	char email[RA_TEXT_MAX];	/* where staff are told; "" nowhere */
	char language[16];		/* in which; "" English */
} ra_user;

/* Adds, or changes all but the name.  Verdicts TMG_OCCUPIED: the certificate is
 * another account's. */
TMG_MUST_USE tmg_rc
ra_user_put(ra_store *s, const ra_user *user);

TMG_MUST_USE tmg_rc
ra_user_get(ra_store *s, const char *name, ra_user *user);

/* The account that comes with the certificate of that hash. */
TMG_MUST_USE tmg_rc
ra_user_by_certificate(ra_store *s, const char *hash, ra_user *user);

typedef tmg_rc ra_user_fn(void *arg, const ra_user *user);

/* In the order of their names. */
TMG_MUST_USE tmg_rc
ra_user_each(ra_store *s, ra_user_fn *fn, void *arg);

/* All but applicants, and the access codes of applications. */
TMG_MUST_USE tmg_rc
ra_user_each_staff(ra_store *s, ra_user_fn *fn, void *arg);

/* Those of a role who have an address. */
TMG_MUST_USE tmg_rc
ra_user_each_told(ra_store *s, const char *role, ra_user_fn *fn, void *arg);

#endif
