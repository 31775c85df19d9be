/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority wants to see in a request: CsrAttrs of RFC 7030 4.5.2,
 * the encoding RFC 8951 made clear, the template of RFC 9908.
 *
 * Where the applicant said something, it stays; what is left open is filled.
 * A key of the wrong kind cannot be helped and is said so.
 */
#include "src/pki/request.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	TAG_KEY = 0xa0,		/* RFC 9908 3.4: subjectPKInfo [0] */
	TAG_ATTRIBUTES = 0xa1,	/* RFC 9908 3.4: attributes [1] */
	OID_TEXT = 80,
};

/* Contents of OBJECT IDENTIFIERs. */
#define OID(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }
#define PKCS_1(n) OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, n)
#define PKCS_9(...) OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, __VA_ARGS__)
#define ANSI_X962(...) OID(0x2a, 0x86, 0x48, 0xce, 0x3d, __VA_ARGS__)
#define NIST_HASH(n) OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n)

static const tmg_view oid_challenge = PKCS_9(0x07);
static const tmg_view oid_ext_request = PKCS_9(0x0e);
static const tmg_view oid_template = PKCS_9(0x10, 0x02, 0x3d);	/* RFC 9908, A */
static const tmg_view oid_ext_template = PKCS_9(0x10, 0x02, 0x3e);
static const tmg_view oid_rsa = PKCS_1(0x01);
static const tmg_view oid_ec = ANSI_X962(0x02, 0x01);

/* What one OID says about the key. */
static const struct {
	tmg_view oid;
	tmg_family family;
	tmg_alg alg;		/* NONE: any of the family */
	const char *name;
} keys[] = {
	{ PKCS_1(0x01), TMG_FAMILY_RSA, TMG_ALG_NONE, "RSA" },
	{ ANSI_X962(0x02, 0x01), TMG_FAMILY_EC, TMG_ALG_NONE, "EC" },
	{ ANSI_X962(0x03, 0x01, 0x07), TMG_FAMILY_EC, TMG_ALG_P256, "P-256" },
	{ OID(0x2b, 0x81, 0x04, 0x00, 0x22), TMG_FAMILY_EC, TMG_ALG_P384, "P-384" },
	{ OID(0x2b, 0x81, 0x04, 0x00, 0x23), TMG_FAMILY_EC, TMG_ALG_P521, "P-521" },
	{ OID(0x2b, 0x65, 0x70), TMG_FAMILY_ED, TMG_ALG_ED25519, "Ed25519" },
};

/* What one OID says about the signature; family NONE: for any but EdDSA. */
static const struct {
	tmg_view oid;
	tmg_family family;
	tmg_hash hash;
	bool pss;
} signatures[] = {
	{ PKCS_1(0x0b), TMG_FAMILY_RSA, TMG_HASH_SHA256, false },
	{ PKCS_1(0x0c), TMG_FAMILY_RSA, TMG_HASH_SHA384, false },
	{ PKCS_1(0x0d), TMG_FAMILY_RSA, TMG_HASH_SHA512, false },
	{ PKCS_1(0x0a), TMG_FAMILY_RSA, TMG_HASH_NONE, true },
	{ ANSI_X962(0x04, 0x03, 0x02), TMG_FAMILY_EC, TMG_HASH_SHA256, false },
	{ ANSI_X962(0x04, 0x03, 0x03), TMG_FAMILY_EC, TMG_HASH_SHA384, false },
	{ ANSI_X962(0x04, 0x03, 0x04), TMG_FAMILY_EC, TMG_HASH_SHA512, false },
	{ NIST_HASH(0x01), TMG_FAMILY_NONE, TMG_HASH_SHA256, false },
	{ NIST_HASH(0x02), TMG_FAMILY_NONE, TMG_HASH_SHA384, false },
	{ NIST_HASH(0x03), TMG_FAMILY_NONE, TMG_HASH_SHA512, false },
};

/* What was heard so far. */
typedef struct wishes {
	tmg_request *r;
	bool family_asked, family_fits;
	bool alg_asked, alg_fits;
	char wanted[OID_TEXT];	/* the last kind of key that is not ours */
} wishes;

/* Dotted, from an OBJECT IDENTIFIER's content; "?" when it is none. */
static void
oid_text(tmg_view content, char text[static OID_TEXT])
{
	uint8_t der[OID_TEXT];
	tmg_out out = TMG_OUT(der);
	const uint8_t *p = der;
	tmg_held(ASN1_OBJECT) oid = NULL;

	snprintf(text, OID_TEXT, "?");
	tmg_tlv_put_head(&out, DER_OID, content.len);
	tmg_put(&out, content);
	if (out.full)
		return;
	ERR_set_mark();
	oid = d2i_ASN1_OBJECT(NULL, &p, (long)out.len);
	if (oid != NULL)
		OBJ_obj2txt(text, OID_TEXT, oid, 1);
	ERR_pop_to_mark();
}

