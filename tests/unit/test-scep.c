/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/pki-keys.h"

#include <openssl/cms.h>
#include <openssl/provider.h>
#include <stdlib.h>
#include <string.h>

#include "src/pki/scep-message.h"
#include "src/pki/scope.h"

enum { KIND_RSA = 0, KIND_LONG = 1, KIND_EC = 2 };

#define held_bytes __attribute__((__cleanup__(tmg_scep_bytes_release))) tmg_scep_bytes
#define held_message __attribute__((__cleanup__(tmg_scep_message_release))) tmg_scep_message

static const tmg_scep_allow strict = { false, false };
static const uint8_t text[] = "what is carried, longer than one block";

static const tmg_scep_header request = {
	.type = TMG_SCEP_PKCS_REQ, .status = TMG_SCEP_NO_STATUS,
	.fail = TMG_SCEP_NO_FAIL, .transaction = "0123456789ABCDEF",
	.sender = { true, { 1, 2, 3, 4 } },
};
static const tmg_scep_header failure = {
	.type = TMG_SCEP_CERT_REP, .status = TMG_SCEP_FAILURE,
	.fail = TMG_SCEP_BAD_TIME, .transaction = "под_черта",
	.signed_at = 2600000000,	/* 2052: GeneralizedTime */
	.sender = { true, { 9 } }, .recipient = { true, { 1, 2, 3, 4 } },
	.text = "часы идут не так",
};

static void
write_it(struct keys *k, size_t kind, const tmg_scep_header *h,
    tmg_view content, tmg_scep_bytes *der)
{
	const tmg_scep_sender sender = { .cert = k->cert[kind], .key = k->token[kind] };
	tmg_fault f = { .rc = TMG_OK };

	assert_int_equal(tmg_scep_write(k->libctx, h, &sender, content, der, &f),
	    TMG_OK);
}

static void
same_header(const tmg_scep_header *a, const tmg_scep_header *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->fail, b->fail);
	assert_string_equal(a->transaction, b->transaction);
	assert_string_equal(a->text, b->text);
	assert_memory_equal(&a->sender, &b->sender, sizeof(a->sender));
	assert_memory_equal(&a->recipient, &b->recipient, sizeof(a->recipient));
}

static void
test_there_and_back(void **state)
{
	static const size_t kinds[] = { KIND_RSA, KIND_LONG, KIND_EC };
	static const struct {
		const tmg_scep_header *header;
		tmg_view content;
	} rows[] = { { &request, { text, sizeof(text) } }, { &failure, { NULL, 0 } } };
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(kinds) * TMG_COUNT(rows); i++) {
		const size_t kind = kinds[i / TMG_COUNT(rows)];
		const size_t row = i % TMG_COUNT(rows);
		held_bytes der = { NULL, 0 };
		held_message m = { .cms = NULL };
		tmg_fault f = { .rc = TMG_OK };
		X509_ALGOR *digest, *signature;

		uses(k, kind);
		write_it(k, kind, rows[row].header, rows[row].content, &der);
		assert_int_equal(uses(k, kind), 1);
		assert_int_equal(tmg_scep_read(k->libctx, tmg_scep_view(&der), NULL,
		    &m, &f), TMG_OK);
		same_header(&m.header, rows[row].header);
		assert_int_equal(X509_cmp(m.signer, k->cert[kind]), 0);
		assert_true(labs(m.header.signed_at - (rows[row].header->signed_at > 0 ?
		    rows[row].header->signed_at : time(NULL))) < 60);
		assert_int_equal(tmg_scep_verify(&m, &strict, &f), TMG_OK);
		assert_true(tmg_view_equal(tmg_scep_view(&m.content),
		    rows[row].content));

		/* some clients take nothing else of an RSA key */
		CMS_SignerInfo_get0_algs(m.by, NULL, NULL, &digest, &signature);
		assert_int_equal(OBJ_obj2nid(digest->algorithm), NID_sha256);
		if (kind != KIND_EC)
			assert_int_equal(OBJ_obj2nid(signature->algorithm),
			    NID_rsaEncryption);
	}
}

