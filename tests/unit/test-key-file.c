/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers and bare keys: what is written is read, and nothing else is. */
#include "tests/unit/test.h"

#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "drivers/file/file.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"

static const tmg_file_kind quick = { "file:", "files", -1, "AES-256-CBC",
	"SHA256", 100 };
static const tmg_file_kind old = { "old:", "files",
	NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NULL, "SHA1", 100 };

static const tmg_view password = BYTES("sw0rdfish");
static const tmg_view wrong = BYTES("swordfish");

/* One key with its certificate and an issuer, and a second key. */
static struct {
	tmg_ctx *ctx;
	OSSL_LIB_CTX *libctx;
	tmg_soft *key, *other;
	STACK_OF(X509) *certs;
} w;

static X509 *
make_cert(EVP_PKEY *key, const char *name)
{
	X509 *x = X509_new_ex(w.libctx, TMG_FILE_PROPS);
	X509_NAME *n = X509_NAME_new();

	assert_non_null(x);
	assert_int_equal(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8,
	    (const uint8_t *)name, -1, -1, 0), 1);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_subject_name(x, n);
	X509_set_issuer_name(x, n);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	X509_NAME_free(n);
	return x;
}

static int
begin(void **state)
{
	(void)state;
	assert_int_equal(tmg_ctx_new(&w.ctx), TMG_OK);
	w.libctx = tmg_ctx_libctx(w.ctx);
	assert_int_equal(tmg_soft_generate(w.ctx, TMG_ALG_P256, &w.key), TMG_OK);
	assert_int_equal(tmg_soft_generate(w.ctx, TMG_ALG_P256, &w.other), TMG_OK);
	w.certs = sk_X509_new_null();
	sk_X509_push(w.certs, make_cert(tmg_soft_key(w.key), "Әлия"));
	sk_X509_push(w.certs, make_cert(tmg_soft_key(w.other), "CA"));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	sk_X509_pop_free(w.certs, X509_free);
	tmg_soft_free(&w.key);
	tmg_soft_free(&w.other);
	tmg_ctx_free(&w.ctx);
	return 0;
}

static tmg_view
container(const tmg_file_kind *kind, EVP_PKEY *key, uint8_t **file)
{
	size_t len;

	assert_int_equal(tmg_p12_make(w.libctx, key, w.certs, password, kind, file,
	    &len), TMG_OK);
	return (tmg_view){ *file, len };
}

/* ---- containers ----------------------------------------------------------- */

