/* SPDX-License-Identifier: BSD-2-Clause */
/* The template of RFC 9908: a request with what is left open to the applicant. */
#include <openssl/err.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"
#include "src/pki/wish.h"

enum {
	TAG_KEY = 0xa0,		/* RFC 9908 3.4: subjectPKInfo [0] */
	TAG_ATTRIBUTES = 0xa1,	/* RFC 9908 3.4: attributes [1] */
};

static const tmg_view oid_rsa = TMG_PKCS_1(0x01);

/* TMG_NOT_FOUND: the name has no such attribute; text is what it is called. */
static tmg_rc
find_attribute(X509_NAME *name, tmg_view single, char text[static TMG_OID_TEXT])
{
	tmg_held(ASN1_OBJECT) oid = NULL;
	const uint8_t *p = single.ptr;

	ERR_set_mark();
	oid = d2i_ASN1_OBJECT(NULL, &p, (long)single.len);
	ERR_pop_to_mark();
	if (oid == NULL)
		return TMG_E_MALFORMED;
	OBJ_obj2txt(text, TMG_OID_TEXT, oid, 0);
	return X509_NAME_get_index_by_OBJ(name, oid, -1) >= 0 ? TMG_OK
	    : TMG_NOT_FOUND;
}

/* SingleAttributeTemplate { type, value OPTIONAL }. */
static tmg_rc
want_name_part(const tmg_wishes *w, tmg_view whole, tmg_view in, int set)
{
	X509_NAME *name = X509_REQ_get_subject_name(w->r->req);
	const uint8_t *p = whole.ptr;
	X509_NAME_ENTRY *entry;
	tmg_view body = in, oid;
	char text[TMG_OID_TEXT] = "";
	tmg_rc rc;
	int ok;

	if (tmg_tlv_expect(&in, TMG_DER_OID, &oid))
		return TMG_E_MALFORMED;
	if ((rc = find_attribute(name, body, text)) != TMG_NOT_FOUND)
		return rc;
	if (in.len == 0)
		return tmg_raise(w->r->f, TMG_E_USAGE, 0,
		    _("The authority wants \"%s\" in the subject: add it to the name."), text);

	ERR_set_mark();
	entry = d2i_X509_NAME_ENTRY(NULL, &p, (long)whole.len);
	ok = entry != NULL && X509_NAME_add_entry(name, entry, -1, set) == 1;
	X509_NAME_ENTRY_free(entry);
	ERR_pop_to_mark();
	return ok ? TMG_OK : TMG_E_MALFORMED;
}

static tmg_rc
want_rdn(const tmg_wishes *w, tmg_view rdn)
{
	X509_NAME *name = X509_REQ_get_subject_name(w->r->req);
	const int before = X509_NAME_entry_count(name);
	tmg_view in;
	tmg_rc rc;

	while (rdn.len > 0) {
		const uint8_t *start = rdn.ptr;
		const int set = X509_NAME_entry_count(name) > before ? -1 : 0;

		if (tmg_tlv_expect(&rdn, TMG_DER_SEQUENCE, &in))
			return TMG_E_MALFORMED;
		if ((rc = want_name_part(w,
		    (tmg_view){ start, (size_t)(rdn.ptr - start) }, in, set)))
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
want_subject(const tmg_wishes *w, tmg_view name)
{
	tmg_view rdn;
	tmg_rc rc;

	while (name.len > 0) {
		if (tmg_tlv_expect(&name, TMG_DER_SET, &rdn))
			return TMG_E_MALFORMED;
		if ((rc = want_rdn(w, rdn)))
			return rc;
	}
	return TMG_OK;
}

/* SubjectPublicKeyInfoTemplate; an RSA key there is a dummy of the wanted size. */
static tmg_rc
want_public_key(tmg_wishes *w, tmg_view in)
{
	tmg_view id, oid, bits, key, n, unused;
	tmg_tlv t;

	if (tmg_tlv_expect(&in, TMG_DER_SEQUENCE, &id) ||
	    tmg_tlv_expect(&id, TMG_DER_OID, &oid))
		return TMG_E_MALFORMED;
	tmg_wish_key(w, oid);
	if (tmg_tlv_next(&id, &t) == TMG_OK && t.tag == TMG_DER_OID)
		tmg_wish_curve(w, t.value);
	if (tmg_view_equal(oid, oid_rsa) && in.len > 0 &&
	    tmg_tlv_expect(&in, TMG_DER_BIT_STRING, &bits) == TMG_OK &&
	    tmg_view_take(&bits, 1, &unused) == TMG_OK &&
	    tmg_tlv_expect(&bits, TMG_DER_SEQUENCE, &key) == TMG_OK &&
	    tmg_tlv_expect(&key, TMG_DER_INTEGER, &n) == TMG_OK)
		tmg_wish_modulus(w, tmg_number_bits(n));
	return TMG_OK;
}

static const struct {
	uint32_t tag;
	bool subject, key;
} template_parts[] = {
	{ TMG_DER_SEQUENCE, true, false },
	{ TAG_KEY, false, true },
	{ TAG_ATTRIBUTES, false, false },
};

static tmg_rc
want_part(tmg_wishes *w, tmg_tlv t)
{
	for (size_t i = 0; i < TMG_COUNT(template_parts); i++) {
		if (template_parts[i].tag != t.tag)
			continue;
		if (template_parts[i].subject)
			return want_subject(w, t.value);
		return template_parts[i].key ? want_public_key(w, t.value)
		    : tmg_wish_attributes(w, t.value);
	}
	return TMG_E_MALFORMED;
}

tmg_rc
tmg_wish_template(tmg_wishes *w, tmg_view values)
{
	tmg_view in, version;
	tmg_tlv t;
	tmg_rc rc;

	if (tmg_tlv_expect(&values, TMG_DER_SEQUENCE, &in) ||
	    tmg_tlv_expect(&in, TMG_DER_INTEGER, &version))
		return TMG_E_MALFORMED;
	while (in.len > 0) {
		if (tmg_tlv_next(&in, &t) != TMG_OK)
			return TMG_E_MALFORMED;
		if ((rc = want_part(w, t)))
			return rc;
	}
	return TMG_OK;
}
