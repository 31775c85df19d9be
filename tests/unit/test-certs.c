/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates: what they say, lists, chains.
 */
#include "tests/unit/pki-keys.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "src/codec/tlv.h"
#include "src/pki/attestation.h"
#include "src/pki/name.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tamga/cert.h"

enum { ROOM = 32768, DAY = 86400 };

/* A root, an authority below it, a leaf below that: RSA, RSA, P-256. */
struct chain {
	struct keys *k;
	X509 *cert[3];
	uint8_t store[3][4096];
	tmg_view der[3];
};

static const char *const subjects[] = {
	"CN=Түбір,O=ТОО Пример,C=KZ", "CN=Делдал,O=ТОО Пример,C=KZ",
	"CN=Әлия Құрманғазықызы,serialNumber=IIN900101300123,C=KZ",
};

static X509 *
issue(struct keys *k, size_t kind, size_t issuer, bool ca, const char *from)
{
	X509 *cert = X509_new_ex(k->libctx, NULL);
	tmg_held(X509_NAME) subject = NULL;
	tmg_held(X509_NAME) by = NULL;
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();

	assert_int_equal(tmg_name_parse(subjects[kind], &subject, NULL), TMG_OK);
	assert_int_equal(tmg_name_parse(from, &by, NULL), TMG_OK);
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), 0x8123456789abcdef + kind);
	X509_set_subject_name(cert, subject);
	X509_set_issuer_name(cert, by);
	X509_gmtime_adj(X509_getm_notBefore(cert), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(cert), 10 * DAY);
	X509_set_pubkey(cert, k->soft_key[kind]);
	bc->ca = ca ? 0xff : 0;
	assert_int_equal(X509_add1_ext_i2d(cert, NID_basic_constraints, bc, 1, 0), 1);
	BASIC_CONSTRAINTS_free(bc);
	assert_true(X509_sign(cert, k->soft_key[issuer], EVP_sha256()) > 0);
	return cert;
}

static int
chain_setup(void **state)
{
	static struct chain c;
	void *keys;

	keys_setup(&keys);
	c.k = keys;
	c.cert[0] = issue(c.k, 0, 0, true, subjects[0]);
	c.cert[1] = issue(c.k, 1, 0, true, subjects[0]);
	c.cert[2] = issue(c.k, 2, 1, false, subjects[1]);
	for (size_t i = 0; i < 3; i++) {
		uint8_t *p = c.store[i];

		c.der[i] = (tmg_view){ p, (size_t)i2d_X509(c.cert[i], &p) };
	}
	*state = &c;
	return 0;
}

static int
chain_teardown(void **state)
{
	struct chain *c = *state;
	void *keys = c->k;

	for (size_t i = 0; i < 3; i++)
		X509_free(c->cert[i]);
	return keys_teardown(&keys);
}

static void
test_facts(void **state)
{
	struct chain *c = *state;
	tmg_cert_facts f;
	tmg_view spki;
	uint8_t digest[32];
	char hex[65];

	assert_int_equal(tmg_cert_facts_get(c->der[2], &f), TMG_OK);
	assert_string_equal(f.subject, subjects[2]);
	assert_string_equal(f.issuer, subjects[1]);
	assert_string_equal(f.common_name, "Әлия Құрманғазықызы");
	assert_string_equal(f.serial, "8123456789ABCDF1");
	assert_int_equal(f.not_after - f.not_before, 11 * DAY);
	assert_false(f.ca);
	assert_false(f.self_issued);
	assert_int_equal(EVP_Digest(c->der[2].ptr, c->der[2].len, digest, NULL,
	    EVP_sha256(), NULL), 1);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(f.sha256, hex);

	assert_int_equal(tmg_cert_facts_get(c->der[0], &f), TMG_OK);
	assert_true(f.ca && f.self_issued);
	assert_int_equal(tmg_cert_spki(c->der[2], &spki), TMG_OK);
	assert_true(tmg_view_equal(spki, c->k->signer[2]->spki));
}

/* Cut anywhere, a certificate is malformed and nothing is read beyond it. */
static void
test_cut(void **state)
{
	struct chain *c = *state;

	for (size_t len = 0; len < c->der[2].len; len++) {
		uint8_t *copy = malloc(len > 0 ? len : 1);
		tmg_cert_facts f;
		tmg_view spki;

		memcpy(copy, c->der[2].ptr, len);
		assert_int_equal(tmg_cert_facts_get((tmg_view){ copy, len }, &f), TMG_E_MALFORMED);
		assert_int_equal(tmg_cert_spki((tmg_view){ copy, len }, &spki), TMG_E_MALFORMED);
		free(copy);
	}
}

