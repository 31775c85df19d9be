/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a CA wants a certificate renewed (RFC 9773).
 */
#ifndef TMG_ENROLL_ACME_RENEWAL_H
#define TMG_ENROLL_ACME_RENEWAL_H

#include "src/enroll/acme.h"

#define TMG_ACME_CERT_ID_MAX 160u

/*
 * What names a certificate (4.1): its issuer's key and its serial number, each
 * in base64url, a dot between.
 *
 * Verdicts  TMG_NOT_FOUND  it does not say which key issued it
 * Faults    TMG_E_MALFORMED, TMG_E_SPACE
 */
TMG_MUST_USE tmg_rc
tmg_acme_cert_id(tmg_ctx *ctx, tmg_view cert, char id[TMG_ACME_CERT_ID_MAX]);

/* The row; see tamga/binding.h. */
TMG_MUST_USE tmg_rc
tmg_acme_renew_when(tmg_authority *a, tmg_view cert, tmg_renewal *when);

#endif
