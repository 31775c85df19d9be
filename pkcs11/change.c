/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying objects and giving them other values. */
#include "pkcs11/attribute.h"
#include "pkcs11/create.h"
#include "pkcs11/place.h"
#include "src/base/scope.h"
#include "src/token/token.h"

static CK_RV
load(p11_hold *hold, CK_OBJECT_HANDLE handle, tmg_p11_subject *s)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&hold->slot->objects, handle);

	if (o == NULL)
		return CKR_OBJECT_HANDLE_INVALID;
	tmg_p11_names_look(&hold->slot->names);
	return tmg_p11_slot_rv(hold->slot,
	    tmg_p11_subject_load(hold->slot, o, s));
}

static bool
is_so(tmg_p11_subject *s, const CK_ATTRIBUTE *a)
{
	tmg_view now;

	return tmg_p11_attribute_get(s, a->type, &now) == CKR_OK &&
	    tmg_view_equal(now, (tmg_view){ a->pValue, a->ulValueLen });
}

/* ---- in memory ----------------------------------------------------------- */

/* What may be given another value, by the table of 4.4 and those of the
 * classes; a copy may say more of itself than an object that is there. */
static const struct {
	CK_ATTRIBUTE_TYPE type;
	bool copy_only;
	int only;		/* the only value it may get, -1 any */
} free_ones[] = {
	{ CKA_LABEL, false, -1 }, { CKA_ID, false, -1 },
	{ CKA_SUBJECT, false, -1 }, { CKA_START_DATE, false, -1 },
	{ CKA_END_DATE, false, -1 }, { CKA_APPLICATION, false, -1 },
	{ CKA_OBJECT_ID, false, -1 },
	{ CKA_SENSITIVE, false, CK_TRUE }, { CKA_EXTRACTABLE, false, CK_FALSE },
	{ CKA_COPYABLE, false, CK_FALSE },
	{ CKA_TOKEN, true, -1 }, { CKA_PRIVATE, true, CK_TRUE },
	{ CKA_MODIFIABLE, true, -1 }, { CKA_DESTROYABLE, true, -1 },
};

static CK_RV
may_become(tmg_p11_subject *s, const CK_ATTRIBUTE *a, bool copy)
{
	tmg_view now;

	if (tmg_p11_attribute_get(s, a->type, &now) == CKR_ATTRIBUTE_TYPE_INVALID)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (a->type == CKA_VALUE && s->object.class == CKO_DATA)
		return CKR_OK;
	for (size_t i = 0; i < TMG_COUNT(free_ones); i++) {
		const int only = free_ones[i].only;

		if (free_ones[i].type != a->type || (free_ones[i].copy_only && !copy))
			continue;
		return only < 0 || (a->ulValueLen == sizeof(CK_BBOOL) &&
		    *(const CK_BBOOL *)a->pValue == (CK_BBOOL)only)
		    ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
	}
	return CKR_ATTRIBUTE_READ_ONLY;
}

static CK_RV
may_change(tmg_p11_subject *s, const CK_ATTRIBUTE *t, CK_ULONG n, bool copy)
{
	CK_RV rv = CKR_OK;

	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
		if (!is_so(s, &t[i]))
			rv = may_become(s, &t[i], copy);
	return rv;
}

static CK_RV
put_all(tmg_p11_memory *m, const CK_ATTRIBUTE *t, CK_ULONG n)
{
	CK_RV rv = CKR_OK;

	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
		rv = tmg_p11_memory_put(m, t[i].type,
		    (tmg_view){ t[i].pValue, t[i].ulValueLen });
	return rv;
}

/* ---- C_SetAttributeValue ------------------------------------------------- */

/* Of the token's: ID and label; the rest may be said again as it is. */
static CK_RV
rename_object(p11_hold *hold, tmg_p11_subject *s, const CK_ATTRIBUTE *t,
    CK_ULONG n)
{
	CK_RV rv = CKR_OK;

	if (s->object.owner == 0 && !tmg_p11_session_writes(hold->session))
		return CKR_SESSION_READ_ONLY;
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
		if (t[i].type != CKA_ID && t[i].type != CKA_LABEL && !is_so(s, &t[i]))
			rv = may_become(s, &t[i], true) == CKR_ATTRIBUTE_TYPE_INVALID
			    ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_ATTRIBUTE_READ_ONLY;
	return rv == CKR_OK
	    ? tmg_p11_place_name(hold->slot, &s->object, t, n) : rv;
}