static void
test_lists(void **state)
{
	struct chain *c = *state;
	tmg_auto_ptr(tmg_certs) certs = NULL;

	assert_int_equal(tmg_certs_new(&certs), TMG_OK);
	for (int twice = 0; twice < 2; twice++)
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(tmg_certs_add(certs, c->der[i]), TMG_OK);
	assert_int_equal(tmg_certs_count(certs), 3);
	assert_true(tmg_view_equal(tmg_certs_get(certs, 1), c->der[1]));
	assert_int_equal(tmg_certs_get(certs, 3).len, 0);
	assert_int_equal(tmg_certs_add(certs, (tmg_view){ c->der[0].ptr, 9 }), TMG_E_MALFORMED);
	assert_int_equal(tmg_certs_count(certs), 3);
}

static void
test_pem(void **state)
{
	struct chain *c = *state;
	static const char *const bad[] = {
		"-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n",
	};
	static const char *const none[] = { "", "hello", "-----BEGIN X-----\nAAAA\n-----END X-----\n" };
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_held(BIO) out = BIO_new(BIO_s_mem());
	char *text;
	long len;

	assert_int_equal(tmg_certs_new(&certs), TMG_OK);
	BIO_puts(out, "a comment before\n");
	for (size_t i = 0; i < 3; i++) {
		PEM_write_bio_X509(out, c->cert[i]);
		PEM_write_bio_PUBKEY(out, c->k->soft_key[i]);
	}
	len = BIO_get_mem_data(out, &text);
	assert_int_equal(tmg_certs_add_pem(certs, (tmg_view){ (uint8_t *)text, (size_t)len }), TMG_OK);
	assert_int_equal(tmg_certs_count(certs), 3);
	tmg_certs_free(&certs);
	assert_int_equal(tmg_certs_new(&certs), TMG_OK);
	for (long i = 0; i < len; i++)		/* RFC 7468 3: CR alone ends a line too */
		text[i] = text[i] == '\n' ? '\r' : text[i];
	assert_int_equal(tmg_certs_add_pem(certs, (tmg_view){ (uint8_t *)text, (size_t)len }), TMG_OK);
	assert_int_equal(tmg_certs_count(certs), 3);
	for (size_t i = 0; i < TMG_COUNT(bad); i++)
		assert_int_equal(tmg_certs_add_pem(certs, tmg_view_str(bad[i])), TMG_E_MALFORMED);
	for (size_t i = 0; i < TMG_COUNT(none); i++)
		assert_int_equal(tmg_certs_add_pem(certs, tmg_view_str(none[i])), TMG_NOT_FOUND);
	assert_int_equal(tmg_certs_count(certs), 3);
}

/* The two outermost lengths made indefinite, as Java's encoders do. */
static tmg_view
to_ber(tmg_view der, uint8_t *store)
{
	tmg_out out = { store, ROOM, 0, false };
	tmg_tlv all, oid, content;

	assert_int_equal(tmg_tlv_next(&der, &all), TMG_OK);
	assert_int_equal(tmg_tlv_next(&all.value, &oid), TMG_OK);
	assert_int_equal(tmg_tlv_next(&all.value, &content), TMG_OK);
	tmg_put(&out, (tmg_view){ (const uint8_t *)"\x30\x80", 2 });
	tmg_tlv_put(&out, oid.tag, oid.value);
	tmg_put(&out, (tmg_view){ (const uint8_t *)"\xa0\x80", 2 });
	tmg_put(&out, content.value);
	tmg_put(&out, (tmg_view){ (const uint8_t *)"\0\0\0\0", 4 });
	assert_false(out.full);
	return tmg_out_view(&out);
}

static void
test_cms(void **state)
{
	struct chain *c = *state;
	STACK_OF(X509) *stack = sk_X509_new_null();
	tmg_held(CMS_ContentInfo) cms = NULL;
	tmg_auto_free uint8_t *der = NULL;
	uint8_t store[ROOM];
	tmg_view forms[2];

	for (size_t i = 0; i < 3; i++)
		sk_X509_push(stack, c->cert[i]);
	cms = CMS_sign(NULL, NULL, stack, NULL, CMS_BINARY | CMS_PARTIAL | CMS_DETACHED);
	sk_X509_free(stack);
	forms[0] = (tmg_view){ NULL, (size_t)i2d_CMS_ContentInfo(cms, &der) };
	forms[0].ptr = der;
	forms[1] = to_ber(forms[0], store);

	for (size_t i = 0; i < 2; i++) {
		tmg_auto_ptr(tmg_certs) certs = NULL;

		assert_int_equal(tmg_certs_new(&certs), TMG_OK);
		assert_int_equal(tmg_certs_add_cms(certs, forms[i]), TMG_OK);
		assert_int_equal(tmg_certs_count(certs), 3);
		forms[i].len /= 2;
		assert_int_equal(tmg_certs_add_cms(certs, forms[i]), TMG_E_MALFORMED);
	}
}

