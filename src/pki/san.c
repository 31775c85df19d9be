/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/san.h"

#include <ctype.h>
#include <openssl/err.h>
#include <strings.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"
#include "src/pki/name.h"
#include "src/pki/scope.h"

#define OID_UPN "1.3.6.1.4.1.311.20.2.3"
#define OID_SMTP_UTF8 "1.3.6.1.5.5.7.8.9"	/* RFC 9598 3 */

enum {
	PERMANENT_MAX = 96,	/* bytes of a device's name; two heads more are short */
	LABEL_MAX = 63,		/* bytes between two dots, RFC 1035 2.3.4 */
};

static tmg_rc
wrong(const char *text, tmg_fault *f, const char *what)
{
	return tmg_raise(f, TMG_E_USAGE, 0,
	    _("The alternative name \"%.160s\" cannot be used: %s."), text, what);
}

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x21 || (unsigned char)*s > 0x7e)
			return false;
	return true;
}

/* Letters, digits, hyphens between dots; a first label "*" is a wildcard. */
static bool
is_host(const char *s)
{
	size_t label = 0;

	if (strncmp(s, "*.", 2) == 0)
		s += 2;
	for (; *s != '\0'; s++) {
		if (*s == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!isalnum((unsigned char)*s) && *s != '-' && *s != '_')
			return false;
		if (++label > LABEL_MAX)
			return false;
	}
	return label > 0;
}

/* A general name that is one IA5String. */
static tmg_rc
set_ia5(GENERAL_NAME *name, int type, const char *value)
{
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	if (s == NULL || ASN1_STRING_set(s, value, -1) != 1) {
		ASN1_IA5STRING_free(s);
		return TMG_E_NOMEM;
	}
	GENERAL_NAME_set0_value(name, type, s);
	return TMG_OK;
}

static tmg_rc
set_other(const char *text, GENERAL_NAME *name, const char *oid, const char *value,
    tmg_fault *f)
{
	ASN1_STRING *s = NULL;
	ASN1_TYPE *any;

	ERR_set_mark();
	if (ASN1_mbstring_copy(&s, (const unsigned char *)value, -1, MBSTRING_UTF8,
	    B_ASN1_UTF8STRING) < 0) {
		ERR_pop_to_mark();
		return wrong(text, f, _("the text is not UTF-8"));
	}
	ERR_pop_to_mark();
	any = ASN1_TYPE_new();
	if (any == NULL) {
		ASN1_STRING_free(s);
		return TMG_E_NOMEM;
	}
	ASN1_TYPE_set(any, V_ASN1_UTF8STRING, s);
	if (GENERAL_NAME_set0_othername(name, OBJ_txt2obj(oid, 1), any) != 1) {
		ASN1_TYPE_free(any);
		return TMG_E_NOMEM;
	}
	return TMG_OK;
}

static tmg_rc
set_dns(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	if (!is_ascii(value))
		return wrong(text, f, _("write an international host name in its ASCII form, xn--..."));
	if (!is_host(value))
		return wrong(text, f, _("this is no host name"));
	return set_ia5(name, GEN_DNS, value);
}

/* Non-ASCII before the "@" is a SmtpUTF8Mailbox; after it never, RFC 9598 3. */
static tmg_rc
set_email(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	const char *at = strrchr(value, '@');

	if (at == NULL || at == value || strpbrk(value, " \t\r\n<>,;\"") != NULL ||
	    strchr(value, '@') != at)
		return wrong(text, f, _("this is no e-mail address"));
	if (!is_ascii(at + 1))
		return wrong(text, f, _("write an international mail domain in its ASCII form, xn--..."));
	if (!is_host(at + 1))
		return wrong(text, f, _("this is no e-mail address"));
	return is_ascii(value) ? set_ia5(name, GEN_EMAIL, value)
	    : set_other(text, name, OID_SMTP_UTF8, value, f);
}

static tmg_rc
set_ip(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	ASN1_OCTET_STRING *ip;

	ERR_set_mark();
	ip = a2i_IPADDRESS(value);
	ERR_pop_to_mark();
	if (ip == NULL)
		return wrong(text, f, _("this is no IP address"));
	GENERAL_NAME_set0_value(name, GEN_IPADD, ip);
	return TMG_OK;
}

