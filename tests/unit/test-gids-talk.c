/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations with a GIDS card: what is sent, in which order, and how often. */
#include "tests/unit/test.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "drivers/gids/gids.h"
#include "src/codec/hex.h"
#include "tests/unit/probe.h"

#define DRV tmg_driver_gids
#define SELECT "00A40400A00000039742544659"
#define PROBE { SELECT, "9000", NULL }

#define Z16 "00000000000000000000000000000000"
#define Z76 Z16 Z16 Z16 Z16 "000000000000000000000000"
#define ROOT "000000000000000000"
#define MSCP "6D7363700000000000"
#define ROW(folder, name, object) folder name "0000" object "DF0000" "10A0" "0000"
#define ROW_APPS ROW(ROOT, "636172646170707300", "21")
#define ROW_CF ROW(ROOT, "636172646366000000", "22")
#define ROW_MAP ROW(MSCP, "636D617066696C6500", "23")
#define ROW_KXC ROW(MSCP, "6B7863303000000000", "24")
#define ROW_KSC ROW(MSCP, "6B7363303100000000", "25")
#define ROW_ID ROOT "636172646964000000" "0000" "20DF0000" "12A0" "0000"

/* Names A and B: an RSA 2048 key that decrypts, a P-256 key that signs. */
#define RECORD(letter, flags, sign, exchange) letter "000000" Z76 flags "00" sign \
	exchange
#define RECORD_RSA RECORD("41", "03", "0000", "0008")
#define RECORD_EC RECORD("42", "01", "0001", "0000")

#define GET_MASTER "00CBA0005C02DF1F"
#define MASTER "DF1F818D01" ROW_APPS ROW_CF ROW_MAP ROW_KXC ROW_ID
#define GET_MAP "00CBA0105C02DF23"
#define MAP "DF2381AC" RECORD_RSA RECORD_EC
#define LEARN { GET_MASTER, MASTER "9000", NULL }, { GET_MAP, MAP "9000", NULL }
#define GET_KEYMAP "00CBA0005C02DF20"
#define KEY_RSA "01000000079A81B0FFFF0000"
#define KEY_EC "010000000C9C82B0FFFF0000"
#define NO_KEY "000000000000FFFFFFFF0000"
#define KEYMAP "DF201901" KEY_RSA KEY_EC
#define GET_CF "00CBA0105C02DF22"
#define PUT_CF "00DBA010DF2206"

#define CERT "3003020101"
#define FILE_KXC "DF241101000500" "78DA33606662640400010A0038"
#define VERIFY { "0020008031323334", "9000", NULL }
#define DIGEST "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define R "0100000000000000000000000000000000000000000000000000000000000001"
#define S "0200000000000000000000000000000000000000000000000000000000000002"
#define POINT_P256 "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945" \
	"D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define PUBLIC_P256 "7F4943 8641" POINT_P256
#define ZEROS256 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16

static const tmg_sign_spec ecdsa = { .scheme = TMG_SIGN_ECDSA };
static uint8_t store[TMG_CERT_MAX];

typedef struct desk {
	tmg_ctx *ctx;
	tmg_script script;
	tmg_backend *b;
} desk;

static void
desk_open(desk *d, const tmg_script_row *rows)
{
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	d->b = probe_one(&d->script, &DRV);
}

static void
desk_done(desk *d)
{
	probe_done(&d->script, d->b);
	tmg_ctx_free(&d->ctx);
}

static void
log_in(desk *d)
{
	assert_int_equal(DRV.verify(d->b, TMG_PIN_USER, tmg_view_str("1234"), NULL),
	    TMG_OK);
}

static tmg_view
digest_of(uint8_t digest[32])
{
	tmg_out out = { digest, 32, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(DIGEST), &out), TMG_OK);
	return tmg_out_view(&out);
}

/* ---- the card ------------------------------------------------------------------ */

static void
probing_is_one_command(void **state)
{
	(void)state;
	probe_refused(&DRV, SELECT);
}