static tmg_family
our_family(const wishes *w)
{
	return tmg_alg_get(w->r->signer->alg)->family;
}

/* False: nobody here knows that kind of key. */
static bool
want_key(wishes *w, tmg_view oid)
{
	bool known = false;

	for (size_t i = 0; i < TMG_COUNT(keys); i++) {
		if (!tmg_view_equal(oid, keys[i].oid))
			continue;
		known = true;
		w->family_asked = true;
		if (keys[i].family == our_family(w))
			w->family_fits = true;
		if (keys[i].alg != TMG_ALG_NONE && keys[i].family == our_family(w)) {
			w->alg_asked = true;
			w->alg_fits = w->alg_fits || keys[i].alg == w->r->signer->alg;
		}
		if (keys[i].family != our_family(w) ||
		    (keys[i].alg != TMG_ALG_NONE && keys[i].alg != w->r->signer->alg))
			snprintf(w->wanted, sizeof(w->wanted), "%s", keys[i].name);
	}
	return known;
}

/* A curve that the authority insists on and no key here can be on. */
static void
want_curve(wishes *w, tmg_view oid)
{
	if (want_key(w, oid) || our_family(w) != TMG_FAMILY_EC)
		return;
	w->alg_asked = true;
	oid_text(oid, w->wanted);
}

static void
want_modulus(wishes *w, size_t bits)
{
	if (our_family(w) != TMG_FAMILY_RSA || bits == 0)
		return;
	w->alg_asked = true;
	if (tmg_alg_get(w->r->signer->alg)->bits == bits)
		w->alg_fits = true;
	else
		snprintf(w->wanted, sizeof(w->wanted), "RSA %zu", bits);
}

static void
want_signature(const wishes *w, tmg_view oid)
{
	for (size_t i = 0; i < TMG_COUNT(signatures); i++) {
		if (!tmg_view_equal(oid, signatures[i].oid) ||
		    our_family(w) == TMG_FAMILY_ED ||
		    (signatures[i].family != TMG_FAMILY_NONE &&
		    signatures[i].family != our_family(w)))
			continue;
		if (w->r->sign.hash == TMG_HASH_NONE)
			w->r->sign.hash = signatures[i].hash;
		if (signatures[i].pss)
			w->r->sign.scheme = TMG_SIGN_PSS;
	}
}

/* The challenge is a secret or a channel binding: only the caller has it. */
static void
want_challenge(const wishes *w)
{
	if (w->r->spec->challenge == NULL)
		tmg_log(w->r->ctx, TMG_LOG_WARN,
		    "the authority's csrattrs ask for a challenge password; none is given");
}

static void
want_oid(wishes *w, tmg_view oid)
{
	if (tmg_view_equal(oid, oid_challenge))
		want_challenge(w);
	want_key(w, oid);
	want_signature(w, oid);
}

/* ---- extensions --------------------------------------------------------------- */

static tmg_rc
add_extension(const wishes *w, tmg_view der)
{
	const uint8_t *p = der.ptr;
	X509_EXTENSION *ext;
	tmg_rc rc = TMG_OK;

	ERR_set_mark();
	ext = d2i_X509_EXTENSION(NULL, &p, (long)der.len);
	ERR_pop_to_mark();
	if (ext == NULL)
		return TMG_E_MALFORMED;
	if (X509v3_get_ext_by_OBJ(w->r->extensions,
	    X509_EXTENSION_get_object(ext), -1) < 0 &&
	    X509v3_add_ext(&w->r->extensions, ext, -1) == NULL)
		rc = TMG_E_NOMEM;
	X509_EXTENSION_free(ext);
	return rc;
}

/* One of them; a template may leave the value for us to fill, RFC 9908 3.4:
 * then what the applicant asked for is all there is. */
static tmg_rc
want_extension(const wishes *w, tmg_view whole, tmg_view in)
{
	tmg_view oid, value = { NULL, 0 };
	tmg_tlv t;

	if (tmg_tlv_expect(&in, DER_OID, &oid))
		return TMG_E_MALFORMED;
	while (in.len > 0) {
		if (tmg_tlv_next(&in, &t) != TMG_OK ||
		    (t.tag != DER_BOOLEAN && t.tag != DER_OCTET_STRING))
			return TMG_E_MALFORMED;
		if (t.tag == DER_OCTET_STRING)
			value = t.value;
	}
	return value.len > 0 ? add_extension(w, whole) : TMG_OK;
}

