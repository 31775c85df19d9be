/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PIV application of the virtual card: APDUs in, APDUs out.
 */
#include "tests/unit/vcard-piv.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/codec/tlv.h"
#include "tools/vcard/chip.h"
#include "tools/vcard/piv.h"

static void
encrypt(const char *cipher, const uint8_t *key, const uint8_t *in, size_t len, uint8_t *out)
{
	EVP_CIPHER *c = EVP_CIPHER_fetch(NULL, cipher, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	assert_int_equal(EVP_EncryptInit_ex2(ctx, c, key, NULL, NULL), 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, in, (int)len), 1);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(c);
}

/* Answers the card's challenge with that key; returns the last status word. */
static unsigned
prove(struct bench *b, uint8_t alg, const char *cipher, const uint8_t *key, size_t block)
{
	uint8_t ask[] = { 0, 0x87, alg, 0x9b, 4, 0x7c, 2, 0x81, 0 }, apdu[64];
	tmg_out out = TMG_OUT(apdu);
	uint8_t response[16];
	unsigned sw = send_bytes(b, TMG_VIEW(ask));

	if (sw != 0x9000)
		return sw;
	assert_int_equal(b->answer->len, 4 + block);
	encrypt(cipher, key, b->answer->bytes + 4, block, response);
	tmg_put(&out, (tmg_view)BYTES("\x00\x87"));
	tmg_put_u8(&out, alg);
	tmg_put_u8(&out, 0x9b);
	tmg_put_u8(&out, (uint8_t)(4 + block));
	tmg_put_u8(&out, 0x7c);
	tmg_put_u8(&out, (uint8_t)(2 + block));
	tmg_put_u8(&out, 0x82);
	tmg_put_u8(&out, (uint8_t)block);
	tmg_put(&out, (tmg_view){ response, block });
	return send_bytes(b, tmg_out_view(&out));
}

static const uint8_t factory[24] = {
	1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
};

static void
open_admin(struct bench *b)
{
	const bool aes = b->chip->card.profile->yubikey;

	assert_int_equal(prove(b, aes ? 0x0a : 0x03, aes ? "AES-192-ECB" : "DES-EDE3-ECB",
	    factory, aes ? 16 : 8), 0x9000);
}