static time_t
far_future(void *arg)
{
	(void)arg;
	return time(NULL) + 30 * DAY;
}

static void
fill(tmg_certs **certs, struct chain *c, unsigned which)
{
	assert_int_equal(tmg_certs_new(certs), TMG_OK);
	for (size_t i = 0; i < 3; i++)
		if ((which & 1u << i) != 0)
			assert_int_equal(tmg_certs_add(*certs, c->der[i]), TMG_OK);
}

static void
test_verify(void **state)
{
	struct chain *c = *state;
	static const struct {
		unsigned others, anchors;	/* bits: root, authority, leaf */
		tmg_rc rc;
		size_t chain;
	} rows[] = {
		{ 2, 1, TMG_OK, 2 },
		{ 0, 2, TMG_OK, 1 },		/* an anchor that is no root */
		{ 7, 1, TMG_OK, 2 },
		{ 0, 4, TMG_OK, 0 },		/* the leaf itself was given */
		{ 0, 1, TMG_MISMATCH, 0 },	/* a link is missing */
		{ 3, 0, TMG_MISMATCH, 0 },	/* a root nobody trusts */
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto_ptr(tmg_certs) others = NULL;
		tmg_auto_ptr(tmg_certs) anchors = NULL;
		tmg_auto_ptr(tmg_certs) chain = NULL;
		tmg_fault f = { .rc = TMG_OK };

		fill(&others, c, rows[i].others);
		fill(&anchors, c, rows[i].anchors);
		fill(&chain, c, 0);
		assert_int_equal(tmg_certs_verify(c->k->ctx, c->der[2], others,
		    anchors, chain, &f), rows[i].rc);
		assert_int_equal(tmg_certs_count(chain), rows[i].chain);
		assert_int_equal(f.text[0] != '\0', rows[i].rc != TMG_OK);
	}
}

static void
test_verify_clock_and_signature(void **state)
{
	struct chain *c = *state;
	tmg_auto_ptr(tmg_certs) others = NULL;
	tmg_auto_ptr(tmg_certs) anchors = NULL;
	tmg_fault f = { .rc = TMG_OK };
	uint8_t broken[4096];

	fill(&others, c, 2);
	fill(&anchors, c, 1);
	tmg_ctx_set_clock(c->k->ctx, far_future, NULL);
	assert_int_equal(tmg_certs_verify(c->k->ctx, c->der[2], others, anchors,
	    NULL, &f), TMG_MISMATCH);
	assert_non_null(strstr(f.text, "expired"));
	tmg_ctx_set_clock(c->k->ctx, NULL, NULL);

	memcpy(broken, c->der[2].ptr, c->der[2].len);
	broken[c->der[2].len - 3] ^= 1;
	assert_int_equal(tmg_certs_verify(c->k->ctx, (tmg_view){ broken, c->der[2].len },
	    others, anchors, NULL, &f), TMG_MISMATCH);
	assert_non_null(strstr(f.text, "signature"));
	assert_non_null(strstr(f.text, "Әлия"));
}

/* ---- attestations --------------------------------------------------------- */

struct stated {
	const char *oid, *bytes;
	int len;
};

/* A certificate of nobody's with these extensions, DER. */
static tmg_view
stated_by(struct chain *c, const struct stated *rows, uint8_t *store)
{
	tmg_held(X509) cert = issue(c->k, 2, 2, false, subjects[2]);
	uint8_t *at = store;

	for (; rows->oid != NULL; rows++) {
		ASN1_OBJECT *oid = OBJ_txt2obj(rows->oid, 1);
		ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
		X509_EXTENSION *ext;

		ASN1_OCTET_STRING_set(value, (const uint8_t *)rows->bytes, rows->len);
		ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
		assert_int_equal(X509_add_ext(cert, ext, -1), 1);
		X509_EXTENSION_free(ext);
		ASN1_OCTET_STRING_free(value);
		ASN1_OBJECT_free(oid);
	}
	assert_true(X509_sign(cert, c->k->soft_key[2], EVP_sha256()) > 0);
	return (tmg_view){ store, (size_t)i2d_X509(cert, &at) };
}

#define ARC "1.3.6.1.4.1.41482.3."
#define SAYS(n, bytes) { ARC #n, bytes, sizeof(bytes) - 1 }
#define PGP(n, bytes) { "1.3.6.1.4.1.41482.5." #n, bytes, sizeof(bytes) - 1 }