/* SELECT, master file, map, one certificate: four commands, none of them twice. */
static void
listing_reads_nothing_twice(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, LEARN,
		{ "00CBA0105C02DF24", FILE_KXC "9000", NULL }, { 0 },
	};
	tmg_slot slots[8];
	tmg_out der = TMG_OUT(store);
	size_t count;
	desk d;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(DRV.slots(d.b, slots, TMG_COUNT(slots), &count), TMG_OK);
	assert_null(d.b->info.blank);
	assert_int_equal(count, 4);
	assert_int_equal(slots[0].ref, 0x81);
	assert_string_equal(slots[0].name, "00");
	assert_int_equal(slots[0].uses, TMG_USE_SIGN | TMG_USE_AUTH | TMG_USE_DECRYPT);
	assert_int_equal(slots[1].uses, TMG_USE_SIGN | TMG_USE_AUTH);
	assert_int_equal(DRV.cert_read(d.b, 0x81, &der), TMG_OK);
	assert_int_equal(der.len, 5);
	assert_int_equal(DRV.cert_read(d.b, 0x82, &der), TMG_NOT_FOUND);
	assert_int_equal(DRV.cert_read(d.b, 0x80, &der), TMG_NOT_FOUND);
	assert_int_equal(DRV.cert_read(d.b, 0x81 + GIDS_CONTAINERS, &der),
	    TMG_NOT_FOUND);
	desk_done(&d);
}

static void
a_card_that_nobody_set_up_has_no_slots(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { GET_MASTER, "6A82", NULL }, { 0 },
	};
	size_t count = 9;
	desk d;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(DRV.slots(d.b, NULL, 0, &count), TMG_OK);
	assert_int_equal(count, 0);
	assert_non_null(d.b->info.blank);
	desk_done(&d);
}

static void
files_that_cannot_be_read_are_faults(void **state)
{
	static const tmg_script_row bad[][4] = {
		{ PROBE, { GET_MASTER, "9000", NULL }, { 0 } },
		{ PROBE, { GET_MASTER, "DF1F0102" "9000", NULL }, { 0 } },
		{ PROBE, { GET_MASTER, "DF1F820200019000", NULL }, { 0 } },
		{ PROBE, { GET_MASTER, "DF2101019000", NULL }, { 0 } },
		{ PROBE, { GET_MASTER, MASTER "9000", NULL },
		    { GET_MAP, "DF230300000000" "9000", NULL }, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		size_t count;
		desk d;

		desk_open(&d, bad[i]);
		assert_int_equal(DRV.slots(d.b, NULL, 0, &count), TMG_E_MALFORMED);
		desk_done(&d);
	}
}

static void
its_name_is_its_id(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, LEARN,
		{ "00CBA0125C02DF20",
		    "DF2010000102030405060708090A0B0C0D0E0F9000", NULL }, { 0 },
	};
	desk d;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(DRV.identify(d.b), TMG_OK);
	assert_string_equal(d.b->info.serial, "000102030405060708090A0B0C0D0E0F");
	assert_string_equal(d.b->info.label, "GIDS-0C0D0E0F");
	desk_done(&d);
}

static void
a_key_is_told_by_map_and_card(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, LEARN,
		{ "00CB3FFF7008840182A5037F4980", PUBLIC_P256 "9000", NULL },
		{ "00CB3FFF7008840181A5037F4980", "6A88", NULL }, { 0 },
	};
	tmg_out spki = TMG_OUT(store);
	tmg_key_facts facts;
	desk d;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(DRV.facts(d.b, 0x82, &facts, &spki), TMG_OK);
	assert_int_equal(facts.alg, TMG_ALG_P256);
	assert_int_equal(spki.len, 91);
	spki.len = 0;
	assert_int_equal(DRV.facts(d.b, 0x81, &facts, &spki), TMG_OK);
	assert_int_equal(facts.alg, TMG_ALG_RSA2048);
	assert_int_equal(spki.len, 0);
	assert_int_equal(DRV.facts(d.b, 0x83, &facts, &spki), TMG_NOT_FOUND);
	desk_done(&d);
}

/* ---- the PIN --------------------------------------------------------------------- */