static void
test_changed(void **state)
{
	struct keys *k = *state;
	held_bytes der = { NULL, 0 };
	size_t believed = 0;

	write_it(k, KIND_RSA, &request, TMG_VIEW(text), &der);
	for (size_t at = 0; at < der.len; at++) {
		held_message m = { .cms = NULL };
		tmg_fault f = { .rc = TMG_OK };

		der.ptr[at] ^= 0x10;
		if (tmg_scep_read(k->libctx, tmg_scep_view(&der), NULL, &m, &f) ==
		    TMG_OK && tmg_scep_verify(&m, &strict, &f) == TMG_OK) {
			/* what the signature does not cover: the certificate's own */
			assert_true(tmg_view_equal(tmg_scep_view(&m.content),
			    TMG_VIEW(text)));
			same_header(&m.header, &request);
			believed++;
		}
		der.ptr[at] ^= 0x10;
	}
	assert_true(believed < der.len / 2);
}

static void
test_cut(void **state)
{
	struct keys *k = *state;
	held_bytes der = { NULL, 0 };

	write_it(k, KIND_RSA, &request, TMG_VIEW(text), &der);
	for (size_t len = 0; len < der.len; len++) {
		held_message m = { .cms = NULL };
		tmg_fault f = { .rc = TMG_OK };

		assert_int_equal(tmg_scep_read(k->libctx, (tmg_view){ der.ptr, len },
		    NULL, &m, &f), TMG_E_MALFORMED);
		assert_non_null(strstr(f.text, "SCEP"));
	}
}

/* Messages as others write them. */
static void
sign_otherwise(struct keys *k, const EVP_MD *md, unsigned flags, int times,
    void (*attributes)(CMS_SignerInfo *by), tmg_scep_bytes *der)
{
	tmg_held(BIO) in = BIO_new_mem_buf(text, sizeof(text));
	tmg_held(CMS_ContentInfo) cms = CMS_sign_ex(NULL, NULL, NULL, in,
	    CMS_BINARY | CMS_PARTIAL, k->libctx, NULL);

	for (int i = 0; i < times; i++) {
		CMS_SignerInfo *by = CMS_add1_signer(cms, k->cert[KIND_RSA + i],
		    k->soft_key[KIND_RSA + i], md, CMS_BINARY | CMS_PARTIAL | flags);

		assert_non_null(by);
		attributes(by);
	}
	assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), times > 0);
	der->len = (size_t)i2d_CMS_ContentInfo(cms, &der->ptr);
}

static void
put_attribute(CMS_SignerInfo *by, const char *last, int type, const char *value,
    int len)
{
	char name[64];

	snprintf(name, sizeof(name), "2.16.840.1.113733.1.9.%s", last);
	tmg_held(ASN1_OBJECT) oid = OBJ_txt2obj(name, 1);

	assert_int_equal(CMS_signed_add1_attr_by_OBJ(by, oid, type, value, len), 1);
}

static void
none(CMS_SignerInfo *by)
{
	(void)by;
}

static void
plain(CMS_SignerInfo *by)
{
	put_attribute(by, "7", V_ASN1_PRINTABLESTRING, "T", 1);
}

static void
control(CMS_SignerInfo *by)
{
	put_attribute(by, "7", V_ASN1_UTF8STRING, "a\x1b[2J", 5);
}

static void
octets(CMS_SignerInfo *by)
{
	put_attribute(by, "7", V_ASN1_OCTET_STRING, "T", 1);
}

static void
twice(CMS_SignerInfo *by)
{
	X509_ATTRIBUTE *both = X509_ATTRIBUTE_create_by_txt(NULL,
	    "2.16.840.1.113733.1.9.7", V_ASN1_PRINTABLESTRING,
	    (const unsigned char *)"T", 1);

	assert_int_equal(X509_ATTRIBUTE_set1_data(both, V_ASN1_PRINTABLESTRING,
	    "U", 1), 1);
	assert_int_equal(CMS_signed_add1_attr(by, both), 1);
	X509_ATTRIBUTE_free(both);
}

