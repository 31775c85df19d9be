/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GIDS application: what is on a card that was sold full, and what is kept.
 */
#include "tests/unit/vcard-gids.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <zlib.h>

#include "tools/vcard/state.h"

/* ---- sold full ---------------------------------------------------------------------------------------------- */

static void
a_full_card_has_what_windows_looks_for(void **state)
{
	static const char master[] = "DF1F81C501"
	    /* directory, name, two bytes, object, file: little-endian */
	    "6D7363700000000000" "000000000000000000" "0000" "00000000" "00A00000"
	    "000000000000000000" "636172646964000000" "0000" "20DF0000" "12A00000"
	    "000000000000000000" "636172646170707300" "0000" "21DF0000" "10A00000"
	    "000000000000000000" "636172646366000000" "0000" "22DF0000" "10A00000"
	    "6D7363700000000000" "6B7863303000000000" "0000" "24DF0000" "10A00000"
	    "6D7363700000000000" "6B7363303100000000" "0000" "25DF0000" "10A00000"
	    "6D7363700000000000" "636D617066696C6500" "0000" "23DF0000" "10A00000";
	uint8_t der[2600];
	uLongf len = sizeof(der);
	const uint8_t *at = der;
	struct bench b;
	vc_gids *g;
	X509 *cert;

	(void)state;
	g = bench_gids_sold(&b, "rsa:2048/ec:p384");
	assert_int_equal(send_hex(&b, "00CBA000045C02DF1F00"), 0x9000);
	assert_got(&b, master);
	assert_int_equal(send_hex(&b, "00CBA000045C02DF2000"), 0x9000);
	assert_got(&b, "DF201901" "01000000079A81B0FFFF0000" "010000000D9C82B0FFFF0000");
	assert_int_equal(send_hex(&b, "00CBA010045C02DF2100"), 0x9000);
	assert_got(&b, "DF21086D73637000000000");
	assert_int_equal(send_hex(&b, "00CBA010045C02DF2200"), 0x9000);
	assert_got(&b, "DF2206000002000200");
	assert_int_equal(send_hex(&b, "00CBA012045C02DF2000"), 0x9000);
	assert_int_equal(b.answer->len, 19);
	assert_memory_equal(b.answer->bytes + 15, "\x01\x02\x03\x04", 4);
	assert_int_equal(send_hex(&b, "00CBA010045C02DF230000"), 0x6700);
	assert_int_equal(send_hex(&b, "00CBA01000000" "45C02DF230000"), 0x9000);
	assert_int_equal(b.answer->len, 4 + 2 * 86);
	/* valid and default, no signature key, 2048; valid, 384, none for exchange */
	assert_memory_equal(b.answer->bytes + 4, "t\0a\0m\0g\0a\0-\0", 12);
	assert_memory_equal(b.answer->bytes + 4 + 80, "\x03\0\0\0\0\x08", 6);
	assert_memory_equal(b.answer->bytes + 4 + 86 + 80, "\x01\0\x80\x01\0\0", 6);

	assert_int_equal(send_hex(&b, "00CBA01000000" "45C02DF240000"), 0x9000);
	assert_memory_equal(b.answer->bytes, "\xdf\x24\x82", 3);
	assert_memory_equal(b.answer->bytes + 5, "\x01\x00", 2);
	assert_int_equal(uncompress(der, &len, b.answer->bytes + 9, b.answer->len - 9), Z_OK);
	assert_int_equal(len, b.answer->bytes[7] | b.answer->bytes[8] << 8);
	cert = d2i_X509(NULL, &at, (long)len);
	assert_non_null(cert);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(cert), bench_gids_pair(g, 0x81)), 1);
	X509_free(cert);
	bench_close(&b);

	bench_open(&b, &bench_gids_bare);
	assert_int_equal(vc_card_provision(&b.chip->card, "ed25519"), TMG_NOT_FOUND);
	bench_close(&b);
}

/* ---- the state ------------------------------------------------------------------------------------------------ */
static void
a_saved_card_is_the_same_card(void **state)
{
	static const struct line after[] = {
		{ SELECT_APP, 0x9000 }, { "00200080", 0x63c2 }, { PIN_OK, 0x9000 },
		{ "002241B60680011C840181", 0x9000 }, { "002A9E9A20" HASH, 0x9000 },
		{ "00CBA010045C02DF21", 0x9000 }, { "00A4000C02A015", 0x9000 },
		{ "00CBA015025C00", 0x6985 },		/* was not activated yet */
	};
	struct bench a, b;

	(void)state;
	bench_gids_sold(&a, "ec:p256");
	send_hex(&a, PIN_OK);
	assert_int_equal(send_hex(&a, EF("A015", "030000")), 0x9000);
	send_hex(&a, PIN_BAD);
	bench_open(&b, &bench_gids_bare);
	assert_moves(&a, &b);
	CONVERSE(&b, after);
	assert_int_equal(bench_gids_admin(&b, ADMIN, 0x80), 0x9000);
	bench_close(&a);
	bench_close(&b);
}

