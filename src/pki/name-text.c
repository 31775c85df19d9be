/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/name.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <strings.h>

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

enum {
	OID_TEXT = 128,		/* bytes; a longer OID is no attribute type */
};

/* X.520 and RFC 4519 by name; limits of RFC 5280, appendix A.1. */
static const tmg_name_type types[] = {
	{ "CN", "commonName", "2.5.4.3", TMG_NAME_UTF8, 64 },
	{ "surname", "SN", "2.5.4.4", TMG_NAME_UTF8, 40 },
	{ "serialNumber", NULL, "2.5.4.5", TMG_NAME_PRINTABLE, 64 },
	{ "C", "countryName", "2.5.4.6", TMG_NAME_PRINTABLE, 2 },
	{ "L", "localityName", "2.5.4.7", TMG_NAME_UTF8, 128 },
	{ "ST", "stateOrProvinceName", "2.5.4.8", TMG_NAME_UTF8, 128 },
	{ "street", "streetAddress", "2.5.4.9", TMG_NAME_UTF8, 128 },
	{ "O", "organizationName", "2.5.4.10", TMG_NAME_UTF8, 64 },
	{ "OU", "organizationalUnitName", "2.5.4.11", TMG_NAME_UTF8, 64 },
	{ "title", NULL, "2.5.4.12", TMG_NAME_UTF8, 64 },
	{ "description", NULL, "2.5.4.13", TMG_NAME_UTF8, 1024 },
	{ "businessCategory", NULL, "2.5.4.15", TMG_NAME_UTF8, 128 },
	{ "postalCode", NULL, "2.5.4.17", TMG_NAME_UTF8, 40 },
	{ "telephoneNumber", NULL, "2.5.4.20", TMG_NAME_PRINTABLE, 32 },
	{ "name", NULL, "2.5.4.41", TMG_NAME_UTF8, 32768 },
	{ "givenName", "GN", "2.5.4.42", TMG_NAME_UTF8, 64 },
	{ "initials", NULL, "2.5.4.43", TMG_NAME_UTF8, 32 },
	{ "generationQualifier", NULL, "2.5.4.44", TMG_NAME_UTF8, 32 },
	{ "dnQualifier", NULL, "2.5.4.46", TMG_NAME_PRINTABLE, 64 },
	{ "pseudonym", NULL, "2.5.4.65", TMG_NAME_UTF8, 128 },
	{ "organizationIdentifier", NULL, "2.5.4.97", TMG_NAME_UTF8, 256 },
	{ "UID", "userId", "0.9.2342.19200300.100.1.1", TMG_NAME_UTF8, 256 },
	{ "DC", "domainComponent", "0.9.2342.19200300.100.1.25", TMG_NAME_IA5, 63 },
	{ "emailAddress", "E", "1.2.840.113549.1.9.1", TMG_NAME_IA5, 255 },
	{ "unstructuredName", NULL, "1.2.840.113549.1.9.2", TMG_NAME_UTF8, 255 },
	{ "jurisdictionL", "jurisdictionLocalityName",
	    "1.3.6.1.4.1.311.60.2.1.1", TMG_NAME_UTF8, 128 },
	{ "jurisdictionST", "jurisdictionStateOrProvinceName",
	    "1.3.6.1.4.1.311.60.2.1.2", TMG_NAME_UTF8, 128 },
	{ "jurisdictionC", "jurisdictionCountryName",
	    "1.3.6.1.4.1.311.60.2.1.3", TMG_NAME_PRINTABLE, 2 },
};

const tmg_name_type *
tmg_name_type_find(const char *name)
{
	for (size_t i = 0; i < TMG_COUNT(types); i++) {
		if (strcasecmp(name, types[i].name) == 0 ||
		    strcmp(name, types[i].oid) == 0 ||
		    (types[i].alias != NULL &&
		    strcasecmp(name, types[i].alias) == 0))
			return &types[i];
	}
	return NULL;
}

/* RFC 4514 2.4; control characters too, so that a name cannot drive a terminal. */
static bool
is_special(tmg_view v, size_t i)
{
	const uint8_t c = v.ptr[i];

	if (c < 0x20 || c == 0x7f || strchr("\"+,;<>\\", c) != NULL)
		return true;
	if (i == 0 && (c == ' ' || c == '#'))
		return true;
	return i == v.len - 1 && c == ' ';
}

