/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates that callers bring.
 */
#ifndef TMG_PKCS11_TEMPLATE_H
#define TMG_PKCS11_TEMPLATE_H

#include <stdbool.h>

#include "pkcs11/cryptoki.h"
#include "tamga/view.h"

/* NULL only with a count of 0; no value that is NULL and has a length. */
CK_RV
tmg_p11_template_check(const CK_ATTRIBUTE *templ, CK_ULONG count);

/* NULL: it is not in there. */
const CK_ATTRIBUTE *
tmg_p11_template_find(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type);

/* Its bytes; none when it is not in there. */
tmg_view
tmg_p11_template_bytes(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type);

/* TMG_NOT_FOUND: not in there; TMG_E_USAGE: of another width. */
TMG_MUST_USE tmg_rc
tmg_p11_template_ulong(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *value);
TMG_MUST_USE tmg_rc
tmg_p11_template_bool(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, bool *value);

#endif