static void
a_refusal_tells_the_tries(void **state)
{
	static const struct {
		const char *sw;
		tmg_rc rc;
		int tries;
	} cases[] = {
		{ "63C2", TMG_PIN_WRONG, 2 },
		{ "6301", TMG_PIN_WRONG, 1 },
		{ "63C0", TMG_PIN_LOCKED, 0 },
		{ "6983", TMG_PIN_LOCKED, 0 },
		{ "6982", TMG_PIN_WRONG, -1 },
		{ "6A88", TMG_UNSUPPORTED, -1 },
		{ "6F00", TMG_E_CARD, -1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = { PROBE,
			{ "0020008031323334", cases[i].sw, NULL }, { 0 } };
		int tries = 99;
		desk d;

		desk_open(&d, rows);
		assert_int_equal(DRV.verify(d.b, TMG_PIN_USER, tmg_view_str("1234"),
		    &tries), cases[i].rc);
		assert_int_equal(tries, cases[i].tries);
		assert_int_equal(DRV.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
		desk_done(&d);
	}
}

static void
what_cannot_be_right_is_not_sent(void **state)
{
	static const tmg_script_row rows[] = { PROBE, { 0 } };
	const tmg_view pin = tmg_view_str("1234");
	tmg_out sig = TMG_OUT(store);
	uint8_t digest[32];
	int tries;
	desk d;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(DRV.verify(d.b, TMG_PIN_USER, tmg_view_str(""), &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(DRV.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("12345678901234567"), &tries), TMG_PIN_WRONG);
	assert_int_equal(DRV.change(d.b, TMG_PIN_USER, pin, tmg_view_str("123"),
	    &tries), TMG_DENIED);
	assert_int_equal(DRV.verify(d.b, TMG_PIN_ADMIN, tmg_view_str("0011"),
	    &tries), TMG_PIN_WRONG);
	assert_int_equal(DRV.unblock(d.b, tmg_view_str(""), pin, &tries), TMG_LOGIN);
	assert_int_equal(DRV.sign(d.b, 0x82, TMG_ALG_P256, &ecdsa,
	    digest_of(digest), &sig), TMG_LOGIN);
	assert_int_equal(DRV.cert_delete(d.b, 0x81), TMG_LOGIN);
	assert_int_equal(DRV.key_delete(d.b, 0x81), TMG_LOGIN);
	assert_int_equal(DRV.admin_auto(d.b), TMG_LOGIN);
	desk_done(&d);
}

static void
the_pin_is_changed_counted_and_ended(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, VERIFY, LEARN,
		{ GET_CF, "DF22060001000007FF" "9000", NULL },
		{ PUT_CF "0002000007FF", "9000", NULL },
		{ "002400803132333435363738", "9000", NULL },
		{ "00CB3FFF5C027F71", "7F7106970103930103" "9000", NULL },
		{ "00200082", "9000", NULL }, { 0 },
	};
	int tries;
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.admin_auto(d.b), TMG_OK);
	assert_int_equal(DRV.change(d.b, TMG_PIN_USER, tmg_view_str("1234"),
	    tmg_view_str("5678"), &tries), TMG_OK);
	assert_int_equal(DRV.tries(d.b, TMG_PIN_USER, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(DRV.logout(d.b), TMG_OK);
	assert_int_equal(DRV.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	desk_done(&d);
}

/* ---- keys in use ------------------------------------------------------------------- */

/* The key is chosen once; each further signature is one command. */
static void
a_signature_is_one_command(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY,
		{ "002241B680011C840182", "9000", NULL },
		{ "002A9E9A" DIGEST, R S "9000", NULL },
		{ "002A9E9A" DIGEST, R S "9000", NULL }, { 0 },
	};
	uint8_t digest[32];
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	for (unsigned i = 0; i < 2; i++) {
		tmg_out sig = TMG_OUT(store);

		assert_int_equal(DRV.sign(d.b, 0x82, TMG_ALG_P256, &ecdsa,
		    digest_of(digest), &sig), TMG_OK);
		assert_int_equal(sig.ptr[0], 0x30);
	}
	desk_done(&d);
}

static void
rsa_signs_a_digest_info(void **state)
{
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_PKCS1,
	    .hash = TMG_HASH_SHA256 };
	static const tmg_sign_spec pss = { .scheme = TMG_SIGN_PSS,
	    .hash = TMG_HASH_SHA256 };
	static const tmg_script_row rows[] = {
		PROBE, VERIFY,
		{ "002241B6800157840181", "9000", NULL },
		{ "002A9E9A3031300D060960864801650304020105000420" DIGEST,
		    ZEROS256 "9000", NULL },
		{ "002241B6800157840181", "6A88", NULL }, { 0 },
	};
	tmg_out sig = TMG_OUT(store);
	uint8_t digest[32];
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.sign(d.b, 0x81, TMG_ALG_RSA2048, &spec,
	    digest_of(digest), &sig), TMG_OK);
	assert_int_equal(sig.len, 256);
	assert_int_equal(DRV.sign(d.b, 0x81, TMG_ALG_RSA2048, &pss,
	    digest_of(digest), &sig), TMG_UNSUPPORTED);
	/* Somebody else spoke to the card, and the key is gone. */
	tmg_gids_of(d.b)->se.known = false;
	assert_int_equal(DRV.sign(d.b, 0x81, TMG_ALG_RSA2048, &spec,
	    digest_of(digest), &sig), TMG_NOT_FOUND);
	desk_done(&d);
}

static void
a_short_or_long_signature_is_no_signature(void **state)
{
	static const char *const bad[] = { "9000", R "9000", R S "00" "9000",
		ZEROS256 "9000" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		const tmg_script_row rows[] = { PROBE, VERIFY,
			{ "002241B680011C840182", "9000", NULL },
			{ "002A9E9A" DIGEST, bad[i], NULL }, { 0 } };
		tmg_out sig = TMG_OUT(store);
		uint8_t digest[32];
		desk d;

		desk_open(&d, rows);
		log_in(&d);
		assert_int_equal(DRV.sign(d.b, 0x82, TMG_ALG_P256, &ecdsa,
		    digest_of(digest), &sig), TMG_E_MALFORMED);
		desk_done(&d);
	}
}

/* Without the indicator, as cards are; with it, as the text is. */
static void
decryption_goes_both_ways(void **state)
{
	static const tmg_decrypt_spec spec = { .padding = TMG_DECRYPT_PKCS1 };
	static const tmg_script_row rows[] = {
		PROBE, VERIFY,
		{ "002241B8800147840181", "9000", NULL },
		{ "002A8086" ZEROS256, "0102039000", NULL },
		{ "002A8086" ZEROS256, "6700", NULL },
		{ "002241B8800147840181", "9000", NULL },
		{ "002A808600" ZEROS256, "0405069000", NULL }, { 0 },
	};
	static const uint8_t cipher[256];
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	for (unsigned i = 0; i < 2; i++) {
		tmg_out plain = TMG_OUT(store);

		assert_int_equal(DRV.decrypt(d.b, 0x81, TMG_ALG_RSA2048, &spec,
		    TMG_VIEW(cipher), &plain), TMG_OK);
		assert_int_equal(plain.len, 3);
		assert_int_equal(store[0], i == 0 ? 1 : 4);
	}
	desk_done(&d);
}

/* ---- changes -------------------------------------------------------------------------- */

/* First cardcf, then the certificate, then the row that names it. */
static void
a_new_certificate_is_named_last(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_CF, "DF2206000001000700" "9000", NULL },
		{ PUT_CF "000001000800", "9000", NULL },
		{ "00DBA010DF25*", "9000", NULL },
		{ "00DBA000DF1F81A901" ROW_APPS ROW_CF ROW_MAP ROW_KXC ROW_ID
		    ROW_KSC, "9000", NULL },
		{ GET_CF, "DF2206000001000800" "9000", NULL },
		{ PUT_CF "000001000900", "9000", NULL },
		{ "00DBA010DF25*", "9000", NULL }, { 0 },
	};
	static const uint8_t der[] = { 0x30, 3, 2, 1, 1 };
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.cert_write(d.b, 0x82, TMG_VIEW(der)), TMG_OK);
	/* Again: the row is there. */
	assert_int_equal(DRV.cert_write(d.b, 0x82, TMG_VIEW(der)), TMG_OK);
	/* An empty place has no certificate. */
	assert_int_equal(DRV.cert_write(d.b, 0x83, TMG_VIEW(der)), TMG_UNSUPPORTED);
	desk_done(&d);
}