static void
classes_and_instructions_that_are_not_there_are_refused(void **state)
{
	static const struct line lines[] = {
		{ PIN_OK, 0x6d00 },			/* nothing selected yet */
		{ "00A4040005A000000307", 0x6a82 },
		{ "00A4040004A0000003", 0x6a82 },	/* too short a name */
		{ "00A40000023F00", 0x6a86 },
		{ "00C0000000", 0x6985 },
		{ SELECT_PIV, 0x9000 },
		{ "00A404000CA00000030800001000010000", 0x6a82 },
		{ "80200080", 0x6e00 },
		{ "0C200080", 0x6882 },
		{ "01200080", 0x6881 },
		{ "00010000", 0x6d00 },
		{ "00FD0000", 0x6d00 },			/* no extension here */
		{ "00F7009A", 0x6d00 },
		{ "00FB0000", 0x6d00 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	CONVERSE(&b, lines);
	bench_close(&b);
}

/* ---- PINs ------------------------------------------------------------------------- */
static void
pins_count_block_and_unblock(void **state)
{
	static const struct line lines[] = {
		{ SELECT_PIV, 0x9000 },
		{ PIN_EMPTY, 0x63c3 },
		{ "00200000", 0x6a88 },				/* no global PIN */
		{ "00200180", 0x6a86 },
		{ "0020008006313233343536", 0x6a80 },		/* not filled up */
		{ "00200080083132333435FFFFFF", 0x6a80 },	/* too short: no try lost */
		{ "00200080083132333435FF36FF", 0x6a80 },
		{ "0020008008616263646566FFFF", 0x6a80 },	/* not digits */
		{ PIN_EMPTY, 0x63c3 },
		{ PIN_BAD, 0x63c2 },
		{ PIN_OK, 0x9000 },
		{ PIN_EMPTY, 0x9000 },
		{ "0020FF8001FF", 0x6a80 },
		{ "0020FF80", 0x9000 },				/* logout */
		{ PIN_EMPTY, 0x63c3 },
		{ PIN_BAD, 0x63c2 }, { PIN_BAD, 0x63c1 }, { PIN_BAD, 0x63c0 },
		{ PIN_BAD, 0x6983 }, { PIN_OK, 0x6983 }, { PIN_EMPTY, 0x63c0 },
		{ "0024008010313233343536FFFF363534333231FFFF", 0x6983 },
		{ "002C0080103939393939393939363534333231FFFF", 0x63c2 },
		{ "002C0080103132333435363738363534333231FFFF", 0x9000 },
		{ PIN_OK, 0x63c2 },
		{ "0020008008363534333231FFFF", 0x9000 },
		{ "0024008010363534333231FFFF3132333435FFFFFF", 0x6a80 },
		{ "0024008010363534333231FFFF313233343536FFFF", 0x9000 },
		{ PIN_OK, 0x9000 },
		{ "002400811031323334353637383837363534333231", 0x9000 },
		{ "002400811031323334353637383837363534333231", 0x63c2 },
		{ "002400821031323334353637383837363534333231", 0x6a88 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	CONVERSE(&b, lines);
	vc_chip_reset(b.chip);
	assert_int_equal(send_hex(&b, SELECT_PIV), 0x9000);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c3);	/* a reset ends the login */
	bench_close(&b);
}

static void
a_failed_change_ends_the_login(void **state)
{
	static const struct line lines[] = {
		{ SELECT_PIV, 0x9000 },
		{ PIN_OK, 0x9000 },
		{ "0024008010393939393939FFFF363534333231FFFF", 0x63c2 },
		{ PIN_EMPTY, 0x63c2 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	CONVERSE(&b, lines);
	bench_close(&b);
}

/* SP 800-73-4 part 2, 3.2.2 and 3.2.3. */
static void
changing_and_unblocking_move_the_login(void **state)
{
	static const struct line lines[] = {
		{ SELECT_PIV, 0x9000 },
		/* an old PIN that is none costs no try */
		{ "002400801031323334FFFFFFFF363534333231FFFF", 0x6a80 },
		{ PIN_EMPTY, 0x63c3 },
		/* who changes it is logged in */
		{ "0024008010313233343536FFFF363534333231FFFF", 0x9000 },
		{ PIN_EMPTY, 0x9000 },
		/* a wrong PUK ends the login of the PIN and costs the PIN no try */
		{ "002C0080103939393939393939363534333231FFFF", 0x63c2 },
		{ PIN_EMPTY, 0x63c3 },
		/* the right one leaves it as it is */
		{ "002C008010313233343536373831323334" "3536FFFF", 0x9000 },
		{ PIN_EMPTY, 0x63c3 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	CONVERSE(&b, lines);
	bench_close(&b);
}

static void
selecting_again_ends_the_login_of_a_yubikey_only(void **state)
{
	const struct { const vc_profile *profile; unsigned sw; } rows[] = {
		{ &standard, 0x9000 }, { &yubikey, 0x63c3 },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		bench_open(&b, rows[i].profile);
		send_hex(&b, SELECT_PIV);
		assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
		send_hex(&b, SELECT_PIV);
		assert_int_equal(send_hex(&b, PIN_EMPTY), rows[i].sw);
		bench_close(&b);
	}
}

/* ---- objects ------------------------------------------------------------------------ */
static void
objects_keep_to_their_access_rules(void **state)
{
	/* tag, and whether reading wants the PIN: SP 800-73-4 part 1 table 2 */
	static const struct { const char *tag; bool pin; } rows[] = {
		{ "5FC101", false }, { "5FC102", false }, { "5FC103", true },
		{ "5FC105", false }, { "5FC106", false }, { "5FC107", false },
		{ "5FC108", true }, { "5FC109", true }, { "5FC10A", false },
		{ "5FC10B", false }, { "5FC10C", false }, { "5FC10D", false },
		{ "5FC120", false }, { "5FC121", true }, { "5FC122", false },
		{ "5FC123", true },
	};
	struct bench b;
	char apdu[64];

	(void)state;
	bench_open(&b, &standard);
	send_hex(&b, SELECT_PIV);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		snprintf(apdu, sizeof(apdu), "00DB3FFF095C03%s5302AA%02X", rows[i].tag,
		    (unsigned)i);
		assert_int_equal(send_hex(&b, apdu), 0x6982);	/* not without 9B */
	}
	open_admin(&b);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		snprintf(apdu, sizeof(apdu), "00DB3FFF095C03%s5302AA%02X", rows[i].tag,
		    (unsigned)i);
		assert_int_equal(send_hex(&b, apdu), 0x9000);
	}
	for (int pin = 0; pin < 2; pin++) {
		for (size_t i = 0; i < TMG_COUNT(rows); i++) {
			snprintf(apdu, sizeof(apdu), "00CB3FFF055C03%s00", rows[i].tag);
			const unsigned sw = send_hex(&b, apdu);

			assert_int_equal(sw, rows[i].pin && !pin ? 0x6982 : 0x9000);
			if (sw == 0x9000) {
				snprintf(apdu, sizeof(apdu), "5302AA%02X", (unsigned)i);
				assert_got(&b, apdu);
			}
		}
		assert_int_equal(send_hex(&b, PIN_OK), 0x9000);
	}
	bench_close(&b);
}

static void
objects_are_refused_in_every_other_form(void **state)
{
	static const struct line lines[] = {
		{ "00CB3FFF055C035FC10200", 0x6a82 },	/* not written yet */
		{ "00CB3FFF055C035FC10400", 0x6a82 },	/* no such tag */
		{ "00CB3FFF055C035FFF0000", 0x6a82 },	/* Yubico's, not here */
		{ "00CB3FFE055C035FC10200", 0x6a86 },
		{ "00CB3FFF00", 0x6a80 },
		{ "00CB3FFF025C00", 0x6a80 },
		{ "00CB3FFF035C017E00", 0x9000 },
		{ "00DB3FFF055C035FC102", 0x6a80 },	/* no value */
		{ "00DB3FFF095C035FC1025402AABB", 0x6a80 },
		{ "00DB3FFF0A5C035FC1025302AABB00", 0x6a80 },	/* something behind */
		{ "00DB3FFF095C035FC1045302AABB", 0x6a82 },
		{ "00DB3FFF145C035FC123530D00112233445566778899AABBCC", 0x6a84 },
		{ "00DB3FFF135C035FC123530C00112233445566778899AABB", 0x9000 },
		{ "00DB3FFF095C035FC1025302AABB", 0x9000 },
		{ "00DB3FFF075C035FC1025300", 0x9000 },	/* empty: gone */
		{ "00CB3FFF055C035FC10200", 0x6a82 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	CONVERSE(&b, lines);
	bench_close(&b);
}

/* ---- chaining ------------------------------------------------------------------------- */
static void
long_data_comes_and_goes_in_parts(void **state)
{
	struct bench b;
	uint8_t part[5 + 250];
	size_t have = 0;
	unsigned sw;

	(void)state;
	bench_open(&b, &standard);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	assert_int_equal(send_hex(&b, "10DB3FFF095C035FC10653820400"), 0x9000);
	memset(part, 0x5a, sizeof(part));
	memcpy(part, "\x10\xdb\x3f\xff\xfa", 5);
	for (int i = 0; i < 4; i++)
		assert_int_equal(send_bytes(&b, TMG_VIEW(part)), 0x9000);
	assert_int_equal(send_hex(&b, "00DB3FFF185A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A"),
	    0x9000);

	for (sw = send_hex(&b, "00CB3FFF055C035FC10600"); sw >> 8 == 0x61;
	    sw = send_hex(&b, "00C0000000"))
		have += b.answer->len;
	assert_int_equal(sw, 0x9000);
	assert_int_equal(have + b.answer->len, 4 + 1024);
	assert_int_equal(send_hex(&b, "00CB3FFF0000055C035FC1060000"), 0x9000);
	assert_int_equal(b.answer->len, 4 + 1024);
	assert_int_equal(send_hex(&b, "00C0000000"), 0x6985);	/* nothing is left */

	/* another command in between ends the chain */
	assert_int_equal(send_hex(&b, "10DB3FFF095C035FC1025302AABB"), 0x9000);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c3);
	assert_int_equal(send_hex(&b, "00DB3FFF01AA"), 0x6a80);
	bench_close(&b);
}

static void
t0_never_sends_what_was_not_asked_for(void **state)
{
	static const struct line lines[] = {
		{ SELECT_PIV, 0x612b },
		{ "00C00000FF", 0x6c2b },
		{ "00C000002B", 0x9000 },
		{ "00CB3FFF035C017E", 0x6114 },
		{ "00C0000004", 0x6110 },
		{ "00C0000010", 0x9000 },
		{ "00C0000010", 0x6985 },
		{ "00CB3FFF000003 5C017E 0000", 0x6700 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &t0);
	CONVERSE(&b, lines);
	bench_close(&b);
}

/* ---- keys ------------------------------------------------------------------------------ */
#define SIGN_WITH(slot) \
	"008711" slot "267C24820081200102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"

static void
pin_policies_hold(void **state)
{
	static const struct line lines[] = {
		{ SIGN_WITH("9A"), 0x6982 }, { SIGN_WITH("9C"), 0x6982 },
		{ SIGN_WITH("9E"), 0x9000 },
		{ PIN_OK, 0x9000 },
		{ SIGN_WITH("9A"), 0x9000 }, { SIGN_WITH("9A"), 0x9000 },
		{ SIGN_WITH("9C"), 0x6982 },		/* not directly after the PIN */
		{ PIN_OK, 0x9000 }, { SIGN_WITH("9C"), 0x9000 }, { SIGN_WITH("9C"), 0x6982 },
		{ PIN_OK, 0x9000 }, { PIN_EMPTY, 0x9000 }, { SIGN_WITH("9C"), 0x6982 },
		{ PIN_OK, 0x9000 }, { "00CB3FFF035C017E00", 0x9000 },
		{ SIGN_WITH("9C"), 0x6982 },
		{ PIN_OK, 0x9000 }, { PIN_BAD, 0x63c2 }, { SIGN_WITH("9A"), 0x6982 },
		{ PIN_OK, 0x9000 }, { "0020FF80", 0x9000 }, { SIGN_WITH("9C"), 0x6982 },
	};
	static const char *const slots[] = { "9A", "9C", "9D", "9E" };
	struct bench b;
	char apdu[32];

	(void)state;
	bench_open(&b, &standard);
	send_hex(&b, SELECT_PIV);
	assert_int_equal(send_hex(&b, "0047009A05AC03800111"), 0x6982);
	open_admin(&b);
	for (size_t i = 0; i < TMG_COUNT(slots); i++) {
		snprintf(apdu, sizeof(apdu), "004700%s05AC0380011100", slots[i]);
		assert_int_equal(send_hex(&b, apdu), 0x9000);
	}
	assert_int_equal(send_hex(&b, "0047008205AC03800111"), 0x6a86);	/* retired */
	assert_int_equal(send_hex(&b, "0047009A05AC03800199"), 0x6a80);
	assert_int_equal(send_hex(&b, "0047009A08AC06800111AA0101"), 0x6a80);
	CONVERSE(&b, lines);
	bench_close(&b);
}

static void
touch_policies_hold(void **state)
{
	vc_profile profile = yubikey;
	struct bench b;

	(void)state;
	profile.touch = VC_TOUCH_NONE;
	profile.touch_ms = 5;
	bench_open(&b, &profile);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	assert_int_equal(send_hex(&b, "0047009A0BAC09800111AA0101AB010200"), 0x9000);
	assert_int_equal(send_hex(&b, SIGN_WITH("9A")), 0x6985);
	assert_int_equal(b.answer->delay_ms, 5);
	profile.touch = VC_TOUCH_AUTO;
	assert_int_equal(send_hex(&b, SIGN_WITH("9A")), 0x9000);
	bench_close(&b);
}

/* ECDSA that draws the same number twice gives its key away. */
static void
no_signature_repeats_and_no_two_keys_are_one(void **state)
{
	enum { SIGNATURES = 100 };
	static const char *const slots[] = { "9A", "9C", "9D", "9E", "82", "95" };
	uint8_t seen[SIGNATURES][32], keys[6][70];
	struct bench b;
	char apdu[40];
	tmg_view v;

	(void)state;
	bench_open(&b, &yubikey);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	for (size_t i = 0; i < TMG_COUNT(slots); i++) {
		snprintf(apdu, sizeof(apdu), "004700%s0BAC09800111AA0101AB010100", slots[i]);
		assert_int_equal(send_hex(&b, apdu), 0x9000);
		memcpy(keys[i], b.answer->bytes, sizeof(keys[i]));
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(keys[i], keys[j], sizeof(keys[i]));
	}
	for (size_t i = 0; i < SIGNATURES; i++) {
		static const uint32_t path[] = { 0x7c, 0x82, 0x30, 0x02, 0 };

		assert_int_equal(send_hex(&b, SIGN_WITH("9A")), 0x9000);
		assert_int_equal(tmg_tlv_walk(got(&b), path, &v), TMG_OK);
		memset(seen[i], 0, sizeof(seen[i]));
		while (v.len > 32)
			v = (tmg_view){ v.ptr + 1, v.len - 1 };
		memcpy(seen[i] + 32 - v.len, v.ptr, v.len);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(seen[i], seen[j], 32);
	}
	bench_close(&b);
}

static void
every_algorithm_of_the_newest_firmware_makes_a_key(void **state)
{
	static const struct { const char *id; size_t least; } rows[] = {
		{ "06", 128 }, { "07", 256 }, { "05", 384 }, { "11", 65 }, { "14", 97 },
		{ "E0", 32 }, { "E1", 32 },
	};
	struct bench b;
	char apdu[64];

	(void)state;
	bench_open(&b, &yubikey);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		snprintf(apdu, sizeof(apdu), "0047009A000005AC038001%s0000", rows[i].id);
		assert_int_equal(send_hex(&b, apdu), 0x9000);
		assert_true(b.answer->len > rows[i].least);
		assert_int_equal(send_hex(&b, "00F7009A0000000000"), 0x6700);
		assert_int_equal(send_hex(&b, "00F7009A000000"), 0x9000);
		assert_int_equal(send_hex(&b, "00F99A00000000"), 0x9000);
	}
	bench_close(&b);
}

/* Ed25519: RFC 8032 7.1 test 2; X25519: RFC 7748 6.1. */
static void
imported_curve25519_keys_compute_what_their_rfcs_say(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, &yubikey);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	assert_int_equal(send_hex(&b, "00FEE09A25" "0720"
	    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb" "AA0101"), 0x9000);
	assert_int_equal(send_hex(&b, "0087E09A077C058200810172"), 0x9000);
	assert_got(&b, "7C428240"
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	assert_int_equal(send_hex(&b, "00FEE19D25" "0820"
	    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb" "AA0101"), 0x9000);
	assert_int_equal(send_hex(&b, "0087E19D267C2482008520"
	    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"), 0x9000);
	assert_got(&b, "7C228220"
	    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	assert_int_equal(send_hex(&b, "0087E19D267C2482008520"
	    "0000000000000000000000000000000000000000000000000000000000000000"), 0x6a80);
	assert_int_equal(send_hex(&b, "0087E19D267C2482008120"	/* it signs nothing */
	    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"), 0x6a80);
	assert_int_equal(send_hex(&b, "00F99D00000000"), 0x6a80);	/* imported: no attestation */
	bench_close(&b);
}

static void
keys_from_outside_must_be_keys(void **state)
{
	static const struct line lines[] = {
		{ "00FE119A0006", 0x6700 },
		{ "00FE119A020600", 0x6a80 },
		{ "00FE119A220620"
		    "0000000000000000000000000000000000000000000000000000000000000000", 0x6a80 },
		{ "00FE119A220620"
		    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 0x6a80 },
		{ "00FE119A220620"
		    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", 0x9000 },
		{ "00FE119B03060101", 0x6a86 },
		{ "00FE199A03060101", 0x6a86 },
		{ "00FE079A0F010103020105030103040101050101", 0x6a80 },
		{ "00FEE09A04070201 02", 0x6a80 },
		{ "00F69E9A", 0x9000 },			/* moved */
		{ "00F7009A", 0x6a88 },
		{ "00F7009E", 0x9000 },
		{ "00F6FF9E", 0x9000 },			/* deleted */
		{ "00F7009E", 0x6a88 },
		{ "00F6FF9E", 0x6a88 },
		{ "00F69AF9", 0x6a86 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &yubikey);
	send_hex(&b, SELECT_PIV);
	assert_int_equal(send_hex(&b, "00FE119A03060101"), 0x6982);
	assert_int_equal(send_hex(&b, "00F69E9A"), 0x6982);
	open_admin(&b);
	CONVERSE(&b, lines);
	bench_close(&b);
}

/* ---- the management key ---------------------------------------------------------------- */
static void
management_keys_of_every_kind_are_set_and_proven(void **state)
{
	static const struct { uint8_t alg; const char *cipher; size_t len, block; } rows[] = {
		{ 0x03, "DES-EDE3-ECB", 24, 8 }, { 0x08, "AES-128-ECB", 16, 16 },
		{ 0x0a, "AES-192-ECB", 24, 16 }, { 0x0c, "AES-256-ECB", 32, 16 },
	};
	static const uint8_t key[32] = "0123456789abcdefghijklmnopqrstu";
	static const uint8_t wrong[32] = "0123456789abcdeFGHIJKLMNOPQRSTU";
	struct bench b;

	(void)state;
	bench_open(&b, &yubikey);
	send_hex(&b, SELECT_PIV);
	open_admin(&b);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t apdu[5 + 3 + 32] = { 0, 0xff, 0xff, 0xff, (uint8_t)(3 + rows[i].len),
		    rows[i].alg, 0x9b, (uint8_t)rows[i].len };

		memcpy(apdu + 8, key, rows[i].len);
		assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 8 + rows[i].len }), 0x9000);
		vc_chip_reset(b.chip);
		send_hex(&b, SELECT_PIV);
		assert_int_equal(send_bytes(&b, (tmg_view){ apdu, 8 + rows[i].len }), 0x6982);
		assert_int_equal(prove(&b, rows[i].alg == 3 ? 8 : 3, rows[i].cipher, key, 8), 0x6a86);
		assert_int_equal(prove(&b, rows[i].alg, rows[i].cipher, wrong, rows[i].block), 0x6982);
		assert_int_equal(prove(&b, rows[i].alg, rows[i].cipher, key, rows[i].block), 0x9000);
	}
	bench_close(&b);
}

static void
a_second_step_wants_its_first(void **state)
{
	static const struct line lines[] = {
		{ "0087039B0C7C0A82080102030405060708", 0x6985 },
		{ "0087039B167C14800801020304050607088108 0102030405060708", 0x6985 },
		{ "0087039B047C028100", 0x9000 },
		{ "0087039B0C7C0A82080102030405060708", 0x6982 },
		{ "0087039B0C7C0A82080102030405060708", 0x6985 },	/* the challenge is used up */
		{ "0087039B047C028000", 0x9000 },
		{ "0087039B167C1480080102030405060708 81080102030405060708", 0x6982 },
		{ "0087039B00", 0x6a80 },
		{ "0087119A047C028200", 0x6a86 },			/* empty slot */
	};
	struct bench b;

	(void)state;
	bench_open(&b, &standard);
	send_hex(&b, SELECT_PIV);
	CONVERSE(&b, lines);
	bench_close(&b);
}

static void
a_token_resets_only_when_both_secrets_are_blocked(void **state)
{
	static const struct line lines[] = {
		{ SELECT_PIV, 0x9000 }, { "00FB0000", 0x6985 },
		{ PIN_BAD, 0x63c2 }, { PIN_BAD, 0x63c1 }, { PIN_BAD, 0x63c0 },
		{ "00FB0000", 0x6985 },
		{ "00240081103030303030303030FFFFFFFFFFFFFFFF", 0x6a80 },
		{ "002400811030303030303030303132333435363738", 0x63c2 },
		{ "002400811030303030303030303132333435363738", 0x63c1 },
		{ "002400811030303030303030303132333435363738", 0x63c0 },
		{ "002C0080103132333435363738363534333231FFFF", 0x6983 },
		{ "00FB0000", 0x9000 }, { PIN_OK, 0x9000 },
		{ "00F70080", 0x9000 },
	};
	struct bench b;

	(void)state;
	bench_open(&b, &yubikey);
	CONVERSE(&b, lines);
	assert_got(&b, "0101FF 050101 06020303");
	bench_close(&b);
}

/* ---- the state file ---------------------------------------------------------------------- */
static void
a_saved_card_is_the_same_card(void **state)
{
	static const struct line life[] = {
		{ PIN_BAD, 0x63c2 },
		{ "0047009A05AC0380011100", 0x9000 }, { "0047008205AC038001E000", 0x9000 },
		{ "00DB3FFF095C035FC1025302AABB", 0x9000 },
	};
	struct bench a, b;

	(void)state;
	bench_open(&a, &yubikey);
	send_hex(&a, SELECT_PIV);
	open_admin(&a);
	CONVERSE(&a, life);
	bench_open(&b, &yubikey);
	assert_moves(&a, &b);
	send_hex(&b, SELECT_PIV);
	assert_int_equal(send_hex(&b, PIN_EMPTY), 0x63c2);
	bench_close(&a);
	bench_close(&b);
}

static void
a_damaged_state_is_refused(void **state)
{
	struct bench a, b;
	tmg_auto_free uint8_t *bytes = NULL;
	size_t len;

	(void)state;
	bench_open(&a, &yubikey);
	bytes = saved(&a, &len);
	bench_open(&b, &yubikey);
	for (size_t i = 0; i < len; i++) {
		bytes[i] ^= 0x01;
		assert_int_equal(vc_card_load(&b.chip->card, (tmg_view){ bytes, len }),
		    TMG_E_MALFORMED);
		bytes[i] ^= 0x01;
		assert_int_equal(vc_card_load(&b.chip->card, (tmg_view){ bytes, i }),
		    TMG_E_MALFORMED);
	}
	assert_int_equal(vc_card_load(&b.chip->card, (tmg_view){ bytes, len }), TMG_OK);
	bench_close(&a);
	bench_close(&b);
}

/* Records that are whole and say what cannot be; the digest is right. */
static void
an_impossible_state_is_refused(void **state)
{
	static const tmg_view rows[] = {
		BYTES("\xc0\x03\0\0\x01"),				/* short serial */
		BYTES("\xc1\x00"),					/* unknown record */
		BYTES("\xe1\x0c\x80\x0a\x00\x00" "12345678"),		/* no tries at all */
		BYTES("\xe1\x0c\x80\x0a\x03\x04" "12345678"),		/* more left than most */
		BYTES("\xe1\x04\x82\x02\x03\x01"),			/* no key */
		BYTES("\xe1\x06\x82\x04\x99\x01xx"),			/* no such cipher */
		BYTES("\xe1\x07\x83\x05\x9b\x11\x02\x01\x01"),		/* no such slot */
		BYTES("\xe1\x07\x83\x05\x9a\x11\x02\x01\x01"),		/* no key in it */
		BYTES("\xe1\x07\x83\x05\x9a\x11\x07\x01\x01"),		/* no such policy */
		BYTES("\xe1\x06\x84\x04\x00\x5f\xc1\x02"),		/* an empty object */
		BYTES("\xe1\x07\x84\x05\x00\x5f\xc1\x04x"),		/* no such object */
		BYTES("\xe1\x02\x85\x00"), BYTES("\xe1\x05\x80\x01"), BYTES("\xe1"),
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(load_of(&yubikey, rows[i]), TMG_E_MALFORMED);
}

/* Another curve of as many bits is no P-256. */
static void
a_state_names_the_curve_of_its_keys(void **state)
{
	static const struct {
		const char *group;
		tmg_rc rc;
	} rows[] = {
		{ "P-256", TMG_OK },
		{ "brainpoolP256r1", TMG_E_MALFORMED },
	};
	enum { P256 = 0x11 };
	uint8_t *bytes = malloc(VC_STATE_MAX);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out out = { bytes, VC_STATE_MAX, 0, false };
		struct bench b;
		vc_piv *piv;

		bench_open(&b, &standard);
		piv = vc_card_app(&b.chip->card, VC_APP_PIV);
		assert_int_equal(vc_key_store(vc_key_slot(piv, &standard,
		    PIV_KEY_AUTH), vc_alg_of_id(P256), EVP_PKEY_Q_keygen(NULL, NULL,
		    "EC", rows[i].group), ORIGIN_IMPORTED, PIN_ONCE, TOUCH_NEVER),
		    TMG_OK);
		assert_int_equal(vc_card_save(&b.chip->card, &out), TMG_OK);
		assert_int_equal(vc_card_load(&b.chip->card, tmg_out_view(&out)),
		    rows[i].rc);
		bench_close(&b);
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_and_instructions_that_are_not_there_are_refused),
		cmocka_unit_test(pins_count_block_and_unblock),
		cmocka_unit_test(changing_and_unblocking_move_the_login),
		cmocka_unit_test(a_state_names_the_curve_of_its_keys),
		cmocka_unit_test(a_failed_change_ends_the_login),
		cmocka_unit_test(selecting_again_ends_the_login_of_a_yubikey_only),
		cmocka_unit_test(objects_keep_to_their_access_rules),
		cmocka_unit_test(objects_are_refused_in_every_other_form),
		cmocka_unit_test(long_data_comes_and_goes_in_parts),
		cmocka_unit_test(t0_never_sends_what_was_not_asked_for),
		cmocka_unit_test(pin_policies_hold),
		cmocka_unit_test(touch_policies_hold),
		cmocka_unit_test(no_signature_repeats_and_no_two_keys_are_one),
		cmocka_unit_test(every_algorithm_of_the_newest_firmware_makes_a_key),
		cmocka_unit_test(imported_curve25519_keys_compute_what_their_rfcs_say),
		cmocka_unit_test(keys_from_outside_must_be_keys),
		cmocka_unit_test(management_keys_of_every_kind_are_set_and_proven),
		cmocka_unit_test(a_second_step_wants_its_first),
		cmocka_unit_test(a_token_resets_only_when_both_secrets_are_blocked),
		cmocka_unit_test(a_saved_card_is_the_same_card),
		cmocka_unit_test(a_damaged_state_is_refused),
		cmocka_unit_test(an_impossible_state_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
