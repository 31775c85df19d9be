/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of a PIV card: made, brought, used, moved; exact commands. */
#include "tests/unit/piv-desk.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#define POINT_X "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
#define POINT_Y "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40"
#define PUBLIC "7F4943 8641 04 " POINT_X POINT_Y
#define SIG "3006020101020102"
#define SIGNED "7C0A 8208 " SIG " 9000"
#define HASH32 "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define SIGN_9A "0087119A 7C24 8200 8120 " HASH32

static const tmg_sign_spec ecdsa = { .scheme = TMG_SIGN_ECDSA,
	.hash = TMG_HASH_SHA256 };
static uint8_t store[2048];

static void
admin(piv_desk *d, piv_lock *lock)
{
	*lock = piv_factory_3des;
	d->script.arg = lock;
	assert_int_equal(tmg_driver_piv.admin_auto(d->b), TMG_OK);
}

static tmg_view
hash(size_t n)
{
	static uint8_t bytes[64];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	return (tmg_view){ bytes, n };
}

/* ---- generate ------------------------------------------------------------ */

static void
a_key_is_made_in_four_commands(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "0047009A AC03800111", PUBLIC " 9000", NULL },
		{ 0 },
	};
	const tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_P256 };
	tmg_out spki = TMG_OUT(store);
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.generate(d.b, &spec, &spki), TMG_LOGIN);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.generate(d.b, &spec, &spki), TMG_OK);
	assert_int_equal(spki.len, 91);
	assert_int_equal(d.b->ch->apdus, 4);
	piv_done(&d);
}

static const struct {
	tmg_keyspec spec;
	const char *command, *answer;
	tmg_rc rc;
} generations[] = {
	{ { 0x9c, TMG_ALG_P256, TMG_PIN_ALWAYS, TMG_TOUCH_NEVER },
	    "0047009C AC03800111", PUBLIC "9000", TMG_OK },	/* the slot's own */
	{ { 0x9c, TMG_ALG_P256, TMG_PIN_ONCE, TMG_TOUCH_ALWAYS },
	    "0047009C AC09800111AA0102AB0102", PUBLIC "9000", TMG_OK },
	{ { 0x9a, TMG_ALG_P256, TMG_PIN_NEVER, TMG_TOUCH_CACHED },
	    "0047009A AC09800111AA0101AB0103", PUBLIC "9000", TMG_OK },
	{ { 0x82, TMG_ALG_P384, 0, 0 }, "00470082 AC03800114", PUBLIC "9000",
	    TMG_E_MALFORMED },		/* another curve's point */
	{ { 0x9a, TMG_ALG_RSA4096, 0, 0 }, "0047009A AC03800116", "6A80",
	    TMG_UNSUPPORTED },
	{ { 0x9a, TMG_ALG_ED25519, 0, 0 }, "0047009A AC038001E0", "6A81",
	    TMG_UNSUPPORTED },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "6982", TMG_LOGIN },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "6985", TMG_DENIED },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "6A86",
	    TMG_UNSUPPORTED },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "6F00", TMG_E_CARD },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "9000",
	    TMG_E_MALFORMED },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "7F4903864104 9000",
	    TMG_E_MALFORMED },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "removed",
	    TMG_REMOVED },
	{ { 0x9a, TMG_ALG_P256, 0, 0 }, "0047009A AC03800111", "reset", TMG_RESET },
};

static void
policies_and_refusals_of_generate(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(generations); i++) {
		const tmg_script_row rows[] = {
			PROBE, ADMIN_3DES,
			{ generations[i].command, generations[i].answer, NULL },
			{ 0 },
		};
		tmg_out spki = TMG_OUT(store);
		piv_lock lock;
		piv_desk d;

		piv_open_yubikey(&d, rows);
		admin(&d, &lock);
		assert_int_equal(tmg_driver_piv.generate(d.b,
		    &generations[i].spec, &spki), generations[i].rc);
		piv_done(&d);
	}
}

