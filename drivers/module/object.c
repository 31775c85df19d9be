/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects and their attributes. */
#include "drivers/module/module.h"

#include <string.h>

enum {
	AT_ONCE = 16,		/* handles asked for */
};

static tmg_rc
gather(tmg_module *m, CK_OBJECT_HANDLE *found, size_t cap, size_t *count)
{
	CK_OBJECT_HANDLE some[AT_ONCE];
	CK_ULONG n = 1;
	tmg_rc rc;

	while (n > 0 && *count < cap) {
		n = 0;
		rc = tmg_module_heard(m, "C_FindObjects",
		    mod_p11(m)->C_FindObjects(m->session, some, AT_ONCE, &n));
		if (rc != TMG_OK)
			return rc;
		if (n > AT_ONCE)
			return tmg_module_lied(m, "C_FindObjects");
		for (size_t i = 0; i < n && *count < cap; i++)
			found[(*count)++] = some[i];
	}
	return TMG_OK;
}

tmg_rc
tmg_module_find(tmg_module *m, CK_ATTRIBUTE *templ, size_t n,
    CK_OBJECT_HANDLE *found, size_t cap, size_t *count)
{
	tmg_rc rc;

	*count = 0;
	if ((rc = tmg_module_session(m)) ||
	    (rc = tmg_module_heard(m, "C_FindObjectsInit",
	    mod_p11(m)->C_FindObjectsInit(m->session, templ, n))))
		return rc;
	rc = gather(m, found, cap, count);
	if (m->open)
		tmg_module_missed(m, "C_FindObjectsFinal",
		    mod_p11(m)->C_FindObjectsFinal(m->session));
	return rc;
}

/* What the objects of a place have in common. */
static CK_ATTRIBUTE
tie_of(const tmg_module_place *place)
{
	if (place->id_len > 0)
		return (CK_ATTRIBUTE){ CKA_ID, (void *)(uintptr_t)place->id,
		    place->id_len };
	return (CK_ATTRIBUTE){ CKA_LABEL, (void *)(uintptr_t)place->label,
	    place->label_len };
}

tmg_rc
tmg_module_find_at(tmg_module *m, const tmg_module_place *place, CK_OBJECT_CLASS cls,
    CK_OBJECT_HANDLE *found, size_t cap, size_t *count)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE templ[] = {
		{ CKA_CLASS, &cls, sizeof(cls) },
		{ CKA_TOKEN, &yes, sizeof(yes) },
		tie_of(place),
	};

	return tmg_module_find(m, templ, TMG_COUNT(templ), found, cap, count);
}

tmg_rc
tmg_module_object(tmg_module *m, const tmg_module_place *place,
    CK_OBJECT_CLASS cls, CK_OBJECT_HANDLE *object)
{
	size_t n;
	const tmg_rc rc = tmg_module_find_at(m, place, cls, object, 1, &n);

	return rc != TMG_OK ? rc : n > 0 ? TMG_OK : TMG_NOT_FOUND;
}

tmg_rc
tmg_module_destroy(tmg_module *m, const tmg_module_place *place,
    CK_OBJECT_CLASS cls)
{
	CK_OBJECT_HANDLE found[AT_ONCE];
	size_t n;
	tmg_rc rc;

	if ((rc = tmg_module_find_at(m, place, cls, found, AT_ONCE, &n)))
		return rc;
	for (size_t i = 0; i < n; i++)
		if ((rc = tmg_module_heard(m, "C_DestroyObject",
		    mod_p11(m)->C_DestroyObject(m->session, found[i]))))
			return rc;
	if (n == 0)
		return TMG_NOT_FOUND;
	/* A key that people believe gone is gone. */
	if ((rc = tmg_module_find_at(m, place, cls, found, AT_ONCE, &n)))
		return rc;
	return n == 0 ? TMG_OK : tmg_module_lied(m, "C_DestroyObject");
}

/* ---- attributes ----------------------------------------------------------- */

static bool
is_untold(CK_RV rv)
{
	return rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE;
}

/* What it says it wrote and did not is nothing, and never what lay there before. */
static tmg_rc
fetch(tmg_module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a)
{
	const size_t room = a->ulValueLen;
	CK_RV rv;

	memset(a->pValue, 0, room);
	rv = mod_p11(m)->C_GetAttributeValue(m->session, object, a, 1);
	if (is_untold(rv) || (rv == CKR_OK &&
	    a->ulValueLen == CK_UNAVAILABLE_INFORMATION))
		return TMG_NOT_FOUND;
	if (rv != CKR_OK)
		return tmg_module_heard(m, "C_GetAttributeValue", rv);
	return a->ulValueLen > room ? tmg_module_lied(m, "C_GetAttributeValue") : TMG_OK;
}

tmg_rc
tmg_module_attribute(tmg_module *m, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, tmg_out *value)
{
	const size_t room = value->cap - value->len;
	CK_ATTRIBUTE a = { type, value->ptr + value->len, room };
	const tmg_rc rc = fetch(m, object, &a);

	if (rc != TMG_OK)
		return rc;
	if (a.ulValueLen == room && tmg_module_is_blank(a.pValue, room))
		return tmg_module_lied(m, "C_GetAttributeValue");
	value->len += a.ulValueLen;
	return a.ulValueLen > 0 ? TMG_OK : TMG_NOT_FOUND;
}

static tmg_rc
whole(tmg_module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    void *value, size_t size)
{
	CK_ATTRIBUTE a = { type, value, size };
	const tmg_rc rc = fetch(m, object, &a);

	if (rc != TMG_OK)
		return rc;
	return a.ulValueLen == size ? TMG_OK : a.ulValueLen == 0 ? TMG_NOT_FOUND
	    : tmg_module_lied(m, "C_GetAttributeValue");
}

tmg_rc
tmg_module_ulong(tmg_module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    CK_ULONG *value)
{
	return whole(m, object, type, value, sizeof(*value));
}

tmg_rc
tmg_module_flag(tmg_module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    bool *value)
{
	CK_BBOOL b = CK_FALSE;
	const tmg_rc rc = whole(m, object, type, &b, sizeof(b));

	*value = rc == TMG_OK && b != CK_FALSE;
	return rc;
}
