/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificate profiles: what one kind of certificate may and will contain,
 * and who decides.  One libconfig file each: see tamga-ra(8).
 */
#ifndef RA_PROFILE_H
#define RA_PROFILE_H

#include "tamga/ctx.h"
#include "tools/ra/settings.h"

#define RA_PROFILES_MAX 64
#define RA_PROFILE_FILE_MAX 65536

typedef struct ra_profile {
	char name[RA_TEXT_MAX];		/* the file's, without ".profile" */
	char title[RA_TEXT_MAX];
	char approval[RA_TEXT_MAX];	/* "automatic" or "officer" */
	int validity_days;
	ra_words keys;			/* "ec:p256", see tamga/alg.h */
	ra_words key_usage;		/* RFC 5280 4.2.1.3, as named there */
	ra_words ext_key_usage;		/* names or OIDs, RFC 5280 4.2.1.12 */
	ra_words subject_required;	/* attribute types by short name */
	ra_words subject_allowed;
	ra_words san_required;		/* kinds: "dns", "email", ... */
	ra_words san_allowed;
	ra_words csrattrs;		/* what clients are told: "extensions", "key" */
	char renewal_approval[RA_TEXT_MAX];
	int renewal_window_days;	/* 0: any time while current */
	bool renewal_same_key;
} ra_profile;

/* Verdicts TMG_MISMATCH; f says where in the text. */
TMG_MUST_USE tmg_rc
ra_profile_parse(const char *name, const char *text, ra_profile *profile,
    tmg_fault *f);

typedef struct ra_profiles {
	size_t count;
	ra_profile *row;	/* in order of their names */
} ra_profiles;

/* Every *.profile of a folder.  Verdicts TMG_NOT_FOUND (no folder, none in
 * it), TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_profiles_load(const char *folder, ra_profiles *profiles, tmg_fault *f);
void
ra_profiles_release(ra_profiles *profiles);

/* NULL when there is none of that name. */
const ra_profile *
ra_profiles_find(const ra_profiles *profiles, const char *name);

#endif
