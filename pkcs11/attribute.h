/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes of whatever object, from the tables of attribute-row.h.
 */
#ifndef TMG_PKCS11_ATTRIBUTE_H
#define TMG_PKCS11_ATTRIBUTE_H

#include "pkcs11/subject.h"

/* Lasts until the next call.  CKR_ATTRIBUTE_TYPE_INVALID,
 * CKR_ATTRIBUTE_SENSITIVE, or what the token said. */
CK_RV
tmg_p11_attribute_get(tmg_p11_subject *subject, CK_ATTRIBUTE_TYPE type,
    tmg_view *value);

/*
 * CKA_EC_POINT as 3.2 tells it: the public key's bytes where the curve is in
 * Edwards or Montgomery form (6.3), the value itself where it is not.  2.40 and
 * 3.0 have them inside an OCTET STRING, as Weierstrass points are.
 */
tmg_view
tmg_p11_bare_point(tmg_view point);

/* Is the value of every entry exactly the object's? */
bool
tmg_p11_attributes_match(tmg_p11_subject *subject, const CK_ATTRIBUTE *templ,
    CK_ULONG count);

#endif
