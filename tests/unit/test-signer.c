/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys in DER, and what tmg_signer_*() let through to a token.
 */
#include "tests/unit/pki-keys.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/codec/hex.h"
#include "src/pki/check.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"

/* ---- SubjectPublicKeyInfo ------------------------------------------------------ */

static const tmg_alg algs[] = {
	TMG_ALG_RSA2048, TMG_ALG_P256, TMG_ALG_P384, TMG_ALG_P521, TMG_ALG_BP256,
	TMG_ALG_BP384, TMG_ALG_BP512, TMG_ALG_ED25519, TMG_ALG_X25519,
};

/* On a curve that was made before a key is what it is on a new one, also after
 * one that is no point of it. */
static void
test_made_again(void **state)
{
	struct keys *k = *state;

	for (size_t i = 0; i < 2 * TMG_COUNT(algs); i++) {
		const tmg_alg alg = algs[i / 2];
		uint8_t bad[TMG_SPKI_MAX];
		tmg_held(EVP_PKEY) first = NULL;
		tmg_held(EVP_PKEY) again = NULL;
		tmg_held(EVP_PKEY) none = NULL;
		tmg_soft *soft;
		tmg_view spki;

		assert_int_equal(tmg_soft_generate(k->ctx, alg, &soft), TMG_OK);
		spki = tmg_soft_signer(soft)->spki;
		memcpy(bad, spki.ptr, spki.len);
		bad[spki.len - 1] ^= 1;
		if (tmg_alg_get(alg)->family == TMG_FAMILY_EC)
			assert_int_equal(tmg_public_key_again(k->ctx,
			    (tmg_view){ bad, spki.len }, &none), TMG_E_MALFORMED);
		assert_null(none);
		assert_int_equal(tmg_public_key_again(k->ctx, spki, &again), TMG_OK);
		assert_int_equal(tmg_public_key(tmg_ctx_libctx(k->ctx), spki,
		    &first), TMG_OK);
		assert_int_equal(EVP_PKEY_eq(first, again), 1);
		tmg_soft_free(&soft);
	}
}

/* Without its key a certificate says all the rest. */
static void
test_keyless(void **state)
{
	struct keys *k = *state;
	tmg_held(X509) x = X509_new();
	tmg_held(X509) got = NULL;
	tmg_held(X509) none = NULL;
	unsigned char *der = NULL;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(tmg_ctx_libctx(k->ctx), NULL, "EC", "P-256");
	int len;

	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 4711), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)"a", -1, -1, 0), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 60);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	assert_true(len > 0);

	assert_int_equal(tmg_x509_keyless(k->ctx, (tmg_view){ der, (size_t)len },
	    &got), TMG_OK);
	assert_null(X509_get0_pubkey(got));
	assert_int_equal(X509_cmp(x, got), 0);
	assert_int_equal(ASN1_INTEGER_get(X509_get0_serialNumber(got)), 4711);
	for (int cut = 0; cut < len; cut++)
		assert_int_equal(tmg_x509_keyless(k->ctx,
		    (tmg_view){ der, (size_t)cut }, &none), TMG_E_MALFORMED);
	/* and who asks with the key has it, in this thread as before */
	assert_int_equal(tmg_x509_parse(tmg_ctx_libctx(k->ctx),
	    (tmg_view){ der, (size_t)len }, &none), TMG_OK);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(none), key), 1);
	ERR_clear_error();
	OPENSSL_free(der);
	EVP_PKEY_free(key);
}

/* Made from its parts, a public key is libcrypto's to the byte. */
static void
test_made(void **state)
{
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(algs); i++) {
		const tmg_family family = tmg_alg_get(algs[i])->family;
		uint8_t bytes[TMG_SPKI_MAX], padded[600] = { 0 };
		tmg_out made = TMG_OUT(bytes);
		tmg_soft *soft;
		tmg_view spki, point, n, e;
		tmg_alg alg;

		assert_int_equal(tmg_soft_generate(k->ctx, algs[i], &soft), TMG_OK);
		spki = tmg_soft_signer(soft)->spki;
		assert_int_equal(tmg_spki_alg(spki, &alg), TMG_OK);
		assert_int_equal(alg, algs[i]);
		assert_int_equal(tmg_spki_bits(spki, &point), TMG_OK);
		if (family == TMG_FAMILY_RSA) {
			assert_int_equal(tmg_spki_rsa_parts(spki, &n, &e), TMG_OK);
			assert_int_equal(n.len, 256);
			memcpy(padded + 5, n.ptr, n.len);	/* zeros in front */
			assert_int_equal(tmg_spki_rsa((tmg_view){ padded, n.len + 5 }, e, &made), TMG_OK);
		} else if (family == TMG_FAMILY_EC) {
			assert_int_equal(tmg_spki_ec(algs[i], point, &made), TMG_OK);
			assert_int_equal(tmg_spki_rsa_parts(spki, &n, &e), TMG_UNSUPPORTED);
		} else {
			assert_int_equal(tmg_spki_raw(algs[i], point, &made), TMG_OK);
		}
		assert_true(tmg_view_equal(tmg_out_view(&made), spki));
		assert_int_equal(tmg_spki_proper(spki), TMG_OK);

		for (size_t len = 0; len < spki.len; len++)
			assert_int_equal(tmg_spki_alg((tmg_view){ spki.ptr, len }, &alg), TMG_E_MALFORMED);
		tmg_soft_free(&soft);
	}
}