static void
whole(const tmg_file_kind *kind)
{
	tmg_auto_free uint8_t *file = NULL, *cert = NULL;
	const tmg_view v = container(kind, tmg_soft_key(w.key), &file);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(EVP_PKEY) none = NULL;
	tmg_held_certs certs = NULL;
	size_t len;

	assert_int_equal(tmg_p12_look(w.libctx, v, &cert, &len), TMG_OK);
	assert_int_equal(tmg_p12_open(w.libctx, v, password, 100, &key, &certs), TMG_OK);
	assert_int_equal(EVP_PKEY_eq(key, tmg_soft_key(w.key)), 1);
	assert_int_equal(sk_X509_num(certs), 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(X509_cmp(sk_X509_value(certs, i),
		    sk_X509_value(w.certs, i)), 0);
	assert_int_equal(tmg_p12_open(w.libctx, v, wrong, 100, &none, NULL),
	    TMG_PIN_WRONG);
	assert_null(none);
	/* what it would cost is looked at before it is paid */
	assert_int_equal(tmg_p12_open(w.libctx, v, password, 99, &none, NULL),
	    TMG_UNSUPPORTED);
}

static void
what_is_written_is_read(void **state)
{
	(void)state;
	whole(&quick);
	whole(&old);
}

static void
a_cut_container_is_none(void **state)
{
	tmg_auto_free uint8_t *file = NULL;
	const tmg_view v = container(&quick, tmg_soft_key(w.key), &file);

	(void)state;
	for (size_t n = 0; n < v.len; n++) {
		tmg_held(EVP_PKEY) key = NULL;
		tmg_auto_free uint8_t *cert = NULL;
		size_t len;

		assert_int_equal(tmg_p12_look(w.libctx, (tmg_view){ v.ptr, n },
		    &cert, &len), TMG_E_MALFORMED);
		assert_int_equal(tmg_p12_open(w.libctx, (tmg_view){ v.ptr, n },
		    password, 100, &key, NULL), TMG_E_MALFORMED);
	}
}

/* A bit that fell over is found whatever it stood for. */
static void
a_changed_container_opens_never(void **state)
{
	tmg_auto_free uint8_t *file = NULL;
	const tmg_view v = container(&quick, tmg_soft_key(w.key), &file);

	(void)state;
	for (size_t n = 0; n < v.len; n++) {
		tmg_held(EVP_PKEY) key = NULL;

		file[n] ^= 1;
		if (tmg_p12_open(w.libctx, v, password, 100, &key, NULL) == TMG_OK)
			assert_int_equal(EVP_PKEY_eq(key, tmg_soft_key(w.key)), 1);
		file[n] ^= 1;
	}
}

static void
another_keys_certificate_is_refused(void **state)
{
	tmg_auto_free uint8_t *file = NULL;
	const tmg_view v = container(&quick, tmg_soft_key(w.other), &file);
	tmg_held(EVP_PKEY) key = NULL;

	(void)state;
	assert_int_equal(tmg_p12_open(w.libctx, v, password, 100, &key, NULL),
	    TMG_E_MALFORMED);
	assert_null(key);
}

/* As keytool and most other programs write them. */
static void
hidden_certificates_want_the_password(void **state)
{
	X509 *leaf = sk_X509_value(w.certs, 0);
	PKCS12 *p12 = PKCS12_create_ex("sw0rdfish", "me", tmg_soft_key(w.key), leaf,
	    NULL, NID_aes_256_cbc, NID_aes_256_cbc, 100, 100, 0, w.libctx, NULL);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_auto_free uint8_t *cert = NULL;
	tmg_held_bytes file = NULL;
	size_t len;
	tmg_view v;

	(void)state;
	v = (tmg_view){ NULL, (size_t)i2d_PKCS12(p12, &file) };
	v.ptr = file;
	assert_int_equal(tmg_p12_look(w.libctx, v, &cert, &len), TMG_LOGIN);
	assert_int_equal(tmg_p12_open(w.libctx, v, password, 100, &key, NULL), TMG_OK);
	PKCS12_free(p12);
}

/* ---- bare keys ---------------------------------------------------------------- */

static void
bare(tmg_view with, bool shut_as)
{
	tmg_auto_free uint8_t *file = NULL;
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_held(EVP_PKEY) key = NULL;
	bool shut = !shut_as;
	size_t len;

	assert_int_equal(tmg_bare_make(w.libctx, tmg_soft_key(w.key), with, &quick,
	    &file, &len), TMG_OK);
	assert_int_equal(tmg_bare_look((tmg_view){ file, len }, &spki, &shut), TMG_OK);
	assert_int_equal(shut, shut_as);
	assert_view_equal(tmg_out_view(&spki), tmg_soft_signer(w.key)->spki);
	assert_int_equal(tmg_bare_open(w.libctx, (tmg_view){ file, len }, with, 100,
	    &key), TMG_OK);
	assert_int_equal(EVP_PKEY_eq(key, tmg_soft_key(w.key)), 1);
	if (shut_as) {
		tmg_held(EVP_PKEY) none = NULL;

		assert_int_equal(tmg_bare_open(w.libctx, (tmg_view){ file, len },
		    wrong, 100, &none), TMG_PIN_WRONG);
		assert_int_equal(tmg_bare_open(w.libctx, (tmg_view){ file, len },
		    with, 99, &none), TMG_UNSUPPORTED);
	}
}

static void
bare_keys_come_back(void **state)
{
	(void)state;
	bare((tmg_view){ NULL, 0 }, false);
	bare(password, true);
}

/* The public half of one key before the private half of another. */
static void
halves_of_two_keys_are_none(void **state)
{
	tmg_auto_free uint8_t *mine = NULL, *its = NULL, *both = NULL;
	tmg_held(EVP_PKEY) key = NULL;
	size_t mine_len, its_len, head;

	(void)state;
	assert_int_equal(tmg_bare_make(w.libctx, tmg_soft_key(w.key),
	    (tmg_view){ NULL, 0 }, &quick, &mine, &mine_len), TMG_OK);
	assert_int_equal(tmg_bare_make(w.libctx, tmg_soft_key(w.other),
	    (tmg_view){ NULL, 0 }, &quick, &its, &its_len), TMG_OK);
	head = (size_t)((uint8_t *)memmem(mine, mine_len, "-----BEGIN PRIVATE", 18) -
	    mine);
	both = malloc(its_len);
	memcpy(both, mine, head);
	memcpy(both + head, its + head, its_len - head);
	assert_int_equal(tmg_bare_open(w.libctx, (tmg_view){ both, its_len },
	    (tmg_view){ NULL, 0 }, 100, &key), TMG_E_MALFORMED);
	assert_null(key);
}

static const char *const nothing[] = {
	"", "\n", "<html>", "-----BEGIN PRIVATE KEY-----\n",
	"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
	"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n",
};

static void
what_is_no_key_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(nothing); i++) {
		const tmg_view v = { (const uint8_t *)nothing[i], strlen(nothing[i]) };
		tmg_auto_free uint8_t *cert = NULL;
		tmg_held(EVP_PKEY) key = NULL;
		uint8_t store[TMG_SPKI_MAX];
		tmg_out spki = TMG_OUT(store);
		size_t len;
		bool shut;

		assert_true(tmg_is_fault(tmg_bare_look(v, &spki, &shut)) ||
		    tmg_bare_look(v, &spki, &shut) == TMG_UNSUPPORTED);
		assert_int_equal(tmg_bare_open(w.libctx, v, password, 100, &key),
		    TMG_E_MALFORMED);
		assert_int_equal(tmg_p12_look(w.libctx, v, &cert, &len),
		    TMG_E_MALFORMED);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_cut_container_is_none),
		cmocka_unit_test(a_changed_container_opens_never),
		cmocka_unit_test(another_keys_certificate_is_refused),
		cmocka_unit_test(hidden_certificates_want_the_password),
		cmocka_unit_test(bare_keys_come_back),
		cmocka_unit_test(halves_of_two_keys_are_none),
		cmocka_unit_test(what_is_no_key_is_refused),
	};

	return cmocka_run_group_tests_name("key-file", tests, begin, end);
}
