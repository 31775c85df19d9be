/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * National numbers of persons and companies: how they are written, and their
 * check digits.
 */
#ifndef RA_IDENTITY_H
#define RA_IDENTITY_H

#include "tamga/err.h"

/* Whether word names a rule: "kz-iin", "kz-bin", "az-fin",
 * "az-voen-legal", "az-voen-person", "bg-egn", "any". */
bool
ra_identity_known(const char *word);

/* Whether number is written by the rule of that name. */
bool
ra_identity_valid(const char *rule, const char *number);

#endif
