/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names a certificate is for: what an order asks for (RFC 8555 7.1.4,
 * RFC 8738 3), what the request asks for and what was issued must be the same.
 */
#ifndef TMG_ENROLL_ACME_NAMES_H
#define TMG_ENROLL_ACME_NAMES_H

#include <jansson.h>

#include "src/enroll/authority.h"

/*
 * The request's alternative names as identifiers of an order; *list is yours.
 *
 * Verdicts  TMG_UNSUPPORTED  one that is neither a host nor an address
 * Faults    TMG_E_USAGE      there is none, or the common name is another
 */
TMG_MUST_USE tmg_rc
tmg_acme_names(tmg_authority *a, tmg_view csr, json_t **list);

/* Verdicts TMG_MISMATCH: cert is for other names than csr. */
TMG_MUST_USE tmg_rc
tmg_acme_names_check(tmg_authority *a, tmg_view csr, tmg_view cert);

#endif
