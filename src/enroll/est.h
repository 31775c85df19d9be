/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enrollment over Secure Transport, RFC 7030 and RFC 8951: one file for each
 * operation.
 */
#ifndef TMG_ENROLL_EST_H
#define TMG_ENROLL_EST_H

#include "src/enroll/authority.h"

#define TMG_EST_URL_MAX 768u

/*
 * The path label (RFC 7030 3.2.2) in a URI's path, borrowed: "label", or all
 * of ".well-known/est/label" as people copy it; empty when there is none.
 * Faults  TMG_E_USAGE
 */
TMG_MUST_USE tmg_rc
tmg_est_label(const char *path, tmg_view *label);

/* https://host/.well-known/est[/label]/operation */
TMG_MUST_USE tmg_rc
tmg_est_url(tmg_authority *a, const char *operation, char *url, size_t cap);

/* tmg_http_do(), with the same request again where a redirect stays on the
 * authority's web origin (RFC 7030 3.2.1). */
TMG_MUST_USE tmg_rc
tmg_est_do(tmg_authority *a, tmg_http *http, const tmg_http_request *request,
    tmg_http_response *r);

/* The rows; see binding.h. */
TMG_MUST_USE tmg_rc
tmg_est_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs);
TMG_MUST_USE tmg_rc
tmg_est_csrattrs(tmg_authority *a, tmg_http *http, tmg_out *csrattrs);
TMG_MUST_USE tmg_rc
tmg_est_admits(tmg_authority *a, bool renews);
TMG_MUST_USE tmg_rc
tmg_est_link(tmg_authority *a, tmg_out *challenge);
TMG_MUST_USE tmg_rc
tmg_est_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d);
TMG_MUST_USE tmg_rc
tmg_est_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d);

/*
 * Whether CsrAttrs demand a challengePassword, which in EST is the binding of
 * the request to its TLS connection (RFC 7030 3.5), and whether a request
 * holds one.
 */
bool
tmg_est_demands_challenge(tmg_view csrattrs);
bool
tmg_est_has_challenge(tmg_view csr);

#endif
