/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests over every kind of key: what was asked for stands in them, they
 * verify, each costs one signature, and what cannot be asked is refused in
 * words before the key is used.
 */
#include "tests/unit/pki-keys.h"

#include <openssl/x509v3.h>

#include "src/base/fail.h"
#include "src/pki/name.h"
#include "src/pki/request.h"
#include "src/pki/san.h"
#include "src/pki/scope.h"
#include "tamga/cert.h"
#include "tamga/csr.h"
#include "tests/unit/test.h"

static X509_REQ *
parse(tmg_view der)
{
	const uint8_t *p = der.ptr;
	X509_REQ *req = d2i_X509_REQ(NULL, &p, (long)der.len);

	assert_non_null(req);
	assert_ptr_equal(p, der.ptr + der.len);
	return req;
}

/* ---- names ------------------------------------------------------------------ */

static const struct {
	const char *in, *out;
} names[] = {
	{ "", "" },
	{ "CN=x", "CN=x" },
	{ " cn = x , o = y ", "CN=x,O=y" },
	{ "CN=Асель Ким,O=ТОО Пример,C=KZ", "CN=Асель Ким,O=ТОО Пример,C=KZ" },
	{ "CN=Әлия Құрманғазықызы,serialNumber=IIN900101300123,C=KZ",
	    "CN=Әлия Құрманғазықызы,serialNumber=IIN900101300123,C=KZ" },
	{ "CN=Şəhriyar Əliyev,C=AZ", "CN=Şəhriyar Əliyev,C=AZ" },
	{ "organizationIdentifier=VATKZ-1,2.5.4.97=NTRAZ-2",
	    "organizationIdentifier=VATKZ-1,organizationIdentifier=NTRAZ-2" },
	{ "GN=A,SN=B,surname=C,givenname=D", "givenName=A,surname=B,surname=C,givenName=D" },
	{ "emailAddress=a@b.example,DC=b,DC=example", "emailAddress=a@b.example,DC=b,DC=example" },
	{ "UID=u+CN=x,O=y", "UID=u+CN=x,O=y" },
	{ "CN=a\\,b\\+c\\\\d\\\"e", "CN=a\\,b\\+c\\\\d\\\"e" },
	{ "CN=\\20a\\20", "CN=\\ a\\ " },
	{ "CN=\\#a", "CN=\\#a" },
	{ "O=\"Foo, Inc.\",CN=x", "O=Foo\\, Inc.,CN=x" },
	{ "CN=\\D0\\90", "CN=А" },
	{ "CN=Lu\\C4\\8Di\\C4\\87", "CN=Lučić" },
	{ "1.2.3.4.5=a", "1.2.3.4.5=#0C0161" },
	{ "1.3.6.1.4.1.1466.0=#160161,O=Test,C=GB",
	    "1.3.6.1.4.1.1466.0=#160161,O=Test,C=GB" },
	{ "title=t,pseudonym=p,businessCategory=b,jurisdictionC=KZ,jurisdictionST=s,jurisdictionL=l,street=s 1,postalCode=050000,dnQualifier=q,ou=u,l=l,st=s",
	    "title=t,pseudonym=p,businessCategory=b,jurisdictionC=KZ,jurisdictionST=s,jurisdictionL=l,street=s 1,postalCode=050000,dnQualifier=q,OU=u,L=l,ST=s" },
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		tmg_fault f = { .rc = TMG_OK };
		char text[1024];
		tmg_out out = { (uint8_t *)text, sizeof(text) - 1, 0, false };
		tmg_held(X509_NAME) name = NULL;
		tmg_held(X509_NAME) again = NULL;

		assert_int_equal(tmg_name_parse(names[i].in, &name, &f), TMG_OK);
		assert_int_equal(tmg_name_text(name, &out), TMG_OK);
		text[out.len] = '\0';
		assert_string_equal(text, names[i].out);
		/* what we write we read, to the same bytes */
		assert_int_equal(tmg_name_parse(text, &again, &f), TMG_OK);
		if (X509_NAME_cmp(name, again) != 0)
			fail_msg("%s", text);
	}
}

