/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/san.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/scope.h"

#define NAME_CAP (TMG_NAME_MAX + 8)

static tmg_rc
put_ia5(tmg_out *o, const char *kind, const ASN1_IA5STRING *s)
{
	tmg_put_str(o, kind);
	tmg_put(o, (tmg_view){ ASN1_STRING_get0_data(s),
	    (size_t)ASN1_STRING_length(s) });
	return tmg_out_done(o);
}

static tmg_rc
put_ip(tmg_out *o, const ASN1_OCTET_STRING *s)
{
	const int len = ASN1_STRING_length(s);
	char text[INET6_ADDRSTRLEN];

	if ((len != 4 && len != 16) || inet_ntop(len == 4 ? AF_INET : AF_INET6,
	    ASN1_STRING_get0_data(s), text, sizeof(text)) == NULL)
		return TMG_E_MALFORMED;
	tmg_put_str(o, "ip:");
	tmg_put_str(o, text);
	return tmg_out_done(o);
}

static tmg_rc
put_dir(tmg_out *o, const X509_NAME *name)
{
	const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	BIO *mem = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len = -1;

	if (mem != NULL && X509_NAME_print_ex(mem, name, 0, flags) >= 0)
		len = BIO_get_mem_data(mem, &text);
	tmg_put_str(o, "dir:");
	if (len > 0)
		tmg_put(o, (tmg_view){ (const uint8_t *)text, (size_t)len });
	BIO_free(mem);
	return len < 0 ? TMG_E_NOMEM : tmg_out_done(o);
}

static tmg_rc
put_rid(tmg_out *o, const ASN1_OBJECT *oid)
{
	char text[128];
	const int len = OBJ_obj2txt(text, sizeof(text), oid, 1);

	if (len <= 0 || len >= (int)sizeof(text))
		return TMG_E_MALFORMED;
	tmg_put_str(o, "rid:");
	tmg_put_str(o, text);
	return tmg_out_done(o);
}

static tmg_rc
put_upn(tmg_out *o, const OTHERNAME *other)
{
	if (OBJ_obj2nid(other->type_id) != NID_ms_upn ||
	    other->value->type != V_ASN1_UTF8STRING)
		return TMG_UNSUPPORTED;
	return put_ia5(o, "upn:", other->value->value.utf8string);
}

static tmg_rc
put_name(tmg_out *o, const GENERAL_NAME *n)
{
	switch (n->type) {
	case GEN_DNS:
		return put_ia5(o, "dns:", n->d.dNSName);
	case GEN_EMAIL:
		return put_ia5(o, "email:", n->d.rfc822Name);
	case GEN_URI:
		return put_ia5(o, "uri:", n->d.uniformResourceIdentifier);
	case GEN_IPADD:
		return put_ip(o, n->d.iPAddress);
	case GEN_DIRNAME:
		return put_dir(o, n->d.directoryName);
	case GEN_RID:
		return put_rid(o, n->d.registeredID);
	case GEN_OTHERNAME:
		return put_upn(o, n->d.otherName);
	default:
		return TMG_UNSUPPORTED;
	}
}

static tmg_rc
names_text(const GENERAL_NAMES *names, tmg_strings *list)
{
	const int n = sk_GENERAL_NAME_num(names);
	tmg_auto_free char *store = NULL;
	const char *items[TMG_JOURNAL_LIST + 1] = { NULL };
	tmg_rc rc;

	if (n > TMG_JOURNAL_LIST)
		return TMG_UNSUPPORTED;
	store = malloc((size_t)n * NAME_CAP + 1);
	if (store == NULL)
		return TMG_E_NOMEM;
	for (int i = 0; i < n; i++) {
		char *text = store + (size_t)i * NAME_CAP;
		tmg_out o = { (uint8_t *)text, NAME_CAP - 1, 0, false };

		if ((rc = put_name(&o, sk_GENERAL_NAME_value(names, i))))
			return rc;
		if (memchr(text, '\0', o.len) != NULL)
			return TMG_E_MALFORMED;
		text[o.len] = '\0';
		items[i] = text;
	}
	return tmg_strings_set(list, items);
}

tmg_rc
tmg_san_of(tmg_view cert, tmg_strings *list)
{
	const uint8_t *at = cert.ptr;
	X509 *x = d2i_X509(NULL, &at, (long)cert.len);
	GENERAL_NAMES *names;
	tmg_rc rc;

	if (x == NULL)
		return TMG_E_MALFORMED;
	names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	rc = names != NULL ? names_text(names, list) : tmg_strings_set(list, NULL);
	GENERAL_NAMES_free(names);
	X509_free(x);
	return rc;
}