static void
what_cannot_be_made_is_not_asked_for(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00FD0000", "6D00", NULL },	/* has it policies? */
		{ 0 },
	};
	static const struct {
		tmg_keyspec spec;
		tmg_rc rc;
	} cases[] = {
		{ { 0x9b, TMG_ALG_P256, 0, 0 }, TMG_NOT_FOUND },
		{ { 0x9a, TMG_ALG_P521, 0, 0 }, TMG_UNSUPPORTED },
		{ { 0x9a, TMG_ALG_NONE, 0, 0 }, TMG_UNSUPPORTED },
		{ { 0x9a, TMG_ALG_P256, TMG_PIN_NEVER, 0 }, TMG_UNSUPPORTED },
		{ { 0x9a, TMG_ALG_P256, 0, TMG_TOUCH_ALWAYS }, TMG_UNSUPPORTED },
	};
	tmg_out spki = TMG_OUT(store);
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	admin(&d, &lock);
	for (size_t i = 0; i < TMG_COUNT(cases); i++)
		assert_int_equal(tmg_driver_piv.generate(d.b, &cases[i].spec,
		    &spki), cases[i].rc);
	piv_done(&d);
}

static void
versions_with_weak_rsa_make_none(void **state)
{
	static const struct {
		const char *version;
		tmg_rc rc;
	} cases[] = {
		{ "040205 9000", TMG_UNSUPPORTED },	/* asked: 6A80 */
		{ "040206 9000", TMG_DENIED },
		{ "040304 9000", TMG_DENIED },
		{ "040305 9000", TMG_UNSUPPORTED },
	};
	const tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_RSA2048 };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const bool asked = cases[i].rc == TMG_UNSUPPORTED;
		const tmg_script_row rows[] = {
			PROBE,
			{ "00FD0000", cases[i].version, NULL },
			{ "00F80000", "01020304 9000", NULL },
			ADMIN_3DES,
			{ asked ? "0047009A AC03800107" : NULL, "6A80", NULL },
			{ 0 },
		};
		tmg_out spki = TMG_OUT(store);
		piv_lock lock;
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
		admin(&d, &lock);
		assert_int_equal(tmg_driver_piv.generate(d.b, &spec, &spki),
		    cases[i].rc);
		piv_done(&d);
	}
}

/* ---- use ----------------------------------------------------------------- */

static void
a_cold_signature_is_four_commands(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, NO_DISCOVERY,
		{ "00200080313233343536FFFF", "9000", NULL },
		{ SIGN_9A, SIGNED, NULL },
		{ SIGN_9A, SIGNED, NULL },
		{ 0 },
	};
	tmg_out sig = TMG_OUT(store);
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_P256, &ecdsa,
	    hash(32), &sig), TMG_OK);
	assert_int_equal(d.b->ch->apdus, 4);
	assert_view_equal(tmg_out_view(&sig),
	    ((tmg_view)BYTES("\x30\x06\x02\x01\x01\x02\x01\x02")));
	assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_P256, &ecdsa,
	    hash(32), &sig), TMG_OK);
	assert_int_equal(d.b->ch->apdus, 5);
	piv_done(&d);
}

static void
signatures_in_bulk_cost_one_command_each(void **state)
{
	tmg_script_row rows[2 + 2 * 100 + 1] = { PROBE };
	static const bool always[] = { false, true };

	(void)state;
	for (size_t k = 0; k < TMG_COUNT(always); k++) {
		const tmg_script_row verify = { "00200080313233343536FFFF",
		    "9000", NULL };
		const tmg_script_row sign = { SIGN_9A, SIGNED, NULL };
		size_t n = 1;
		piv_desk d;
		int tries;

		for (unsigned i = 0; i < 100; i++) {
			if (i == 0 || always[k])
				rows[n++] = verify;
			rows[n++] = sign;
		}
		rows[n] = (tmg_script_row){ 0 };
		piv_open_yubikey(&d, rows);
		for (unsigned i = 0; i < 100; i++) {
			tmg_out sig = TMG_OUT(store);

			if (i == 0 || always[k])
				assert_int_equal(tmg_driver_piv.verify(d.b,
				    TMG_PIN_USER, tmg_view_str("123456"),
				    &tries), TMG_OK);
			assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a,
			    TMG_ALG_P256, &ecdsa, hash(32), &sig), TMG_OK);
		}
		assert_int_equal(d.b->ch->apdus, always[k] ? 201 : 102);
		piv_done(&d);
	}
}