static void
a_certificate_goes_with_its_row(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_CF, "DF220600000000FFFF" "9000", NULL },
		{ PUT_CF "000000000000", "9000", NULL },
		{ "00DBA000DF1F7101" ROW_APPS ROW_CF ROW_MAP ROW_ID, "9000", NULL },
		{ "00DBA010DF2400", "9000", NULL }, { 0 },
	};
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.cert_delete(d.b, 0x81), TMG_OK);
	assert_int_equal(DRV.cert_delete(d.b, 0x81), TMG_NOT_FOUND);
	desk_done(&d);
}

/* The container map's place, and the map of keys': whoever wrote a certificate there had
 * no keys left. */
static void
a_certificate_in_another_files_place_is_left_alone(void **state)
{
	static const char *const kxc[] = {
		MSCP "6B7863303000000000" "0000" "23DF0000" "10A0" "0000",
		MSCP "6B7863303000000000" "0000" "20DF0000" "00A0" "0000",
	};
	static const uint8_t der[] = { 0x30, 3, 2, 1, 1 };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(kxc); i++) {
		char master[512];
		const tmg_script_row rows[] = {
			PROBE, VERIFY, { GET_MASTER, master, NULL },
			{ GET_MAP, MAP "9000", NULL }, { 0 },
		};
		tmg_out out = TMG_OUT(store);
		desk d;

		snprintf(master, sizeof(master), "%s%s%s9000", "DF1F818D01" ROW_APPS ROW_CF
		    ROW_MAP, kxc[i], ROW_ID);
		desk_open(&d, rows);
		log_in(&d);
		assert_int_equal(DRV.cert_read(d.b, 0x81, &out), TMG_E_MALFORMED);
		assert_int_equal(DRV.cert_write(d.b, 0x81, TMG_VIEW(der)), TMG_E_MALFORMED);
		assert_int_equal(DRV.cert_delete(d.b, 0x81), TMG_E_MALFORMED);
		desk_done(&d);
	}
}

