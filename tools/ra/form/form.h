/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A form of a profile, and what is wrong with what was filled in.
 */
#ifndef RA_FORM_H
#define RA_FORM_H

#include "tools/ra/form/answers.h"

/* All that is wrong, so that it can be put right at once. */
typedef struct ra_form_errors {
	size_t count;
	struct {
		const ra_input *input;
		char text[RA_PROSE_MAX];
	} row[RA_INPUTS_MAX];
} ra_form_errors;

/*
 * Takes from given what the form of that step ("registered", "filled") asks
 * for and puts it into answers.  What a register filled in and locked stays as
 * it is, whatever was given; names that the form does not ask for are left.
 * The form "filled" of a profile with carriers asks for "carrier", one of their
 * names, where given has it at all, and takes "carrier.extra", what is ordered
 * with it.
 *
 * Verdicts  TMG_MISMATCH  errors says what; answers is left alone
 */
TMG_MUST_USE tmg_rc
ra_form_take(const ra_profile *profile, const char *step,
    const ra_answers *given, ra_answers *answers, ra_form_errors *errors);

/* Whether the profile's forms ask for it: a field, or where the key is kept. */
bool
ra_form_has(const ra_profile *profile, const char *name);

/* The branch that the answers chose.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_form_branch(const ra_profile *profile, const ra_answers *answers,
    const ra_branch **branch);

#endif
