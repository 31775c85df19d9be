/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GIDS application: who proves himself the administrator, and the card's keys.
 */
#include "tests/unit/vcard-gids.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "src/codec/hex.h"
#include "tools/vcard/cipher.h"

/* ---- the administrator --------------------------------------------------------------------------------- */

static void
an_administrator_unblocks_and_changes_the_key(void **state)
{
	static const char next[] = "101112131415161718191A1B1C1D1E1F2021222324252627";
	struct bench b;

	(void)state;
	bench_gids_sold(&b, "ec:p256");
	assert_int_equal(bench_gids_admin(&b, next, 0x80), 0x6982);
	assert_int_equal(bench_gids_admin(&b, ADMIN, 0x00), 0x6982);
	assert_int_equal(send_hex(&b, "00DBA01204DF2001BB"), 0x6982);
	assert_int_equal(bench_gids_admin(&b, ADMIN, 0x80), 0x9000);
	assert_int_equal(send_hex(&b, "00DBA01204DF2001BB"), 0x9000);
	for (int i = 0; i < 3; i++)
		send_hex(&b, PIN_BAD);
	assert_int_equal(send_hex(&b, PIN_OK), 0x6983);
	assert_int_equal(send_hex(&b, "002C028003313131"), 0x6700);
	assert_int_equal(send_hex(&b, "002C02800431313131"), 0x9000);
	assert_int_equal(send_hex(&b, "002C02800431313131"), 0x6982);	/* nobody is here now */
	assert_int_equal(send_hex(&b, "002000800431313131"), 0x9000);

	assert_int_equal(send_hex(&b, "00DB3FFF267024840180A51F8718" ADMIN "8803B073DC"), 0x6982);
	assert_int_equal(bench_gids_admin(&b, ADMIN, 0x80), 0x9000);
	assert_int_equal(send_hex(&b, "00DB3FFF0E700C840180A507" "87051122334455"), 0x6a80);
	assert_int_equal(send_hex(&b, "00DB3FFF217" "01F840180A51A8718"
	    "101112131415161718191A1B1C1D1E1F2021222324252627"), 0x9000);
	assert_int_equal(send_hex(&b, "00200082"), 0x9000);
	assert_int_equal(bench_gids_admin(&b, ADMIN, 0x80), 0x6982);
	assert_int_equal(bench_gids_admin(&b, next, 0x80), 0x9000);
	bench_close(&b);
}

