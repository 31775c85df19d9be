/* SPDX-License-Identifier: BSD-2-Clause */
/* Cards that hide what they have, fail on the way, are damaged, or have two keys of
 * one id. */
#include "tamga/cert.h"
#include "tests/unit/pkcs15-desk.h"

#define VERIFY "0020000131323334FFFFFFFF"
#define FILLING "0000"

static uint8_t store[TMG_CERT_MAX];

/* ---- decryption ----------------------------------------------------------------------- */

#define PRIVATE_OPENS "303930140C0B5369676E696E67206B6579030206C0040101300F040145" \
	"0303066040030203B8020101A110300E300804063F0050154B0102020800"

/* What the card cannot take the padding from is damaged; its key is well. */
static void
what_is_damaged(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PINS, { VERIFY, "9000", NULL },
		FILE_AT("08", "50154400", PRIVATE_OPENS), CERTS,
		{ "002241B881024B01840101", "9000", NULL },
		{ "002A808600*", "6A80", NULL }, { 0 },
	};
	static const tmg_decrypt_spec spec = { .padding = TMG_DECRYPT_PKCS1 };
	static const uint8_t cipher[256];
	tmg_out plain = TMG_OUT(store);
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	p15_log_in(&d);
	assert_int_equal(tmg_driver_pkcs15.decrypt(d.b, 0x45, TMG_ALG_RSA2048, &spec,
	    TMG_VIEW(cipher), &plain), TMG_E_CRYPTO);
	p15_done(&d);
}

/* ---- behind a PIN --------------------------------------------------------------------- */

#define HIDDEN { "00A4080050154400", "9000", NULL }, { "00B00000", "6982", NULL }

/* Keys that only a PIN shows are there once it was taken; nothing else is read again. */
static void
what_a_pin_shows(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, HIDDEN, CERTS, PINS, { VERIFY, "9000", NULL },
		PRIVATE, { 0 },
	};
	tmg_slot slots[8];
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(p15_slots(&d, slots), 2);
	assert_string_equal(slots[0].name, "45");
	assert_int_equal(slots[0].uses, 0);
	p15_log_in(&d);
	assert_int_equal(p15_slots(&d, slots), 3);
	assert_string_equal(slots[0].name, "45");
	assert_int_equal(slots[0].uses, TMG_USE_SIGN | TMG_USE_AUTH);
	p15_done(&d);
}

/* Where keys are numbers, and nobody tells which ones are taken, none is made. */
static void
what_stays_hidden_is_not_overwritten(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT_APP, "6A82", NULL },
		{ SELECT_ISOAPPLET, "0006079000", NULL },
		FILE_AT("08", "50155031", P15_ODF), FILE_AT("08", "50155032", P15_INFO),
		PINS, { VERIFY, "9000", NULL }, HIDDEN, CERTS, { 0 },
	};
	const tmg_keyspec spec = { .slot = 0x46, .alg = TMG_ALG_RSA2048 };
	tmg_out spki = TMG_OUT(store);
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	p15_log_in(&d);
	assert_int_equal(tmg_driver_pkcs15.generate(d.b, &spec, &spki), TMG_DENIED);
	p15_done(&d);
}

/* A program that asked for the key, heard that there is none, and makes one after the
 * PIN, without another look, loses nothing: it is told, and no command is sent that
 * writes.  Once it looked, its word counts. */
static void
who_guessed_is_not_taken_at_his_word(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT_APP, "6A82", NULL },
		{ SELECT_ISOAPPLET, "0006079000", NULL },
		FILE_AT("08", "50155031", P15_ODF), FILE_AT("08", "50155032", P15_INFO),
		HIDDEN, CERTS, PINS, { VERIFY, "9000", NULL },
		FILE_AT("08", "50154400", P15_PRK_RSA P15_PRK_EC FILLING),
		FILE_AT("08", "50154401", P15_PUK_EC FILLING),
		{ "002241008001F3840100", "6F00", NULL }, { 0 },
	};
	const tmg_keyspec spec = { .slot = 0x45, .alg = TMG_ALG_RSA2048 };
	tmg_out spki = TMG_OUT(store);
	tmg_key_facts facts;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.facts(d.b, 0x45, &facts, &spki),
	    TMG_NOT_FOUND);
	p15_log_in(&d);
	assert_int_equal(tmg_driver_pkcs15.generate(d.b, &spec, &spki), TMG_OCCUPIED);
	assert_non_null(strstr(d.b->fault.text, "slot 45 is taken"));
	assert_int_equal(tmg_driver_pkcs15.import(d.b, &spec, TMG_VIEW(store)),
	    TMG_OCCUPIED);
	assert_int_equal(tmg_driver_pkcs15.facts(d.b, 0x45, &facts, &spki), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.generate(d.b, &spec, &spki), TMG_E_CARD);
	p15_done(&d);
}

