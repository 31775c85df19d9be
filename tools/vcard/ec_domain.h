/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of a curve as ISO/IEC 7816-8 table 3 has them: 81 prime, 82 and 83
 * coefficients, 84 base point, 85 order, 87 cofactor.
 */
#ifndef VCARD_EC_DOMAIN_H
#define VCARD_EC_DOMAIN_H

#include <openssl/types.h>

#include "tamga/alg.h"

/* Which of those curves it is; all six must be there and right.  makes ends with
 * TMG_ALG_NONE.
 * Verdicts TMG_NOT_FOUND: none.  Faults TMG_E_MALFORMED: not even the six. */
TMG_MUST_USE tmg_rc
vc_ec_domain_find(OSSL_LIB_CTX *lib, const tmg_alg *makes, tmg_view objects, tmg_alg *alg);

#endif
