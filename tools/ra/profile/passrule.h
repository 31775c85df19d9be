/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a password must be where the key lives in a file.
 */
#ifndef RA_PASSRULE_H
#define RA_PASSRULE_H

#include "tools/ra/profile/profile.h"

/* Whether word names a class of characters: "latin", "upper", "lower",
 * "digit". */
bool
ra_passrule_known(const char *word);

/*
 * Whether the password is what the rule asks for.  f never holds any of it.
 *
 * Verdicts  TMG_MISMATCH  f says what is missing or too much
 */
TMG_MUST_USE tmg_rc
ra_passrule_check(const ra_password_rule *rule, tmg_view password, tmg_fault *f);

#endif