static const struct {
	const char *in, *word;	/* word: what the message must name */
} bad_names[] = {
	/* a country by another spelling would escape its two letters */
	{ "2.5.4.06=KAZ", "2.5.4.06" },
	{ "02.5.4.6=KZ", "02.5.4.6" },
	{ "x", "=" },
	{ "=x", "missing" },
	{ "CN=", "empty" },
	{ "CN=x,", "missing" },
	{ ",CN=x", "missing" },
	{ "CN=x,,O=y", "missing" },
	{ "CN=x+", "missing" },
	{ "Foo=x", "Foo" },
	{ "CN=a\\", "backslash" },
	{ "CN=a\\4", "backslash" },
	{ "CN=a\\zz", "backslash" },
	{ "CN=\"a", "quotation" },
	{ "CN=\"a\"b", "comma" },
	{ "CN=a;O=b", "backslash" },
	{ "CN=\\FF", "UTF-8" },
	{ "CN=\\C0\\80", "UTF-8" },
	{ "C=KAZ", "C may have" },
	{ "C=K", "two letters" },
	{ "C=КЗ", "Latin" },
	{ "serialNumber=Ж", "Latin" },
	{ "serialNumber=a_b", "Latin" },
	{ "emailAddress=Ж@b.example", "Latin" },
	{ "CN=#zz", "DER" },
	{ "CN=#0C", "DER" },
	{ "CN=#300161", "DER" },
	{ "SN=#0C00", "empty" },
	{ "CN=#04024869", "DER" },
	{ "1.2.3.4.5=#0C0191", "encoding" },
	{ "CN=#0C0161ff", "DER" },
	{ "CN=0123456789012345678901234567890123456789012345678901234567890123456", "64" },
};

static void
test_bad_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad_names); i++) {
		tmg_fault f = { .rc = TMG_OK };
		X509_NAME *name;

		assert_int_equal(tmg_name_parse(bad_names[i].in, &name, &f), TMG_E_USAGE);
		assert_null(name);
		assert_non_null(strstr(f.text, bad_names[i].word));
	}
}

/* The encodings RFC 5280, appendix A.1, asks for. */
static void
test_name_encodings(void **state)
{
	static const struct { const char *text; int type; } rows[] = {
		{ "CN=x", V_ASN1_UTF8STRING }, { "CN=Ж", V_ASN1_UTF8STRING },
		{ "C=KZ", V_ASN1_PRINTABLESTRING },
		{ "serialNumber=1", V_ASN1_PRINTABLESTRING },
		{ "dnQualifier=1", V_ASN1_PRINTABLESTRING },
		{ "emailAddress=a@b", V_ASN1_IA5STRING }, { "DC=x", V_ASN1_IA5STRING },
		{ "1.2.3.4=x", V_ASN1_UTF8STRING },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_held(X509_NAME) name = NULL;

		assert_int_equal(tmg_name_parse(rows[i].text, &name, NULL), TMG_OK);
		assert_int_equal(ASN1_STRING_type(X509_NAME_ENTRY_get_data(
		    X509_NAME_get_entry(name, 0))), rows[i].type);
	}
}

/* ---- requests ----------------------------------------------------------------- */

static const char *const san[] = {
	"dns:host.example", "dns:*.example", "email:a@b.example", "email:әлия@b.example",
	"ip:192.0.2.1", "ip:2001:db8::1", "uri:https://x.example/", "upn:асель@corp.example",
	"dir:CN=Асель,C=KZ", "rid:1.2.3.4", NULL,
};
static const char *const usage[] = { "digitalSignature", "nonRepudiation", NULL };
static const char *const eku[] = { "clientAuth", "emailProtection", "1.2.3.4.5", NULL };
static const char *const policies[] = { "1.2.398.3.3.2", NULL };

