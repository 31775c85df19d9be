/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link fields of answers.
 */
#ifndef TMG_ENROLL_ACME_LINK_H
#define TMG_ENROLL_ACME_LINK_H

#include "src/enroll/acme-body.h"

/*
 * The address of the n-th link of that relation in Link fields (RFC 8288 3) that
 * came from base, which relative ones are relative to (3.1).
 * Verdicts  TMG_NOT_FOUND
 */
TMG_MUST_USE tmg_rc
tmg_acme_link(const char *links, const char *base, const char *relation, size_t n,
    char url[TMG_ACME_URL_MAX]);

#endif
