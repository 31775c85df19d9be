/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What applicants and officers who enter an application for them both see.
 */
#ifndef RA_APPLY_H
#define RA_APPLY_H

#include "tools/ra/pages/casefile.h"

/* Asks the register for application id.  Verdicts as ra_case_identify(). */
TMG_MUST_USE tmg_rc
ra_apply_ask(ra_visit *visit, const ra_profile *profile, const char *id,
    const char *number, ra_app *app);

/* What a register filled in and locked stays on the page as it is.  Verdicts
 * TMG_MISMATCH: too much. */
TMG_MUST_USE tmg_rc
ra_apply_keep(const ra_casefile *file, ra_answers *given);

#endif