static tmg_csr_spec
full_spec(struct keys *k)
{
	static tmg_view chain[2];
	static uint8_t store[2][4096];

	for (size_t i = 0; i < 2; i++) {
		uint8_t *p = store[i];

		chain[i] = (tmg_view){ store[i], (size_t)i2d_X509(k->cert[2 + i], &p) };
	}
	return (tmg_csr_spec){
		.subject = "CN=Әлия Құрманғазықызы,organizationIdentifier=VATKZ-1,O=ТОО,C=KZ",
		.san = san, .key_usage = usage, .ext_key_usage = eku,
		.policies = policies, .template_name = "SmartcardUser",
		.challenge = "s3cret", .attestation = chain, .attestation_count = 2,
	};
}

static void
has_extension(STACK_OF(X509_EXTENSION) *list, const char *oid, bool critical)
{
	tmg_held(ASN1_OBJECT) obj = OBJ_txt2obj(oid, 1);
	const int at = X509v3_get_ext_by_OBJ(list, obj, -1);

	assert_true(at >= 0);
	assert_int_equal(X509_EXTENSION_get_critical(X509v3_get_ext(list, at)), critical);
	assert_int_equal(X509v3_get_ext_by_OBJ(list, obj, at), -1);
}

static void
check_full(X509_REQ *req)
{
	STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(req);
	tmg_held(ASN1_OBJECT) attestation = OBJ_txt2obj(TMG_OID_ATTESTATION, 1);
	GENERAL_NAMES *alt;

	has_extension(list, "2.5.29.15", true);
	has_extension(list, "2.5.29.37", false);
	has_extension(list, "2.5.29.17", false);
	has_extension(list, "2.5.29.32", false);
	has_extension(list, "1.3.6.1.4.1.311.20.2", false);
	alt = X509V3_get_d2i(list, NID_subject_alt_name, NULL, NULL);
	assert_int_equal(sk_GENERAL_NAME_num(alt), TMG_COUNT(san) - 1);
	GENERAL_NAMES_free(alt);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	assert_true(X509_REQ_get_attr_by_NID(req, NID_pkcs9_challengePassword, -1) >= 0);
	assert_true(X509_REQ_get_attr_by_OBJ(req, attestation, -1) >= 0);
}

static void
check_attestation(const tmg_csr_spec *spec, tmg_view der)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;

	assert_int_equal(tmg_certs_new(&certs), TMG_OK);
	assert_int_equal(tmg_csr_attestation(der, certs), TMG_OK);
	assert_int_equal(tmg_certs_count(certs), spec->attestation_count);
	for (size_t i = 0; i < spec->attestation_count; i++)
		assert_true(tmg_view_equal(tmg_certs_get(certs, i), spec->attestation[i]));
}

static void
test_requests(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (int pss = 0; pss < (kind < 2 ? 2 : 1); pss++) {
			tmg_csr_spec spec = full_spec(k);
			tmg_fault f = { .rc = TMG_OK };
			uint8_t bytes[TMG_CSR_MAX];
			char text[TMG_NAME_MAX];
			tmg_out der = TMG_OUT(bytes);
			tmg_out subject = { (uint8_t *)text, sizeof(text) - 1, 0, false };
			tmg_held(X509_REQ) req = NULL;
			tmg_view spki;

			spec.pss = pss;
			uses(k, kind);
			assert_int_equal(tmg_csr_make(k->ctx, &spec, k->signer[kind], &der, &f), TMG_OK);
			assert_int_equal(uses(k, kind), 1);

			req = parse(tmg_out_view(&der));
			assert_int_equal(X509_REQ_verify(req, k->soft_key[kind]), 1);
			check_full(req);
			assert_int_equal(tmg_csr_verify(k->ctx, tmg_out_view(&der)), TMG_OK);
			assert_int_equal(tmg_csr_spki(tmg_out_view(&der), &spki), TMG_OK);
			assert_true(tmg_view_equal(spki, k->signer[kind]->spki));
			assert_int_equal(tmg_csr_subject(tmg_out_view(&der), &subject), TMG_OK);
			text[subject.len] = '\0';
			assert_string_equal(text, spec.subject);
			check_attestation(&spec, tmg_out_view(&der));

			der.ptr[der.len - 9] ^= 1;
			assert_int_equal(tmg_csr_verify(k->ctx, tmg_out_view(&der)), TMG_MISMATCH);
		}
	}
}

