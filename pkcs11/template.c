/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/template.h"

CK_RV
tmg_p11_template_check(const CK_ATTRIBUTE *templ, CK_ULONG count)
{
	if (templ == NULL)
		return count == 0 ? CKR_OK : CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < count; i++)
		if (templ[i].pValue == NULL && templ[i].ulValueLen != 0)
			return CKR_ARGUMENTS_BAD;
	return CKR_OK;
}

const CK_ATTRIBUTE *
tmg_p11_template_find(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < count; i++)
		if (templ[i].type == type)
			return &templ[i];
	return NULL;
}

tmg_view
tmg_p11_template_bytes(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *a = tmg_p11_template_find(templ, count, type);

	return a != NULL ? (tmg_view){ a->pValue, a->ulValueLen }
	    : (tmg_view){ NULL, 0 };
}

tmg_rc
tmg_p11_template_ulong(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *value)
{
	const CK_ATTRIBUTE *a = tmg_p11_template_find(templ, count, type);

	if (a == NULL)
		return TMG_NOT_FOUND;
	if (a->ulValueLen != sizeof(*value))
		return TMG_E_USAGE;
	memcpy(value, a->pValue, sizeof(*value));
	return TMG_OK;
}

tmg_rc
tmg_p11_template_bool(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, bool *value)
{
	const CK_ATTRIBUTE *a = tmg_p11_template_find(templ, count, type);
	CK_BBOOL b;

	if (a == NULL)
		return TMG_NOT_FOUND;
	if (a->ulValueLen != sizeof(b))
		return TMG_E_USAGE;
	memcpy(&b, a->pValue, sizeof(b));
	*value = b != CK_FALSE;
	return TMG_OK;
}

bool
tmg_p11_template_says(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, bool absent)
{
	bool value = absent;

	return tmg_p11_template_bool(templ, count, type, &value) == TMG_OK
	    ? value : absent;
}

bool
tmg_p11_template_is(const CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_ATTRIBUTE_TYPE type, CK_ULONG only)
{
	CK_ULONG value = only;
	const tmg_rc rc = tmg_p11_template_ulong(templ, count, type, &value);

	return rc == TMG_NOT_FOUND || (rc == TMG_OK && value == only);
}

/* ---- what may be in there ------------------------------------------------ */

static bool
has_shape(const CK_ATTRIBUTE *a, tmg_p11_shape shape)
{
	static const CK_ULONG widths[] = {
		[P11_BYTES] = 0,
		[P11_BOOL] = sizeof(CK_BBOOL),
		[P11_ULONG] = sizeof(CK_ULONG),
		[P11_DATE] = sizeof(CK_DATE),
	};

	return shape == P11_BYTES || a->ulValueLen == widths[shape] ||
	    (shape == P11_DATE && a->ulValueLen == 0);
}

static CK_RV
fits_one(const CK_ATTRIBUTE *a, const tmg_p11_rule *rules, size_t rule_count)
{
	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].type == a->type)
			return has_shape(a, rules[i].shape)
			    ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

CK_RV
tmg_p11_template_fits(const CK_ATTRIBUTE *templ, CK_ULONG count,
    const tmg_p11_rule *rules, size_t rule_count)
{
	CK_RV rv = CKR_OK;

	for (CK_ULONG i = 0; rv == CKR_OK && i < count; i++) {
		rv = fits_one(&templ[i], rules, rule_count);
		if (rv == CKR_OK &&
		    tmg_p11_template_find(templ, count, templ[i].type) != &templ[i])
			rv = CKR_TEMPLATE_INCONSISTENT;
	}
	return rv;
}
