/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a call of a binding brings back.
 */
#ifndef TMG_ENROLL_ANSWER_H
#define TMG_ENROLL_ANSWER_H

#include "src/enroll/authority.h"

/* The answer is these bytes, copied. */
TMG_MUST_USE tmg_rc
tmg_answer_take(tmg_authority *a, tmg_view bytes, tmg_answer *answer);

#endif