static void
test_not_made(void **state)
{
	static const uint8_t point[65] = { 4 }, compressed[65] = { 2 };
	uint8_t bytes[TMG_SPKI_MAX];
	tmg_out out = TMG_OUT(bytes);

	(void)state;
	assert_int_equal(tmg_spki_ec(TMG_ALG_RSA2048, TMG_VIEW(point), &out), TMG_E_USAGE);
	assert_int_equal(tmg_spki_ec(TMG_ALG_P384, TMG_VIEW(point), &out), TMG_E_MALFORMED);
	assert_int_equal(tmg_spki_ec(TMG_ALG_P256, TMG_VIEW(compressed), &out), TMG_E_MALFORMED);
	assert_int_equal(tmg_spki_ec(TMG_ALG_P256, (tmg_view){ NULL, 0 }, &out), TMG_E_MALFORMED);
	assert_int_equal(tmg_spki_raw(TMG_ALG_P256, TMG_VIEW(point), &out), TMG_E_USAGE);
	assert_int_equal(tmg_spki_raw(TMG_ALG_ED25519, TMG_VIEW(point), &out), TMG_E_MALFORMED);
	assert_int_equal(tmg_spki_rsa((tmg_view){ NULL, 0 }, TMG_VIEW(point), &out), TMG_E_MALFORMED);
	assert_int_equal(out.len, 0);
}

/* INTEGERs below zero, bytes after what is expected. */
static void
test_broken_rsa(void **state)
{
	static const char *const rows[] = {
		"301a300d06092a864886f70d010101050003090030060201810201" "03",
		"301a300d06092a864886f70d010101050003090030060201030201" "83",
		"301c300d06092a864886f70d0101010500030b0030080201030201" "030500",
		"301c300d06092a864886f70d0101010500030b0030060201030201" "030500",
		"301a300d06092a864886f70d010101050003090030060201000201" "03",
	};
	static const char good[] =
	    "301a300d06092a864886f70d010101050003090030060201030201" "03";
	uint8_t der[64];
	tmg_view n, e;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out out = TMG_OUT(der);

		assert_int_equal(tmg_hex_parse(tmg_view_str(rows[i]), &out), TMG_OK);
		assert_int_equal(tmg_spki_rsa_parts(tmg_out_view(&out), &n, &e),
		    TMG_E_MALFORMED);
	}
	tmg_out out = TMG_OUT(der);

	assert_int_equal(tmg_hex_parse(tmg_view_str(good), &out), TMG_OK);
	assert_int_equal(tmg_spki_rsa_parts(tmg_out_view(&out), &n, &e), TMG_OK);
}

/* The same key, or half of one, written in another way. */
static void
test_other_ways(void **state)
{
	static const struct {
		const char *what, *spki;
		tmg_rc rc;
	} rows[] = {
#define P256 "301306072a8648ce3d020106082a8648ce3d030107"
#define X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
		{ "proper", "3059" P256 "03420004" X Y, TMG_OK },
		{ "compressed", "3039" P256 "03220003" X, TMG_MISMATCH },
		{ "hybrid", "3059" P256 "03420007" X Y, TMG_MISMATCH },
		{ "a length in two octets", "308159" P256 "03420004" X Y, TMG_MISMATCH },
		{ "unused bits", "3059" P256 "03420104" X Y, TMG_E_MALFORMED },
		{ "RSA", "301a300d06092a864886f70d010101050003090030060201030201" "03",
		    TMG_UNSUPPORTED },
	};
#undef P256
#undef X
#undef Y

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t der[128];
		tmg_out out = TMG_OUT(der);

		assert_int_equal(tmg_hex_parse(tmg_view_str(rows[i].spki), &out), TMG_OK);
		if (tmg_spki_proper(tmg_out_view(&out)) != rows[i].rc)
			fail_msg("%s: %d", rows[i].what,
			    (int)tmg_spki_proper(tmg_out_view(&out)));
	}
}

