/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a certificate must be before it is signed, whoever drew it up: one
 * table of checks.
 */
#ifndef RA_LINT_H
#define RA_LINT_H

#include <openssl/x509v3.h>

#include "tamga/alg.h"
#include "tools/ra/ca/known.h"
#include "tools/ra/profile/profile.h"

/* A certificate, whole but for its signature, and by what it is measured. */
typedef struct ra_draft {
	const X509 *cert;
	const X509 *issuer;
	const ra_profile *profile;
	const EVP_PKEY *key;	/* its key, as whoever proved to have it was read */
	tmg_view spki;		/* and as he wrote it */
	const ra_known *known;	/* keys that others have; NULL: no lists of them */
} ra_draft;

/* What a check looks at. */
enum {
	RA_LINT_OURS = 1 << 0,		/* what whoever signs sees to: a number drawn
					 * well, a time within its own, its name */
	RA_LINT_TIME = 1 << 1,
	RA_LINT_USE = 1 << 2,		/* whom it names, what it may be used for */
	RA_LINT_KEY = 1 << 3,		/* that and whose it is: nothing of it is
					 * anybody's taste */
	RA_LINT_NUMBER = RA_LINT_OURS | RA_LINT_TIME,	/* which come last */
	RA_LINT_ALL = RA_LINT_NUMBER | RA_LINT_USE | RA_LINT_KEY,
};

/* check  verdict TMG_MISMATCH; f says what is wrong and what to do */
typedef struct ra_lint {
	const char *name;
	unsigned of;
	tmg_rc (*check)(const ra_draft *draft, tmg_fault *f);
} ra_lint;

const ra_lint *
ra_lint_rows(size_t *count);

/* of: RA_LINT_ALL, but of a draft that passed and was changed since in a part
 * of it.  Verdicts TMG_MISMATCH, and f ends with the name of the check. */
TMG_MUST_USE tmg_rc
ra_lint_check(const ra_draft *draft, unsigned of, tmg_fault *f);

/* Whether a key of that family can be used for what word says: RFC 3279 2.3.1,
 * RFC 8813 3, RFC 8410 5. */
bool
ra_lint_usage_fits(tmg_family family, const char *word);

#endif