#define APP "\x81\x0f\x00\x00\x01\x3f\x00\x38\x00\x05\x00\x00\x00\x03\x03\x30\x30"
/* place, kind, identifier, descriptor */
#define FILE_AT(place, parent, kind, id, size) \
	"\x81\x0c" place parent kind id "\x39\x00\x05\x00" size "\x00\x00"
#define EF_AT "\x81\x0c\x01\x00\x02\xa0\x10\x39\x00\x05\x00\x00\x00\x00"
#define KEY_AT "\x81\x0c\x02\x00\x03\xb0\x80\x18\x00\x05\x00\x00\x00\x00"
#define CRTS "\x82\x0c\x02\xa4\x09\x80\x01\x02\x83\x01\x80\x95\x01\xc0"

/* Records that are whole and say what cannot be; the digest is right. */
static void
an_impossible_state_is_refused(void **state)
{
	static const struct loaded rows[] = {
		{ BYTES("\xe6\x11" APP), TMG_OK },
		{ BYTES("\xe6\x00"), TMG_E_MALFORMED },			/* no application */
		{ BYTES("\xe6\x22" APP APP), TMG_E_MALFORMED },
		{ BYTES("\xe6\x1f" APP EF_AT), TMG_OK },
		{ BYTES("\xe6\x1f" APP KEY_AT), TMG_E_MALFORMED },	/* no templates */
		{ BYTES("\xe6\x2d" APP KEY_AT CRTS), TMG_OK },
		{ BYTES("\xe6\x1f" APP CRTS), TMG_E_MALFORMED },	/* of no file */
		{ BYTES("\xe6\x28" APP EF_AT "\x82\x07\x01\xa4\x04\x80\x01\x02\x83"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x24" APP KEY_AT "\x82\x03\x02\xa4\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x1f" APP FILE_AT("\x01", "\x00", "\x01", "\xa0\x10", "\x00")),
		    TMG_E_MALFORMED },					/* a DF */
		{ BYTES("\xe6\x20" APP "\x81\x0d\x01\x00\x02\xa0\x10\x39\x00\x05\x00\x01\x00\x00\xaa"),
		    TMG_E_MALFORMED },					/* with bytes of its own */
		/* objects */
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x01\xdf\x20\x01\xaa"), TMG_OK },
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x09\xdf\x20\x01\xaa"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x01\xdf\x20\x02\xaa"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x26" APP EF_AT "\x83\x05\x01\xdf\x20\x00\xaa"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x22" APP EF_AT "\x83\x01\x01"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x21" APP EF_AT "\x83\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x2d" APP EF_AT "\x83\x05\x01\xdf\x20\x01\xaa\x83\x05\x01\xdf\x20\x01\xaa"),
		    TMG_E_MALFORMED },					/* twice */
		{ BYTES("\xe6\x34" APP KEY_AT CRTS "\x83\x05\x02\xdf\x20\x01\xaa"), TMG_E_MALFORMED },
		/* keys */
		{ BYTES("\xe6\x48" APP KEY_AT CRTS "\x85\x19\x02" "123456789012345678901234"), TMG_OK },
		{ BYTES("\xe6\x47" APP KEY_AT CRTS "\x85\x18\x02" "12345678901234567890123"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe6\x3a" APP EF_AT "\x85\x19\x01" "123456789012345678901234"),
		    TMG_E_MALFORMED },
		{ BYTES("\xe6\x31" APP KEY_AT CRTS "\x84\x02\x02\x05"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x31" APP KEY_AT CRTS "\x84\x02\x02\xff"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x30" APP KEY_AT CRTS "\x84\x01\x02"), TMG_E_MALFORMED },
		/* PINs */
		{ BYTES("\xe6\x19" APP "\x80\x06\x03\x02" "1234"), TMG_OK },
		{ BYTES("\xe6\x19" APP "\x80\x06\x03\x04" "1234"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x19" APP "\x80\x06\x00\x00" "1234"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x18" APP "\x80\x05\x03\x02" "123"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x26" APP "\x80\x13\x03\x02" "12345678901234567"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x14" APP "\x80\x01\x03"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x13" APP "\x8f\x00"), TMG_E_MALFORMED },
		{ BYTES("\xe6\x12" APP "\x80"), TMG_E_MALFORMED },
	};

	(void)state;
	LOAD_EACH(&bench_gids_bare, rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_card_has_what_windows_looks_for),
		cmocka_unit_test(a_saved_card_is_the_same_card),
		cmocka_unit_test(an_impossible_state_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