static tmg_rc
set_uri(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	if (!is_ascii(value))
		return wrong(text, f, _("write other characters than ASCII as %XX"));
	if (!isalpha((unsigned char)value[0]) || strchr(value, ':') == NULL)
		return wrong(text, f, _("a URI begins with its scheme and a colon"));
	return set_ia5(name, GEN_URI, value);
}

static tmg_rc
set_upn(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	if (value[0] == '\0')
		return wrong(text, f, _("nothing follows the colon"));
	return set_other(text, name, OID_UPN, value, f);
}

/* RFC 4043 2: SEQUENCE { identifierValue UTF8String }, whoever assigned it. */
static tmg_rc
set_permanent(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	uint8_t der[2 * PERMANENT_MAX];
	tmg_out o = TMG_OUT(der);
	const size_t n = strlen(value);
	ASN1_STRING *s;
	ASN1_TYPE *any;

	if (n == 0 || n > PERMANENT_MAX || !is_ascii(value))
		return wrong(text, f, _("a device is named by a few letters and digits"));
	tmg_tlv_put_head(&o, DER_SEQUENCE, n + 2);
	tmg_tlv_put_head(&o, DER_UTF8, n);
	tmg_put_str(&o, value);
	s = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
	any = ASN1_TYPE_new();
	if (s == NULL || any == NULL || ASN1_STRING_set(s, der, (int)o.len) != 1) {
		ASN1_STRING_free(s);
		ASN1_TYPE_free(any);
		return TMG_E_NOMEM;
	}
	ASN1_TYPE_set(any, V_ASN1_SEQUENCE, s);
	if (GENERAL_NAME_set0_othername(name, OBJ_nid2obj(NID_id_on_permanentIdentifier),
	    any) != 1) {
		ASN1_TYPE_free(any);
		return TMG_E_NOMEM;
	}
	return TMG_OK;
}

static tmg_rc
set_dir(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	X509_NAME *dir;
	tmg_rc rc;

	(void)text;
	if ((rc = tmg_name_parse(value, &dir, f)))
		return rc;
	GENERAL_NAME_set0_value(name, GEN_DIRNAME, dir);
	return TMG_OK;
}

static tmg_rc
set_rid(const char *text, const char *value, GENERAL_NAME *name, tmg_fault *f)
{
	ASN1_OBJECT *oid;

	ERR_set_mark();
	oid = OBJ_txt2obj(value, 1);
	ERR_pop_to_mark();
	if (oid == NULL)
		return wrong(text, f, _("this is no OID in numbers"));
	GENERAL_NAME_set0_value(name, GEN_RID, oid);
	return TMG_OK;
}

static const struct {
	const char *prefix;
	tmg_rc (*set)(const char *text, const char *value, GENERAL_NAME *name,
	    tmg_fault *f);
} kinds[] = {
	{ "dns:", set_dns },
	{ "email:", set_email },
	{ "ip:", set_ip },
	{ "uri:", set_uri },
	{ "upn:", set_upn },
	{ "dir:", set_dir },
	{ "rid:", set_rid },
	{ TMG_SAN_PERMANENT, set_permanent },
};

tmg_rc
tmg_san_parse(const char *text, GENERAL_NAME **out, tmg_fault *f)
{
	tmg_held(GENERAL_NAME) name = GENERAL_NAME_new();
	tmg_rc rc;

	*out = NULL;
	if (name == NULL)
		return TMG_E_NOMEM;
	for (size_t i = 0; i < TMG_COUNT(kinds); i++) {
		const size_t n = strlen(kinds[i].prefix);

		if (strncasecmp(text, kinds[i].prefix, n) != 0)
			continue;
		if ((rc = kinds[i].set(text, text + n, name, f)))
			return rc;
		*out = name;
		name = NULL;
		return TMG_OK;
	}
	return wrong(text, f, _("it must begin with dns:, email:, ip:, uri:, upn:, dir:, rid: or permanent-identifier:"));
}
