/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/spoken.h"

#include <string.h>

#include "src/codec/tlv.h"
#include "src/pki/form.h"

enum { OID = 0x06, SEQUENCE = 0x30, ATTRIBUTES = 0xa0 };

void
ra_spoken_wipe(ra_spoken *s)
{
	explicit_bzero(s, sizeof(*s));
}

void
ra_spoken_read(X509_REQ *req, ra_spoken *said)
{
	const int at = X509_REQ_get_attr_by_NID(req, NID_pkcs9_challengePassword, -1);
	const ASN1_TYPE *value = at < 0 ? NULL :
	    X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(req, at), 0);
	unsigned char *text = NULL;
	int len = -1;

	/* PrintableString or UTF8String, but some send others of the choice */
	if (value != NULL && value->type != V_ASN1_BOOLEAN &&
	    value->type != V_ASN1_NULL && value->type != V_ASN1_OBJECT)
		len = ASN1_STRING_to_UTF8(&text, value->value.asn1_string);
	said->len = 0;
	if (len > 0 && (size_t)len <= sizeof(said->bytes)) {
		memcpy(said->bytes, text, (size_t)len);
		said->len = (size_t)len;
	}
	OPENSSL_clear_free(text, len > 0 ? (size_t)len : 0);
}

/* RFC 2986 4.1: attributes [0], each a SEQUENCE that begins with its type. */
bool
ra_spoken_any(tmg_view pkcs10)
{
	static const uint8_t challenge[] =	/* 1.2.840.113549.1.9.7 */
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x07 };
	tmg_view list, one, type;
	tmg_form form;

	if (tmg_form_pkcs10(pkcs10, &form) ||
	    tmg_tlv_expect(&form.attributes, ATTRIBUTES, &list))
		return false;
	while (tmg_tlv_expect(&list, SEQUENCE, &one) == TMG_OK)
		if (tmg_tlv_expect(&one, OID, &type) == TMG_OK &&
		    tmg_view_equal(type, TMG_VIEW(challenge)))
			return true;
	return false;
}