static void
digests_are_made_as_long_as_the_field(void **state)
{
	static const struct {
		tmg_alg alg;
		size_t digest;
		const char *command;
	} cases[] = {
		{ TMG_ALG_P256, 20, "0087119A 7C24 8200 8120 "
		    "000000000000000000000000 000102030405060708090A0B0C0D0E0F10111213" },
		{ TMG_ALG_P256, 32, SIGN_9A },
		{ TMG_ALG_P256, 64, SIGN_9A },
		{ TMG_ALG_P384, 48, "0087149A 7C34 8200 8130 " HASH32
		    "202122232425262728292A2B2C2D2E2F" },
		{ TMG_ALG_P384, 32, "0087149A 7C34 8200 8130 "
		    "00000000000000000000000000000000" HASH32 },
		{ TMG_ALG_P256, 0, "0087119A 7C24 8200 8120 "
		    "00000000000000000000000000000000"
		    "00000000000000000000000000000000" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE, { cases[i].command, SIGNED, NULL }, { 0 },
		};
		tmg_out sig = TMG_OUT(store);
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, cases[i].alg,
		    &ecdsa, hash(cases[i].digest), &sig), TMG_OK);
		piv_done(&d);
	}
}

static const struct {
	const char *answer;
	tmg_rc rc;
} operations[] = {
	{ SIGNED, TMG_OK },
	{ "6982", TMG_LOGIN },
	{ "6985", TMG_DENIED },
	{ "6A80", TMG_UNSUPPORTED },
	{ "6A86", TMG_NOT_FOUND },
	{ "6A88", TMG_NOT_FOUND },
	{ "6A82", TMG_NOT_FOUND },
	{ "6B00", TMG_NOT_FOUND },
	{ "6F00", TMG_E_CARD },
	{ "9000", TMG_E_MALFORMED },
	{ "7C00 9000", TMG_E_MALFORMED },
	{ "7C03 820100 9000", TMG_E_MALFORMED },
	{ "7C0A 8108 " SIG "9000", TMG_E_MALFORMED },
	{ "7C0A 8209 " SIG "9000", TMG_E_MALFORMED },
	{ "7C0B 8209 " SIG "00 9000", TMG_E_MALFORMED },	/* something behind */
	{ "7C08 8206 300402010102 9000", TMG_E_MALFORMED },	/* s is missing */
	{ "7C09 8207 30050201010200 9000", TMG_E_MALFORMED },	/* s is empty */
	{ "7C0A 8208 3006020181020102 9000", TMG_E_MALFORMED },	/* r < 0 */
	{ "removed", TMG_REMOVED },
	{ "reset", TMG_RESET },
	{ "io", TMG_E_IO },
};

static void
answers_to_a_signature_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(operations); i++) {
		const tmg_script_row rows[] = {
			PROBE, { SIGN_9A, operations[i].answer, NULL }, { 0 },
		};
		tmg_out sig = TMG_OUT(store);
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_P256,
		    &ecdsa, hash(32), &sig), operations[i].rc);
		assert_int_equal(sig.len, operations[i].rc == TMG_OK ? 8 : 0);
		piv_done(&d);
	}
}

static void
echo_rsa(void *arg, tmg_view command, tmg_out *response)
{
	static const uint32_t path[] = { TAG_AUTH, TAG_CHALLENGE, 0 };
	const size_t len = *(const size_t *)arg;
	tmg_view head, em;

	assert_int_equal(tmg_view_take(&command, 4, &head), TMG_OK);
	assert_int_equal(tmg_tlv_walk(command, path, &em), TMG_OK);
	assert_int_equal(em.len, 256);
	em.ptr += em.len - len;
	em.len = len;
	tmg_tlv_put_head(response, TAG_AUTH, tmg_tlv_size(TAG_RESPONSE, em.len));
	tmg_tlv_put(response, TAG_RESPONSE, em);
	tmg_put_u16(response, TMG_SW_OK);
}

