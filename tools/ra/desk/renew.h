/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate renewed: a new application, for the same names, by whoever has
 * the certificate's own key, or is known by the application's number and code.
 */
#ifndef RA_RENEW_H
#define RA_RENEW_H

#include "tools/ra/desk/desk.h"

/*
 * Whether the certificate of app can be renewed now.
 *
 * Verdicts  TMG_NOT_FOUND  it has none
 *           TMG_DENIED     not in force, or not in the last days of it that the
 *                          profile's renewal.window_days says
 */
TMG_MUST_USE tmg_rc
ra_renew_may(ra_desk *desk, const ra_app *app);

/*
 * Hands a request in that renews the certificate of application id.
 *
 *   request    PKCS#10 (DER), or that signed with the certificate that is
 *              renewed (CMS SignedData, DER)
 *   peer_cert  the certificate that a client shows; empty none
 *
 * Who proves by the key that is renewed that it is there (the request is for
 * the same key, is signed with it, or the client shows the certificate) needs
 * what the profile's renewal.approval says; who does not, what a first request
 * needs.  The new application keeps answers, branch and access code.
 *
 * Verdicts as ra_desk_submit(), and those above.
 */
TMG_MUST_USE tmg_rc
ra_renew_submit(ra_desk *desk, const char *id, tmg_view request,
    tmg_view peer_cert, ra_app *app, ra_cert *cert);

/*
 * The profile that a renewal of app stays in, whichever door it comes through.
 *
 *   label   the profile that the door was told; "" none
 *
 * Verdicts  TMG_DENIED  it is not offered any more, or label is another one's
 */
TMG_MUST_USE tmg_rc
ra_renew_profile(ra_desk *desk, const ra_app *app, const char *label,
    const ra_profile **profile);

/* ---- for ra_desk_submit() ---- */

/* Verdicts TMG_DENIED. */
TMG_MUST_USE tmg_rc
ra_renew_window(ra_desk *desk, const ra_profile *profile, const ra_cert *cert);

/* What the new application keeps of the one before, in the caller's
 * transaction. */
TMG_MUST_USE tmg_rc
ra_renew_carry(ra_desk *desk, const ra_app *from, const ra_app *to);

#endif
