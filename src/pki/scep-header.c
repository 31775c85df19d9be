/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/scep-header.h"

#include <openssl/cms.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/pki/scope.h"
#include "src/pki/x509.h"

/* RFC 8894 3.2.1; 2.16.840.1.113733 is VeriSign's. */
#define ATTRIBUTE "2.16.840.1.113733.1.9."
#define OID_TYPE ATTRIBUTE "2"
#define OID_STATUS ATTRIBUTE "3"
#define OID_FAIL ATTRIBUTE "4"
#define OID_SENDER ATTRIBUTE "5"
#define OID_RECIPIENT ATTRIBUTE "6"
#define OID_TRANSACTION ATTRIBUTE "7"
#define OID_FAIL_TEXT "1.3.6.1.5.5.7.24.1"

enum {
	ONLY = -3,		/* one attribute of that kind, of one value */
	NUMBER_TEXT = 4,
};

/* Texts are PrintableString; some write UTF8String where a character is none. */
static const ASN1_STRING *
text_of(const CMS_SignerInfo *by, const ASN1_OBJECT *oid)
{
	const ASN1_STRING *text = CMS_signed_get0_data_by_OBJ(by, oid, ONLY,
	    V_ASN1_PRINTABLESTRING);

	return text != NULL ? text :
	    CMS_signed_get0_data_by_OBJ(by, oid, ONLY, V_ASN1_UTF8STRING);
}

/* One line: peers choose the words, and people read them. */
static bool
is_line(const ASN1_STRING *text, size_t cap)
{
	const unsigned char *at = ASN1_STRING_get0_data(text);
	const int len = ASN1_STRING_length(text);

	for (int i = 0; i < len; i++)
		if (at[i] < 0x20 || at[i] == 0x7f)
			return false;
	return len > 0 && (size_t)len < cap;
}

static tmg_rc
read_text(const CMS_SignerInfo *by, const char *name, char *out, size_t cap)
{
	tmg_held(ASN1_OBJECT) oid = OBJ_txt2obj(name, 1);
	const ASN1_STRING *text;

	out[0] = '\0';
	if (oid == NULL)
		return TMG_E_NOMEM;
	text = text_of(by, oid);
	if (text != NULL && is_line(text, cap))
		snprintf(out, cap, "%.*s", ASN1_STRING_length(text),
		    (const char *)ASN1_STRING_get0_data(text));
	return TMG_OK;
}

static tmg_rc
read_number(const CMS_SignerInfo *by, const char *name, int unsaid, int *number)
{
	char text[NUMBER_TEXT];
	const tmg_rc rc = read_text(by, name, text, sizeof(text));

	*number = text[0] != '\0' && strspn(text, "0123456789") == strlen(text) ?
	    atoi(text) : unsaid;
	return rc;
}

static tmg_rc
read_nonce(const CMS_SignerInfo *by, const char *name, tmg_scep_nonce *nonce)
{
	tmg_held(ASN1_OBJECT) oid = OBJ_txt2obj(name, 1);
	const ASN1_STRING *octets;

	*nonce = (tmg_scep_nonce){ .given = false };
	if (oid == NULL)
		return TMG_E_NOMEM;
	octets = CMS_signed_get0_data_by_OBJ(by, oid, ONLY, V_ASN1_OCTET_STRING);
	if (octets == NULL || ASN1_STRING_length(octets) != TMG_SCEP_NONCE)
		return TMG_OK;
	nonce->given = true;
	memcpy(nonce->bytes, ASN1_STRING_get0_data(octets), TMG_SCEP_NONCE);
	return TMG_OK;
}

/* RFC 5652 11.3: until 2049 UTCTime, GeneralizedTime after that. */
static time_t
read_time(const CMS_SignerInfo *by)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(NID_pkcs9_signingTime);
	const ASN1_TIME *at = CMS_signed_get0_data_by_OBJ(by, oid, ONLY,
	    V_ASN1_UTCTIME);
	time_t when = 0;

	if (at == NULL)
		at = CMS_signed_get0_data_by_OBJ(by, oid, ONLY,
		    V_ASN1_GENERALIZEDTIME);
	return tmg_x509_time(at, &when) == TMG_OK ? when : 0;
}

