/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys as attributes: read from templates and mechanism parameters.
 */
#ifndef TMG_PKCS11_PUBLIC_H
#define TMG_PKCS11_PUBLIC_H

#include "pkcs11/cryptoki.h"
#include "tamga/alg.h"

/* By CKA_EC_PARAMS: a curve's OBJECT IDENTIFIER or, for the curves of RFC 7748
 * and RFC 8032, its name (6.3.3).  CKR_CURVE_NOT_SUPPORTED. */
CK_RV
tmg_p11_curve(tmg_view params, tmg_alg *alg);

/* From a point as it is or inside an OCTET STRING, as CKA_EC_POINT has it.
 * TMG_E_MALFORMED: not of that length. */
TMG_MUST_USE tmg_rc
tmg_p11_point_spki(tmg_alg alg, tmg_view point, tmg_out *spki);

/* From CKA_PUBLIC_KEY_INFO, or the parts that CKA_KEY_TYPE wants.
 * CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT,
 * CKR_ATTRIBUTE_VALUE_INVALID. */
CK_RV
tmg_p11_template_spki(const CK_ATTRIBUTE *templ, CK_ULONG count, tmg_out *spki);

/* CKK_..., CK_UNAVAILABLE_INFORMATION for none. */
CK_KEY_TYPE
tmg_p11_key_type(tmg_alg alg);

#endif
