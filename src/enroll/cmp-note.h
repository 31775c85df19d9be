/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person should be told of an answer although it was accepted: that the
 * authority changed something, or that its clock is another.
 */
#ifndef TMG_ENROLL_CMP_NOTE_H
#define TMG_ENROLL_CMP_NOTE_H

#include "src/enroll/cmp.h"

/* Nothing is told of clocks that differ by less. */
#define TMG_CMP_SKEW_S 300

/* How far the last answer's messageTime is before (< 0) or behind our clock, in
 * seconds; 0: it says no time. */
long
tmg_cmp_skew(const tmg_cmp_talk *t);

/* "its clock is 2 hours ahead of this computer's"; "" when that is no matter. */
#define TMG_CMP_SKEW_MAX 160
const char *
tmg_cmp_skew_words(const tmg_cmp_talk *t, char text[TMG_CMP_SKEW_MAX]);

/* "it waited until 2026-11-23 10:00:00 UTC for ...", when an answer said so and
 * that was over when the last one was written; "" else. */
#define TMG_CMP_LATE_MAX 240
const char *
tmg_cmp_late_words(const tmg_cmp_talk *t, char text[TMG_CMP_LATE_MAX]);

/* Fills d->note for a certificate that was accepted. */
void
tmg_cmp_note(const tmg_cmp_talk *t, const OSSL_CMP_CTX *ctx, const X509 *cert,
    tmg_decision *d);

#endif