/* The same as a request, but for the signature, which nobody made. */
static void
test_draft(void **state)
{
	struct keys *k = *state;
	const tmg_csr_spec spec = { .subject = "CN=x", .san = (const char *const []){
		"dns:a.example", NULL } };
	uint8_t made[2048], drafted[2048];

	for (size_t kind = 0; kind < KINDS; kind++) {
		tmg_out request = TMG_OUT(made), draft = TMG_OUT(drafted);
		tmg_held(X509_REQ) a = NULL;
		tmg_held(X509_REQ) b = NULL;
		tmg_held_bytes one = NULL;
		tmg_held_bytes other = NULL;
		const ASN1_BIT_STRING *sig;
		int n;

		uses(k, kind);
		assert_int_equal(tmg_csr_draft(k->ctx, &spec, k->signer[kind], &draft, NULL),
		    TMG_OK);
		assert_int_equal(uses(k, kind), 0);
		assert_int_equal(tmg_csr_make(k->ctx, &spec, k->signer[kind], &request, NULL),
		    TMG_OK);
		a = parse(tmg_out_view(&request));
		b = parse(tmg_out_view(&draft));
		n = i2d_re_X509_REQ_tbs(a, &one);
		assert_int_equal(n, i2d_re_X509_REQ_tbs(b, &other));
		assert_memory_equal(one, other, (size_t)n);
		assert_int_equal(X509_REQ_get_signature_nid(a), X509_REQ_get_signature_nid(b));
		X509_REQ_get0_signature(b, &sig, NULL);
		assert_int_equal(ASN1_STRING_length(sig), 0);
		assert_int_equal(tmg_csr_has_key(tmg_out_view(&draft), k->signer[kind]->spki),
		    TMG_OK);
	}
}

