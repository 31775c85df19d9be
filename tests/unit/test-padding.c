/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host padding against libcrypto: it verifies what we pad, we open what it
 * encrypts.  The raw operation is done with OpenSSL's RSA without padding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/pki/padding.h"
#include "src/pki/scope.h"

enum { ROOM = 512 };

/* Moduli whose bits are and are not multiples of eight, and one that makes
 * emLen one byte shorter than the modulus (RFC 8017 8.1.1). */
static const unsigned sizes[] = { 1024, 1025, 1027, 2041, 2047, 2048 };

struct keyring {
	tmg_ctx *ctx;
	OSSL_LIB_CTX *libctx;
	EVP_PKEY *keys[TMG_COUNT(sizes)];
};

static int
setup(void **state)
{
	static struct keyring r;

	assert_int_equal(tmg_ctx_new(&r.ctx), TMG_OK);
	r.libctx = tmg_ctx_libctx(r.ctx);
	for (size_t i = 0; i < TMG_COUNT(sizes); i++) {
		r.keys[i] = EVP_PKEY_Q_keygen(r.libctx, NULL, "RSA", (size_t)sizes[i]);
		assert_non_null(r.keys[i]);
	}
	*state = &r;
	return 0;
}

static int
teardown(void **state)
{
	struct keyring *r = *state;

	for (size_t i = 0; i < TMG_COUNT(sizes); i++)
		EVP_PKEY_free(r->keys[i]);
	tmg_ctx_free(&r->ctx);
	return 0;
}

/* RSASP1 or RSADP: what a card does. */
static void
raw(struct keyring *r, EVP_PKEY *key, tmg_view in, uint8_t *out)
{
	tmg_held(EVP_PKEY_CTX) c = EVP_PKEY_CTX_new_from_pkey(r->libctx, key, NULL);
	size_t len = ROOM;

	assert_int_equal(EVP_PKEY_decrypt_init(c), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_decrypt(c, out, &len, in.ptr, in.len), 1);
	assert_int_equal(len, in.len);
}

static bool
verifies(struct keyring *r, EVP_PKEY *key, const tmg_sign_spec *spec,
    tmg_view digest, tmg_view sig)
{
	tmg_held(EVP_PKEY_CTX) c = EVP_PKEY_CTX_new_from_pkey(r->libctx, key, NULL);
	const bool pss = spec->scheme == TMG_SIGN_PSS;
	const char *md = tmg_hash_name(spec->hash);

	assert_int_equal(EVP_PKEY_verify_init(c), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c,
	    pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING), 1);
	if (md != NULL)
		assert_int_equal(EVP_PKEY_CTX_set_signature_md(c, EVP_get_digestbyname(md)), 1);
	if (pss) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(c, tmg_hash_name(spec->mgf), NULL), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(c, (int)spec->salt_len), 1);
	}
	return EVP_PKEY_verify(c, sig.ptr, sig.len, digest.ptr, digest.len) == 1;
}

static const tmg_sign_spec specs[] = {
	{ TMG_SIGN_PKCS1, TMG_HASH_NONE, TMG_HASH_NONE, 0 },
	{ TMG_SIGN_PKCS1, TMG_HASH_SHA1, TMG_HASH_NONE, 0 },
	{ TMG_SIGN_PKCS1, TMG_HASH_SHA224, TMG_HASH_NONE, 0 },
	{ TMG_SIGN_PKCS1, TMG_HASH_SHA256, TMG_HASH_NONE, 0 },
	{ TMG_SIGN_PKCS1, TMG_HASH_SHA384, TMG_HASH_NONE, 0 },
	{ TMG_SIGN_PKCS1, TMG_HASH_SHA512, TMG_HASH_NONE, 0 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA1, TMG_HASH_SHA1, 20 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA224, TMG_HASH_SHA224, 0 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 32 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA1, 1 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA384, TMG_HASH_SHA384, 48 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA512, TMG_HASH_SHA256, 61 },
	{ TMG_SIGN_PSS, TMG_HASH_SHA512, TMG_HASH_SHA512, 62 },
};

