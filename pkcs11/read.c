/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading attributes of an object, and its size. */
#include <string.h>

#include "pkcs11/attribute.h"
#include "pkcs11/module.h"

static CK_RV
load(p11_hold *hold, CK_OBJECT_HANDLE handle, tmg_p11_subject *subject)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&hold->slot->objects, handle);

	if (o == NULL)
		return CKR_OBJECT_HANDLE_INVALID;
	tmg_p11_names_look(&hold->slot->names);
	return tmg_p11_slot_rv(hold->slot,
	    tmg_p11_subject_load(hold->slot, o, subject));
}

/* One entry, by the five cases of 5.7.5. */
static CK_RV
read_one(tmg_p11_subject *subject, CK_ATTRIBUTE *a, bool bare)
{
	const CK_ULONG room = a->ulValueLen;
	tmg_view value;
	const CK_RV rv = tmg_p11_attribute_get(subject, a->type, &value);

	a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
	if (rv != CKR_OK)
		return rv;
	if (bare && a->type == CKA_EC_POINT)
		value = tmg_p11_bare_point(value);
	if (a->pValue != NULL && room < value.len)
		return CKR_BUFFER_TOO_SMALL;
	a->ulValueLen = value.len;
	if (a->pValue != NULL && value.len > 0)
		memcpy(a->pValue, value.ptr, value.len);
	return CKR_OK;
}

/* Every entry is answered, whatever became of the others. */
static CK_RV
read_all(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *templ,
    CK_ULONG count, bool bare)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_subject subject;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (templ == NULL && count > 0)
		return CKR_ARGUMENTS_BAD;
	if ((rv = load(&hold, object, &subject)))
		return rv;
	for (CK_ULONG i = 0; i < count; i++) {
		const CK_RV one = read_one(&subject, &templ[i], bare);

		if (rv == CKR_OK)
			rv = one;
	}
	return rv;
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
	return read_all(handle, object, templ, count, false);
}

CK_RV
tmg_p11_get_attributes_3_2(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
	return read_all(handle, object, templ, count, true);
}

/* The bytes of the largest attribute that tells of the size: its encoding. */
static CK_ULONG
size_of(const tmg_p11_subject *s)
{
	if (s->object.memory != NULL)
		return tmg_p11_memory_size(s->object.memory);
	return s->object.class == CKO_CERTIFICATE || s->object.data != NULL
	    ? s->der.len : s->object.class == CKO_PUBLIC_KEY ? s->spki.len
	    : CK_UNAVAILABLE_INFORMATION;
}

CK_RV
C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ULONG *size)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_subject subject;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (size == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = load(&hold, object, &subject)))
		return rv;
	*size = size_of(&subject);
	return CKR_OK;
}
