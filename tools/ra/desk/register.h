/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of persons and companies, asked by a national number.
 */
#ifndef RA_REGISTER_H
#define RA_REGISTER_H

#include "tools/ra/desk/conf.h"
#include "tools/ra/form/answers.h"

/* Whether word names a kind of register: "csv". */
bool
ra_register_known(const char *word);

/*
 * Asks the register that the profile names.
 *
 *   known   out   its columns by name; you release it, whatever the result
 *
 * Verdicts  TMG_NOT_FOUND    it knows nobody of that number
 *           TMG_UNSUPPORTED  ra.conf has no register of that name
 * Faults    TMG_E_IO         it did not answer; f says why
 */
TMG_MUST_USE tmg_rc
ra_register_ask(const ra_config *config, const ra_profile *profile,
    const char *number, ra_answers *known, tmg_fault *f);

#endif