static void
test_sign(void **state)
{
	struct keyring *r = *state;
	static const uint8_t digest[64] = { 1, 2, 3 };

	for (size_t i = 0; i < TMG_COUNT(sizes); i++) {
		for (size_t s = 0; s < TMG_COUNT(specs); s++) {
			const size_t n = specs[s].hash == TMG_HASH_NONE ? 36
			    : tmg_hash_bytes(specs[s].hash);
			const tmg_view in = { digest, n };
			uint8_t em[ROOM], sig[ROOM];
			tmg_out out = TMG_OUT(em);

			assert_int_equal(tmg_pad_sign(r->libctx, &specs[s], in, sizes[i], &out), TMG_OK);
			assert_int_equal(out.len, (sizes[i] + 7) / 8);
			raw(r, r->keys[i], tmg_out_view(&out), sig);
			assert_true(verifies(r, r->keys[i], &specs[s], in,
			    (tmg_view){ sig, out.len }));
		}
	}
}

/* EMSA-PKCS1-v1_5 of SHA-256("abc"), RFC 8017 9.2, for 512 bits. */
static void
test_known(void **state)
{
	static const char digest[] =
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char expected[] =
	    "0001FFFFFFFFFFFFFFFFFFFF003031300D060960864801650304020105000420"
	    "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
	uint8_t d[32], em[ROOM];
	char text[2 * ROOM];
	tmg_out in = TMG_OUT(d), out = TMG_OUT(em);

	(void)state;
	assert_int_equal(tmg_hex_parse(tmg_view_str(digest), &in), TMG_OK);
	assert_int_equal(tmg_pad_pkcs1(TMG_HASH_SHA256, tmg_out_view(&in), 64, &out), TMG_OK);
	tmg_hex_text(text, sizeof(text), tmg_out_view(&out));
	assert_string_equal(text, expected);
}

static void
test_sign_misuse(void **state)
{
	struct keyring *r = *state;
	static const uint8_t input[ROOM];
	static const struct { tmg_sign_spec spec; size_t len; unsigned bits; } rows[] = {
		{ { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 31, 2048 },
		{ { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 33, 2048 },
		{ { TMG_SIGN_PKCS1, TMG_HASH_NONE, 0, 0 }, 246, 2048 },
		{ { TMG_SIGN_PKCS1, TMG_HASH_COUNT, 0, 0 }, 32, 2048 },
		{ { TMG_SIGN_PKCS1, TMG_HASH_SHA512, 0, 0 }, 64, 512 },
		{ { TMG_SIGN_PKCS1, TMG_HASH_NONE, 0, 0 }, 1, 40 },
		{ { TMG_SIGN_PSS, TMG_HASH_SHA512, TMG_HASH_SHA512, 63 }, 64, 1024 },
		{ { TMG_SIGN_PSS, TMG_HASH_SHA512, TMG_HASH_SHA512, SIZE_MAX }, 64, 1024 },
		{ { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_NONE, 32 }, 32, 1024 },
		{ { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 32 }, 20, 1024 },
		{ { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 32 }, 32, 65536 },
		{ { TMG_SIGN_RAW, TMG_HASH_NONE, 0, 0 }, 127, 1024 },
		{ { TMG_SIGN_ECDSA, TMG_HASH_SHA256, 0, 0 }, 32, 1024 },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t em[ROOM];
		tmg_out out = TMG_OUT(em);

		assert_int_equal(tmg_pad_sign(r->libctx, &rows[i].spec,
		    (tmg_view){ input, rows[i].len }, rows[i].bits, &out), TMG_E_USAGE);
		assert_int_equal(out.len, 0);
	}
}

static const tmg_decrypt_spec decrypts[] = {
	{ TMG_DECRYPT_PKCS1, TMG_HASH_NONE, TMG_HASH_NONE, { NULL, 0 } },
	{ TMG_DECRYPT_OAEP, TMG_HASH_SHA1, TMG_HASH_SHA1, { NULL, 0 } },
	{ TMG_DECRYPT_OAEP, TMG_HASH_SHA224, TMG_HASH_SHA1, { NULL, 0 } },
	{ TMG_DECRYPT_OAEP, TMG_HASH_SHA256, TMG_HASH_SHA256, { (const uint8_t *)"tag", 3 } },
	{ TMG_DECRYPT_OAEP, TMG_HASH_SHA384, TMG_HASH_SHA256, { NULL, 0 } },
};

static size_t
encrypt(struct keyring *r, EVP_PKEY *key, const tmg_decrypt_spec *spec,
    tmg_view message, uint8_t *out)
{
	tmg_held(EVP_PKEY_CTX) c = EVP_PKEY_CTX_new_from_pkey(r->libctx, key, NULL);
	size_t len = ROOM;

	assert_int_equal(EVP_PKEY_encrypt_init(c), 1);
	if (spec->padding == TMG_DECRYPT_OAEP) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(c, tmg_hash_name(spec->hash), NULL), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(c, tmg_hash_name(spec->mgf), NULL), 1);
		if (spec->label.len > 0)
			assert_int_equal(EVP_PKEY_CTX_set0_rsa_oaep_label(c,
			    OPENSSL_memdup(spec->label.ptr, spec->label.len),
			    (int)spec->label.len), 1);
	} else {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING), 1);
	}
	assert_int_equal(EVP_PKEY_encrypt(c, out, &len, message.ptr, message.len), 1);
	return len;
}

