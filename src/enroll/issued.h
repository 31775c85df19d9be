/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority issued, looked at before anybody believes it.
 */
#ifndef TMG_ENROLL_ISSUED_H
#define TMG_ENROLL_ISSUED_H

#include "src/enroll/authority.h"

/*
 * Puts the certificate whose public key is the request's first; the others
 * keep their order.  Then checks that it leads to the anchors, through the
 * others and the CA's certificates.
 *
 * Verdicts  TMG_MISMATCH  it is for another key, or leads elsewhere
 */
TMG_MUST_USE tmg_rc
tmg_issued_check(tmg_authority *a, tmg_view csr, tmg_certs **certs);

#endif