/* A file stood in the way, of a key that was begun and never noted. */
static void
a_key_is_noted_when_it_is_there(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_KEYMAP, KEYMAP "9000", NULL },
		{ GET_CF, "DF2206000000000000" "9000", NULL },
		{ PUT_CF "000001000100", "9000", NULL },
		{ "00E00000*", "6A89", NULL },
		{ "00A4000CB083", "9000", NULL },
		{ "00E40000", "9000", NULL },
		{ "00E00000" "621B" "820118" "8302B083" "8C058F10101000" "A50B"
		    "B609" "80011C" "830183" "950140", "9000", NULL },
		{ "00440000", "9000", NULL },
		{ "00470000AC0680010C830183", PUBLIC_P256 "9000", NULL },
		{ "00DBA000DF202501" KEY_RSA KEY_EC "010000000C9C83B0FFFF0000",
		    "9000", NULL },
		{ "00DBA010DF23820102" RECORD_RSA RECORD_EC "*", "9000", NULL },
		{ 0 },
	};
	static const tmg_keyspec spec = { .slot = 0x83, .alg = TMG_ALG_P256 };
	tmg_out spki = TMG_OUT(store);
	tmg_gids_container c;
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_OK);
	assert_int_equal(spki.len, 91);
	assert_int_equal(tmg_gids_container_get(tmg_gids_map(tmg_gids_of(d.b)), 2,
	    &c), TMG_OK);
	assert_true(c.valid && !c.preferred);
	assert_int_equal(c.signing, TMG_ALG_P256);
	assert_int_equal(strlen(c.name), 36);
	desk_done(&d);
}

/* In the place of the second key: the container is empty from before its file goes
 * until the new key is there, wherever the card is pulled out. */
static void
a_key_that_is_replaced_is_forgotten_first(void **state)
{
	static const tmg_script_row all[] = {
		PROBE, VERIFY, LEARN,
		{ GET_KEYMAP, KEYMAP "9000", NULL },
		{ GET_CF, "DF2206000000000000" "9000", NULL },
		{ PUT_CF "000001000100", "9000", NULL },
		{ "00DBA010DF2381AC" RECORD_RSA Z76 "00000000000000000000",
		    "9000", NULL },
		{ "00E00000*", "6A89", NULL },
		{ "00A4000CB082", "9000", NULL },
		{ "00E40000", "9000", NULL },
		{ "00E00000*", "9000", NULL },
		{ "00440000", "9000", NULL },
		{ "00470000AC0680010C830182", PUBLIC_P256 "9000", NULL },
		{ "00DBA000DF201901" KEY_RSA KEY_EC, "9000", NULL },
		{ "00DBA010DF2381AC" RECORD_RSA "*", "9000", NULL },
		{ 0 },
	};
	static const tmg_keyspec spec = { .slot = 0x82, .alg = TMG_ALG_P256 };

	(void)state;
	for (size_t cut = 4; cut < TMG_COUNT(all); cut++) {
		const bool whole = cut + 1 == TMG_COUNT(all);
		tmg_out spki = TMG_OUT(store);
		tmg_script_row rows[TMG_COUNT(all)];
		tmg_gids_container c;
		desk d;

		memcpy(rows, all, sizeof(rows));
		if (!whole) {
			rows[cut].response = "removed";
			rows[cut + 1] = (tmg_script_row){ 0 };
		}
		desk_open(&d, rows);
		log_in(&d);
		assert_int_equal(DRV.generate(d.b, &spec, &spki),
		    whole ? TMG_OK : TMG_REMOVED);
		if (whole) {
			assert_int_equal(tmg_gids_container_get(tmg_gids_map(
			    tmg_gids_of(d.b)), 1, &c), TMG_OK);
			assert_true(c.valid && !c.preferred);
		}
		desk_done(&d);
	}
}

