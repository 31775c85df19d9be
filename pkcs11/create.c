/* SPDX-License-Identifier: BSD-2-Clause */
/* C_CreateObject and C_DestroyObject; what is common to all classes. */
#include "pkcs11/create.h"

#include "pkcs11/attribute.h"
#include "src/token/token.h"
#include "tamga/cert.h"

static const tmg_p11_maker *const makers[] = {
	&tmg_p11_make_certificate,
	&tmg_p11_make_public,
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
	for (size_t i = 0; (*key = tmg_token_key(slot->token, i)) != NULL; i++)
		if (has_public(*key, spki))
			break;
	return CKR_OK;
}

/* ---- making -------------------------------------------------------------- */

static CK_RV
make(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	CK_OBJECT_CLASS class;
	CK_RV rv;

	if (tmg_p11_template_ulong(w->templ, w->count, CKA_CLASS, &class))
		return CKR_TEMPLATE_INCOMPLETE;
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
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (made == NULL || templ == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_template_check(templ, count)))
		return rv;
	return make(&(tmg_p11_wish){ .hold = &hold, .templ = templ, .count = count,
	    .token = tmg_p11_template_says(templ, count, CKA_TOKEN, false) }, made);
}

/* ---- destroying ---------------------------------------------------------- */

/* A key is not destroyed here: no card of ours gives it back. */
static CK_RV
destroy(p11_hold *hold, const tmg_p11_object *o)
{
	CK_RV rv;

	if (o->memory != NULL)
		return tmg_p11_memory_bool(o->memory, CKA_DESTROYABLE)
		    ? CKR_OK : CKR_ACTION_PROHIBITED;
	if (o->class != CKO_CERTIFICATE)
		return CKR_ACTION_PROHIBITED;
	if ((rv = tmg_p11_may_write(hold)))
		return rv;
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
