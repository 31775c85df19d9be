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