/* The map of keys does not reach the second container. */
static void
maps_that_differ_are_left_alone(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_KEYMAP, "DF200D01" KEY_RSA "9000", NULL }, { 0 },
	};
	static const tmg_keyspec spec = { .slot = 0x83, .alg = TMG_ALG_P256 };
	tmg_out spki = TMG_OUT(store);
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_UNSUPPORTED);
	desk_done(&d);
}

static void
a_key_is_forgotten_before_it_is_deleted(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_KEYMAP, KEYMAP "9000", NULL },
		{ GET_CF, "DF2206000000000000" "9000", NULL },
		{ PUT_CF "000001000100", "9000", NULL },
		{ "00DBA010DF2381AC" RECORD_RSA Z76 "00000000000000000000",
		    "9000", NULL },
		{ "00DBA000DF201901" KEY_RSA NO_KEY, "9000", NULL },
		{ "00A4000CB082", "9000", NULL },
		{ "00E40000", "9000", NULL }, { 0 },
	};
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.key_delete(d.b, 0x82), TMG_OK);
	assert_int_equal(DRV.key_delete(d.b, 0x82), TMG_NOT_FOUND);
	desk_done(&d);
}

/* 70 { 84 83, A5 { 83 02, 84 00, 87 RSAPrivateKey } } */
static void
take_import(void *arg, tmg_view command, tmg_out *response)
{
	static const uint32_t reference[] = { 0x70, 0x84, 0 };
	static const uint32_t kind[] = { 0x70, 0xa5, 0x83, 0 };
	static const uint32_t value[] = { 0x70, 0xa5, 0x87, 0 };
	const tmg_view data = { command.ptr + 4, command.len - 4 };
	const unsigned char *der;
	EVP_PKEY *key;
	tmg_view v;

	(void)arg;
	assert_int_equal(tmg_tlv_walk(data, reference, &v), TMG_OK);
	assert_int_equal(v.ptr[0], 0x83);
	assert_int_equal(tmg_tlv_walk(data, kind, &v), TMG_OK);
	assert_int_equal(v.ptr[0], 2);
	assert_int_equal(tmg_tlv_walk(data, value, &v), TMG_OK);
	der = v.ptr;
	key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, (long)v.len);
	assert_non_null(key);
	assert_ptr_equal(der, v.ptr + v.len);
	EVP_PKEY_free(key);
	tmg_put_u16(response, 0x9000);
}

static tmg_view
rsa_key(uint8_t *der, size_t cap)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *end = der;
	const int len = i2d_PKCS8_PRIV_KEY_INFO(info, &end);

	assert_true(len > 0 && (size_t)len <= cap);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
	return (tmg_view){ der, (size_t)len };
}

static void
an_rsa_key_comes_from_outside(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_KEYMAP, KEYMAP "9000", NULL },
		{ GET_CF, "DF2206000000000000" "9000", NULL },
		{ PUT_CF "000001000100", "9000", NULL },
		{ "00E00000" "6247" "820118" "8302B083" "8C058F10101000" "A537*",
		    "9000", NULL },
		{ "00440000", "9000", NULL },
		{ "00DB3FFF70*", NULL, take_import },
		{ "00DBA000DF202501" KEY_RSA KEY_EC "01000000079A83B0FFFF0000",
		    "9000", NULL },
		{ "00DBA010DF23820102" RECORD_RSA RECORD_EC "*", "9000", NULL },
		{ 0 },
	};
	static const tmg_keyspec spec = { .slot = 0x83, .alg = TMG_ALG_RSA2048 };
	static const tmg_keyspec other = { .slot = 0x83, .alg = TMG_ALG_RSA3072 };
	static const tmg_keyspec curve = { .slot = 0x83, .alg = TMG_ALG_P256 };
	uint8_t der[2048];
	tmg_view key;
	desk d;

	(void)state;
	key = rsa_key(der, sizeof(der));
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.import(d.b, &other, key), TMG_MISMATCH);
	assert_int_equal(DRV.import(d.b, &curve, key), TMG_UNSUPPORTED);
	assert_int_equal(DRV.import(d.b, &spec, tmg_view_str("no key")),
	    TMG_E_MALFORMED);
	assert_int_equal(DRV.import(d.b, &spec, key), TMG_OK);
	desk_done(&d);
}

