/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The carriers of a profile's keys, to choose one of.
 */
#ifndef RA_CARRIERS_H
#define RA_CARRIERS_H

#include "tools/ra/form/form.h"
#include "tools/ra/pages/visit.h"

/* Each with what it costs, how long it is valid and what it is certified as, and
 * what may be ordered with it; nothing where the profile offers none. */
void
ra_carriers_put(ra_visit *visit, const ra_profile *profile,
    const ra_answers *answers, const ra_form_errors *errors);

#endif
