/* SPDX-License-Identifier: BSD-2-Clause */
/* What cards are sent to sign, and what their answers are worth. */
#include "tests/unit/test.h"

#include "src/base/ctx.h"
#include "src/driver/signing.h"

/* As PIV has it, as OpenPGP has it, and what else a card may do. */
static const tmg_signing_ways raw = { .filled = true };
static const tmg_signing_ways padding = { .pads = true, .plain = true };

static const tmg_sign_spec pkcs1 = { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 };
static const tmg_sign_spec pkcs1_as_is = { TMG_SIGN_PKCS1, TMG_HASH_NONE, 0, 0 };
static const tmg_sign_spec pss = { TMG_SIGN_PSS, TMG_HASH_SHA256,
	TMG_HASH_SHA256, 32 };
static const tmg_sign_spec whole = { TMG_SIGN_RAW, TMG_HASH_NONE, 0, 0 };
static const tmg_sign_spec ecdsa = { TMG_SIGN_ECDSA, TMG_HASH_NONE, 0, 0 };
static const tmg_sign_spec eddsa = { TMG_SIGN_EDDSA, TMG_HASH_NONE, 0, 0 };

static int
setup(void **state)
{
	return tmg_ctx_new((tmg_ctx **)state);
}

static int
teardown(void **state)
{
	tmg_ctx_free((tmg_ctx **)state);
	return 0;
}

static void
rsa_is_padded_by_whoever_the_card_says(void **state)
{
	static const uint8_t info[] = {		/* RFC 8017 9.2, note 1 */
		0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
	};
	uint8_t digest[32], t[sizeof(info) + sizeof(digest)];
	tmg_signing s = { .ctx = *state, .alg = TMG_ALG_RSA2048, .spec = &pkcs1 };

	memset(digest, 0x5a, sizeof(digest));
	memcpy(t, info, sizeof(info));
	memcpy(t + sizeof(info), digest, sizeof(digest));

	s.ways = &padding;
	assert_int_equal(tmg_signing_begin(&s, TMG_VIEW(digest)), TMG_OK);
	assert_view_equal(s.sent, TMG_VIEW(t));

	s.ways = &raw;
	assert_int_equal(tmg_signing_begin(&s, TMG_VIEW(digest)), TMG_OK);
	assert_int_equal(s.sent.len, 256);
	assert_memory_equal(s.sent.ptr, "\0\1\377\377", 4);
	assert_view_equal(((tmg_view){ s.sent.ptr + 256 - sizeof(t), sizeof(t) }),
	    TMG_VIEW(t));
	s.spec = &pss;
	assert_int_equal(tmg_signing_begin(&s, TMG_VIEW(digest)), TMG_OK);
	assert_int_equal(s.sent.len, 256);
	assert_int_equal(s.sent.ptr[255], 0xbc);	/* RFC 8017 9.1.1 */
}

/* Curves want no context, and no memory. */
static void
hashes_are_cut_to_the_field(void **state)
{
	static const struct {
		const tmg_signing_ways *ways;
		tmg_alg alg;
		size_t hash, sent, zeros;
	} rows[] = {
		{ &raw, TMG_ALG_P256, 32, 32, 0 }, { &raw, TMG_ALG_P256, 64, 32, 0 },
		{ &raw, TMG_ALG_P256, 20, 32, 12 }, { &raw, TMG_ALG_P521, 64, 66, 2 },
		{ &raw, TMG_ALG_P256, 0, 32, 32 },
		{ &padding, TMG_ALG_P256, 32, 32, 0 },
		{ &padding, TMG_ALG_P256, 64, 32, 0 },
		{ &padding, TMG_ALG_P256, 20, 20, 0 },
		{ &padding, TMG_ALG_P521, 64, 64, 0 },
	};
	uint8_t hash[64];

	(void)state;
	for (size_t i = 0; i < sizeof(hash); i++)
		hash[i] = (uint8_t)(i + 1);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_signing s = { .ways = rows[i].ways, .alg = rows[i].alg,
		    .spec = &ecdsa };

		assert_int_equal(tmg_signing_begin(&s,
		    (tmg_view){ hash, rows[i].hash }), TMG_OK);
		assert_int_equal(s.sent.len, rows[i].sent);
		for (size_t k = 0; k < s.sent.len; k++)
			assert_int_equal(s.sent.ptr[k], k < rows[i].zeros ? 0
			    : k - rows[i].zeros + 1);
	}
}