/* ---- the administrator's key ------------------------------------------------------- */

#define ADMIN_KEY "010203040506070811121314151617182122232425262728"

/* A card that has that key, or another. */
typedef struct admin_card {
	uint8_t key[24], r1[16];
	bool lies;
} admin_card;

static const uint8_t r2[16] = { 0xd2, 2, 3 };

static void
crypt_card(const admin_card *card, int encrypt, const uint8_t *in, uint8_t *out)
{
	static const uint8_t vector[8];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	assert_int_equal(EVP_CipherInit_ex(ctx, EVP_des_ede3_cbc(), NULL, card->key,
	    vector, encrypt), 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	assert_int_equal(EVP_CipherUpdate(ctx, out, &n, in, 40), 1);
	assert_int_equal(n, 40);
	EVP_CIPHER_CTX_free(ctx);
}

static void
answer_challenge(void *arg, tmg_view command, tmg_out *response)
{
	admin_card *card = arg;

	assert_int_equal(command.len, 4 + 4 + 16);
	memcpy(card->r1, command.ptr + 8, 16);
	tmg_put_u16(response, 0x7c12);
	tmg_put_u16(response, 0x8110);
	tmg_put(response, TMG_VIEW(r2));
	tmg_put_u16(response, 0x9000);
}

static void
answer_proof(void *arg, tmg_view command, tmg_out *response)
{
	const admin_card *card = arg;
	uint8_t said[40], back[40];

	assert_int_equal(command.len, 4 + 4 + 40);
	crypt_card(card, 0, command.ptr + 8, said);
	if (memcmp(said, r2, 16) != 0 || memcmp(said + 16, card->r1, 16) != 0 ||
	    said[39] != 0x80) {
		tmg_put_u16(response, 0x6982);
		return;
	}
	memcpy(back, card->lies ? r2 : card->r1, 16);
	memcpy(back + 16, r2, 16);
	memset(back + 32, 0x80, 8);
	crypt_card(card, 1, back, said);
	tmg_put_u16(response, 0x7c2a);
	tmg_put_u16(response, 0x8228);
	tmg_put(response, TMG_VIEW(said));
	tmg_put_u16(response, 0x9000);
}

#define ADMIN_LOGIN { "0022C1A4830180", "9000", NULL }, \
	{ "008700007C128110*", NULL, answer_challenge }, \
	{ "008700007C2A8228*", NULL, answer_proof }

static void
card_of(admin_card *card, const char *key)
{
	tmg_out out = { card->key, sizeof(card->key), 0, false };

	*card = (admin_card){ .lies = false };
	assert_int_equal(tmg_hex_parse(tmg_view_str(key), &out), TMG_OK);
}

static void
the_administrator_gives_a_new_pin(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_LOGIN, LEARN,
		{ GET_CF, "DF2206000000000000" "9000", NULL },
		{ PUT_CF "000100000000", "9000", NULL },
		{ "002C0280353637383930", "9000", NULL },
		/* a counter that the administrator may not write is in nobody's way */
		{ GET_CF, "DF2206000100000000" "9000", NULL },
		{ PUT_CF "000200000000", "6982", NULL },
		{ "002C0280353637383930", "9000", NULL }, { 0 },
	};
	const tmg_view fresh = tmg_view_str("567890");
	admin_card card;
	desk d;

	(void)state;
	card_of(&card, ADMIN_KEY);
	desk_open(&d, rows);
	d.script.arg = &card;
	assert_int_equal(DRV.unblock(d.b, tmg_view_str(ADMIN_KEY), fresh, NULL),
	    TMG_OK);
	assert_int_equal(DRV.unblock(d.b, tmg_view_str(""), fresh, NULL), TMG_OK);
	desk_done(&d);
}