tmg_rc
tmg_scep_header_read(const CMS_SignerInfo *by, tmg_scep_header *h)
{
	tmg_rc rc;

	if ((rc = read_number(by, OID_TYPE, TMG_SCEP_UNSAID, &h->type)) ||
	    (rc = read_number(by, OID_STATUS, TMG_SCEP_NO_STATUS, &h->status)) ||
	    (rc = read_number(by, OID_FAIL, TMG_SCEP_NO_FAIL, &h->fail)) ||
	    (rc = read_nonce(by, OID_SENDER, &h->sender)) ||
	    (rc = read_nonce(by, OID_RECIPIENT, &h->recipient)) ||
	    (rc = read_text(by, OID_TRANSACTION, h->transaction,
	    sizeof(h->transaction))))
		return rc;
	h->signed_at = read_time(by);
	return read_text(by, OID_FAIL_TEXT, h->text, sizeof(h->text));
}

static tmg_rc
add(CMS_SignerInfo *by, const char *name, int type, const void *bytes, size_t len)
{
	tmg_held(ASN1_OBJECT) oid = OBJ_txt2obj(name, 1);

	return oid != NULL && CMS_signed_add1_attr_by_OBJ(by, oid, type, bytes,
	    (int)len) == 1 ? TMG_OK : TMG_E_NOMEM;
}

/* What PrintableString cannot hold goes as it came in. */
static tmg_rc
add_text(CMS_SignerInfo *by, const char *name, const char *text)
{
	const bool plain = ASN1_PRINTABLE_type((const unsigned char *)text,
	    (int)strlen(text)) == V_ASN1_PRINTABLESTRING;

	return add(by, name, plain ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING,
	    text, strlen(text));
}

static tmg_rc
add_number(CMS_SignerInfo *by, const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	return add(by, name, V_ASN1_PRINTABLESTRING, text, strlen(text));
}

static tmg_rc
add_nonce(CMS_SignerInfo *by, const char *name, const tmg_scep_nonce *nonce)
{
	return !nonce->given ? TMG_OK :
	    add(by, name, V_ASN1_OCTET_STRING, nonce->bytes, TMG_SCEP_NONCE);
}

static void
time_free(ASN1_TIME **at)
{
	ASN1_TIME_free(*at);
}

static tmg_rc
add_time(CMS_SignerInfo *by, time_t at)
{
	__attribute__((__cleanup__(time_free))) ASN1_TIME *when =
	    ASN1_TIME_set(NULL, at);

	return at == 0 || (when != NULL && CMS_signed_add1_attr_by_NID(by,
	    NID_pkcs9_signingTime, ASN1_STRING_type(when), when, -1) == 1) ?
	    TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
add_outcome(const tmg_scep_header *h, CMS_SignerInfo *by)
{
	tmg_rc rc = add_number(by, OID_STATUS, h->status);

	if (rc || h->status != TMG_SCEP_FAILURE)
		return rc;
	if ((rc = add_number(by, OID_FAIL, h->fail)) || h->text[0] == '\0')
		return rc;
	return add(by, OID_FAIL_TEXT, V_ASN1_UTF8STRING, h->text, strlen(h->text));
}

tmg_rc
tmg_scep_header_write(const tmg_scep_header *h, CMS_SignerInfo *by)
{
	tmg_rc rc;

	if ((rc = add_time(by, h->signed_at)) ||
	    (rc = add_number(by, OID_TYPE, h->type)) ||
	    (rc = add_text(by, OID_TRANSACTION, h->transaction)) ||
	    (rc = add_nonce(by, OID_SENDER, &h->sender)) ||
	    (rc = add_nonce(by, OID_RECIPIENT, &h->recipient)))
		return rc;
	return h->type == TMG_SCEP_CERT_REP ? add_outcome(h, by) : TMG_OK;
}
