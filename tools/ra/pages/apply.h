/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What applicants and officers who enter an application for them both see.
 */
#ifndef RA_APPLY_H
#define RA_APPLY_H

#include "tools/ra/desk/terms.h"
#include "tools/ra/pages/casefile.h"

/* The profile that the address names, if applications begin with a page; NULL:
 * the reply says so. */
const ra_profile *
ra_apply_profile(ra_visit *visit);

/* The terms, their hash in a hidden field, and the box where the profile asks
 * for one. */
void
ra_apply_consent(ra_visit *visit, const ra_profile *profile,
    const ra_terms *terms);

/* What was sent is about the terms that the page showed, whatever language it
 * was in: hash is theirs, "" where the profile does not begin with any.
 * Verdicts  TMG_MISMATCH  the terms are others now; and those of
 * ra_terms_match() */
TMG_MUST_USE tmg_rc
ra_apply_agreed(ra_visit *visit, const ra_profile *profile, const char **hash);

/* For TMG_MISMATCH: what is said, and the field that it is about. */
extern const char ra_apply_changed[];
const char *
ra_apply_consent_field(const ra_profile *profile);

/* Asks the register for application id.  Verdicts as ra_case_identify(). */
TMG_MUST_USE tmg_rc
ra_apply_ask(ra_visit *visit, const ra_profile *profile, const char *id,
    const char *number, ra_app *app);

/* What a register filled in and locked stays on the page as it is.  Verdicts
 * TMG_MISMATCH: too much. */
TMG_MUST_USE tmg_rc
ra_apply_keep(const ra_casefile *file, ra_answers *given);

#endif
