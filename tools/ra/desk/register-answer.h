/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a register tells of somebody, in JSON.
 */
#ifndef RA_REGISTER_ANSWER_H
#define RA_REGISTER_ANSWER_H

#include "tools/ra/form/answers.h"

/*
 * Reads an answer.
 *
 *   members  in   "field=member" where the register calls a field otherwise;
 *                 "name.last" is a member of a member
 *   wanted   in   fields
 *   text     in   a JSON object; its members are strings, integers or null
 *   known    out  each field of wanted, "" where the register has a gap
 *
 * Faults  TMG_E_IO     it is no such object, or has nothing that is wanted
 *         TMG_E_SPACE  a member is too long
 */
TMG_MUST_USE tmg_rc
ra_register_answer(const ra_words *members, const ra_words *wanted,
    tmg_view text, ra_answers *known, tmg_fault *f);

#endif