static void
attestations_are_read(void **state)
{
	static const struct {
		struct stated rows[4];
		tmg_rc rc;
		const char *firmware, *serial;
		tmg_pin_policy pin;
		tmg_touch_policy touch;
	} cases[] = {
		{ { SAYS(3, "\x05\x07\x01"), SAYS(7, "\x02\x04\x00\x9b\x14\x7f"), SAYS(8, "\x02\x01") },
		    TMG_OK, "5.7.1", "10163327", TMG_PIN_ONCE, TMG_TOUCH_NEVER },
		{ { SAYS(8, "\x03\x02") }, TMG_OK, "", "", TMG_PIN_ALWAYS, TMG_TOUCH_ALWAYS },
		{ { SAYS(8, "\x01\x03") }, TMG_OK, "", "", TMG_PIN_NEVER, TMG_TOUCH_CACHED },
		{ { SAYS(8, "\x05\x01") }, TMG_OK, "", "", TMG_PIN_ALWAYS, TMG_TOUCH_NEVER },
		/* OpenPGP's: where the key comes from, and the values of its card */
		{ { PGP(2, "\x02\x01\x01"), PGP(3, "\x04\x03\x05\x07\x01"),
		    PGP(8, "\x04\x01\x03") },
		    TMG_OK, "5.7.1", "", TMG_PIN_ONCE, TMG_TOUCH_CACHED },
		{ { PGP(2, "\x02\x01\x01"), PGP(7, "\x02\x01\x07"),
		    PGP(8, "\x04\x01\x02") },
		    TMG_OK, "", "7", TMG_PIN_ONCE, TMG_TOUCH_ALWAYS },
		{ { PGP(8, "\x04\x01\x00") }, TMG_NOT_FOUND, "", "", 0, TMG_TOUCH_NEVER },
		{ { PGP(2, "\x02\x01\x00") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { PGP(2, "\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { PGP(2, "\x02\x02\x00\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { PGP(3, "\x05\x07\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { PGP(8, "\x04\x01\x05") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { PGP(8, "\x04\x02\x00\x20") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { { NULL, NULL, 0 } }, TMG_NOT_FOUND, "", "", 0, 0 },
		{ { SAYS(3, "\x05\x07\x01") }, TMG_NOT_FOUND, "5.7.1", "", 0, 0 },
		{ { SAYS(8, "\x02") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(8, "\x02\x01\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(8, "\x00\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(8, "\x06\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(8, "\x02\x00") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(8, "\x02\xff") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(3, "\x05\x07"), SAYS(8, "\x02\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(7, "\x02\x01"), SAYS(8, "\x02\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(7, "\x02\x01\x80"), SAYS(8, "\x02\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(7, "\x02\x01\x05\x00"), SAYS(8, "\x02\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(7, "\x02\x09\x01\x01\x01\x01\x01\x01\x01\x01\x01"), SAYS(8, "\x02\x01") },
		    TMG_E_MALFORMED, "", "", 0, 0 },
		{ { SAYS(7, "\x04\x01\x05"), SAYS(8, "\x02\x01") }, TMG_E_MALFORMED, "", "", 0, 0 },
	};
	struct chain *c = *state;

	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		uint8_t store[4096];
		tmg_attestation a;
		const tmg_rc rc = tmg_attestation_read(c->k->libctx,
		    stated_by(c, cases[i].rows, store), &a);

		if (rc != cases[i].rc)
			fail_msg("case %zu: %s", i, tmg_rc_name(rc));
		if (rc == TMG_E_MALFORMED)
			continue;
		assert_string_equal(a.firmware, cases[i].firmware);
		assert_string_equal(a.serial, cases[i].serial);
		assert_int_equal(a.pin, cases[i].pin);
		assert_int_equal(a.touch, cases[i].touch);
	}
	tmg_attestation none;
	assert_int_equal(tmg_attestation_read(c->k->libctx, tmg_view_str("no"), &none),
	    TMG_E_MALFORMED);
}

/* To libcrypto no time is the present one, to us it is none. */
static void
test_time(void **state)
{
	tmg_held(ASN1_TIME) made = ASN1_TIME_set(NULL, 2524608000);	/* 2050-01-01 */
	time_t at = 7;

	(void)state;
	assert_int_equal(tmg_x509_time(NULL, &at), TMG_E_MALFORMED);
	assert_int_equal(at, 7);
	assert_int_equal(tmg_x509_time(made, &at), TMG_OK);
	assert_int_equal(at, 2524608000);
	assert_int_equal(ASN1_STRING_set(made, "99Z", 3), 1);
	assert_int_equal(tmg_x509_time(made, &at), TMG_E_MALFORMED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_pem),
		cmocka_unit_test(test_cms),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_verify_clock_and_signature),
		cmocka_unit_test(attestations_are_read),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, chain_setup, chain_teardown);
}