static void
test_decrypt(void **state)
{
	struct keyring *r = *state;
	static const uint8_t message[] = { 0, 1, 2, 0, 255 };
	static const size_t lengths[] = { 0, 1, sizeof(message) };

	for (size_t i = 0; i < TMG_COUNT(sizes); i++) {
		for (size_t s = 0; s < TMG_COUNT(decrypts); s++) {
			for (size_t n = 0; n < TMG_COUNT(lengths); n++) {
				const tmg_view in = { message, lengths[n] };
				uint8_t cipher[ROOM], em[ROOM], got[ROOM];
				tmg_out out = TMG_OUT(got);
				tmg_view block = { em, 0 };

				block.len = encrypt(r, r->keys[i], &decrypts[s], in, cipher);
				raw(r, r->keys[i], (tmg_view){ cipher, block.len }, em);
				assert_int_equal(tmg_unpad(r->libctx, &decrypts[s], block, &out), TMG_OK);
				assert_true(tmg_view_equal(tmg_out_view(&out), in));
			}
		}
	}
}

/* Every broken block is the same fault, whatever is broken. */
static void
test_broken_blocks(void **state)
{
	struct keyring *r = *state;
	static const uint8_t message[] = "m";

	for (size_t s = 0; s < TMG_COUNT(decrypts); s++) {
		uint8_t cipher[ROOM], em[ROOM], got[ROOM];
		tmg_view block = { em, 0 };

		block.len = encrypt(r, r->keys[5], &decrypts[s], TMG_VIEW(message), cipher);
		raw(r, r->keys[5], (tmg_view){ cipher, block.len }, em);
		for (size_t at = 0; at < (s == 0 ? 10 : block.len); at++) {
			tmg_out out = TMG_OUT(got);
			const uint8_t was = em[at];

			em[at] = s == 0 && at >= 2 ? 0 : (uint8_t)(em[at] ^ 0x40);
			assert_int_equal(tmg_unpad(r->libctx, &decrypts[s], block, &out),
			    TMG_E_MALFORMED);
			assert_int_equal(out.len, 0);
			em[at] = was;
		}
		for (size_t len = 0; len < 11; len++) {
			tmg_out out = TMG_OUT(got);

			assert_int_equal(tmg_unpad(r->libctx, &decrypts[s],
			    (tmg_view){ em, len }, &out), TMG_E_MALFORMED);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_sign_misuse),
		cmocka_unit_test(test_decrypt),
		cmocka_unit_test(test_broken_blocks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