static void
neither_side_takes_a_wrong_key(void **state)
{
	static const tmg_script_row rows[] = { PROBE, ADMIN_LOGIN, ADMIN_LOGIN, { 0 } };
	admin_card card;
	desk d;

	(void)state;
	card_of(&card, "FF0203040506070811121314151617182122232425262728");
	desk_open(&d, rows);
	d.script.arg = &card;
	assert_int_equal(DRV.verify(d.b, TMG_PIN_ADMIN, tmg_view_str(ADMIN_KEY),
	    NULL), TMG_PIN_WRONG);
	card_of(&card, ADMIN_KEY);
	card.lies = true;
	assert_int_equal(DRV.verify(d.b, TMG_PIN_ADMIN, tmg_view_str(ADMIN_KEY),
	    NULL), TMG_PIN_WRONG);
	assert_int_equal(DRV.unblock(d.b, tmg_view_str(""), tmg_view_str("567890"),
	    NULL), TMG_LOGIN);
	desk_done(&d);
}

/* The administrator's key opens no keys: what the interface calls the admin's login
 * before they are made is that of the PIN, which is asked for then. */
static void
the_administrator_makes_no_keys(void **state)
{
	static const tmg_script_row rows[] = { PROBE, ADMIN_LOGIN, VERIFY, { 0 } };
	static const tmg_keyspec spec = { .slot = 0x83, .alg = TMG_ALG_P256 };
	tmg_out spki = TMG_OUT(store);
	admin_card card;
	desk d;

	(void)state;
	card_of(&card, ADMIN_KEY);
	desk_open(&d, rows);
	d.script.arg = &card;
	assert_int_equal(DRV.verify(d.b, TMG_PIN_ADMIN, tmg_view_str(ADMIN_KEY),
	    NULL), TMG_OK);
	assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_LOGIN);
	assert_int_equal(DRV.logged_in(d.b, TMG_PIN_ADMIN), TMG_LOGIN);
	assert_int_equal(DRV.admin_auto(d.b), TMG_LOGIN);
	log_in(&d);
	assert_int_equal(DRV.logged_in(d.b, TMG_PIN_ADMIN), TMG_OK);
	desk_done(&d);
}

/* The card knows of no login: what was believed is forgotten. */
static void
a_login_that_ended_is_asked_for_again(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, VERIFY, LEARN,
		{ GET_CF, "DF2206000000000000" "9000", NULL },
		{ PUT_CF "000000000100", "6982", NULL }, { 0 },
	};
	desk d;

	(void)state;
	desk_open(&d, rows);
	log_in(&d);
	assert_int_equal(DRV.cert_delete(d.b, 0x81), TMG_LOGIN);
	assert_int_equal(DRV.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	desk_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probing_is_one_command),
		cmocka_unit_test(listing_reads_nothing_twice),
		cmocka_unit_test(a_card_that_nobody_set_up_has_no_slots),
		cmocka_unit_test(files_that_cannot_be_read_are_faults),
		cmocka_unit_test(its_name_is_its_id),
		cmocka_unit_test(a_key_is_told_by_map_and_card),
		cmocka_unit_test(a_refusal_tells_the_tries),
		cmocka_unit_test(what_cannot_be_right_is_not_sent),
		cmocka_unit_test(the_pin_is_changed_counted_and_ended),
		cmocka_unit_test(a_signature_is_one_command),
		cmocka_unit_test(rsa_signs_a_digest_info),
		cmocka_unit_test(a_short_or_long_signature_is_no_signature),
		cmocka_unit_test(decryption_goes_both_ways),
		cmocka_unit_test(a_new_certificate_is_named_last),
		cmocka_unit_test(a_certificate_goes_with_its_row),
		cmocka_unit_test(a_certificate_in_another_files_place_is_left_alone),
		cmocka_unit_test(a_key_is_noted_when_it_is_there),
		cmocka_unit_test(a_key_that_is_replaced_is_forgotten_first),
		cmocka_unit_test(maps_that_differ_are_left_alone),
		cmocka_unit_test(a_key_is_forgotten_before_it_is_deleted),
		cmocka_unit_test(an_rsa_key_comes_from_outside),
		cmocka_unit_test(the_administrator_gives_a_new_pin),
		cmocka_unit_test(neither_side_takes_a_wrong_key),
		cmocka_unit_test(the_administrator_makes_no_keys),
		cmocka_unit_test(a_login_that_ended_is_asked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