/* ---- what fails on the way ---------------------------------------------------------- */

#define TWO_DIRECTORIES "A00A300804063F0050154400" "A00A300804063F0050154405" \
	"A40A300804063F0050154402"

/* The second directory of keys fails once: asked again, each key is there once. */
static void
each_key_once(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, FILE_AT("02", "5031", TWO_DIRECTORIES), INFO, PRIVATE,
		{ "00A4080050154405", "io", NULL },
		FILE_AT("08", "50154405", ""), CERTS, { 0 },
	};
	tmg_slot slots[8];
	size_t n;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_E_IO);
	assert_int_equal(p15_slots(&d, slots), 3);
	p15_done(&d);
}

/* One directory that was deactivated is one directory. */
static void
a_directory_that_nobody_reads(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, FILE_AT("02", "5031", TWO_DIRECTORIES), INFO, PRIVATE,
		{ "00A4080050154405", "6283", NULL }, CERTS, { 0 },
	};
	tmg_slot slots[8];
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(p15_slots(&d, slots), 3);
	p15_done(&d);
}

/* Between two directories the card was exchanged: that is what is said. */
static void
who_wanted_to_go_there_says_why(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, FILE_AT("02", "5031", "A00A300804063F0050154400"
		    "A406300404024402"), INFO, PRIVATE,
		{ SELECT_APP, "6A82", NULL }, { 0 },
	};
	tmg_slot slots[8];
	size_t n;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_E_CARD);
	assert_int_equal(d.b->fault.rc, TMG_E_CARD);
	assert_non_null(strstr(d.b->fault.text, "exchanged"));
	p15_done(&d);
}

/* And forgets what it kept: address sanitizers tell. */
static void
a_damaged_card_is_asked_again(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, FILE_AT("02", "5031", "A00A3008"),
		{ "00B00000", "A00A3008" "9000", NULL }, { 0 },
	};
	tmg_slot slots[8];
	size_t n;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	for (int i = 0; i < 2; i++)
		assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n),
		    TMG_E_MALFORMED);
	p15_done(&d);
}

#define ISOAPPLET { SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "0006079000", NULL }
/* 512 bytes, as the card tells. */
#define SIZED(path) { "00A40800" path, "6F04 8002 0200 9000", NULL }

/* A card that says of a directory that has a size, "the offset is outside", or nothing, has
 * rows there that nobody saw.  No key is made over them: nothing is sent that writes, and who
 * tries once more reads it anew. */
static void
what_was_not_seen_is_not_overwritten(void **state)
{
	static const char *const breaks[] = { "6B00", "9000", "6282" };
	const tmg_keyspec spec = { .slot = 0x46, .alg = TMG_ALG_RSA2048 };
	tmg_out spki = TMG_OUT(store);
	p15_desk d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(breaks); i++) {
		const tmg_script_row rows[] = {
			ISOAPPLET, FILE_AT("08", "50155031", P15_ODF FILLING),
			FILE_AT("08", "50155032", P15_INFO), PINS, { VERIFY, "9000", NULL },
			SIZED("50154400"), { "00B00000", breaks[i], NULL }, CERTS,
			SIZED("50154400"), { "00B00000", P15_PRK_RSA FILLING "9000", NULL },
			FILE_AT("08", "50154401", FILLING),
			{ "002241008001F3840100", "6F00", NULL }, { 0 },
		};

		p15_open(&d, rows);
		p15_log_in(&d);
		assert_int_equal(tmg_driver_pkcs15.generate(d.b, &spec, &spki), TMG_E_CARD);
		assert_non_null(strstr(d.b->fault.text, "broke off"));
		assert_int_equal(tmg_driver_pkcs15.generate(d.b, &spec, &spki), TMG_E_CARD);
		assert_non_null(strstr(d.b->fault.text, "6F00"));
		p15_done(&d);
	}
}

/* ---- paths in a circle --------------------------------------------------------------- */

#define ROUND_ODF "A00A300804063F0050155031" "A40A300804063F0050155031"
#define ROUND_CDF "3021300C0C06506572736F6E030206403003040145A10C300A300804063F0050" \
	"154402"

/* The ODF as two directories of itself, a certificate that is its directory: each is
 * read once, holds nothing, and is a certificate that is damaged. */
