/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may stand in a field of the form.
 */
#ifndef RA_INPUT_H
#define RA_INPUT_H

#include "tools/ra/profile/profile.h"

/* Whether word names a kind of field: "text", "name", "email", "dns",
 * "phone", "mobile", "date", "country", "digits", "kz-iin", "kz-bin", "az-voen-legal",
 * "az-voen-person", "choice", "region", "city". */
bool
ra_input_known(const char *word);

/*
 * Whether value may stand in the field: its length, its encoding (UTF-8 without
 * control characters or marks that turn the direction of writing), what its
 * kind asks for.  An empty value may stand where none is required.
 *
 * Verdicts  TMG_MISMATCH  f says what to change, calling the field label
 */
TMG_MUST_USE tmg_rc
ra_input_check(const ra_input *field, const char *label, const char *value,
    tmg_fault *f);

/* A day that there is, as ISO 8601 has it: 1990-12-31. */
bool
ra_input_is_date(const char *value);

/* An address without quoted parts: no white space, no control character. */
bool
ra_input_is_email(const char *value);

#define RA_NUMBER_TEXT 24

/* A number of kind "mobile" without what people put between its digits:
 * +994501234567.  False: it is none. */
bool
ra_input_number(const char *value, char number[RA_NUMBER_TEXT]);

/*
 * The branch of the profile that region and city name together.
 *
 * Verdicts  TMG_NOT_FOUND  none is there
 */
TMG_MUST_USE tmg_rc
ra_branch_find(const ra_profile *profile, const char *region, const char *city,
    const ra_branch **branch);

#endif
