/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates: on the token beside their keys, or alone; in memory wherever
 * they are from.
 */
#include "pkcs11/attribute.h"
#include "pkcs11/create.h"
#include "pkcs11/place.h"
#include "src/token/token.h"
#include "tamga/cert.h"

/* The token keeps the value alone: the rest must be what the value says. */
static const tmg_p11_rule rules[] = {
	P11_RULES_COMMON,
	{ CKA_CERTIFICATE_TYPE, P11_ULONG },
	{ CKA_CERTIFICATE_CATEGORY, P11_ULONG },
	{ CKA_TRUSTED, P11_BOOL }, { CKA_ID, P11_BYTES },
	{ CKA_SUBJECT, P11_BYTES }, { CKA_ISSUER, P11_BYTES },
	{ CKA_SERIAL_NUMBER, P11_BYTES }, { CKA_VALUE, P11_BYTES },
	{ CKA_START_DATE, P11_DATE }, { CKA_END_DATE, P11_DATE },
	{ CKA_PUBLIC_KEY_INFO, P11_BYTES },
};

static tmg_view
bytes_of(const tmg_p11_wish *w, CK_ATTRIBUTE_TYPE type)
{
	return tmg_p11_template_bytes(w->templ, w->count, type);
}

/* SunPKCS11 gives the number without the header that PKCS #11 wants it with. */
static CK_RV
check_serial(const tmg_p11_wish *w, const tmg_p11_cert *cert)
{
	return tmg_p11_wish_part(w, CKA_SERIAL_NUMBER, cert->number) == CKR_OK
	    ? CKR_OK : tmg_p11_wish_part(w, CKA_SERIAL_NUMBER, cert->serial);
}

static CK_RV
check(const tmg_p11_wish *w)
{
	const tmg_view der = bytes_of(w, CKA_VALUE);
	tmg_p11_cert cert;
	CK_RV rv;

	if (der.len == 0 || tmg_p11_template_find(w->templ, w->count,
	    CKA_CERTIFICATE_TYPE) == NULL)
		return CKR_TEMPLATE_INCOMPLETE;
	if (!tmg_p11_template_is(w->templ, w->count, CKA_CERTIFICATE_TYPE,
		CKC_X_509) || tmg_p11_cert_parse(der, &cert) != TMG_OK)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (tmg_p11_template_says(w->templ, w->count, CKA_TRUSTED, false))
		return CKR_TEMPLATE_INCONSISTENT;
	if ((rv = tmg_p11_wish_part(w, CKA_SUBJECT, cert.subject)) ||
	    (rv = tmg_p11_wish_part(w, CKA_ISSUER, cert.issuer)) ||
	    (rv = check_serial(w, &cert)))
		return rv;
	return tmg_p11_wish_part(w, CKA_PUBLIC_KEY_INFO, cert.spki);
}

/* ---- on the token -------------------------------------------------------- */

static bool
has_id(const tmg_key *key, tmg_view id)
{
	uint8_t store[TMG_SLOT_NAME];

	return tmg_view_equal(tmg_key_id(key, store), id);
}

/* Beside the key that the ID names; without an ID, or with one that is no
 * slot's, beside the key that the certificate is for; where there is none,
 * alone. */
static CK_RV
find_place(tmg_p11_slot *slot, tmg_view der, tmg_view id, tmg_key **place)
{
	tmg_view spki;
	tmg_rc rc;
	CK_RV rv;

	if ((rc = tmg_token_slots(slot->token)))
		return tmg_p11_slot_rv(slot, rc);
	for (size_t i = 0; id.len > 0 && i < slot->token->key_count; i++) {
		*place = &slot->token->keys[i];
		if (has_id(*place, id))
			return CKR_OK;
	}
	if (tmg_cert_spki(der, &spki) != TMG_OK)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if ((rv = tmg_p11_key_of(slot, spki, place)))
		return rv;
	return *place != NULL ? CKR_OK : tmg_p11_place_alone(slot, der, place);
}

static CK_RV
install_rv(tmg_p11_slot *slot, tmg_rc rc)
{
	return rc == TMG_DENIED ? CKR_DEVICE_MEMORY : tmg_p11_write_rv(slot, rc);
}

static CK_RV
write_certificate(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	const tmg_view der = bytes_of(w, CKA_VALUE);
	tmg_p11_slot *slot = w->hold->slot;
	tmg_p11_object o = { .class = CKO_CERTIFICATE };
	CK_RV rv;

	if (tmg_p11_template_says(w->templ, w->count, CKA_PRIVATE, false))
		return CKR_TEMPLATE_INCONSISTENT;
	if ((rv = tmg_p11_may_write(w->hold)) ||
	    (rv = find_place(slot, der, bytes_of(w, CKA_ID), &o.key)) ||
	    (rv = tmg_p11_place_ready(slot, o.key, w->templ, w->count)) ||
	    (rv = install_rv(slot, tmg_key_cert_install(o.key, der, false))) ||
	    (rv = tmg_p11_wish_name(w, &o)))
		return rv;
	tmg_p11_objects_adopt(&slot->objects, o.key);
	*made = tmg_p11_objects_handle(&slot->objects, &o);
	return *made != CK_INVALID_HANDLE ? CKR_OK : CKR_HOST_MEMORY;
}

/* ---- in memory ----------------------------------------------------------- */

static CK_RV
keep_certificate(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	tmg_auto_ptr(tmg_p11_memory) m = NULL;
	CK_RV rv;

	if ((rv = tmg_p11_wish_memory(w, &m)) ||
	    (rv = tmg_p11_memory_put(m, CKA_ID, bytes_of(w, CKA_ID))))
		return rv;
	tmg_p11_memory_drop(m, CKA_SERIAL_NUMBER);	/* DER, by the value */
	return tmg_p11_memory_own(w->hold, &m, made);
}

static CK_RV
make(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	CK_RV rv;

	if ((rv = check(w)))
		return rv;
	return w->token ? write_certificate(w, made) : keep_certificate(w, made);
}

const tmg_p11_maker tmg_p11_make_certificate = {
	CKO_CERTIFICATE, rules, TMG_COUNT(rules), make,
};
