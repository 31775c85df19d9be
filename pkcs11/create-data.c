/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data objects: on the token in one of its places, by object identifier or by
 * label; in memory whatever they are called.
 */
#include "pkcs11/attribute.h"
#include "pkcs11/create.h"
#include "src/token/token.h"

static const tmg_p11_rule rules[] = {
	P11_RULES_COMMON,
	{ CKA_APPLICATION, P11_BYTES }, { CKA_OBJECT_ID, P11_BYTES },
	{ CKA_VALUE, P11_BYTES },
};

/* Every attribute is there, be it empty; 4.5.2. */
static CK_RV
put_missing(const tmg_p11_wish *w, tmg_p11_memory *m)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE,
	};
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(types); i++)
		rv = tmg_p11_memory_put(m, types[i],
		    tmg_p11_template_bytes(w->templ, w->count, types[i]));
	return rv;
}

/* ---- on the token -------------------------------------------------------- */

/* Does the place say what the template says, where it says something?  One of
 * label and identifier names it. */
static bool
is_meant(const tmg_p11_wish *w, const tmg_p11_object *o)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_LABEL, CKA_OBJECT_ID, CKA_APPLICATION,
	};
	tmg_p11_subject s = { .slot = w->hold->slot, .object = *o };

	for (size_t i = 0; i < TMG_COUNT(types); i++) {
		const CK_ATTRIBUTE *a = tmg_p11_template_find(w->templ, w->count,
		    types[i]);

		if (a != NULL && a->ulValueLen > 0 &&
		    !tmg_p11_attributes_match(&s, a, 1))
			return false;
	}
	return true;
}

static bool
is_nameless(const tmg_p11_wish *w)
{
	return tmg_p11_template_bytes(w->templ, w->count, CKA_LABEL).len == 0 &&
	    tmg_p11_template_bytes(w->templ, w->count, CKA_OBJECT_ID).len == 0;
}

static CK_RV
find_place(const tmg_p11_wish *w, tmg_p11_object *o)
{
	tmg_token *token = w->hold->slot->token;
	size_t count;
	tmg_rc rc;

	if (is_nameless(w))
		return CKR_TEMPLATE_INCOMPLETE;
	if ((rc = tmg_token_data(token, &count)))
		return tmg_p11_slot_rv(w->hold->slot, rc);
	for (size_t i = 0; i < count; i++) {
		o->data = tmg_token_data_get(token, i);
		if (is_meant(w, o))
			return tmg_data_place(o->data)->fixed
			    ? CKR_TEMPLATE_INCONSISTENT : CKR_OK;
	}
	return CKR_TEMPLATE_INCONSISTENT;
}

/* What a place must be: as private as it is, and with something in it. */
static CK_RV
check_place(const tmg_p11_wish *w, const tmg_p11_object *o)
{
	const bool guarded = tmg_data_place(o->data)->guarded;

	if (tmg_p11_template_bytes(w->templ, w->count, CKA_VALUE).len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	return tmg_p11_template_says(w->templ, w->count, CKA_PRIVATE, guarded) ==
	    guarded ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

CK_RV
tmg_p11_data_rv(tmg_p11_slot *slot, tmg_rc rc)
{
	if (rc == TMG_DENIED)
		return CKR_DEVICE_MEMORY;
	return rc == TMG_OCCUPIED || rc == TMG_E_USAGE
	    ? CKR_ATTRIBUTE_VALUE_INVALID : tmg_p11_write_rv(slot, rc);
}

/* What is in the place is never written over: C_SetAttributeValue does that,
 * to an object that somebody has found. */
static CK_RV
write_data(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	tmg_p11_slot *slot = w->hold->slot;
	tmg_p11_object o = { .class = CKO_DATA };
	CK_RV rv;

	if ((rv = tmg_p11_may_write(w->hold)) || (rv = find_place(w, &o)) ||
	    (rv = check_place(w, &o)) ||
	    (rv = tmg_p11_data_rv(slot, tmg_data_write(o.data,
		tmg_p11_template_bytes(w->templ, w->count, CKA_VALUE), false))))
		return rv;
	*made = tmg_p11_objects_handle(&slot->objects, &o);
	return *made != CK_INVALID_HANDLE ? CKR_OK : CKR_HOST_MEMORY;
}

/* ---- in memory ----------------------------------------------------------- */

static CK_RV
make(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	tmg_auto_ptr(tmg_p11_memory) m = NULL;
	CK_RV rv;

	if (w->token)
		return write_data(w, made);
	if ((rv = tmg_p11_wish_memory(w, &m)) || (rv = put_missing(w, m)))
		return rv;
	return tmg_p11_memory_own(w->hold, &m, made);
}

const tmg_p11_maker tmg_p11_make_data = {
	CKO_DATA, rules, TMG_COUNT(rules), make,
};