static tmg_rc
want_extensions(const wishes *w, tmg_view values)
{
	tmg_view list, whole, in;
	tmg_tlv t;
	tmg_rc rc;

	if (tmg_tlv_next(&values, &t) != TMG_OK)
		return TMG_E_MALFORMED;
	if (t.tag != DER_SEQUENCE)
		return TMG_OK;	/* the example of RFC 7030 4.5.2 has an OID here */
	list = t.value;
	while (list.len > 0) {
		const uint8_t *start = list.ptr;

		if (tmg_tlv_expect(&list, DER_SEQUENCE, &in))
			return TMG_E_MALFORMED;
		whole = (tmg_view){ start, (size_t)(list.ptr - start) };
		if ((rc = want_extension(w, whole, in)))
			return rc;
	}
	return TMG_OK;
}

/* ---- attributes --------------------------------------------------------------- */

/* Curves of id-ecPublicKey, sizes of rsaEncryption: RFC 7030 4.5.2. */
static tmg_rc
want_key_values(wishes *w, tmg_view oid, tmg_view values)
{
	tmg_tlv t;

	want_key(w, oid);
	while (values.len > 0) {
		if (tmg_tlv_next(&values, &t) != TMG_OK)
			return TMG_E_MALFORMED;
		if (t.tag == DER_OID)
			want_curve(w, t.value);
		if (t.tag == DER_INTEGER && t.value.len <= 3) {
			size_t bits = 0;

			for (size_t i = 0; i < t.value.len; i++)
				bits = bits << 8 | t.value.ptr[i];
			want_modulus(w, bits);
		}
	}
	return TMG_OK;
}

/* Attribute { type, values SET }; what we do not know is passed over. */
static tmg_rc
want_attribute(wishes *w, tmg_view in)
{
	tmg_view oid, values;

	if (tmg_tlv_expect(&in, DER_OID, &oid) || tmg_tlv_expect(&in, DER_SET, &values) || in.len > 0)
		return TMG_E_MALFORMED;
	if (tmg_view_equal(oid, oid_ext_request) || tmg_view_equal(oid, oid_ext_template))
		return values.len > 0 ? want_extensions(w, values) : TMG_OK;
	if (tmg_view_equal(oid, oid_rsa) || tmg_view_equal(oid, oid_ec))
		return want_key_values(w, oid, values);
	want_oid(w, oid);
	return TMG_OK;
}

/* ---- the template of RFC 9908 ------------------------------------------------- */

/* TMG_NOT_FOUND: the name has no such attribute; text is what it is called. */
static tmg_rc
find_attribute(X509_NAME *name, tmg_view single, char text[static OID_TEXT])
{
	tmg_held(ASN1_OBJECT) oid = NULL;
	const uint8_t *p = single.ptr;

	ERR_set_mark();
	oid = d2i_ASN1_OBJECT(NULL, &p, (long)single.len);
	ERR_pop_to_mark();
	if (oid == NULL)
		return TMG_E_MALFORMED;
	OBJ_obj2txt(text, OID_TEXT, oid, 0);
	return X509_NAME_get_index_by_OBJ(name, oid, -1) >= 0 ? TMG_OK
	    : TMG_NOT_FOUND;
}