/* The card gives back what it was to sign: the padding is plain to see. */
static void
rsa_is_padded_by_the_host(void **state)
{
	static const struct {
		tmg_sign_spec spec;
		size_t input, answer;
		tmg_rc rc;
	} cases[] = {
		{ { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 32, 256, TMG_OK },
		{ { TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 32 }, 32, 256,
		    TMG_OK },
		{ { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 32, 255,
		    TMG_E_MALFORMED },
		{ { TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 }, 32, 0,
		    TMG_E_MALFORMED },
	};
	static const tmg_script_row rows[] = {
		PROBE, { "0087079A 7C820106 8200 81820100 *", NULL, echo_rsa }, { 0 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_out sig = TMG_OUT(store);
		size_t answer = cases[i].answer;
		piv_desk d;

		piv_open(&d, rows);
		d.script.arg = &answer;
		assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_RSA2048,
		    &cases[i].spec, hash(cases[i].input), &sig), cases[i].rc);
		if (cases[i].rc == TMG_OK &&
		    cases[i].spec.scheme == TMG_SIGN_PKCS1)
			assert_memory_equal(store, "\x00\x01\xff\xff", 4);
		if (cases[i].rc == TMG_OK && cases[i].spec.scheme == TMG_SIGN_PSS)
			assert_int_equal(store[255], 0xbc);
		piv_done(&d);
	}
}

static void
leading_zeros_of_a_decryption_are_put_back(void **state)
{
	/* 00 02 8 random bytes 00 message, as RSADP gives it */
	static uint8_t em[256];
	static const size_t lost[] = { 0, 1 };
	const tmg_decrypt_spec spec = { .padding = TMG_DECRYPT_PKCS1 };
	static const tmg_script_row rows[] = {
		PROBE, { "0087079D 7C820106 8200 81820100 *", NULL, echo_rsa }, { 0 },
	};

	(void)state;
	memset(em, 0x5a, sizeof(em));
	em[0] = 0;
	em[1] = 2;
	em[250] = 0;
	for (size_t i = 0; i < TMG_COUNT(lost); i++) {
		uint8_t got[256];
		tmg_out plain = TMG_OUT(got);
		size_t answer = 256 - lost[i];
		piv_desk d;

		piv_open(&d, rows);
		d.script.arg = &answer;
		assert_int_equal(tmg_driver_piv.decrypt(d.b, 0x9d,
		    TMG_ALG_RSA2048, &spec, TMG_VIEW(em), &plain), TMG_OK);
		assert_view_equal(tmg_out_view(&plain),
		    ((tmg_view)BYTES("\x5a\x5a\x5a\x5a\x5a")));
		piv_done(&d);
	}
}

static void
key_agreement_uses_exponentiation(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ "0087119D 7C45 8200 8541 04 " POINT_X POINT_Y,
		    "7C22 8220 " HASH32 "9000", NULL },
		{ "0087E19D 7C24 8200 8520 " HASH32, "7C22 8220 " HASH32 "9000",
		    NULL },
		{ "0087E19D 7C24 8200 8520 " HASH32, "7C03 820100 9000", NULL },
		{ 0 },
	};
	uint8_t point[65] = { 4 };
	tmg_out z = TMG_OUT(store);
	piv_desk d;

	(void)state;
	for (uint8_t i = 1; i < sizeof(point); i++)
		point[i] = i;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.derive(d.b, 0x9d, TMG_ALG_P256,
	    TMG_VIEW(point), &z), TMG_OK);
	assert_int_equal(z.len, 32);
	assert_int_equal(tmg_driver_piv.derive(d.b, 0x9d, TMG_ALG_X25519,
	    hash(32), &z), TMG_OK);
	assert_int_equal(tmg_driver_piv.derive(d.b, 0x9d, TMG_ALG_X25519,
	    hash(32), &z), TMG_E_MALFORMED);
	assert_int_equal(tmg_driver_piv.derive(d.b, 0x9d, TMG_ALG_P256,
	    hash(32), &z), TMG_E_USAGE);
	assert_int_equal(tmg_driver_piv.derive(d.b, 0x9d, TMG_ALG_RSA2048,
	    hash(32), &z), TMG_UNSUPPORTED);
	piv_done(&d);
}

