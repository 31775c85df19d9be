/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/san.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "src/codec/tlv.h"
#include "src/pki/name.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tamga/csr.h"

#define TEXT_MAX (TMG_NAME_MAX + 8)	/* bytes of "dir:" and a name */

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
	tmg_put_str(o, "dir:");
	return tmg_name_text(name, o);
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

/* RFC 4043 2; a value without who assigned it, and the other way round. */
static tmg_rc
put_permanent(tmg_out *o, const OTHERNAME *other)
{
	const ASN1_STRING *s = other->value->type == V_ASN1_SEQUENCE
	    ? other->value->value.sequence : NULL;
	tmg_view der, inner, value;

	if (s == NULL)
		return TMG_UNSUPPORTED;
	der = (tmg_view){ ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s) };
	if (tmg_tlv_find(der, DER_SEQUENCE, &inner) != TMG_OK ||
	    tmg_tlv_find(inner, DER_UTF8, &value) != TMG_OK)
		return TMG_UNSUPPORTED;
	tmg_put_str(o, TMG_SAN_PERMANENT);
	tmg_put(o, value);
	return tmg_out_done(o);
}

static tmg_rc
put_other(tmg_out *o, const OTHERNAME *other)
{
	return OBJ_obj2nid(other->type_id) == NID_id_on_permanentIdentifier
	    ? put_permanent(o, other) : put_upn(o, other);
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
		return put_other(o, n->d.otherName);
	default:
		return TMG_UNSUPPORTED;
	}
}

/* NULL: out of memory, or *rc says what else. */
static char *
name_text(const GENERAL_NAME *name, tmg_rc *rc)
{
	char text[TEXT_MAX];
	tmg_out o = { (uint8_t *)text, sizeof(text) - 1, 0, false };

	*rc = put_name(&o, name);
	if (*rc == TMG_OK && memchr(text, '\0', o.len) != NULL)
		*rc = TMG_E_MALFORMED;
	if (*rc != TMG_OK)
		return NULL;
	text[o.len] = '\0';
	*rc = TMG_E_NOMEM;
	return strdup(text);
}

void
tmg_san_free(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

static tmg_rc
names_text(const GENERAL_NAMES *names, char ***list)
{
	const int n = sk_GENERAL_NAME_num(names);
	char **made = calloc((size_t)n + 1, sizeof(*made));
	tmg_rc rc = TMG_OK;

	if (made == NULL)
		return TMG_E_NOMEM;
	for (int i = 0; i < n; i++) {
		made[i] = name_text(sk_GENERAL_NAME_value(names, i), &rc);
		if (made[i] == NULL) {
			tmg_san_free(made);
			return rc;
		}
	}
	*list = made;
	return TMG_OK;
}

tmg_rc
tmg_san_of(OSSL_LIB_CTX *libctx, tmg_view cert, char ***list)
{
	tmg_held(GENERAL_NAMES) names = NULL;
	tmg_held(X509) x = NULL;
	int found;
	tmg_rc rc;

	*list = NULL;
	if ((rc = tmg_x509_parse(libctx, cert, &x)))
		return rc;
	ERR_set_mark();
	names = X509_get_ext_d2i(x, NID_subject_alt_name, &found, NULL);
	ERR_pop_to_mark();
	if (names != NULL)
		return names_text(names, list);
	/* -1: there is none; anything else is one that cannot be read, or two */
	return found == -1 ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_san_of_request(OSSL_LIB_CTX *libctx, tmg_view csr, char ***list)
{
	tmg_held(X509_REQ) req = X509_REQ_new_ex(libctx, NULL);
	tmg_held(GENERAL_NAMES) names = NULL;
	STACK_OF(X509_EXTENSION) *extensions = NULL;
	const uint8_t *p = csr.ptr;
	int found = -1;

	*list = NULL;
	if (req == NULL)
		return TMG_E_NOMEM;
	if (csr.len > TMG_CSR_MAX)
		return TMG_E_MALFORMED;
	ERR_set_mark();
	if (d2i_X509_REQ(&req, &p, (long)csr.len) == NULL || p != csr.ptr + csr.len) {
		ERR_pop_to_mark();
		return TMG_E_MALFORMED;
	}
	if ((extensions = X509_REQ_get_extensions(req)) != NULL)
		names = X509V3_get_d2i(extensions, NID_subject_alt_name, &found, NULL);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	ERR_pop_to_mark();
	if (names != NULL)
		return names_text(names, list);
	return found == -1 ? TMG_OK : TMG_E_MALFORMED;
}
