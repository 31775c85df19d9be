/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enrollment over Secure Transport: RFC 7030, RFC 8951, RFC 9908.
 */
#ifndef RA_EST_H
#define RA_EST_H

#include "tools/ra/http/http.h"

void ra_est_cacerts(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_est_csrattrs(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_est_enroll(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_est_reenroll(ra_desk *desk, const ra_call *call, ra_reply *reply);

void ra_est_serverkeygen(ra_desk *desk, const ra_call *call, ra_reply *reply);

/* A key made for what the request in body asks, in->profile and in->owner being
 * settled; the answer is complete, whatever becomes of it. */
void ra_est_make_key(ra_desk *desk, tmg_view body, ra_submission *in,
    ra_reply *reply);

/*
 * The DER in an EST body: base64 with any white space or none (RFC 8951 3.1).
 *
 * Verdicts  TMG_MISMATCH  f says what it is instead
 */
TMG_MUST_USE tmg_rc
ra_est_body(tmg_view body, tmg_out *der, tmg_fault *f);

/* Whether in->csr is linked to the connection that call came over, and whether that is
 * wanted; in->spent says the first.  Verdicts TMG_DENIED. */
TMG_MUST_USE tmg_rc
ra_est_link(ra_desk *desk, const ra_call *call, ra_submission *in);

#endif
