/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One application from its first step to its request, whoever takes the step:
 * a page, the application interface, a command.  What needs no more than an
 * event and a reason is ra_desk_decide().
 *
 * Every verb is one transaction.  Verdicts of each: TMG_NOT_FOUND no such
 * application, TMG_MISMATCH, TMG_DENIED, TMG_PENDING as ra_life_apply(); the
 * desk's fault has words for people.
 */
#ifndef RA_CASE_H
#define RA_CASE_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/form/contents.h"
#include "tools/ra/form/form.h"

/*
 * Begins one with the first step of its profile's way, "registered", with the
 * form of that step, or "agreed", and makes an access code for it.
 *
 *   terms_hash   of the text agreed to, hexadecimal; "" where none is asked
 *   given        the form; NULL where the first step has none
 *   code         out; nobody can read it again.  Whose first step is
 *                "registered" gets it by mail and no other way
 *
 * Verdicts  TMG_MISMATCH  also: errors says what is wrong with the form
 */
TMG_MUST_USE tmg_rc
ra_case_begin(ra_desk *desk, const ra_profile *profile, const ra_actor *actor,
    const char *terms_hash, const ra_answers *given, ra_form_errors *errors,
    ra_app *app, char code[RA_CODE_MAX]);

/*
 * The same by an officer, for who came in person and showed his identity card,
 * which the audit log says.
 *
 *   branch   the officer's: where it is dealt with until the form says
 *            otherwise; "" anywhere
 */
TMG_MUST_USE tmg_rc
ra_case_enter(ra_desk *desk, const ra_profile *profile,
    const ra_actor *officer, const char *branch, const char *terms_hash,
    const ra_answers *given, ra_form_errors *errors, ra_app *app,
    char code[RA_CODE_MAX]);

#define RA_ONCE_LEN 64		/* hexadecimal digits: 256 bits of the caller's */

/*
 * The same, and begun once however often it is asked for with the same secret
 * and profile: a caller that lost the answer asks again.  The number comes of
 * that secret, and the code where it is not mailed; code is "" when it was
 * mailed before, or changed since.
 *
 *   once   RA_ONCE_LEN hexadecimal digits that nobody else knows or guesses
 *
 * Verdicts  TMG_OCCUPIED  it began another profile's application
 */
TMG_MUST_USE tmg_rc
ra_case_begin_once(ra_desk *desk, const ra_profile *profile,
    const ra_actor *actor, const char *once, const char *terms_hash,
    const ra_answers *given, ra_form_errors *errors, ra_app *app,
    char code[RA_CODE_MAX]);

/* An officer gives a new access code out, at the counter; the old one is void. */
TMG_MUST_USE tmg_rc
ra_case_new_code(ra_desk *desk, const char *id, const ra_actor *officer,
    ra_app *app, char code[RA_CODE_MAX]);

/*
 * Changes the access code; the first time it is the step "activated".
 *
 * Verdicts  TMG_PIN_WRONG  old is not the code
 *           TMG_MISMATCH   also: the new one is the old one, or too short
 */
TMG_MUST_USE tmg_rc
ra_case_change_code(ra_desk *desk, const char *id, tmg_view old, tmg_view new,
    ra_app *app);

/*
 * A register was asked for number, and known is what it said, NULL nothing.
 *
 * Verdicts  TMG_MISMATCH   also: the number is not written as it must be
 *           TMG_NOT_FOUND  also: the register knows nobody; the fault's words
 *                          are the profile's own
 */
TMG_MUST_USE tmg_rc
ra_case_identify(ra_desk *desk, const char *id, const char *number,
    const ra_answers *known, ra_app *app);

/* The form was filled in, the first time or again, by the applicant or by an
 * officer for him; an officer's correction of checked data is RA_EV_CORRECT_DATA. */
TMG_MUST_USE tmg_rc
ra_case_fill(ra_desk *desk, const char *id, ra_event event,
    const ra_actor *actor, const ra_answers *given, ra_form_errors *errors,
    ra_app *app);

/* What the certificate will say. */
TMG_MUST_USE tmg_rc
ra_case_contents(ra_desk *desk, const ra_app *app, ra_contents *contents);

/*
 * The request is handed in: the steps "key", where the way has it, and
 * "submitted".  The same request again is the same application.
 *
 * Verdicts  TMG_MISMATCH  also: it is not what was agreed to
 *           TMG_DENIED    also: the key is another application's
 */
TMG_MUST_USE tmg_rc
ra_case_submit(ra_desk *desk, const char *id, const ra_actor *actor,
    tmg_view csr, ra_app *app);

#endif
