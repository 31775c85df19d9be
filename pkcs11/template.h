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

/* How a value is written. */
typedef enum tmg_p11_shape {
	P11_BYTES,
	P11_BOOL,
	P11_ULONG,
	P11_DATE,		/* CK_DATE, or nothing */
} tmg_p11_shape;

/* An attribute that a kind of template may hold. */
typedef struct tmg_p11_rule {
	CK_ATTRIBUTE_TYPE type;
	tmg_p11_shape shape;
} tmg_p11_rule;

/* CKR_ATTRIBUTE_TYPE_INVALID: none of them; CKR_ATTRIBUTE_VALUE_INVALID: of
 * another width; CKR_TEMPLATE_INCONSISTENT: said twice. */
CK_RV
tmg_p11_template_fits(const CK_ATTRIBUTE *templ, CK_ULONG count,
    const tmg_p11_rule *rules, size_t rule_count);

/* The value of a CK_BBOOL; absent when nobody says. */
bool
tmg_p11_template_says(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, bool absent);
/* Is the CK_ULONG that, or not said? */
bool
tmg_p11_template_is(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, CK_ULONG only);

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