/* Writing wants: both; the user without contacts; the user or secure messaging; both. */
static void
conditions_mean_what_the_standard_says(void **state)
{
	static const struct line user[] = {
		{ PIN_OK, 0x9000 },
		{ EF("A020", "03B000"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ EF("A021", "031200"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ EF("A022", "035100"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ EF("A023", "03D000"), 0x9000 }, { ACTIVATE, 0x9000 },
		{ "00DBA02003DF3000", 0x6982 }, { "00DBA02103DF3000", 0x6982 },
		{ "00DBA02203DF3000", 0x9000 }, { "00DBA02303DF3000", 0x6982 },
	};
	static const struct line both[] = {
		{ "00DBA02003DF3000", 0x9000 }, { "00DBA02303DF3000", 0x6982 },
		{ "00A4000C02A020", 0x9000 },
		{ "00200082", 0x9000 }, { "00E40000", 0x6982 },	/* nobody is here */
		{ PIN_OK, 0x9000 }, { "00E40000", 0x9000 }, { "00A4000C02A020", 0x6a82 },
	};
	struct bench b;

	(void)state;
	bench_gids_sold(&b, "ec:p256");
	CONVERSE(&b, user);
	assert_int_equal(bench_gids_admin(&b, ADMIN, 0x80), 0x9000);
	CONVERSE(&b, both);
	bench_close(&b);
}

static void
an_administrator_may_prove_himself_alone(void **state)
{
	uint8_t key[GIDS_ADMIN_LEN], last[5 + 12] = { 0, 0x87, 0, 0, 12, 0x7c, 0x0a, 0x82, 0x08 };
	tmg_out out = TMG_OUT(key);
	struct bench b;

	(void)state;
	bench_gids_sold(&b, "ec:p256");
	assert_int_equal(tmg_hex_parse(tmg_view_str(ADMIN), &out), TMG_OK);
	assert_int_equal(send_hex(&b, "002281A403830180"), 0x9000);
	assert_int_equal(send_hex(&b, "00870000047C028100"), 0x9000);
	assert_int_equal(b.answer->len, 12);
	assert_true(vc_cipher_run(b.lib, "DES-EDE3-CBC", CIPHER_ENCRYPT, key,
	    (tmg_view){ b.answer->bytes + 4, 8 }, last + 9));
	assert_int_equal(send_bytes(&b, TMG_VIEW(last)), 0x9000);
	assert_int_equal(send_hex(&b, "00DBA01204DF2001BB"), 0x9000);
	assert_int_equal(send_bytes(&b, TMG_VIEW(last)), 0x6985);	/* not twice */
	bench_close(&b);
}

/* ---- keys ------------------------------------------------------------------------------------------------ */

static void
rsa_keys_sign_and_decipher_as_their_templates_say(void **state)
{
	static const struct line mse[] = {
		{ "002241B606800157840181", 0x6982 },
		{ PIN_OK, 0x9000 },
		{ "002A9E9A20" HASH, 0x6985 },			/* no environment */
		{ "002241B806800147840182", 0x6985 },		/* the second only signs */
		{ "002241B806800147840181", 0x9000 },
		{ "002A9E9A20" HASH, 0x6985 },			/* another use */
		{ "002A808605" "0011223344", 0x6700 },
		{ "002241B606800157840181", 0x9000 },
		{ "002A9E9A", 0x6700 },
		{ "00880000" "20" HASH, 0x6985 },
		{ "002A9E9A20" HASH, 0x9000 },
	};
	static const struct { uint8_t alg; int padding; } schemes[] = {
		{ 0x47, RSA_PKCS1_PADDING }, { 0x87, RSA_PKCS1_OAEP_PADDING },
	};
	uint8_t sealed[5 + 256 + 2] = { 0, 0x2a, 0x80, 0x86, 0, 1, 0 }, block[256];
	size_t len = sizeof(block);
	struct bench b;
	EVP_PKEY_CTX *ctx;
	vc_gids *g;

	(void)state;
	g = bench_gids_sold(&b, "rsa:2048");
	CONVERSE(&b, mse);
	assert_int_equal(b.answer->len, 256);
	ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, bench_gids_pair(g, 0x81), NULL);
	assert_int_equal(EVP_PKEY_verify_recover_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_verify_recover(ctx, block, &len, b.answer->bytes, 256), 1);
	assert_int_equal(len, 32);
	assert_int_equal(block[31], 0x1f);
	EVP_PKEY_CTX_free(ctx);

	for (size_t i = 0; i < TMG_COUNT(schemes); i++) {
		const uint8_t set[] = { 0, 0x22, 0x41, 0xb8, 6, 0x80, 1, schemes[i].alg, 0x84, 1, 0x81 };

		len = 256;
		ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, bench_gids_pair(g, 0x81), NULL);
		assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, schemes[i].padding), 1);
		assert_int_equal(EVP_PKEY_encrypt(ctx, sealed + 7, &len, (const uint8_t *)"plain", 5), 1);
		EVP_PKEY_CTX_free(ctx);
		assert_int_equal(send_bytes(&b, TMG_VIEW(set)), 0x9000);
		assert_int_equal(send_bytes(&b, TMG_VIEW(sealed)), 0x9000);
		assert_got(&b, "706C61696E");
		sealed[7] ^= 1;
		assert_int_equal(send_bytes(&b, TMG_VIEW(sealed)), 0x6a80);
	}

	/* who asks has padded: what is signed raw opens with the public key alone */
	assert_int_equal(send_hex(&b, "002241B606800117840182"), 0x9000);
	assert_int_equal(send_hex(&b, "002A9E9A20" HASH), 0x6a80);
	sealed[2] = 0x9e;
	sealed[3] = 0x9a;
	memset(sealed + 7, 0, 256);
	sealed[7 + 255] = 2;
	assert_int_equal(send_bytes(&b, TMG_VIEW(sealed)), 0x9000);
	len = 256;
	ctx = EVP_PKEY_CTX_new_from_pkey(b.lib, bench_gids_pair(g, 0x82), NULL);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, block, &len, b.answer->bytes, 256), 1);
	assert_memory_equal(block, sealed + 7, 256);
	EVP_PKEY_CTX_free(ctx);
	bench_close(&b);
}

static void
elliptic_keys_sign_and_are_made_anew(void **state)
{
	static const struct line rows[] = {
		{ PIN_OK, 0x9000 },
		{ "002241B60680011C840181", 0x9000 }, { "002A9E9A20" HASH, 0x9000 },
		{ "002A9E9A00", 0x6700 },
		{ "002241B60680015C840181", 0x9000 }, { "002A9E9A20" HASH, 0x6a81 },
		{ "0047000008AC0680010C830181", 0x9000 },
		{ "00200082", 0x9000 }, { "002A9E9A20" HASH, 0x6985 },
		{ "0047000008AC0680010C830181", 0x6982 },
	};
	uint8_t before[71];
	struct bench b;

	(void)state;
	bench_gids_sold(&b, "ec:p256");
	assert_int_equal(send_hex(&b, "00CB3FFF0A7008840181A5037F4980"), 0x9000);
	assert_int_equal(b.answer->len, 70);
	memcpy(before, b.answer->bytes, 70);
	assert_memory_equal(before, "\x7f\x49\x43\x86\x41\x04", 6);
	CONVERSE(&b, rows);
	assert_int_equal(send_hex(&b, "00CB3FFF0A7008840181A5037F4980"), 0x9000);
	assert_memory_not_equal(before, b.answer->bytes, 70);
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	assert_int_equal(send_hex(&b, "002241B60680011C840181"), 0x9000);
	assert_int_equal(send_hex(&b, "002A9E9A20" HASH), 0x9000);
	assert_int_equal(b.answer->len, 64);		/* r and s */
	bench_close(&b);
}

