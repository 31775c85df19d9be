/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The officers' page of one case.
 */
#ifndef RA_COUNTER_H
#define RA_COUNTER_H

#include "tools/ra/pages/visit.h"

/* After something was done to it: the certificate is made as soon as nothing is
 * waited for any more, and the page shows how the case stands. */
void
ra_counter_carry_on(ra_visit *visit, ra_app *app);

#endif
