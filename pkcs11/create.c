/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates are written beside their keys, and taken away. */
#include "pkcs11/attribute.h"
#include "pkcs11/module.h"
#include "pkcs11/template.h"
#include "src/token/token.h"
#include "tamga/cert.h"

/* What a caller wants to be made. */
struct wish {
	const CK_ATTRIBUTE *templ;
	CK_ULONG count;
	tmg_view der, id;
};

/* ---- the template -------------------------------------------------------- */

/* What a certificate's template may say.  The card keeps the value alone: the
 * rest must be what the value says, or is not ours to keep. */
static const CK_ATTRIBUTE_TYPE allowed[] = {
	CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_MODIFIABLE, CKA_COPYABLE,
	CKA_DESTROYABLE, CKA_CERTIFICATE_TYPE, CKA_CERTIFICATE_CATEGORY,
	CKA_TRUSTED, CKA_LABEL, CKA_ID, CKA_SUBJECT, CKA_ISSUER,
	CKA_SERIAL_NUMBER, CKA_VALUE, CKA_START_DATE, CKA_END_DATE,
	CKA_PUBLIC_KEY_INFO,
};

static CK_RV
check_types(const struct wish *w)
{
	for (CK_ULONG i = 0; i < w->count; i++) {
		size_t at = 0;

		while (at < TMG_COUNT(allowed) && allowed[at] != w->templ[i].type)
			at++;
		if (at == TMG_COUNT(allowed))
			return CKR_ATTRIBUTE_TYPE_INVALID;
	}
	return CKR_OK;
}

static CK_RV
check_number(const struct wish *w, CK_ATTRIBUTE_TYPE type, CK_ULONG only)
{
	CK_ULONG value = only;
	const tmg_rc rc = tmg_p11_template_ulong(w->templ, w->count, type, &value);

	if (rc == TMG_NOT_FOUND)
		return CKR_TEMPLATE_INCOMPLETE;
	return rc == TMG_OK && value == only ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* absent: what the attribute is when nobody says. */
static CK_RV
check_bool(const struct wish *w, CK_ATTRIBUTE_TYPE type, bool absent, bool only)
{
	bool value = absent;
	const tmg_rc rc = tmg_p11_template_bool(w->templ, w->count, type, &value);

	if (rc == TMG_E_USAGE)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return value == only ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

static CK_RV
check_part(const struct wish *w, CK_ATTRIBUTE_TYPE type, tmg_view part)
{
	const tmg_view given = tmg_p11_template_bytes(w->templ, w->count, type);

	return given.len == 0 || tmg_view_equal(given, part)
	    ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

static CK_RV
check_wish(struct wish *w)
{
	tmg_p11_cert cert;
	CK_ULONG class;
	CK_RV rv;

	if (tmg_p11_template_ulong(w->templ, w->count, CKA_CLASS, &class))
		return CKR_TEMPLATE_INCOMPLETE;
	if (class != CKO_CERTIFICATE)
		return CKR_FUNCTION_NOT_SUPPORTED;
	if ((rv = check_types(w)) ||
	    (rv = check_number(w, CKA_CERTIFICATE_TYPE, CKC_X_509)) ||
	    (rv = check_bool(w, CKA_TOKEN, false, true)) ||
	    (rv = check_bool(w, CKA_PRIVATE, false, false)) ||
	    (rv = check_bool(w, CKA_TRUSTED, false, false)))
		return rv;
	w->der = tmg_p11_template_bytes(w->templ, w->count, CKA_VALUE);
	w->id = tmg_p11_template_bytes(w->templ, w->count, CKA_ID);
	if (w->der.len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	if (tmg_p11_cert_parse(w->der, &cert) != TMG_OK)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if ((rv = check_part(w, CKA_SUBJECT, cert.subject)) ||
	    (rv = check_part(w, CKA_ISSUER, cert.issuer)) ||
	    (rv = check_part(w, CKA_SERIAL_NUMBER, cert.serial)))
		return rv;
	return check_part(w, CKA_PUBLIC_KEY_INFO, cert.spki);
}

/* ---- the place ----------------------------------------------------------- */

static bool
has_id(const tmg_key *key, tmg_view id)
{
	uint8_t store[4];

	return tmg_view_equal(tmg_p11_key_id(key, store), id);
}

static bool
has_key(tmg_key *key, tmg_view spki)
{
	tmg_view mine;

	return tmg_key_public(key, &mine) == TMG_OK && tmg_view_equal(mine, spki);
}

/* Beside the key that the ID names; without an ID, or with one that is no
 * slot's, beside the key that the certificate is for. */
static CK_RV
find_place(tmg_p11_slot *slot, const struct wish *w, tmg_key **place)
{
	tmg_view spki;
	size_t shown;
	tmg_rc rc;

	if ((rc = tmg_token_keys(slot->token, &shown)))
		return tmg_p11_slot_rv(slot, rc);
	for (size_t i = 0; w->id.len > 0 && i < slot->token->key_count; i++) {
		*place = &slot->token->keys[i];
		if (has_id(*place, w->id))
			return CKR_OK;
	}
	if (tmg_cert_spki(w->der, &spki) != TMG_OK)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (size_t i = 0; (*place = tmg_token_key(slot->token, i)) != NULL; i++)
		if (has_key(*place, spki))
			return CKR_OK;
	return CKR_TEMPLATE_INCONSISTENT;
}

/* ---- entry points -------------------------------------------------------- */

/* Writing wants the administrator, whom the token may let in by itself (a
 * factory's key, one kept behind the user's PIN). */
static CK_RV
may_write(const p11_hold *hold)
{
	if (!tmg_p11_session_writes(hold->session))
		return CKR_SESSION_READ_ONLY;
	return hold->slot->login != P11_NOBODY ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
}

/* A refused administrator does not log the user out. */
static CK_RV
rv_of_write(tmg_p11_slot *slot, tmg_rc rc)
{
	if (rc == TMG_CANCELLED || rc == TMG_LOGIN)
		return CKR_USER_NOT_LOGGED_IN;
	if (rc == TMG_MISMATCH)
		return CKR_TEMPLATE_INCONSISTENT;
	return tmg_p11_slot_rv(slot, rc);
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE *made)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	struct wish w = { .templ = templ, .count = count };
	tmg_key *place = NULL;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (made == NULL || templ == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = tmg_p11_template_check(templ, count)) || (rv = check_wish(&w)) ||
	    (rv = may_write(&hold)) ||
	    (rv = find_place(hold.slot, &w, &place)) ||
	    (rv = rv_of_write(hold.slot,
		tmg_key_cert_install(place, w.der, false))))
		return rv;
	*made = tmg_p11_objects_handle(&hold.slot->objects,
	    &(tmg_p11_object){ .class = CKO_CERTIFICATE, .key = place });
	return *made != CK_INVALID_HANDLE ? CKR_OK : CKR_HOST_MEMORY;
}

/* A key is not destroyed here: no card of ours gives it back. */
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
	if (o->class != CKO_CERTIFICATE)
		return CKR_ACTION_PROHIBITED;
	if ((rv = may_write(&hold)) ||
	    (rv = rv_of_write(hold.slot, tmg_key_cert_delete(o->key))))
		return rv;
	tmg_p11_objects_drop(&hold.slot->objects, object);
	return CKR_OK;
}