static void
test_smallest_request(void **state)
{
	struct keys *k = *state;
	static const tmg_csr_spec nothing = { .subject = NULL };
	uint8_t bytes[1024], few[16];
	tmg_out der = TMG_OUT(bytes), tiny = TMG_OUT(few);
	tmg_auto_ptr(tmg_certs) certs = NULL;

	assert_int_equal(tmg_csr_make(k->ctx, &nothing, k->signer[2], &der, NULL), TMG_OK);
	assert_int_equal(tmg_csr_verify(k->ctx, tmg_out_view(&der)), TMG_OK);
	assert_int_equal(tmg_certs_new(&certs), TMG_OK);
	assert_int_equal(tmg_csr_attestation(tmg_out_view(&der), certs), TMG_NOT_FOUND);
	assert_int_equal(tmg_csr_make(k->ctx, &nothing, k->signer[2], &tiny, NULL), TMG_E_SPACE);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_bad_requests(void **state)
{
	struct keys *k = *state;
	const tmg_view junk = { (const uint8_t *)"junk", 4 };
	const struct { tmg_csr_spec spec; const char *word; } rows[] = {
		{ { .subject = "CN" }, "=" },
		{ { .san = LIST("host.example") }, "dns:" },
		{ { .san = LIST("dns:хост.example") }, "xn--" },
		{ { .san = LIST("dns:a b") }, "host name" },
		{ { .san = LIST("dns:") }, "host name" },
		{ { .san = LIST("dns:a..b") }, "host name" },
		{ { .san = LIST("email:a") }, "e-mail" },
		{ { .san = LIST("email:a@b@c") }, "e-mail" },
		{ { .san = LIST("email:a@почта.example") }, "xn--" },
		{ { .san = LIST("ip:300.1.1.1") }, "IP" },
		{ { .san = LIST("uri:no-scheme") }, "scheme" },
		{ { .san = LIST("uri:http://é") }, "ASCII" },
		{ { .san = LIST("upn:") }, "nothing" },
		{ { .san = LIST("upn:\xff") }, "UTF-8" },
		{ { .san = LIST("dir:x") }, "=" },
		{ { .san = LIST("rid:abc") }, "OID" },
		{ { .key_usage = LIST("signing") }, "signing" },
		{ { .ext_key_usage = LIST("CN") }, "CN" },
		{ { .policies = LIST("policy") }, "policy" },
		{ { .template_name = "\xff" }, "template" },
		{ { .challenge = "" }, "challenge" },
		{ { .challenge = "\xff" }, "challenge" },
		{ { .attestation = &junk, .attestation_count = 1 }, "attestation" },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { .rc = TMG_OK };
		uint8_t bytes[4096];
		tmg_out der = TMG_OUT(bytes);

		uses(k, 2);
		assert_int_equal(tmg_csr_make(k->ctx, &rows[i].spec, k->signer[2],
		    &der, &f), TMG_E_USAGE);
		assert_non_null(strstr(f.text, rows[i].word));
		assert_int_equal(uses(k, 2), 0);
		assert_int_equal(der.len, 0);
	}
}

/* A token that signs with another key than its certificate tells of. */
static void
test_wrong_key(void **state)
{
	struct keys *k = *state;
	tmg_csr_spec spec = { .subject = "CN=x" };
	tmg_fault f = { .rc = TMG_OK };
	tmg_soft *other;
	uint8_t bytes[4096];
	tmg_out der = TMG_OUT(bytes);
	tmg_signer *s;

	assert_int_equal(tmg_soft_generate(k->ctx, TMG_ALG_P256, &other), TMG_OK);
	s = tmg_soft_signer(other);
	s->spki = k->signer[2]->spki;
	assert_int_equal(tmg_csr_make(k->ctx, &spec, s, &der, &f), TMG_E_CRYPTO);
	assert_non_null(strstr(f.text, "another key"));
	assert_int_equal(der.len, 0);
	tmg_soft_free(&other);
}

static tmg_rc
decline(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	(void)spec;
	(void)input;
	(void)sig;
	return tmg_raise(s->fault, TMG_CANCELLED, 0, "no PIN was given");
}

/* The person's no comes through as it is, after one try. */
static void
test_declined(void **state)
{
	static const tmg_signer_ops ops = {
		decline, tmg_signer_no_decrypt, tmg_signer_no_derive,
	};
	static const tmg_csr_spec spec = { .subject = "CN=x" };
	struct keys *k = *state;
	tmg_fault own = { .rc = TMG_OK }, f = { .rc = TMG_OK };
	tmg_signer s = { &ops, &own, TMG_ALG_P256, k->signer[2]->spki, 0, 0, false };
	uint8_t bytes[4096];
	tmg_out der = TMG_OUT(bytes);

	assert_int_equal(tmg_csr_make(k->ctx, &spec, &s, &der, &f), TMG_CANCELLED);
	assert_int_equal(s.used, 1);
	assert_string_equal(f.text, "no PIN was given");
	assert_int_equal(der.len, 0);
}

static void
test_malformed(void **state)
{
	struct keys *k = *state;
	static const struct { const char *bytes; size_t len; } rows[] = {
		{ "", 0 }, { "\x30\x00", 2 }, { "\x30\x02\x30\x00", 4 }, { "\x05\x00", 2 },
		{ "\x30\x80\x00\x00", 4 }, { "\x30\x05\x30\x03\x02\x01\x00", 7 },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_view der = { (const uint8_t *)rows[i].bytes, rows[i].len };
		uint8_t text[64];
		tmg_out out = TMG_OUT(text);
		tmg_view spki;

		assert_int_equal(tmg_csr_verify(k->ctx, der), TMG_E_MALFORMED);
		assert_int_equal(tmg_csr_spki(der, &spki), TMG_E_MALFORMED);
		assert_int_equal(tmg_csr_subject(der, &out), TMG_E_MALFORMED);
	}
}

/* ---- names that a certificate has already ------------------------------------ */

/* GeneralNames, DER; RFC 5280 4.2.1.6 */
static const struct {
	tmg_view names;
	tmg_rc rc;
	const char *first;
} had[] = {
	{ BYTES("\x30\x05\x82\x03" "a.b"), TMG_OK, "dns:a.b" },
	{ BYTES("\x30\x05\x81\x03" "a@b"), TMG_OK, "email:a@b" },
	{ BYTES("\x30\x05\x86\x03" "a:b"), TMG_OK, "uri:a:b" },
	{ BYTES("\x30\x06\x87\x04\x7f\0\0\x01"), TMG_OK, "ip:127.0.0.1" },
	{ BYTES("\x30\x12\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"), TMG_OK,
	    "ip:::1" },
	{ BYTES("\x30\x05\x88\x03\x2a\x03\x04"), TMG_OK, "rid:1.2.3.4" },
	{ BYTES("\x30\x10\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03"
	    "\x0c\x01x"), TMG_OK, "dir:CN=x" },
	{ BYTES("\x30\x13\xa0\x11\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"
	    "\xa0\x03\x0c\x01u"), TMG_OK, "upn:u" },
	/* three bytes are no address; a zero byte would end the text early */
	{ BYTES("\x30\x05\x87\x03\x7f\0\0"), TMG_E_MALFORMED, NULL },
	{ BYTES("\x30\x05\x82\x03" "a\0b"), TMG_E_MALFORMED, NULL },
	{ BYTES("\x30\x05\x82\x04" "a.b"), TMG_E_MALFORMED, NULL },
	{ BYTES("\x04\x00"), TMG_E_MALFORMED, NULL },
	/* another's otherName, and an x400Address */
	{ BYTES("\x30\x0b\xa0\x09\x06\x02\x2a\x03\xa0\x03\x0c\x01u"), TMG_UNSUPPORTED,
	    NULL },
	{ BYTES("\x30\x0a\x82\x03" "a.b\xa3\x03\x02\x01\x01"), TMG_UNSUPPORTED, NULL },
};

static size_t
with_san(tmg_view general, uint8_t *der, size_t cap)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;
	uint8_t *p = der;
	int len;

	assert_true(key != NULL && x != NULL && octets != NULL);
	ASN1_OCTET_STRING_set(octets, general.ptr, (int)general.len);
	ext = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, octets);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 60);
	X509_set_pubkey(x, key);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	len = i2d_X509(x, NULL);
	assert_true(len > 0 && (size_t)len <= cap);
	i2d_X509(x, &p);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(octets);
	X509_free(x);
	EVP_PKEY_free(key);
	return (size_t)len;
}

static void
names_of_a_certificate_become_text(void **state)
{
	uint8_t der[1024];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(had); i++) {
		const size_t len = with_san(had[i].names, der, sizeof(der));
		char **list = NULL;

		assert_int_equal(tmg_san_of(NULL, (tmg_view){ der, len }, &list),
		    had[i].rc);
		if (had[i].first == NULL) {
			assert_null(list);
			continue;
		}
		assert_string_equal(list[0], had[i].first);
		assert_null(list[1]);
		free(list[0]);
		free(list);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_certificate_become_text),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_name_encodings),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_draft),
		cmocka_unit_test(test_smallest_request),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_declined),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
