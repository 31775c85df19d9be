/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/spoken.h"

#include <string.h>

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
