/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that begins an application, by whoever enters it: the terms of the
 * profile, or the fields of a registration.
 */
#ifndef RA_FIRST_H
#define RA_FIRST_H

#include "tools/ra/desk/terms.h"
#include "tools/ra/form/form.h"
#include "tools/ra/pages/visit.h"

/* The profile that the address names, if applications begin with a page; NULL:
 * the reply says so. */
const ra_profile *
ra_first_profile(ra_visit *visit);

/* Whether it begins with terms. */
bool
ra_first_has_terms(const ra_profile *profile);

/* How the page differs by who sees it. */
typedef struct ra_first {
	const char *action;		/* where it is sent */
	const char *head, *button;
	const char *field, *wrong;	/* what is wrong about which; "" nothing */
	void (*put)(ra_visit *visit);	/* what stands before the rest */
} ra_first;

void
ra_first_show(ra_visit *visit, const ra_profile *profile, const ra_first *first,
    const ra_answers *given, const ra_form_errors *errors);

/* Whether a box that the profile asks for was left empty. */
bool
ra_first_unaccepted(const ra_visit *visit, const ra_profile *profile);

/* What was sent is about the terms that the page showed, whatever language it
 * was in: hash is theirs, "" where the profile does not begin with any.
 * Verdicts  TMG_MISMATCH  the terms are others now; and those of
 * ra_terms_match() */
TMG_MUST_USE tmg_rc
ra_first_agreed(ra_visit *visit, const ra_profile *profile, const char **hash);

/* For TMG_MISMATCH: what is said, and the field that it is about. */
extern const char ra_first_changed[];
const char *
ra_first_field(const ra_profile *profile);

#endif