static void
put_escaped(tmg_out *text, tmg_view v)
{
	for (size_t i = 0; i < v.len; i++) {
		const uint8_t c = v.ptr[i];

		if (is_special(v, i))
			tmg_put_u8(text, '\\');
		if (c < 0x20 || c == 0x7f)
			tmg_hex_put(text, (tmg_view){ &c, 1 });
		else
			tmg_put_u8(text, c);
	}
}

/* "#" and the DER of a value that is no text, or whose type nobody knows. */
static tmg_rc
put_der(tmg_out *text, const ASN1_STRING *value)
{
	tmg_held_bytes der = NULL;
	ASN1_TYPE any = { .type = ASN1_STRING_type(value) };
	int len;

	any.value.asn1_string = ASN1_STRING_dup(value);
	if (any.value.asn1_string == NULL)
		return TMG_E_NOMEM;
	len = i2d_ASN1_TYPE(&any, &der);
	ASN1_STRING_free(any.value.asn1_string);
	if (len < 0)
		return TMG_E_NOMEM;

	tmg_put_u8(text, '#');
	tmg_hex_put(text, (tmg_view){ der, (size_t)len });
	return TMG_OK;
}

static tmg_rc
put_entry(tmg_out *text, const X509_NAME_ENTRY *entry)
{
	const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
	const unsigned long before = ERR_peek_error();
	tmg_held_bytes utf8 = NULL;
	const tmg_name_type *type;
	char oid[OID_TEXT];
	bool lacked;
	int len;

	len = OBJ_obj2txt(oid, sizeof(oid), X509_NAME_ENTRY_get_object(entry), 1);
	if (len <= 0 || len >= (int)sizeof(oid))
		return tmg_lacked_memory(before) ? TMG_E_NOMEM : TMG_E_MALFORMED;

	type = tmg_name_type_find(oid);
	tmg_put_str(text, type != NULL ? type->name : oid);
	tmg_put_u8(text, '=');
	ERR_set_mark();
	len = type != NULL ? ASN1_STRING_to_UTF8(&utf8, value) : -1;
	lacked = tmg_lacked_memory(before);
	ERR_pop_to_mark();
	if (len < 0 && lacked)
		return TMG_E_NOMEM;
	if (len < 0)
		return put_der(text, value);

	put_escaped(text, (tmg_view){ utf8, (size_t)len });
	return TMG_OK;
}

static int
set_of(const X509_NAME *name, int i)
{
	return X509_NAME_ENTRY_set(X509_NAME_get_entry(name, i));
}

/* One RDN: its attributes in their order. */
static tmg_rc
put_rdn(tmg_out *text, const X509_NAME *name, int first, int last)
{
	tmg_rc rc;

	for (int i = first; i <= last; i++) {
		if (i > first)
			tmg_put_u8(text, '+');
		if ((rc = put_entry(text, X509_NAME_get_entry(name, i))))
			return rc;
	}
	return TMG_OK;
}

/* The RDNs in reverse, RFC 4514 2.1. */
tmg_rc
tmg_name_text(const X509_NAME *name, tmg_out *text)
{
	int first;
	tmg_rc rc;

	for (int last = X509_NAME_entry_count(name) - 1; last >= 0; last = first - 1) {
		first = last;
		while (first > 0 && set_of(name, first - 1) == set_of(name, last))
			first--;
		if ((rc = put_rdn(text, name, first, last)))
			return rc;
		if (first > 0)
			tmg_put_u8(text, ',');
	}
	return tmg_out_done(text);
}

tmg_rc
tmg_name_text_der(tmg_view der, tmg_out *text)
{
	const unsigned long before = ERR_peek_error();
	const uint8_t *p = der.ptr;
	tmg_held(X509_NAME) name = NULL;
	bool lacked;

	if (der.len > LONG_MAX)
		return TMG_E_MALFORMED;
	ERR_set_mark();
	name = d2i_X509_NAME(NULL, &p, (long)der.len);
	lacked = tmg_lacked_memory(before);
	ERR_pop_to_mark();
	if (name == NULL && lacked)
		return TMG_E_NOMEM;
	if (name == NULL || p != der.ptr + der.len)
		return TMG_E_MALFORMED;
	return tmg_name_text(name, text);
}