/* Another value of data, in the place where they are; the rest is the place's. */
static CK_RV
rewrite_data(p11_hold *hold, tmg_p11_subject *s, const CK_ATTRIBUTE *t,
    CK_ULONG n)
{
	const CK_ATTRIBUTE *value = tmg_p11_template_find(t, n, CKA_VALUE);
	tmg_data *data = s->object.data;
	CK_RV rv;

	if (tmg_data_place(data)->fixed)
		return CKR_ACTION_PROHIBITED;
	for (CK_ULONG i = 0; i < n; i++)
		if (&t[i] != value && !is_so(s, &t[i]))
			return may_become(s, &t[i], true) ==
			    CKR_ATTRIBUTE_TYPE_INVALID
			    ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_ATTRIBUTE_READ_ONLY;
	if ((rv = tmg_p11_may_write(hold)) || value == NULL || is_so(s, value))
		return rv;
	return tmg_p11_data_rv(hold->slot, tmg_data_write(data,
	    (tmg_view){ value->pValue, value->ulValueLen }, true));
}

static CK_RV
change_memory(tmg_p11_subject *s, const CK_ATTRIBUTE *t, CK_ULONG n)
{
	CK_RV rv;

	if (!tmg_p11_memory_bool(s->object.memory, CKA_MODIFIABLE))
		return CKR_ACTION_PROHIBITED;
	rv = may_change(s, t, n, false);
	return rv == CKR_OK ? put_all(s->object.memory, t, n) : rv;
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_subject s;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (templ == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_template_check(templ, count)) ||
	    (rv = load(&hold, object, &s)))
		return rv;
	if (s.object.memory != NULL)
		return change_memory(&s, templ, count);
	if (s.object.data != NULL)
		return rewrite_data(&hold, &s, templ, count);
	return s.object.key != NULL ? rename_object(&hold, &s, templ, count)
	    : CKR_ACTION_PROHIBITED;
}

/* ---- C_CopyObject -------------------------------------------------------- */

/* The key on the card is the token's from now on; the session's object stays
 * another name of it until the session closes. */
static CK_RV
adopt(p11_hold *hold, const tmg_p11_object *key, CK_OBJECT_CLASS class,
    const CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *made)
{
	tmg_p11_slot *slot = hold->slot;
	const tmg_p11_object half = { .class = class, .key = key->key };
	CK_RV rv;

	if ((rv = tmg_p11_may_write(hold)) ||
	    (rv = tmg_p11_place_name(slot, &half, t, n)))
		return rv;
	*made = tmg_p11_objects_handle(&slot->objects, &half);
	if (*made == CK_INVALID_HANDLE)
		return CKR_HOST_MEMORY;
	tmg_p11_objects_adopt(&slot->objects, key->key);
	return CKR_OK;
}

/* Uses may be said again; the secret stays what it is. */
static CK_RV
copy_key(p11_hold *hold, tmg_p11_subject *s, const CK_ATTRIBUTE *t, CK_ULONG n,
    CK_OBJECT_HANDLE *made)
{
	if (s->object.owner == 0)
		return CKR_ACTION_PROHIBITED;
	if (!tmg_p11_template_says(t, n, CKA_TOKEN, false) ||
	    !tmg_p11_template_says(t, n, CKA_PRIVATE, true) ||
	    !tmg_p11_template_says(t, n, CKA_SENSITIVE, true) ||
	    tmg_p11_template_says(t, n, CKA_EXTRACTABLE, false))
		return CKR_TEMPLATE_INCONSISTENT;
	return adopt(hold, &s->object, CKO_PRIVATE_KEY, t, n, made);
}

/* As if it were made anew from all that it says. */
static CK_RV
copy_to_token(p11_hold *hold, tmg_p11_memory *m, CK_OBJECT_CLASS class,
    CK_OBJECT_HANDLE *made)
{
	const tmg_p11_wish w = { .hold = hold, .templ = m->rows,
	    .count = m->count, .token = true };

	return tmg_p11_make(&w, class, made);
}

static CK_RV
copy_memory(p11_hold *hold, tmg_p11_subject *s, const CK_ATTRIBUTE *t,
    CK_ULONG n, CK_OBJECT_HANDLE *made)
{
	tmg_auto_ptr(tmg_p11_memory) m = tmg_p11_memory_new();
	const tmg_p11_memory *from = s->object.memory;
	CK_RV rv;

	if (m == NULL)
		return CKR_HOST_MEMORY;
	if (!tmg_p11_memory_bool(from, CKA_COPYABLE))
		return CKR_ACTION_PROHIBITED;
	if ((rv = may_change(s, t, n, true)) ||
	    (rv = put_all(m, from->rows, from->count)) || (rv = put_all(m, t, n)))
		return rv;
	return tmg_p11_memory_bool(m, CKA_TOKEN)
	    ? copy_to_token(hold, m, s->object.class, made)
	    : tmg_p11_memory_own(hold, &m, made);
}

CK_RV
C_CopyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count, CK_OBJECT_HANDLE *made)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_subject s;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (made == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_template_check(templ, count)) ||
	    (rv = load(&hold, object, &s)))
		return rv;
	if (s.object.memory != NULL)
		return copy_memory(&hold, &s, templ, count, made);
	return s.object.class == CKO_PRIVATE_KEY
	    ? copy_key(&hold, &s, templ, count, made) : CKR_ACTION_PROHIBITED;
}
