/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one certificate says.  Its public key is never decoded here: that
 * would need a library context, and this is asked for in lists of many.
 */
#include "tamga/cert.h"

#include <openssl/x509v3.h>
#include <stdio.h>

#include "src/codec/hex.h"
#include "src/codec/tlv.h"
#include "src/pki/name.h"
#include "src/pki/scope.h"
#include "src/pki/sha256.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_SEQUENCE = 0x30,
	TAG_VERSION = 0xa0,	/* RFC 5280 4.1: version [0] */
	TAG_EXTENSIONS = 0xa3,	/* RFC 5280 4.1: extensions [3] */
};

/* TBSCertificate in parts, RFC 5280 4.1; names and SPKI with their heads. */
typedef struct parts {
	tmg_view serial;
	tmg_view issuer, subject;
	tmg_view validity;
	tmg_view spki;
	tmg_view extensions;	/* empty: none */
} parts;

/* Skips an optional object. */
static void
take_optional(tmg_view *in, uint32_t tag, tmg_view *value)
{
	tmg_view rest = *in;
	tmg_tlv t;

	if (tmg_tlv_next(&rest, &t) == TMG_OK && t.tag == tag) {
		*value = t.value;
		*in = rest;
	}
}

static tmg_rc
split(tmg_view der, parts *p)
{
	tmg_view cert, tbs, skip;
	tmg_rc rc;

	*p = (parts){ .extensions = { NULL, 0 } };
	if ((rc = tmg_tlv_expect(&der, DER_SEQUENCE, &cert)) ||
	    (rc = tmg_tlv_expect(&cert, DER_SEQUENCE, &tbs)) ||
	    (rc = tmg_tlv_expect(&cert, DER_SEQUENCE, &skip)) ||
	    (rc = tmg_tlv_expect(&cert, DER_BIT_STRING, &skip)))
		return rc;
	if (der.len != 0 || cert.len != 0)
		return TMG_E_MALFORMED;

	take_optional(&tbs, TAG_VERSION, &skip);
	if ((rc = tmg_tlv_expect(&tbs, DER_INTEGER, &p->serial)) ||
	    (rc = tmg_tlv_expect(&tbs, DER_SEQUENCE, &skip)) ||
	    (rc = tmg_tlv_expect_whole(&tbs, DER_SEQUENCE, &p->issuer)) ||
	    (rc = tmg_tlv_expect(&tbs, DER_SEQUENCE, &p->validity)) ||
	    (rc = tmg_tlv_expect_whole(&tbs, DER_SEQUENCE, &p->subject)) ||
	    (rc = tmg_tlv_expect_whole(&tbs, DER_SEQUENCE, &p->spki)))
		return rc;

	while (tbs.len > 0) {
		tmg_tlv t;

		if (tmg_tlv_next(&tbs, &t) != TMG_OK)
			return TMG_E_MALFORMED;
		if (t.tag == TAG_EXTENSIONS)
			p->extensions = t.value;
	}
	return TMG_OK;
}

static tmg_rc
take_time(tmg_view *in, time_t *when)
{
	const uint8_t *p = in->ptr;
	tmg_held(ASN1_TIME) t = d2i_ASN1_TIME(NULL, &p, (long)in->len);
	tmg_rc rc;

	if ((rc = tmg_x509_time(t, when)))
		return rc;
	in->len -= (size_t)(p - in->ptr);
	in->ptr = p;
	return TMG_OK;
}

static tmg_rc
name_text(tmg_view der, char *text, size_t cap)
{
	tmg_out out = { (uint8_t *)text, cap - 1, 0, false };
	tmg_rc rc = tmg_name_text_der(der, &out);

	text[rc == TMG_OK ? out.len : 0] = '\0';
	return rc;
}

static void
common_name(tmg_view der, char *text, size_t cap)
{
	const uint8_t *p = der.ptr;
	tmg_held(X509_NAME) name = d2i_X509_NAME(NULL, &p, (long)der.len);
	tmg_held_bytes utf8 = NULL;
	int at, len;

	text[0] = '\0';
	at = name != NULL ? X509_NAME_get_index_by_NID(name, NID_commonName, -1)
	    : -1;
	if (at < 0)
		return;
	len = ASN1_STRING_to_UTF8(&utf8,
	    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len >= 0 && (size_t)len < cap && memchr(utf8, 0, (size_t)len) == NULL) {
		memcpy(text, utf8, (size_t)len);
		text[len] = '\0';
	}
}

static bool
is_ca(tmg_view extensions)
{
	const uint8_t *p = extensions.ptr;
	STACK_OF(X509_EXTENSION) *list;
	BASIC_CONSTRAINTS *bc;
	bool ca;

	if (extensions.len == 0)
		return false;
	list = d2i_X509_EXTENSIONS(NULL, &p, (long)extensions.len);
	bc = X509V3_get_d2i(list, NID_basic_constraints, NULL, NULL);
	ca = bc != NULL && bc->ca != 0;
	BASIC_CONSTRAINTS_free(bc);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	return ca;
}

static tmg_rc
read_facts(tmg_view der, tmg_cert_facts *f)
{
	uint8_t digest[TMG_SHA256_SIZE];
	parts p;
	tmg_rc rc;

	*f = (tmg_cert_facts){ .ca = false };
	if (der.len > INT32_MAX)
		return TMG_E_MALFORMED;
	if ((rc = split(der, &p)) ||
	    (rc = take_time(&p.validity, &f->not_before)) ||
	    (rc = take_time(&p.validity, &f->not_after)) ||
	    (rc = name_text(p.subject, f->subject, sizeof(f->subject))) ||
	    (rc = name_text(p.issuer, f->issuer, sizeof(f->issuer))))
		return rc;

	/* a positive number that starts with a one bit has a zero in front */
	if (p.serial.len > 1 && p.serial.ptr[0] == 0)
		p.serial = (tmg_view){ p.serial.ptr + 1, p.serial.len - 1 };
	if (2 * p.serial.len >= sizeof(f->serial))
		return TMG_E_MALFORMED;
	tmg_hex_text(f->serial, sizeof(f->serial), p.serial);

	tmg_sha256(der, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(f->sha256 + 2 * i, 3, "%02x", digest[i]);

	common_name(p.subject, f->common_name, sizeof(f->common_name));
	f->self_issued = tmg_view_equal(p.subject, p.issuer);
	f->ca = is_ca(p.extensions);
	if (tmg_spki_alg(p.spki, &f->alg))
		f->alg = TMG_ALG_NONE;
	return TMG_OK;
}

/* Without memory a certificate may look damaged, nameless or no CA's. */
tmg_rc
tmg_cert_facts_get(tmg_view der, tmg_cert_facts *f)
{
	const unsigned long before = ERR_peek_error();
	bool lacked;
	tmg_rc rc;

	ERR_set_mark();
	rc = read_facts(der, f);
	lacked = tmg_lacked_memory(before);
	ERR_pop_to_mark();
	return lacked ? TMG_E_NOMEM : rc;
}

tmg_rc
tmg_cert_spki(tmg_view der, tmg_view *spki)
{
	parts p;
	tmg_rc rc;

	if ((rc = split(der, &p)))
		return rc;
	*spki = p.spki;
	return TMG_OK;
}