/* RSA: a zero before the modulus, no NULL in the algorithm. */
static void
test_other_ways_rsa(void **state)
{
	struct keys *k = *state;
	uint8_t copy[TMG_SPKI_MAX + 8];
	tmg_soft *soft;
	tmg_view spki;

	assert_int_equal(tmg_soft_generate(k->ctx, TMG_ALG_RSA2048, &soft), TMG_OK);
	spki = tmg_soft_signer(soft)->spki;
	assert_true(spki.len == 294 && spki.ptr[17] == 0x05 && spki.ptr[18] == 0x00);

	/* 30 82 0122 30 0d {oid, NULL} 03 82 ...: without the NULL */
	memcpy(copy, spki.ptr, 17);
	memcpy(copy + 17, spki.ptr + 19, spki.len - 19);
	copy[3] = (uint8_t)(copy[3] - 2);
	copy[5] = (uint8_t)(copy[5] - 2);
	assert_int_equal(tmg_spki_proper((tmg_view){ copy, spki.len - 2 }), TMG_MISMATCH);
	tmg_soft_free(&soft);
}

static void
test_unknown_kinds(void **state)
{
	static const struct { const char *type, *group; size_t bits; } rows[] = {
		{ "RSA", NULL, 1536 }, { "EC", "secp256k1", 0 }, { "ED448", NULL, 0 },
	};
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_held(EVP_PKEY) key = rows[i].group != NULL
		    ? EVP_PKEY_Q_keygen(k->libctx, NULL, "EC", rows[i].group)
		    : EVP_PKEY_Q_keygen(k->libctx, NULL, rows[i].type, rows[i].bits);
		tmg_soft *soft;

		assert_int_equal(tmg_soft_new(k->ctx, key, &soft), TMG_UNSUPPORTED);
		assert_null(soft);
	}
}

/* ---- what reaches a row --------------------------------------------------------- */