static void
what_cannot_be_signed_is_told(void **state)
{
	static const struct {
		const tmg_signing_ways *ways;
		tmg_alg alg;
		const tmg_sign_spec *spec;
		size_t input;
		tmg_rc rc;
	} rows[] = {
		{ &raw, TMG_ALG_P256, &pkcs1, 32, TMG_UNSUPPORTED },
		{ &raw, TMG_ALG_RSA2048, &ecdsa, 32, TMG_UNSUPPORTED },
		{ &raw, TMG_ALG_RSA2048, &eddsa, 32, TMG_UNSUPPORTED },
		{ &raw, TMG_ALG_X25519, &eddsa, 32, TMG_UNSUPPORTED },
		{ &raw, TMG_ALG_NONE, &ecdsa, 32, TMG_UNSUPPORTED },
		{ &padding, TMG_ALG_RSA2048, &pss, 32, TMG_UNSUPPORTED },
		{ &padding, TMG_ALG_RSA2048, &whole, 256, TMG_UNSUPPORTED },
		{ &raw, TMG_ALG_RSA2048, &whole, 256, TMG_OK },
		{ &raw, TMG_ALG_RSA2048, &whole, 255, TMG_E_USAGE },
		{ &raw, TMG_ALG_RSA2048, &pkcs1, 31, TMG_E_USAGE },
		{ &padding, TMG_ALG_RSA2048, &pkcs1, 31, TMG_E_USAGE },
		{ &padding, TMG_ALG_RSA2048, &pkcs1_as_is, 245, TMG_OK },
		{ &padding, TMG_ALG_RSA2048, &pkcs1_as_is, 246, TMG_E_USAGE },
		{ &padding, TMG_ALG_ED25519, &eddsa, 256, TMG_OK },
	};
	static const tmg_sign_spec unknown = { .scheme = TMG_SIGN_EDDSA + 1 };
	static const uint8_t input[256];
	tmg_signing s = { .ctx = *state };

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		s.ways = rows[i].ways;
		s.alg = rows[i].alg;
		s.spec = rows[i].spec;
		assert_int_equal(tmg_signing_begin(&s,
		    (tmg_view){ input, rows[i].input }), rows[i].rc);
	}
	s.spec = &unknown;
	assert_int_equal(tmg_signing_begin(&s, TMG_VIEW(input)), TMG_UNSUPPORTED);
}

static void
answers_are_looked_at(void **state)
{
	static const struct {
		const tmg_signing_ways *ways;
		tmg_alg alg;
		const tmg_sign_spec *spec;
		size_t len;
		tmg_rc rc;
	} rows[] = {
		{ &raw, TMG_ALG_RSA2048, &pkcs1, 256, TMG_OK },
		{ &raw, TMG_ALG_RSA2048, &pkcs1, 255, TMG_E_MALFORMED },
		{ &padding, TMG_ALG_RSA2048, &pkcs1, 257, TMG_E_MALFORMED },
		{ &padding, TMG_ALG_RSA2048, &pkcs1, 0, TMG_E_MALFORMED },
		{ &raw, TMG_ALG_ED25519, &eddsa, 64, TMG_OK },
		{ &raw, TMG_ALG_ED25519, &eddsa, 63, TMG_E_MALFORMED },
		{ &padding, TMG_ALG_P256, &ecdsa, 64, TMG_OK },
		{ &padding, TMG_ALG_P256, &ecdsa, 66, TMG_E_MALFORMED },
		{ &padding, TMG_ALG_P256, &ecdsa, 0, TMG_E_MALFORMED },
		{ &raw, TMG_ALG_P256, &ecdsa, 64, TMG_E_MALFORMED },
	};
	static const uint8_t answer[257] = { 1 };
	uint8_t store[TMG_SIG_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_signing s = { .ways = rows[i].ways, .alg = rows[i].alg,
		    .spec = rows[i].spec };
		tmg_out sig = TMG_OUT(store);

		assert_int_equal(tmg_signing_end(&s,
		    (tmg_view){ answer, rows[i].len }, &sig), rows[i].rc);
		assert_true((sig.len > 0) == (rows[i].rc == TMG_OK));
	}
}

/* Both of a card's forms come out as an Ecdsa-Sig-Value. */
static void
ecdsa_answers_have_one_form(void **state)
{
	static const uint8_t value[] = { 0x30, 6, 2, 1, 1, 2, 1, 2 };
	static const uint8_t rs[64] = { [31] = 1, [63] = 2 };
	uint8_t store[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store);

	(void)state;
	assert_int_equal(tmg_signing_end(&(tmg_signing){ .ways = &raw,
	    .alg = TMG_ALG_P256, .spec = &ecdsa }, TMG_VIEW(value), &sig), TMG_OK);
	assert_view_equal(tmg_out_view(&sig), TMG_VIEW(value));
	sig = TMG_OUT(store);
	assert_int_equal(tmg_signing_end(&(tmg_signing){ .ways = &padding,
	    .alg = TMG_ALG_P256, .spec = &ecdsa }, TMG_VIEW(rs), &sig), TMG_OK);
	assert_view_equal(tmg_out_view(&sig), TMG_VIEW(value));
}

static void
long_answers_alone_want_extended_length(void **state)
{
	(void)state;
	assert_int_equal(tmg_signing_le(TMG_ALG_RSA2048), TMG_LE_ANY);
	assert_int_equal(tmg_signing_le(TMG_ALG_RSA1024), TMG_LE_SHORT);
	assert_int_equal(tmg_signing_le(TMG_ALG_P521), TMG_LE_SHORT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_is_padded_by_whoever_the_card_says),
		cmocka_unit_test(hashes_are_cut_to_the_field),
		cmocka_unit_test(what_cannot_be_signed_is_told),
		cmocka_unit_test(answers_are_looked_at),
		cmocka_unit_test(ecdsa_answers_have_one_form),
		cmocka_unit_test(long_answers_alone_want_extended_length),
	};

	return cmocka_run_group_tests_name("signing", tests, setup, teardown);
}
