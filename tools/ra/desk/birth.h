/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the key of a request was born, as its token attests it: believed by the
 * roots that the profile names.
 */
#ifndef RA_BIRTH_H
#define RA_BIRTH_H

#include "src/pki/attestation.h"
#include "tools/ra/desk/desk.h"

/*
 * Reads the attestation in a request, DER.
 *
 * Verdicts  TMG_NOT_FOUND  there is none, or the profile asks nobody
 *           TMG_MISMATCH   it is about another key, or nobody that the profile
 *                          believes made it; the desk's fault says why
 */
TMG_MUST_USE tmg_rc
ra_birth_read(ra_desk *desk, const ra_profile *profile, tmg_view csr,
    tmg_attestation *birth);

/*
 * Whether the profile takes a key born there.
 *
 * Verdicts  TMG_MISMATCH  it does not; the desk's fault says why
 */
TMG_MUST_USE tmg_rc
ra_birth_check(ra_desk *desk, const ra_profile *profile, tmg_view csr);

/* For an officer: of which token, and when it asks; "" where nobody asks. */
#define RA_BIRTH_TEXT 512
void
ra_birth_say(ra_desk *desk, const ra_profile *profile, tmg_view csr,
    char text[RA_BIRTH_TEXT]);

#endif
