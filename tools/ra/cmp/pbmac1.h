/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PBMAC1 as a protection: RFC 9481 6.1.2, RFC 8018 7.1 and A.5, with PBKDF2 and
 * HMAC by SHA-256, SHA-384 or SHA-512.
 */
#ifndef RA_CMP_PBMAC1_H
#define RA_CMP_PBMAC1_H

#include "tamga/ctx.h"
#include "tamga/view.h"

/* Of an AlgorithmIdentifier, whole. */
bool
ra_cmp_pbmac1_is(tmg_view algorithm);

/* The MAC of protected.  Verdicts TMG_UNSUPPORTED: parameters that are none, or that
 * would cost too much or protect too little. */
TMG_MUST_USE tmg_rc
ra_cmp_pbmac1_put(tmg_ctx *ctx, tmg_view algorithm, tmg_view secret,
    tmg_view protected, tmg_out *bits);

/* The same algorithm with a salt of its own.  Verdicts TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
ra_cmp_pbmac1_again(tmg_ctx *ctx, tmg_view asked, tmg_out *der);

#endif