static void
ed25519_signs_the_message(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ "0087E09A 7C09 8200 8105 0001020304",
		    "7C42 8240 " HASH32 HASH32 "9000", NULL },
		{ "0087E09A 7C09 8200 8105 0001020304", "7C22 8220 " HASH32 "9000",
		    NULL },
		{ 0 },
	};
	const tmg_sign_spec eddsa = { .scheme = TMG_SIGN_EDDSA };
	tmg_out sig = TMG_OUT(store);
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_ED25519, &eddsa,
	    hash(5), &sig), TMG_OK);
	assert_int_equal(sig.len, 64);
	assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_ED25519, &eddsa,
	    hash(5), &sig), TMG_E_MALFORMED);
	assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_ED25519, &ecdsa,
	    hash(5), &sig), TMG_UNSUPPORTED);
	piv_done(&d);
}

/* ---- import -------------------------------------------------------------- */

static size_t
make_pkcs8(const char *type, const char *group, uint8_t *out)
{
	EVP_PKEY *key = group != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, type, group)
	    : strcmp(type, "RSA") == 0
	    ? EVP_PKEY_Q_keygen(NULL, NULL, type, (size_t)2048)
	    : EVP_PKEY_Q_keygen(NULL, NULL, type);
	PKCS8_PRIV_KEY_INFO *info;
	unsigned char *p = out;
	int n;

	assert_non_null(key);
	info = EVP_PKEY2PKCS8(key);
	n = i2d_PKCS8_PRIV_KEY_INFO(info, &p);
	assert_true(n > 0);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
	return (size_t)n;
}

static void
private_keys_are_taken_apart(void **state)
{
	static const struct {
		const char *type, *group, *command;
		tmg_keyspec spec;
		tmg_rc rc;
	} cases[] = {
		{ "EC", "P-256", "00FE119A 0620 *", { 0x9a, TMG_ALG_P256, 0, 0 },
		    TMG_OK },
		{ "EC", "P-384", "00FE149A 0630 *", { 0x9a, TMG_ALG_P384, 0, 0 },
		    TMG_OK },
		{ "RSA", NULL, "00FE079D 018180 *", { 0x9d, TMG_ALG_RSA2048, 0, 0 },
		    TMG_OK },
		{ "ED25519", NULL, "00FEE09A 0720 *", { 0x9a, TMG_ALG_ED25519, 0, 0 },
		    TMG_OK },
		{ "X25519", NULL, "00FEE19D 0820 *", { 0x9d, TMG_ALG_X25519, 0, 0 },
		    TMG_OK },
		{ "EC", "P-384", NULL, { 0x9a, TMG_ALG_P256, 0, 0 }, TMG_MISMATCH },
		{ "RSA", NULL, NULL, { 0x9a, TMG_ALG_RSA3072, 0, 0 }, TMG_MISMATCH },
		{ "ED25519", NULL, NULL, { 0x9a, TMG_ALG_P256, 0, 0 }, TMG_MISMATCH },
		/* as long as P-256, on other curves */
		{ "EC", "secp256k1", NULL, { 0x9a, TMG_ALG_P256, 0, 0 }, TMG_MISMATCH },
		{ "EC", "brainpoolP256r1", NULL, { 0x9a, TMG_ALG_P256, 0, 0 },
		    TMG_MISMATCH },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE, ADMIN_3DES, { cases[i].command, "9000", NULL }, { 0 },
		};
		const size_t n = make_pkcs8(cases[i].type, cases[i].group, store);
		piv_lock lock;
		piv_desk d;

		piv_open_yubikey(&d, rows);
		assert_int_equal(tmg_driver_piv.import(d.b, &cases[i].spec,
		    (tmg_view){ store, n }), TMG_LOGIN);
		admin(&d, &lock);
		assert_int_equal(tmg_driver_piv.import(d.b, &cases[i].spec,
		    (tmg_view){ store, n }), cases[i].rc);
		piv_done(&d);
	}
}

static void
what_is_no_key_is_not_imported(void **state)
{
	static const tmg_script_row rows[] = { PROBE, ADMIN_3DES, { 0 } };
	const tmg_keyspec spec = { 0x9a, TMG_ALG_P256, 0, 0 };
	const size_t n = make_pkcs8("EC", "P-256", store);
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open_yubikey(&d, rows);
	admin(&d, &lock);
	for (size_t len = 0; len < n; len += 7)
		assert_int_equal(tmg_driver_piv.import(d.b, &spec,
		    (tmg_view){ store, len }), TMG_E_MALFORMED);
	store[n] = 0;
	assert_int_equal(tmg_driver_piv.import(d.b, &spec,
	    (tmg_view){ store, n + 1 }), TMG_E_MALFORMED);
	/* another public half than the private one's */
	store[n - 1] ^= 1;
	assert_int_equal(tmg_driver_piv.import(d.b, &spec,
	    (tmg_view){ store, n }), TMG_E_MALFORMED);
	piv_done(&d);
}

