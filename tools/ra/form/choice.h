/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from the carrier that an applicant chose: how long the
 * certificate is valid and what is paid for all of it.
 */
#ifndef RA_CHOICE_H
#define RA_CHOICE_H

#include "tools/ra/form/answers.h"

#define RA_PRICE_TEXT 24

/* Days: the carrier's, or the profile's where it says nothing of its own or
 * none was chosen. */
int
ra_choice_days(const ra_profile *profile, const ra_answers *answers);

/* "36.00", what is ordered with the carrier included; "" where nothing is
 * paid. */
void
ra_choice_price(const ra_profile *profile, const ra_answers *answers,
    char price[RA_PRICE_TEXT]);

#endif
