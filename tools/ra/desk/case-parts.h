/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the verbs about a case share.
 */
#ifndef RA_CASE_PARTS_H
#define RA_CASE_PARTS_H

#include "tools/ra/desk/case.h"

/* Starts every verb: a turn, the application, its profile. */
TMG_MUST_USE tmg_rc
ra_case_open(ra_desk *desk, ra_txn *txn, const char *id, ra_app *app,
    const ra_profile **profile);

/* Takes a step's form in, and binds the application to the branch it names.
 * Verdicts TMG_MISMATCH: errors says what is wrong. */
TMG_MUST_USE tmg_rc
ra_case_take_form(ra_desk *desk, const ra_profile *profile, const char *step,
    const ra_answers *given, ra_form_errors *errors, ra_app *app);

/* ---- case-code.c ---- */

/* Whether the code goes by mail and no other way. */
bool
ra_case_mails_code(const ra_profile *profile);

/* A new one for app; of the secret once where that is not NULL. */
TMG_MUST_USE tmg_rc
ra_case_make_code(ra_desk *desk, const ra_profile *profile, const char *once,
    const ra_app *app, char code[RA_CODE_MAX]);

/* That of one that was begun before, if it still is the one made then; "". */
TMG_MUST_USE tmg_rc
ra_case_same_code(ra_desk *desk, const ra_profile *profile, const char *once,
    const ra_app *app, char code[RA_CODE_MAX]);

#endif