/* SingleAttributeTemplate { type, value OPTIONAL }. */
static tmg_rc
want_name_part(const wishes *w, tmg_view whole, tmg_view in, int set)
{
	X509_NAME *name = X509_REQ_get_subject_name(w->r->req);
	const uint8_t *p = whole.ptr;
	X509_NAME_ENTRY *entry;
	tmg_view body = in, oid;
	char text[OID_TEXT] = "";
	tmg_rc rc;
	int ok;

	if (tmg_tlv_expect(&in, DER_OID, &oid))
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
want_rdn(const wishes *w, tmg_view rdn)
{
	X509_NAME *name = X509_REQ_get_subject_name(w->r->req);
	const int before = X509_NAME_entry_count(name);
	tmg_view in;
	tmg_rc rc;

	while (rdn.len > 0) {
		const uint8_t *start = rdn.ptr;
		const int set = X509_NAME_entry_count(name) > before ? -1 : 0;

		if (tmg_tlv_expect(&rdn, DER_SEQUENCE, &in))
			return TMG_E_MALFORMED;
		if ((rc = want_name_part(w,
		    (tmg_view){ start, (size_t)(rdn.ptr - start) }, in, set)))
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
want_subject(const wishes *w, tmg_view name)
{
	tmg_view rdn;
	tmg_rc rc;

	while (name.len > 0) {
		if (tmg_tlv_expect(&name, DER_SET, &rdn))
			return TMG_E_MALFORMED;
		if ((rc = want_rdn(w, rdn)))
			return rc;
	}
	return TMG_OK;
}

/* SubjectPublicKeyInfoTemplate; an RSA key there is a dummy of the wanted size. */
static tmg_rc
want_public_key(wishes *w, tmg_view in)
{
	tmg_view id, oid, bits, key, n, unused;
	tmg_tlv t;

	if (tmg_tlv_expect(&in, DER_SEQUENCE, &id) || tmg_tlv_expect(&id, DER_OID, &oid))
		return TMG_E_MALFORMED;
	want_key(w, oid);
	if (tmg_tlv_next(&id, &t) == TMG_OK && t.tag == DER_OID)
		want_curve(w, t.value);
	if (tmg_view_equal(oid, oid_rsa) && in.len > 0 &&
	    tmg_tlv_expect(&in, DER_BIT_STRING, &bits) == TMG_OK &&
	    tmg_view_take(&bits, 1, &unused) == TMG_OK &&
	    tmg_tlv_expect(&bits, DER_SEQUENCE, &key) == TMG_OK &&
	    tmg_tlv_expect(&key, DER_INTEGER, &n) == TMG_OK)
		want_modulus(w, tmg_number_bits(n));
	return TMG_OK;
}

static tmg_rc
want_attributes(wishes *w, tmg_view list)
{
	tmg_view in;
	tmg_rc rc;

	while (list.len > 0) {
		if (tmg_tlv_expect(&list, DER_SEQUENCE, &in))
			return TMG_E_MALFORMED;
		if ((rc = want_attribute(w, in)))
			return rc;
	}
	return TMG_OK;
}

static const struct {
	uint32_t tag;
	bool subject, key;
} template_parts[] = {
	{ DER_SEQUENCE, true, false },
	{ TAG_KEY, false, true },
	{ TAG_ATTRIBUTES, false, false },
};

static tmg_rc
want_part(wishes *w, tmg_tlv t)
{
	for (size_t i = 0; i < TMG_COUNT(template_parts); i++) {
		if (template_parts[i].tag != t.tag)
			continue;
		if (template_parts[i].subject)
			return want_subject(w, t.value);
		return template_parts[i].key ? want_public_key(w, t.value)
		    : want_attributes(w, t.value);
	}
	return TMG_E_MALFORMED;
}

/* CertificationRequestInfoTemplate, RFC 9908 3.4. */
static tmg_rc
want_template(wishes *w, tmg_view values)
{
	tmg_view in, version;
	tmg_tlv t;
	tmg_rc rc;

	if (tmg_tlv_expect(&values, DER_SEQUENCE, &in) || tmg_tlv_expect(&in, DER_INTEGER, &version))
		return TMG_E_MALFORMED;
	while (in.len > 0) {
		if (tmg_tlv_next(&in, &t) != TMG_OK)
			return TMG_E_MALFORMED;
		if ((rc = want_part(w, t)))
			return rc;
	}
	return TMG_OK;
}

/* A client that knows the template looks at nothing beside it: RFC 9908 4. */
static bool
find_template(tmg_view list, tmg_view *values)
{
	tmg_view oid;
	tmg_tlv t;

	while (tmg_tlv_next(&list, &t) == TMG_OK) {
		if (t.tag == DER_SEQUENCE && tmg_tlv_expect(&t.value, DER_OID, &oid) == TMG_OK &&
		    tmg_view_equal(oid, oid_template) &&
		    tmg_tlv_expect(&t.value, DER_SET, values) == TMG_OK)
			return true;
	}
	return false;
}

static tmg_rc
want_list(wishes *w, tmg_view list)
{
	tmg_tlv t;
	tmg_rc rc;

	while (list.len > 0) {
		if (tmg_tlv_next(&list, &t) != TMG_OK ||
		    (t.tag != DER_OID && t.tag != DER_SEQUENCE))
			return TMG_E_MALFORMED;
		if (t.tag == DER_OID)
			want_oid(w, t.value);
		else if ((rc = want_attribute(w, t.value)))
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
judge(const wishes *w)
{
	if ((!w->family_asked || w->family_fits) && (!w->alg_asked || w->alg_fits))
		return TMG_OK;
	return tmg_raise(w->r->f, TMG_MISMATCH, 0,
	    _("The authority wants a key of type %s, this one is %s: make a new key of that type."),
	    w->wanted, tmg_alg_get(w->r->signer->alg)->name);
}

tmg_rc
tmg_request_apply(tmg_request *r, tmg_view wants)
{
	wishes w = { .r = r };
	tmg_view list, values;
	tmg_rc rc;

	if (wants.len == 0)
		return TMG_OK;
	rc = tmg_tlv_expect(&wants, DER_SEQUENCE, &list);
	if (rc == TMG_OK && wants.len > 0)
		rc = TMG_E_MALFORMED;
	if (rc == TMG_OK)
		rc = find_template(list, &values) ? want_template(&w, values)
		    : want_list(&w, list);
	if (rc == TMG_E_MALFORMED)
		return tmg_raise(r->f, rc, 0,
		    _("What the authority wants to see in requests (CsrAttrs) cannot be read."));
	return rc == TMG_OK ? judge(&w) : rc;
}
