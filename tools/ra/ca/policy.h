/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a profile says to a request.
 */
#ifndef RA_POLICY_H
#define RA_POLICY_H

#include "tools/ra/ca/request.h"
#include "tools/ra/profile/profile.h"

/* Key, subject and alternative names.  Verdicts TMG_MISMATCH; f says which
 * and what would be allowed. */
TMG_MUST_USE tmg_rc
ra_policy_check(const ra_profile *profile, const ra_request *request, tmg_fault *f);

/* A renewal keeps subject and subjectAltName, RFC 7030 4.2.2.
 * Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_policy_same_names(const X509 *current, const ra_request *request, tmg_fault *f);

#endif