static size_t
make_rsa(unsigned exponent, size_t primes, uint8_t *out)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	const OSSL_PARAM params[] = {
		OSSL_PARAM_uint(OSSL_PKEY_PARAM_RSA_E, &exponent),
		OSSL_PARAM_size_t(OSSL_PKEY_PARAM_RSA_PRIMES, &primes),
		OSSL_PARAM_END,
	};
	EVP_PKEY *key = NULL;
	int n;

	assert_int_equal(EVP_PKEY_keygen_init(c), 1);
	assert_int_equal(EVP_PKEY_CTX_set_params(c, params), 1);
	assert_int_equal(EVP_PKEY_generate(c, &key), 1);
	n = i2d_PrivateKey(key, &out);
	assert_true(n > 0);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(c);
	return (size_t)n;
}

/* What the card is not told it takes for granted. */
static void
rsa_keys_of_another_make_are_not_imported(void **state)
{
	static const struct { unsigned exponent; size_t primes; } makes[] = {
		{ 3, 2 }, { 17, 2 }, { 65537, 3 },
	};
	const tmg_keyspec spec = { 0x9a, TMG_ALG_RSA2048, 0, 0 };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(makes); i++) {
		static const tmg_script_row rows[] = { PROBE, ADMIN_3DES, { 0 } };
		const size_t n = make_rsa(makes[i].exponent, makes[i].primes, store);
		piv_lock lock;
		piv_desk d;

		piv_open_yubikey(&d, rows);
		admin(&d, &lock);
		assert_int_equal(tmg_driver_piv.import(d.b, &spec,
		    (tmg_view){ store, n }), TMG_UNSUPPORTED);
		piv_done(&d);
	}
}

/* ---- the extensions around keys ------------------------------------------ */

static void
facts_come_from_metadata(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ "00F7009A", "010111 02020302 030101 0443 8641 04 " POINT_X POINT_Y
		    " 9000", NULL },
		{ "00F7009C", "6A88", NULL },
		{ "00F7009D", "010111 02020001 030102 9000", NULL },
		{ "00F7009E", "010111 02020001 030102 0403 8641 04 9000", NULL },
		{ "00F70082", "0101AA 9000", NULL },
		{ 0 },
	};
	tmg_key_facts facts;
	tmg_out spki = TMG_OUT(store);
	piv_desk d;

	(void)state;
	piv_open_yubikey(&d, rows);
	assert_int_equal(tmg_driver_piv.facts(d.b, 0x9a, &facts, &spki), TMG_OK);
	assert_int_equal(facts.alg, TMG_ALG_P256);
	assert_int_equal(facts.pin, TMG_PIN_ALWAYS);
	assert_int_equal(facts.touch, TMG_TOUCH_ALWAYS);
	assert_int_equal(facts.origin, TMG_ORIGIN_GENERATED);
	assert_int_equal(spki.len, 91);
	spki.len = 0;
	assert_int_equal(tmg_driver_piv.facts(d.b, 0x9c, &facts, &spki),
	    TMG_NOT_FOUND);
	assert_int_equal(tmg_driver_piv.facts(d.b, 0x9d, &facts, &spki), TMG_OK);
	assert_int_equal(facts.pin, TMG_PIN_ONCE);	/* the slot's own */
	assert_int_equal(spki.len, 0);
	assert_int_equal(tmg_driver_piv.facts(d.b, 0x9e, &facts, &spki),
	    TMG_E_MALFORMED);
	assert_int_equal(tmg_driver_piv.facts(d.b, 0x82, &facts, &spki),
	    TMG_UNSUPPORTED);
	piv_done(&d);
}

