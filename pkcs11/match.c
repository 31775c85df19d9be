/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an object is what a template asks for, in the forms that clients ask. */
#include "pkcs11/attribute.h"
#include "src/codec/tlv.h"

enum {
	TAG_OCTET_STRING = 0x04,
	TAG_OID = 0x06,
};

/* 32 bytes in an OCTET STRING: no point of a curve of ours but 25519's. */
tmg_view
tmg_p11_bare_point(tmg_view point)
{
	enum { HEAD = 2, BYTES_25519 = 32 };

	if (point.len != HEAD + BYTES_25519 || point.ptr[0] != TAG_OCTET_STRING ||
	    point.ptr[1] != BYTES_25519)
		return point;
	return (tmg_view){ point.ptr + HEAD, BYTES_25519 };
}

/* A serial number is found by its bare bytes too: NSS asks for both forms. */
static bool
is_bare_serial(const tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type, tmg_view asked)
{
	return type == CKA_SERIAL_NUMBER && s->object.class == CKO_CERTIFICATE &&
	    tmg_view_equal(s->cert.number, asked);
}

/* The point of an Edwards or Montgomery key, as 3.2 has it. */
static bool
is_bare_point(CK_ATTRIBUTE_TYPE type, tmg_view value, tmg_view asked)
{
	return type == CKA_EC_POINT &&
	    tmg_view_equal(tmg_p11_bare_point(value), asked);
}

/* So is an object identifier: pkcs11-tool leaves its header out. */
static bool
is_bare_oid(const tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type, tmg_view value,
    tmg_view asked)
{
	tmg_view oid;

	return type == CKA_OBJECT_ID && s->object.data != NULL &&
	    tmg_tlv_find(value, TAG_OID, &oid) == TMG_OK &&
	    tmg_view_equal(oid, asked);
}

/* An attribute that the object has not, or tells nobody, matches nothing. */
static bool
matches_one(tmg_p11_subject *s, const CK_ATTRIBUTE *a)
{
	const tmg_view asked = { a->pValue, a->ulValueLen };
	tmg_view value;

	return tmg_p11_attribute_get(s, a->type, &value) == CKR_OK &&
	    (tmg_view_equal(value, asked) || is_bare_serial(s, a->type, asked) ||
	    is_bare_point(a->type, value, asked) ||
	    is_bare_oid(s, a->type, value, asked));
}

bool
tmg_p11_attributes_match(tmg_p11_subject *s, const CK_ATTRIBUTE *templ,
    CK_ULONG count)
{
	for (CK_ULONG i = 0; i < count; i++)
		if (!matches_one(s, &templ[i]))
			return false;
	return true;
}