/* A key for INTERNAL AUTHENTICATE, and one that holds nothing yet. */
static void
a_key_is_for_what_its_templates_say(void **state)
{
	static const struct line rows[] = {
		{ PIN_OK, 0x9000 },
		{ "00E000001D621B8201188302B0858C058F10101000A50BA40980011C830185950140", 0x9000 },
		{ "0047000008AC0680010C830185", 0x6985 },	/* not activated */
		{ ACTIVATE, 0x9000 },
		{ "00CB3FFF0A7008840185A5037F4980", 0x6a88 },
		{ "002281A406830185" "80011C", 0x6985 },	/* computes, does not verify */
		{ "002241A40680011C840185", 0x9000 },
		{ "0088000008" "0011223344556677", 0x6a88 },
		{ "0047000008AC0680010C830185", 0x9000 },
		{ "0088000008" "0011223344556677", 0x9000 },
		{ "0088010008" "0011223344556677", 0x6a86 },
		{ "002A9E9A20" HASH, 0x6985 },
		{ "00A4000402B085", 0x9000 },
	};
	struct bench b;

	(void)state;
	bench_gids_sold(&b, "ec:p256");
	CONVERSE(&b, rows);
	assert_got(&b, "621E8201188302B0858C058F10101000A50BA40980011C8301859501408A0105");
	assert_int_equal(send_hex(&b, "00A4000002B085"), 0x9000);
	assert_int_equal(b.answer->bytes[0], 0x6f);
	assert_int_equal(send_hex(&b, "00A4000802B085"), 0x6a86);
	assert_int_equal(send_hex(&b, "00E40000"), 0x9000);
	assert_int_equal(send_hex(&b, "0088000008" "0011223344556677"), 0x6985);
	bench_close(&b);
}

/* PUT DATA of an RSA key that openssl made: what the card then signs, it verifies. */
static void
a_brought_key_is_that_key(void **state)
{
	static uint8_t apdu[7 + 1400] = { 0, 0xdb, 0x3f, 0xff, 0 };
	const uint8_t type[] = { 0x83, 0x01, 0x02, 0x84, 0x01, 0x00 };
	uint8_t body[1300], inner[1350], all[1400], *der = NULL;
	tmg_out v = TMG_OUT(body), t = TMG_OUT(inner), o = TMG_OUT(all);
	struct bench b;
	EVP_PKEY *key;
	vc_gids *g;
	int len;

	(void)state;
	g = bench_gids_sold(&b, "rsa:2048");
	key = EVP_PKEY_Q_keygen(b.lib, NULL, "RSA", (size_t)2048);
	assert_non_null(key);
	len = i2d_PrivateKey(key, &der);
	assert_true(len > 0);
	tmg_put(&v, TMG_VIEW(type));
	tmg_tlv_put(&v, 0x87, (tmg_view){ der, (size_t)len });
	tmg_tlv_put(&t, 0x84, (tmg_view){ (const uint8_t *)"\x82", 1 });
	tmg_tlv_put(&t, 0xa5, tmg_out_view(&v));
	tmg_tlv_put(&o, 0x70, tmg_out_view(&t));
	apdu[5] = (uint8_t)(o.len >> 8);
	apdu[6] = (uint8_t)o.len;
	memcpy(apdu + 7, all, o.len);
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x6982);
	assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	apdu[7 + o.len - 1] ^= 1;			/* a coefficient that is none */
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x6a80);
	apdu[7 + o.len - 1] ^= 1;
	assert_int_equal(EVP_PKEY_eq(key, bench_gids_pair(g, 0x82)), 0);
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x9000);
	assert_int_equal(EVP_PKEY_eq(key, bench_gids_pair(g, 0x82)), 1);
	OPENSSL_clear_free(der, (size_t)len);
	EVP_PKEY_free(key);

	/* one of another size is not what the templates hold */
	key = EVP_PKEY_Q_keygen(b.lib, NULL, "RSA", (size_t)1024);
	der = NULL;
	len = i2d_PrivateKey(key, &der);
	v.len = sizeof(type);
	t.len = 3;
	o.len = 0;
	tmg_tlv_put(&v, 0x87, (tmg_view){ der, (size_t)len });
	tmg_tlv_put(&t, 0xa5, tmg_out_view(&v));
	tmg_tlv_put(&o, 0x70, tmg_out_view(&t));
	apdu[5] = (uint8_t)(o.len >> 8);
	apdu[6] = (uint8_t)o.len;
	memcpy(apdu + 7, all, o.len);
	assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 7 + o.len }), 0x6985);
	OPENSSL_clear_free(der, (size_t)len);
	EVP_PKEY_free(key);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_administrator_unblocks_and_changes_the_key),
		cmocka_unit_test(conditions_mean_what_the_standard_says),
		cmocka_unit_test(an_administrator_may_prove_himself_alone),
		cmocka_unit_test(rsa_keys_sign_and_decipher_as_their_templates_say),
		cmocka_unit_test(elliptic_keys_sign_and_are_made_anew),
		cmocka_unit_test(a_key_is_for_what_its_templates_say),
		cmocka_unit_test(a_brought_key_is_that_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
