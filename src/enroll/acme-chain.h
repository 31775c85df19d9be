/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was issued, and by which way to a root (RFC 8555 7.4.2, 9.1).
 */
#ifndef TMG_ENROLL_ACME_CHAIN_H
#define TMG_ENROLL_ACME_CHAIN_H

#include "src/enroll/acme.h"

/*
 * The certificate at url, its own first, into certs; of several chains the one
 * that --ca-option chain=NAME wants: whose top was issued by that common name.
 *
 * Verdicts  TMG_NOT_FOUND  there is no such chain; the words say which there are
 */
TMG_MUST_USE tmg_rc
tmg_acme_chain(tmg_authority *a, const char *url, tmg_certs **certs);

#endif