static void
test_bad_messages(void **state)
{
	static const struct {
		unsigned flags;
		int times;
		void (*attributes)(CMS_SignerInfo *by);
		tmg_rc rc;
	} rows[] = {
		{ 0, 1, plain, TMG_OK },
		{ 0, 1, none, TMG_E_MALFORMED },	/* no transaction */
		{ 0, 1, control, TMG_E_MALFORMED },
		{ 0, 1, octets, TMG_E_MALFORMED },
		{ 0, 1, twice, TMG_E_MALFORMED },
		{ 0, 2, plain, TMG_E_MALFORMED },	/* two signers */
		{ 0, 0, plain, TMG_E_MALFORMED },	/* none */
		{ CMS_NOCERTS, 1, plain, TMG_E_MALFORMED },	/* but not himself */
	};
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		held_bytes der = { NULL, 0 };
		held_message m = { .cms = NULL };
		tmg_fault f = { .rc = TMG_OK };

		sign_otherwise(k, EVP_sha256(), rows[i].flags, rows[i].times,
		    rows[i].attributes, &der);
		assert_int_equal(tmg_scep_read(k->libctx, tmg_scep_view(&der), NULL,
		    &m, &f), rows[i].rc);
	}
}

static void
odd_values(CMS_SignerInfo *by)
{
	plain(by);
	put_attribute(by, "2", V_ASN1_PRINTABLESTRING, "1x", 2);
	put_attribute(by, "3", V_ASN1_PRINTABLESTRING, "12345", 5);
	put_attribute(by, "5", V_ASN1_OCTET_STRING, "short", 5);
}

static void
test_unsaid(void **state)
{
	struct keys *k = *state;
	held_bytes der = { NULL, 0 };
	held_message m = { .cms = NULL };
	tmg_fault f = { .rc = TMG_OK };

	sign_otherwise(k, EVP_sha256(), 0, 1, odd_values, &der);
	assert_int_equal(tmg_scep_read(k->libctx, tmg_scep_view(&der), NULL, &m,
	    &f), TMG_OK);
	assert_int_equal(m.header.type, TMG_SCEP_UNSAID);
	assert_int_equal(m.header.status, TMG_SCEP_NO_STATUS);
	assert_false(m.header.sender.given);
	assert_false(tmg_scep_nonce_equal(&m.header.sender, &m.header.sender));
	assert_string_equal(tmg_scep_type_name(m.header.type), "");
	assert_string_equal(tmg_scep_type_name(TMG_SCEP_CERT_POLL), "CertPoll");
	assert_string_equal(tmg_scep_fail_name(TMG_SCEP_BAD_ALG), "badAlg");
}

static void
test_hashes(void **state)
{
	const struct {
		const EVP_MD *md;
		tmg_rc strict, lenient;
	} rows[] = {
		{ EVP_md5(), TMG_UNSUPPORTED, TMG_UNSUPPORTED },
		{ EVP_sha1(), TMG_UNSUPPORTED, TMG_OK },
		{ EVP_sha256(), TMG_OK, TMG_OK },
		{ EVP_sha384(), TMG_OK, TMG_OK },
		{ EVP_sha512(), TMG_OK, TMG_OK },
	};
	static const tmg_scep_allow lenient = { .sha1 = true };
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		held_bytes der = { NULL, 0 };
		held_message m = { .cms = NULL };
		tmg_fault f = { .rc = TMG_OK };

		sign_otherwise(k, rows[i].md, 0, 1, plain, &der);
		assert_int_equal(tmg_scep_read(k->libctx, tmg_scep_view(&der), NULL,
		    &m, &f), TMG_OK);
		assert_int_equal(tmg_scep_verify(&m, &strict, &f), rows[i].strict);
		if (rows[i].strict != TMG_OK)
			assert_int_equal(tmg_scep_verify(&m, &lenient, &f),
			    rows[i].lenient);
	}
}

/* ---- envelopes ---- */

