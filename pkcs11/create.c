/* SPDX-License-Identifier: BSD-2-Clause */
/* C_CreateObject and C_DestroyObject; what is common to all classes. */
#include "pkcs11/create.h"

#include "pkcs11/attribute.h"
#include "pkcs11/place.h"
#include "src/token/token.h"
#include "tamga/cert.h"

static const tmg_p11_maker *const makers[] = {
	&tmg_p11_make_certificate,
	&tmg_p11_make_public,
	&tmg_p11_make_private,
	&tmg_p11_make_data,
};

/* ---- for all classes ----------------------------------------------------- */

CK_RV
tmg_p11_may_write(const p11_hold *hold)
{
	if (!tmg_p11_session_writes(hold->session))
		return CKR_SESSION_READ_ONLY;
	return hold->slot->login != P11_NOBODY ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
}

CK_RV
tmg_p11_write_rv(tmg_p11_slot *slot, tmg_rc rc)
{
	if (rc == TMG_CANCELLED || rc == TMG_LOGIN)
		return CKR_USER_NOT_LOGGED_IN;
	if (rc == TMG_MISMATCH)
		return CKR_TEMPLATE_INCONSISTENT;
	return tmg_p11_slot_rv(slot, rc);
}

CK_RV
tmg_p11_wish_part(const tmg_p11_wish *w, CK_ATTRIBUTE_TYPE type, tmg_view part)
{
	const tmg_view given = tmg_p11_template_bytes(w->templ, w->count, type);

	return given.len == 0 || tmg_view_equal(given, part)
	    ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

CK_RV
tmg_p11_wish_memory(const tmg_p11_wish *w, tmg_p11_memory **memory)
{
	*memory = tmg_p11_memory_new();
	return *memory != NULL
	    ? tmg_p11_memory_begin(*memory, w->templ, w->count) : CKR_HOST_MEMORY;
}

CK_RV
tmg_p11_wish_name(const tmg_p11_wish *w, const tmg_p11_object *object)
{
	CK_ATTRIBUTE t[2];
	CK_ULONG n = 0;

	for (CK_ULONG i = 0; i < w->count && n < TMG_COUNT(t); i++)
		if ((w->templ[i].type == CKA_ID || w->templ[i].type == CKA_LABEL) &&
		    w->templ[i].ulValueLen > 0)
			t[n++] = w->templ[i];
	return tmg_p11_place_name(w->hold->slot, object, t, n);
}

static bool
has_public(tmg_key *key, tmg_view spki)
{
	tmg_view mine;

	return tmg_key_public(key, &mine) == TMG_OK && tmg_view_equal(mine, spki);
}

CK_RV
tmg_p11_key_of(tmg_p11_slot *slot, tmg_view spki, tmg_key **key)
{
	size_t shown;
	tmg_rc rc;

	if ((rc = tmg_token_keys(slot->token, &shown)))
		return tmg_p11_slot_rv(slot, rc);
	for (size_t i = 0; i < slot->token->key_count; i++) {
		*key = &slot->token->keys[i];
		if (tmg_p11_place_shown(slot, *key) && has_public(*key, spki))
			return CKR_OK;
	}
	*key = NULL;
	return CKR_OK;
}

/* ---- making -------------------------------------------------------------- */

CK_RV
tmg_p11_make(const tmg_p11_wish *w, CK_OBJECT_CLASS class,
    CK_OBJECT_HANDLE *made)
{
	CK_RV rv;

	for (size_t i = 0; i < TMG_COUNT(makers); i++) {
		const tmg_p11_maker *m = makers[i];

		if (m->class != class)
			continue;
		rv = tmg_p11_template_fits(w->templ, w->count, m->rules,
		    m->rule_count);
		return rv == CKR_OK ? m->make(w, made) : rv;
	}
	return CKR_TEMPLATE_INCONSISTENT;
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE *made)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_OBJECT_CLASS class;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (made == NULL || templ == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_template_check(templ, count)))
		return rv;
	if ((rc = tmg_p11_template_ulong(templ, count, CKA_CLASS, &class)))
		return rc == TMG_NOT_FOUND ? CKR_TEMPLATE_INCOMPLETE
		    : CKR_ATTRIBUTE_VALUE_INVALID;
	return tmg_p11_make(&(tmg_p11_wish){ .hold = &hold, .templ = templ,
	    .count = count, .token = tmg_p11_template_says(templ, count,
	    CKA_TOKEN, false) }, class, made);
}

/* ---- destroying ---------------------------------------------------------- */

/* A session's key goes with its object, unless it became the token's; on a
 * card that deletes none it stays, a key without a certificate. */
static CK_RV
destroy_key(p11_hold *hold, const tmg_p11_object *o)
{
	const bool can =
	    (tmg_token_info(hold->slot->token)->can & TMG_CAN_DELETE) != 0;
	CK_RV rv;

	if (o->owner != 0 && (!o->pending || !can))
		return CKR_OK;
	if ((rv = tmg_p11_may_write(hold)))
		return rv;
	if (!can)
		return CKR_ACTION_PROHIBITED;
	return tmg_p11_write_rv(hold->slot, tmg_key_delete(o->key));
}

static CK_RV
destroy_data(p11_hold *hold, tmg_data *data)
{
	tmg_rc rc;

	if (tmg_data_place(data)->fixed)
		return CKR_ACTION_PROHIBITED;
	rc = tmg_data_delete(data);
	return rc == TMG_OCCUPIED ? CKR_ACTION_PROHIBITED
	    : tmg_p11_data_rv(hold->slot, rc);
}

/* A public key goes with its private one. */
static CK_RV
destroy(p11_hold *hold, const tmg_p11_object *o)
{
	CK_RV rv;

	if (o->memory != NULL)
		return tmg_p11_memory_bool(o->memory, CKA_DESTROYABLE)
		    ? CKR_OK : CKR_ACTION_PROHIBITED;
	if (o->class == CKO_PRIVATE_KEY)
		return destroy_key(hold, o);
	if (o->class != CKO_CERTIFICATE && o->data == NULL)
		return CKR_ACTION_PROHIBITED;
	if ((rv = tmg_p11_may_write(hold)))
		return rv;
	if (o->data != NULL)
		return destroy_data(hold, o->data);
	return tmg_p11_write_rv(hold->slot, tmg_key_cert_delete(o->key));
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_subject subject;
	const tmg_p11_object *o;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	o = tmg_p11_objects_get(&hold.slot->objects, object);
	if (o == NULL || tmg_p11_subject_load(hold.slot, o, &subject) != TMG_OK)
		return CKR_OBJECT_HANDLE_INVALID;
	if ((rv = destroy(&hold, &subject.object)))
		return rv;
	tmg_p11_objects_drop(&hold.slot->objects, object);
	return CKR_OK;
}