static const struct {
	size_t kind;
	tmg_sign_spec spec;
	size_t len;
	bool fits;
} signs[] = {
	{ 0, { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 32, true },
	{ 0, { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 31, false },
	{ 0, { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 0, false },
	{ 0, { TMG_SIGN_PKCS1, TMG_HASH_NONE, 0, 0 }, 245, true },
	{ 0, { TMG_SIGN_PKCS1, TMG_HASH_NONE, 0, 0 }, 246, false },
	{ 0, { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 222 }, 32, true },
	{ 0, { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 223 }, 32, false },
	{ 0, { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, SIZE_MAX }, 32, false },
	{ 0, { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_NONE, 32 }, 32, false },
	{ 0, { TMG_SIGN_PSS, TMG_HASH_NONE, TMG_HASH_SHA256, 32 }, 32, false },
	{ 0, { TMG_SIGN_RAW, TMG_HASH_NONE, 0, 0 }, 256, true },
	{ 0, { TMG_SIGN_RAW, TMG_HASH_NONE, 0, 0 }, 255, false },
	{ 0, { TMG_SIGN_ECDSA, TMG_HASH_SHA256, 0, 0 }, 32, false },
	{ 0, { TMG_SIGN_EDDSA, TMG_HASH_NONE, 0, 0 }, 32, false },
	{ 2, { TMG_SIGN_ECDSA, TMG_HASH_NONE, 0, 0 }, 64, true },
	{ 2, { TMG_SIGN_ECDSA, TMG_HASH_SHA512, 0, 0 }, 64, true },
	{ 2, { TMG_SIGN_ECDSA, TMG_HASH_SHA512, 0, 0 }, 32, false },
	{ 2, { TMG_SIGN_ECDSA, TMG_HASH_NONE, 0, 0 }, 0, false },
	{ 2, { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 32, false },
	{ 4, { TMG_SIGN_EDDSA, TMG_HASH_NONE, 0, 0 }, 0, true },
	{ 4, { TMG_SIGN_EDDSA, TMG_HASH_NONE, 0, 0 }, 300, true },
	{ 4, { TMG_SIGN_EDDSA, TMG_HASH_SHA512, 0, 0 }, 64, false },
	{ 4, { TMG_SIGN_ECDSA, TMG_HASH_NONE, 0, 0 }, 32, false },
	{ 4, { (tmg_scheme)99, TMG_HASH_NONE, 0, 0 }, 32, false },
};

static void
test_sign_checks(void **state)
{
	static const uint8_t input[512];
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(signs); i++) {
		tmg_signer *s = k->signer[signs[i].kind];
		uint8_t bytes[TMG_SIG_MAX];
		tmg_out sig = TMG_OUT(bytes);
		const tmg_view in = { input, signs[i].len };

		uses(k, signs[i].kind);
		assert_int_equal(tmg_signer_sign(s, &signs[i].spec, in, &sig),
		    signs[i].fits ? TMG_OK : TMG_E_USAGE);
		assert_int_equal(uses(k, signs[i].kind), signs[i].fits);
		assert_int_equal(sig.len > 0, signs[i].fits);
	}
}

/* A buffer that may be too small never costs a signature. */
/* What a row makes verifies with its public half, and with nothing else. */
static void
test_signatures_are_checked(void **state)
{
	struct keys *k = *state;
	uint8_t input[512];

	memset(input, 0x5a, sizeof(input));
	for (size_t i = 0; i < TMG_COUNT(signs); i++) {
		tmg_signer *s = k->signer[signs[i].kind];
		/* 0 and 1, 2 and 3 are keys of a family; 4 has no relative */
		const size_t relative = signs[i].kind < 4 ? signs[i].kind ^ 1 : 4;
		const tmg_signer *other = k->signer[relative];
		const tmg_view in = { input, signs[i].len };
		uint8_t bytes[TMG_SIG_MAX];
		tmg_out sig = TMG_OUT(bytes);

		input[0] = 0;		/* RAW: less than the modulus */
		if (!signs[i].fits)
			continue;
		assert_int_equal(tmg_signer_sign(s, &signs[i].spec, in, &sig), TMG_OK);
		assert_int_equal(tmg_signature_check(k->libctx, s->spki,
		    &signs[i].spec, in, tmg_out_view(&sig)), TMG_OK);
		if (relative != signs[i].kind)
			assert_int_equal(tmg_signature_check(k->libctx, other->spki,
			    &signs[i].spec, in, tmg_out_view(&sig)), TMG_MISMATCH);
		bytes[sig.len - 1] ^= 1;
		assert_int_equal(tmg_signature_check(k->libctx, s->spki,
		    &signs[i].spec, in, tmg_out_view(&sig)), TMG_MISMATCH);
		assert_int_equal(tmg_signature_check(k->libctx,
		    (tmg_view){ s->spki.ptr, s->spki.len - 1 }, &signs[i].spec, in,
		    tmg_out_view(&sig)), TMG_E_MALFORMED);
		assert_int_equal(ERR_peek_error(), 0);
	}
}

static void
test_small_buffers(void **state)
{
	static const uint8_t input[32];
	static const struct { size_t kind; tmg_scheme scheme; tmg_hash hash; size_t need; } rows[] = {
		{ 0, TMG_SIGN_PKCS1, TMG_HASH_SHA256, 256 },
		{ 1, TMG_SIGN_PKCS1, TMG_HASH_SHA256, 384 },
		{ 2, TMG_SIGN_ECDSA, TMG_HASH_SHA256, 72 },
		{ 3, TMG_SIGN_ECDSA, TMG_HASH_SHA256, 104 },
		{ 4, TMG_SIGN_EDDSA, TMG_HASH_NONE, 64 },
	};
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_sign_spec spec = { .scheme = rows[i].scheme, .hash = rows[i].hash };
		uint8_t bytes[TMG_SIG_MAX];

		for (size_t less = 0; less < 2; less++) {
			tmg_out sig = { bytes, rows[i].need - less, 0, false };

			uses(k, rows[i].kind);
			assert_int_equal(tmg_signer_sign(k->signer[rows[i].kind], &spec,
			    TMG_VIEW(input), &sig), less ? TMG_E_SPACE : TMG_OK);
			assert_int_equal(uses(k, rows[i].kind), 1 - less);
		}
	}
}

/* Not less than the modulus: refused on the host, not by the card. */
static void
test_raw_range(void **state)
{
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_RAW };
	static const tmg_padding paddings[] = { TMG_DECRYPT_PKCS1, TMG_DECRYPT_RAW };
	struct keys *k = *state;
	uint8_t input[256], bytes[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(bytes);

	memset(input, 0xff, sizeof(input));
	uses(k, 0);
	assert_int_equal(tmg_signer_sign(k->signer[0], &spec, TMG_VIEW(input), &sig), TMG_E_USAGE);
	for (size_t i = 0; i < TMG_COUNT(paddings); i++)
		assert_int_equal(tmg_signer_decrypt(k->signer[0],
		    &(tmg_decrypt_spec){ .padding = paddings[i] }, TMG_VIEW(input), &sig),
		    TMG_E_MALFORMED);
	assert_int_equal(uses(k, 0), 0);
}

static void
test_decrypt_and_derive_checks(void **state)
{
	static const uint8_t block[384] = { 4 };
	static const struct { size_t kind; tmg_decrypt_spec spec; size_t len; } rows[] = {
		{ 0, { TMG_DECRYPT_PKCS1, 0, 0, { NULL, 0 } }, 255 },
		{ 0, { TMG_DECRYPT_PKCS1, 0, 0, { NULL, 0 } }, 0 },
		{ 0, { TMG_DECRYPT_OAEP, TMG_HASH_NONE, TMG_HASH_SHA1, { NULL, 0 } }, 256 },
		{ 0, { TMG_DECRYPT_OAEP, TMG_HASH_SHA1, TMG_HASH_NONE, { NULL, 0 } }, 256 },
		{ 0, { (tmg_padding)9, 0, 0, { NULL, 0 } }, 256 },
		{ 2, { TMG_DECRYPT_RAW, 0, 0, { NULL, 0 } }, 32 },
	};
	struct keys *k = *state;
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out out = TMG_OUT(bytes), tiny = { bytes, 31, 0, false };

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uses(k, rows[i].kind);
		assert_int_equal(tmg_signer_decrypt(k->signer[rows[i].kind], &rows[i].spec,
		    (tmg_view){ block, rows[i].len }, &out), TMG_E_USAGE);
		assert_int_equal(uses(k, rows[i].kind), 0);
	}
	assert_int_equal(tmg_signer_derive(k->signer[0], (tmg_view){ block, 65 }, &out), TMG_E_USAGE);
	assert_int_equal(tmg_signer_derive(k->signer[2], (tmg_view){ block, 64 }, &out), TMG_E_USAGE);
	assert_int_equal(tmg_signer_derive(k->signer[2], (tmg_view){ block + 1, 65 }, &out), TMG_E_USAGE);
	assert_int_equal(tmg_signer_derive(k->signer[2], (tmg_view){ block, 65 }, &tiny), TMG_E_SPACE);
	/* a point off the curve reaches the key and is refused there */
	assert_int_not_equal(tmg_signer_derive(k->signer[2], (tmg_view){ block, 65 }, &out), TMG_OK);
}

static void
test_cannot(void **state)
{
	static const tmg_signer_ops ops = {
		tmg_signer_no_sign, tmg_signer_no_decrypt, tmg_signer_no_derive,
	};
	static const tmg_sign_spec sign = { .scheme = TMG_SIGN_ECDSA };
	static const tmg_decrypt_spec decrypt = { .padding = TMG_DECRYPT_RAW };
	static const uint8_t block[256] = { 4 };
	struct keys *k = *state;
	tmg_fault f = { .rc = TMG_OK };
	tmg_signer ec = { &ops, &f, TMG_ALG_P256, k->signer[2]->spki, 0, 0, false };
	tmg_signer rsa = { &ops, &f, TMG_ALG_RSA2048, k->signer[0]->spki, 0, 0, false };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out out = TMG_OUT(bytes);

	assert_int_equal(tmg_signer_sign(&ec, &sign, (tmg_view){ block, 32 }, &out), TMG_UNSUPPORTED);
	assert_int_equal(tmg_signer_derive(&ec, (tmg_view){ block, 65 }, &out), TMG_UNSUPPORTED);
	assert_int_equal(tmg_signer_decrypt(&rsa, &decrypt, TMG_VIEW(block), &out), TMG_UNSUPPORTED);
	assert_non_null(strstr(f.text, "rsa:2048"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_made_again),
		cmocka_unit_test(test_keyless),
		cmocka_unit_test(test_not_made),
		cmocka_unit_test(test_unknown_kinds),
		cmocka_unit_test(test_broken_rsa),
		cmocka_unit_test(test_other_ways),
		cmocka_unit_test(test_other_ways_rsa),
		cmocka_unit_test(test_sign_checks),
		cmocka_unit_test(test_signatures_are_checked),
		cmocka_unit_test(test_small_buffers),
		cmocka_unit_test(test_raw_range),
		cmocka_unit_test(test_decrypt_and_derive_checks),
		cmocka_unit_test(test_cannot),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
