/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of persons and companies, asked by a national number.
 */
#ifndef RA_REGISTER_H
#define RA_REGISTER_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/form/answers.h"

#define RA_REGISTER_RETRY_S 60	/* told to who finds one that does not answer */

/* How many may wait for registers at a time, by the settings of the start; who comes
 * beyond them is told to come later. */
size_t
ra_register_places(const ra_config *config);

/*
 * Asks the register that the profile names.
 *
 *   known   out   what it knows, by the names of the profile's fields; you
 *                 release it, whatever the result
 *
 * Verdicts  TMG_NOT_FOUND    it knows nobody of that number, or there can be
 *                            no such number
 *           TMG_BUSY         it does not answer, or not as it should: the log
 *                            says why, the desk's fault what to tell
 *           TMG_UNSUPPORTED  ra.conf has no register of that name
 */
TMG_MUST_USE tmg_rc
ra_register_ask(ra_desk *desk, const ra_profile *profile, const char *number,
    ra_answers *known);

#endif