/* A standard card that answers an unknown command in its own way. */
static void
a_card_without_metadata_is_asked_once(void **state)
{
	static const char *const answers[] = { "6D00", "6E00", "6A81", "6700",
		"6F00", "6985" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(answers); i++) {
		const tmg_script_row rows[] = {
			PROBE, { "00F7009A", answers[i], NULL }, { 0 },
		};
		tmg_out spki = TMG_OUT(store);
		tmg_key_facts facts;
		piv_desk d;

		piv_open(&d, rows);
		for (unsigned n = 0; n < 2; n++)
			assert_int_equal(tmg_driver_piv.facts(d.b, 0x9a, &facts,
			    &spki), TMG_UNSUPPORTED);
		piv_done(&d);
	}
}

static void
attestation_is_a_certificate_or_nothing(void **state)
{
	static const struct {
		const char *answer;
		tmg_rc rc;
	} cases[] = {
		{ "3003020101 9000", TMG_OK },
		{ "9000", TMG_E_MALFORMED },
		{ "3103020101 9000", TMG_E_MALFORMED },
		{ "6A88", TMG_NOT_FOUND },
		{ "6A80", TMG_UNSUPPORTED },
		{ "6D00", TMG_UNSUPPORTED },
		{ "6B00", TMG_UNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE, { "00F99A00", cases[i].answer, NULL }, { 0 },
		};
		tmg_out der = TMG_OUT(store);
		piv_desk d;

		piv_open_yubikey(&d, rows);
		assert_int_equal(tmg_driver_piv.attest(d.b, 0x9a, &der),
		    cases[i].rc);
		/* 6D00 is remembered: the script has no second row. */
		if (strcmp(cases[i].answer, "6D00") == 0)
			assert_int_equal(tmg_driver_piv.attest(d.b, 0x9a, &der),
			    TMG_UNSUPPORTED);
		piv_done(&d);
	}
}

static void
keys_move_and_vanish(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00F6829D", "9000", NULL },
		{ "00F6FF82", "9000", NULL },
		{ "00F6FF82", "6A88", NULL },
		{ "00F69A82", "6985", NULL },
		{ "00F69A82", "6D00", NULL },
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open_yubikey(&d, rows);
	assert_int_equal(tmg_driver_piv.key_move(d.b, 0x9d, 0x82), TMG_LOGIN);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.key_move(d.b, 0x9d, 0x82), TMG_OK);
	assert_int_equal(tmg_driver_piv.key_delete(d.b, 0x82), TMG_OK);
	assert_int_equal(tmg_driver_piv.key_delete(d.b, 0x82), TMG_NOT_FOUND);
	assert_int_equal(tmg_driver_piv.key_move(d.b, 0x82, 0x9a), TMG_OCCUPIED);
	assert_int_equal(tmg_driver_piv.key_move(d.b, 0x82, 0x9a), TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_piv.key_delete(d.b, 0x9a), TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_piv.key_move(d.b, 0x82, 0x9b), TMG_NOT_FOUND);
	piv_done(&d);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_made_in_four_commands),
		cmocka_unit_test(policies_and_refusals_of_generate),
		cmocka_unit_test(what_cannot_be_made_is_not_asked_for),
		cmocka_unit_test(versions_with_weak_rsa_make_none),
		cmocka_unit_test(a_cold_signature_is_four_commands),
		cmocka_unit_test(signatures_in_bulk_cost_one_command_each),
		cmocka_unit_test(digests_are_made_as_long_as_the_field),
		cmocka_unit_test(answers_to_a_signature_are_judged),
		cmocka_unit_test(rsa_is_padded_by_the_host),
		cmocka_unit_test(leading_zeros_of_a_decryption_are_put_back),
		cmocka_unit_test(key_agreement_uses_exponentiation),
		cmocka_unit_test(ed25519_signs_the_message),
		cmocka_unit_test(private_keys_are_taken_apart),
		cmocka_unit_test(what_is_no_key_is_not_imported),
		cmocka_unit_test(rsa_keys_of_another_make_are_not_imported),
		cmocka_unit_test(facts_come_from_metadata),
		cmocka_unit_test(a_card_without_metadata_is_asked_once),
		cmocka_unit_test(attestation_is_a_certificate_or_nothing),
		cmocka_unit_test(keys_move_and_vanish),
	};

	return cmocka_run_group_tests_name("piv keys", tests, NULL, NULL);
}