static void
test_envelopes(void **state)
{
	static const char *const names[] = { "AES-128-CBC", "AES-192-CBC",
		"AES-256-CBC", "DES-EDE3-CBC" };
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		const tmg_scep_cipher *cipher;
		held_bytes der = { NULL, 0 };
		held_bytes got = { NULL, 0 };
		tmg_fault f = { .rc = TMG_OK };

		assert_int_equal(tmg_scep_seal(k->libctx, TMG_VIEW(text),
		    k->cert[KIND_RSA], names[i], &der, &f), TMG_OK);
		uses(k, KIND_RSA);
		assert_int_equal(tmg_scep_open(k->libctx, tmg_scep_view(&der),
		    k->cert[KIND_RSA], k->token[KIND_RSA], &strict, &cipher, &got, &f), TMG_OK);
		assert_int_equal(uses(k, KIND_RSA), 1);
		assert_true(tmg_view_equal(tmg_scep_view(&got), TMG_VIEW(text)));
		assert_string_equal(cipher->name, names[i]);
		assert_int_equal(strncmp(cipher->answer, "AES", 3), 0);
		assert_ptr_equal(cipher, tmg_scep_cipher_named(names[i]));
	}
	assert_null(tmg_scep_cipher_named("RC2-40-CBC"));
}

static void
test_not_to_ec(void **state)
{
	struct keys *k = *state;
	held_bytes der = { NULL, 0 };
	tmg_fault f = { .rc = TMG_OK };

	assert_int_equal(tmg_scep_seal(k->libctx, TMG_VIEW(text), k->cert[KIND_EC],
	    "AES-128-CBC", &der, &f), TMG_UNSUPPORTED);
	assert_non_null(strstr(f.text, "RSA"));
	assert_null(der.ptr);
}

/* Single DES, which libcrypto has in a provider of its own. */
static void
test_des(void **state)
{
	static const tmg_scep_allow lenient = { .des = true };
	struct keys *k = *state;
	OSSL_LIB_CTX *old = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(old, "legacy");
	OSSL_PROVIDER *usual = OSSL_PROVIDER_load(old, "default");
	const tmg_scep_cipher *cipher;
	tmg_fault f = { .rc = TMG_OK };

	assert_non_null(legacy);
	{
		held_bytes der = { NULL, 0 };
		held_bytes got = { NULL, 0 };

		assert_int_equal(tmg_scep_seal(old, TMG_VIEW(text), k->cert[KIND_RSA],
		    "DES-CBC", &der, &f), TMG_OK);
		uses(k, KIND_RSA);
		assert_int_equal(tmg_scep_open(k->libctx, tmg_scep_view(&der),
		    k->cert[KIND_RSA], k->token[KIND_RSA], &strict, &cipher, &got, &f),
		    TMG_UNSUPPORTED);
		assert_non_null(strstr(f.text, "DES-CBC"));
		assert_int_equal(uses(k, KIND_RSA), 0);
		assert_int_equal(tmg_scep_open(k->libctx, tmg_scep_view(&der),
		    k->cert[KIND_RSA], k->token[KIND_RSA], &lenient, &cipher, &got, &f),
		    TMG_OK);
		assert_int_equal(uses(k, KIND_RSA), 1);
		assert_true(tmg_view_equal(tmg_scep_view(&got), TMG_VIEW(text)));
	}
	OSSL_PROVIDER_unload(legacy);
	OSSL_PROVIDER_unload(usual);
	OSSL_LIB_CTX_free(old);
}

/* Whatever is wrong inside, the answer is one. */
static void
test_one_answer(void **state)
{
	struct keys *k = *state;
	held_bytes der = { NULL, 0 };
	tmg_fault f = { .rc = TMG_OK };
	size_t opened = 0;

	assert_int_equal(tmg_scep_seal(k->libctx, TMG_VIEW(text), k->cert[KIND_RSA],
	    "AES-128-CBC", &der, &f), TMG_OK);
	for (size_t at = 0; at < der.len; at++) {
		const tmg_scep_cipher *cipher;
		held_bytes got = { NULL, 0 };
		tmg_rc rc;

		der.ptr[at] ^= 0x40;
		rc = tmg_scep_open(k->libctx, tmg_scep_view(&der), k->cert[KIND_RSA],
		    k->token[KIND_RSA], &strict, &cipher, &got, &f);
		if (rc == TMG_OK)
			opened++;	/* a changed IV or block, well padded */
		else if (rc == TMG_MISMATCH)
			assert_string_equal(f.text, "The contents could not be decrypted.");
		else
			assert_int_equal(rc, TMG_UNSUPPORTED);	/* another cipher's OID */
		der.ptr[at] ^= 0x40;
	}
	assert_true(opened < der.len / 4);
}

