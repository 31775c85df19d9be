/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What became of a request for a certificate.
 */
#ifndef RA_CMP_OUTCOME_H
#define RA_CMP_OUTCOME_H

#include "tools/ra/cmp/turn.h"

/* Says that no certificate comes of it. */
void
ra_cmp_reject(ra_cmp_turn *t, ra_cmp_fail fail, const char *text);

/*
 * Says what the desk made of it, when it came and whenever somebody asks.
 *
 *   rc      of ra_desk_submit() or ra_desk_progress(), t->cert what they gave
 *   polled  somebody asked
 */
void
ra_cmp_tell_outcome(ra_cmp_turn *t, tmg_rc rc, bool polled);

#endif
