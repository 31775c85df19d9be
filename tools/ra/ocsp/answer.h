/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said about certificates: RFC 6960 4.2, RFC 5019 2.2.
 */
#ifndef RA_OCSP_ANSWER_H
#define RA_OCSP_ANSWER_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/ocsp/question.h"

/*
 * Finds the answer to a question, or signs one.  Without a nonce, about one
 * certificate that we issued, it is signed once and kept: for all processes,
 * until a quarter of its time is left or something else became true.
 *
 *   row   der and the times; next_update 0: nobody may keep it
 *
 * Verdicts as ra_deputy_now().
 */
TMG_MUST_USE tmg_rc
ra_ocsp_answer(ra_desk *desk, const ra_ocsp_question *q, ra_ocsp_row *row);

/* When an answer is made anew, while the one before is in force. */
time_t
ra_ocsp_stale(const ra_desk *desk, const ra_ocsp_row *row);

#endif