/* A message to another, and one to us under an older certificate. */
static void
test_recipients(void **state)
{
	struct keys *k = *state;
	held_bytes other = { NULL, 0 };
	held_bytes older = { NULL, 0 };
	held_bytes got = { NULL, 0 };
	tmg_held(X509) renewed = make_cert(k->libctx, k->soft_key[KIND_RSA],
	    k->soft_key[KIND_RSA], "renewed", EVP_sha256());
	const tmg_scep_cipher *cipher;
	tmg_fault f = { .rc = TMG_OK };

	assert_int_equal(tmg_scep_seal(k->libctx, TMG_VIEW(text),
	    k->cert[KIND_LONG], "AES-128-CBC", &other, &f), TMG_OK);
	assert_int_equal(tmg_scep_open(k->libctx, tmg_scep_view(&other),
	    k->cert[KIND_RSA], k->token[KIND_RSA], &strict, &cipher, &got, &f), TMG_MISMATCH);
	assert_int_equal(tmg_scep_seal(k->libctx, TMG_VIEW(text), k->cert[KIND_RSA],
	    "AES-128-CBC", &older, &f), TMG_OK);
	assert_int_equal(tmg_scep_open(k->libctx, tmg_scep_view(&older), renewed,
	    k->token[KIND_RSA], &strict, &cipher, &got, &f), TMG_OK);
}

static void
test_many_recipients(void **state)
{
	struct keys *k = *state;
	tmg_held(BIO) in = BIO_new_mem_buf(text, sizeof(text));
	tmg_held(CMS_ContentInfo) cms = CMS_encrypt_ex(NULL, NULL,
	    EVP_aes_128_cbc(), CMS_BINARY | CMS_PARTIAL, k->libctx, NULL);
	held_bytes der = { NULL, 0 };
	held_bytes got = { NULL, 0 };
	const tmg_scep_cipher *cipher;
	tmg_fault f = { .rc = TMG_OK };

	for (int i = 0; i < 5; i++)
		assert_non_null(CMS_add1_recipient_cert(cms, k->cert[KIND_LONG], 0));
	assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
	der.len = (size_t)i2d_CMS_ContentInfo(cms, &der.ptr);
	uses(k, KIND_RSA);
	assert_int_equal(tmg_scep_open(k->libctx, tmg_scep_view(&der),
	    k->cert[KIND_RSA], k->token[KIND_RSA], &strict, &cipher, &got, &f), TMG_MISMATCH);
	assert_int_equal(uses(k, KIND_RSA), 0);
}

static void
test_names(void **state)
{
	struct keys *k = *state;
	X509_NAME *a = X509_get_subject_name(k->cert[KIND_RSA]);
	X509_NAME *b = X509_get_subject_name(k->cert[KIND_EC]);
	held_bytes der = { NULL, 0 };
	tmg_scep_names names;

	assert_int_equal(tmg_scep_names_write(a, b, &der), TMG_OK);
	assert_int_equal(tmg_scep_names_read(tmg_scep_view(&der), &names), TMG_OK);
	assert_int_equal(X509_NAME_cmp(names.issuer, a), 0);
	assert_int_equal(X509_NAME_cmp(names.subject, b), 0);
	tmg_scep_names_release(&names);
	for (size_t len = 0; len < der.len; len++)
		assert_int_equal(tmg_scep_names_read((tmg_view){ der.ptr, len },
		    &names), TMG_E_MALFORMED);

	static const tmg_view bad[] = {
		{ (const uint8_t *)"\x30\x04\x30\x00\x30\x00\x00", 7 },	/* more */
		{ (const uint8_t *)"\x30\x06\x30\x00\x30\x00\x05\x00", 8 },
		{ (const uint8_t *)"\x30\x04\x31\x00\x30\x00", 6 },
		{ (const uint8_t *)"\x30\x02\x30\x00", 4 },
	};

	for (size_t i = 0; i < TMG_COUNT(bad); i++)
		assert_int_equal(tmg_scep_names_read(bad[i], &names),
		    TMG_E_MALFORMED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bad_messages),
		cmocka_unit_test(test_unsaid),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_envelopes),
		cmocka_unit_test(test_not_to_ec),
		cmocka_unit_test(test_des),
		cmocka_unit_test(test_one_answer),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_many_recipients),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