static void
paths_in_a_circle(void **state)
{
	static const tmg_script_row odf[] = {
		PROBE, FILE_AT("02", "5031", ROUND_ODF), INFO,
		FILE_AT("08", "50155031", ROUND_ODF),
		{ "00B00000", ROUND_ODF "9000", NULL }, { 0 },
	};
	static const tmg_script_row cdf[] = {
		PROBE, ODF, INFO, PRIVATE, FILE_AT("08", "50154402", ROUND_CDF),
		{ "00B00000", ROUND_CDF "9000", NULL }, { 0 },
	};
	tmg_out der = TMG_OUT(store);
	tmg_cert_facts facts;
	tmg_slot slots[8];
	p15_desk d;

	(void)state;
	p15_open(&d, odf);
	assert_int_equal(p15_slots(&d, slots), 0);
	p15_done(&d);
	p15_open(&d, cdf);
	assert_int_equal(p15_slots(&d, slots), 2);
	assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x45, &der), TMG_OK);
	assert_int_equal(tmg_cert_facts_get(tmg_out_view(&der), &facts), TMG_E_MALFORMED);
	p15_done(&d);
}

/* ---- two keys of one id ------------------------------------------------------------ */

#define PRIVATE_EC45 "A03A30150C094C6F67696E206B6579030206C0040101020101300F040145" \
	"0303072080030203B8020102A110300E300804063F0050154B0202020100"
#define PUBLIC_EC45 "A02F300F0C094C6F67696E206B657903020640300A040145030201020201" \
	"02A110300E300804063F005015450202020100"

/* An RSA key and one on a curve.  The row of the second goes, and its public half; the
 * first and what is its own stay.  No key is made or brought and no certificate written or
 * deleted while nobody knows which certificate is whose: refused, and nothing is sent. */
static void
two_keys_of_one_id(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT_APP, "6A82", NULL },
		{ SELECT_ISOAPPLET, "0006079000", NULL },
		FILE_AT("08", "50155031", P15_ODF FILLING),
		FILE_AT("08", "50155032", P15_INFO),
		FILE_AT("08", "50154404", P15_PIN P15_PUK P15_SO FILLING),
		{ VERIFY, "9000", NULL },
		FILE_AT("08", "50154400", P15_PRK_RSA PRIVATE_EC45 FILLING),
		FILE_AT("08", "50154402", P15_CERT P15_CA FILLING),
		FILE_AT("08", "50154401", PUBLIC_EC45 FILLING),
		{ "00A4080050154400", "9000", NULL },
		{ "00D6003B0000", "9000", NULL },
		{ "00A4080050154401", "9000", NULL },
		{ "00D600000000", "9000", NULL },
		FILE_AT("08", "50154403", FILLING),
		{ "00E400004502", "9000", NULL },
		{ 0 },
	};
	const tmg_keyspec spec = { .slot = 0x45, .alg = TMG_ALG_RSA2048 };
	tmg_out spki = TMG_OUT(store);
	tmg_slot slots[32];
	size_t n;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	p15_log_in(&d);
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 32, &n), TMG_OK);
	assert_string_equal(slots[1].name, "45~b");
	assert_int_equal(tmg_driver_pkcs15.generate(d.b, &spec, &spki),
	    TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_pkcs15.import(d.b, &spec, TMG_VIEW(store)),
	    TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_pkcs15.cert_write(d.b, 0x45, (tmg_view){ store, 9 }),
	    TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_pkcs15.cert_delete(d.b, 0x45), TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_pkcs15.key_delete(d.b, slots[1].ref), TMG_OK);
	assert_int_equal(d.p->content.key_count, 1);
	assert_int_equal(d.p->content.keys[0].family, TMG_FAMILY_RSA);
	p15_done(&d);
}

#define PUBLIC_EC46_1 "A02F300F0C094C6F67696E206B657903020640300A040146030201020201" \
	"01A110300E300804063F005015450102020100"

/* Two public halves of one id: the one that has the key's reference is looked into. */
static void
two_public_halves(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS,
		FILE_AT("08", "50154401", PUBLIC_EC46_1 P15_PUK_EC),
		{ "00A4080050154502", "6A82", NULL },
		{ 0 },
	};
	tmg_out spki = TMG_OUT(store);
	tmg_key_facts facts;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.facts(d.b, 0x46, &facts, &spki),
	    TMG_UNSUPPORTED);
	p15_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_damaged),
		cmocka_unit_test(what_a_pin_shows),
		cmocka_unit_test(what_stays_hidden_is_not_overwritten),
		cmocka_unit_test(who_guessed_is_not_taken_at_his_word),
		cmocka_unit_test(each_key_once),
		cmocka_unit_test(a_directory_that_nobody_reads),
		cmocka_unit_test(who_wanted_to_go_there_says_why),
		cmocka_unit_test(a_damaged_card_is_asked_again),
		cmocka_unit_test(what_was_not_seen_is_not_overwritten),
		cmocka_unit_test(paths_in_a_circle),
		cmocka_unit_test(two_keys_of_one_id),
		cmocka_unit_test(two_public_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
