/* SPDX-License-Identifier: BSD-2-Clause */
/* The application, its name, its keys and certificates; other programs on the
 * same card; how many commands each takes. */
#include "tests/unit/openpgp-desk.h"

#include "src/codec/hex.h"

#define POINT_P256 "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945" \
	"D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define PUBLIC_P256 "7F4943 8641 " POINT_P256 "9000"
#define CERT "3003020101"
#define GET_6E "00CA006E"
#define GET_F9 "00CA00F9"
#define CHOOSE(n) "00A5" n "0460045C027F21"
#define GET_CERT "00CA7F21"
#define GET_NEXT "00CC7F21"
#define SIGNATURE "0100000000000000000000000000000000000000000000000000000000000001" \
	"0200000000000000000000000000000000000000000000000000000000000002"
#define DIGEST "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"

static const uint8_t digest[32] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
	0xcc, 0xdd, 0xee, 0xff, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};
static const tmg_sign_spec ecdsa = { .scheme = TMG_SIGN_ECDSA };
static uint8_t store[TMG_CERT_MAX];

static void
probing_is_one_command(void **state)
{
	(void)state;
	probe_refused(&tmg_driver_openpgp, SELECT);
}

/* ATRs of an OpenPGP card 3.3, of a Gnuk, of a YubiKey, of a PIV card, and cut off. */
static void
the_atr_is_a_hint(void **state)
{
	static const struct {
		const char *atr;
		bool likely;
	} cases[] = {
		{ "3BDA18FF81B1FE751F030031F573C001600090001C", true },
		{ "3BDA11FF81B1FE551F0300318473800180009000E4", true },
		{ "3BFD1300008131FE158073C021C057597562694B657940", false },
		{ "3B80800101", false },
		{ "3BDA18FF81B1FE751F030031F573C0016000", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		uint8_t bytes[TMG_ATR_MAX];
		tmg_out o = TMG_OUT(bytes);

		assert_int_equal(tmg_hex_parse(tmg_view_str(cases[i].atr), &o),
		    TMG_OK);
		assert_int_equal(tmg_driver_openpgp.likely(tmg_out_view(&o)),
		    cases[i].likely);
	}
}

static void
the_name_is_in_the_aid(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ "00CA00FA", "FA2C C1" RSA2048 "C1" P256_SIGN "C2" X25519
		    "C3" ED25519 "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(tmg_driver_openpgp.identify(d.b), TMG_OK);
	assert_int_equal(d.b->info.algs, 1u << TMG_ALG_RSA2048 |
	    1u << TMG_ALG_P256 | 1u << TMG_ALG_X25519 | 1u << TMG_ALG_ED25519);
	assert_true(d.b->info.can & TMG_CAN_IMPORT);
	assert_true(d.b->info.can & TMG_CAN_RANDOM);
	assert_string_equal(d.b->info.label, "OpenPGP-12345678");
	assert_string_equal(d.b->info.serial, "F51712345678");
	assert_string_equal(d.b->info.manufacturer, "FSIJ");
	assert_int_equal(d.b->info.pins[TMG_PIN_USER].max, 32);
	assert_int_equal(d.b->info.pins[TMG_PIN_USER].min, 6);
	assert_true(d.b->info.algs & 1u << TMG_ALG_P256);
	opgp_done(&d);
}

static void
take_facts(opgp_desk *d, uint32_t ref, tmg_rc rc, tmg_key_facts *facts)
{
	tmg_out spki = TMG_OUT(store);

	assert_int_equal(tmg_driver_openpgp.facts(d->b, ref, facts, &spki), rc);
	if (rc == TMG_OK)
		assert_true(spki.len > 64);
}

/* Slots and what is in them; how many. */
static size_t
survey(opgp_desk *d, tmg_slot slots[8])
{
	size_t count;

	assert_int_equal(tmg_driver_openpgp.slots(d->b, slots, 8, &count), TMG_OK);
	assert_int_equal(tmg_driver_openpgp.survey(d->b, slots, count), TMG_OK);
	return count;
}

/* SELECT, 6E, two public keys, three certificates: seven. */
static void
a_list_asks_nothing_twice(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ GET_6E, opgp_about(AID34, CAPS("74") "C1" P256_SIGN "C2"
		    P256_AGREE "C3" P256_SIGN PW("00") PRINTS
		    KEYS("01", "00", "02") "D60201 20 D80203 20"), NULL },
		{ "00478100B600", PUBLIC_P256, NULL },
		{ "00478100A400", PUBLIC_P256, NULL },
		{ GET_CERT, CERT "9000", NULL },
		{ 0 },
	};
	tmg_key_facts facts;
	tmg_slot slots[8];
	tmg_out der = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(survey(&d, slots), 4);
	assert_false(slots[3].held);
	take_facts(&d, 1, TMG_OK, &facts);
	assert_int_equal(facts.alg, TMG_ALG_P256);
	assert_int_equal(facts.pin, TMG_PIN_ALWAYS);
	assert_int_equal(facts.touch, TMG_TOUCH_ALWAYS);
	assert_int_equal(facts.origin, TMG_ORIGIN_GENERATED);
	take_facts(&d, 2, TMG_NOT_FOUND, &facts);
	take_facts(&d, 3, TMG_OK, &facts);
	assert_int_equal(facts.pin, TMG_PIN_ONCE);
	assert_int_equal(facts.touch, TMG_TOUCH_CACHED);
	assert_int_equal(facts.origin, TMG_ORIGIN_IMPORTED);
	assert_int_equal(tmg_driver_openpgp.cert_read(d.b, 3, &der), TMG_OK);
	assert_int_equal(der.len, 5);
	opgp_done(&d);
}

static void
each_key_has_its_certificate(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ CHOOSE("02"), "9000", NULL },
		{ GET_CERT, CERT "9000", NULL },
		{ CHOOSE("01"), "9000", NULL },
		{ GET_CERT, "9000", NULL },
		{ CHOOSE("00"), "9000", NULL },
		{ GET_CERT, "6A88", NULL },
		{ "00CA00FC", "6A88", NULL },
		{ 0 },
	};
	static const struct {
		uint32_t ref;
		tmg_rc rc;
	} cases[] = {
		{ 1, TMG_OK }, { 2, TMG_NOT_FOUND }, { 3, TMG_NOT_FOUND },
		{ 0x81, TMG_NOT_FOUND },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_out der = TMG_OUT(store);

		assert_int_equal(tmg_driver_openpgp.cert_read(d.b, cases[i].ref,
		    &der), cases[i].rc);
	}
	opgp_done(&d);
}

static void
read_certs(opgp_desk *d, const uint32_t *refs, size_t n, tmg_rc rc)
{
	for (size_t i = 0; i < n; i++) {
		tmg_out der = TMG_OUT(store);

		assert_int_equal(tmg_driver_openpgp.cert_read(d->b, refs[i], &der),
		    rc);
	}
}

static const uint32_t upwards[] = { 3, 2, 1 };

/* Who asks for aut, dec and sig in that order needs no SELECT DATA: 7.2.7. */
static void
certificates_are_read_on(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ GET_CERT, CERT "9000", NULL },
		{ GET_NEXT, CERT "9000", NULL },
		{ GET_NEXT, CERT "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_true(d.b->info.last_first);
	read_certs(&d, upwards, TMG_COUNT(upwards), TMG_OK);
	opgp_done(&d);
}

/* A command in between, and nobody knows what the next one would be. */
static void
reading_on_is_without_anything_between(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ GET_CERT, CERT "9000", NULL },
		{ GET_6E, ABOUT_P256, NULL },
		{ CHOOSE("01"), "9000", NULL },
		{ GET_CERT, CERT "9000", NULL },
		{ 0 },
	};
	tmg_slot slots[8];
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	read_certs(&d, upwards, 1, TMG_OK);
	survey(&d, slots);
	read_certs(&d, upwards + 1, 1, TMG_OK);
	opgp_done(&d);
}

static void
a_card_that_cannot_read_on_is_asked_once(void **state)
{
	static const char *const refusals[] = { "6D00", "6A88", "6985" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(refusals); i++) {
		const tmg_script_row rows[] = {
			PROBE,
			{ GET_CERT, CERT "9000", NULL },
			{ GET_NEXT, refusals[i], NULL },
			{ CHOOSE("01"), "9000", NULL },
			{ GET_CERT, CERT "9000", NULL },
			{ CHOOSE("02"), "9000", NULL },
			{ GET_CERT, CERT "9000", NULL },
			{ 0 },
		};
		opgp_desk d;

		opgp_open(&d, rows);
		read_certs(&d, upwards, TMG_COUNT(upwards), TMG_OK);
		opgp_done(&d);
	}
}

static void
version_2_has_one_certificate(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ GET_6E, opgp_about(AID21, CAPS("74") "C1" RSA2048 "C2" RSA2048
		    "C3" RSA2048 PW("00") NO_PRINTS), NULL },
		{ GET_CERT, CERT "9000", NULL },
		{ 0 },
	};
	tmg_slot slots[8];
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	survey(&d, slots);
	read_certs(&d, upwards + 1, 2, TMG_NOT_FOUND);
	read_certs(&d, upwards, 1, TMG_OK);
	opgp_done(&d);
}

/* Whoever did not ask for its version finds out by the refusal, once. */
static void
a_card_of_one_certificate_refuses_to_choose(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ CHOOSE("01"), "6D00", NULL },
		{ GET_CERT, CERT "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	read_certs(&d, upwards + 1, 2, TMG_NOT_FOUND);
	read_certs(&d, upwards, 1, TMG_OK);
	opgp_done(&d);
}

static void
admin(opgp_desk *d, uint32_t slot)
{
	d->b->due = slot;
	assert_int_equal(tmg_driver_openpgp.verify(d->b, TMG_PIN_ADMIN,
	    tmg_view_str("12345678"), NULL), TMG_OK);
}

/* SELECT, the KDF object, VERIFY and PUT DATA; another certificate than that of aut
 * is chosen first (7.2.5). */
static void
a_certificate_is_written_with_four_commands(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_F9, "6A88", NULL },
		{ "002000833132333435363738", "9000", NULL },
		{ "00DA7F21" CERT, "9000", NULL },
		{ CHOOSE("02"), "9000", NULL },
		{ "00DA7F21" CERT, "9000", NULL },
		{ 0 },
	};
	static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	admin(&d, 0);
	assert_int_equal(tmg_driver_openpgp.cert_write(d.b, 3, TMG_VIEW(der)),
	    TMG_OK);
	assert_int_equal(d.b->ch->apdus, 4);
	assert_int_equal(tmg_driver_openpgp.cert_write(d.b, 1, TMG_VIEW(der)),
	    TMG_OK);
	opgp_done(&d);
}

static void
login(opgp_desk *d, uint32_t slot)
{
	d->b->due = slot;
	assert_int_equal(tmg_driver_openpgp.verify(d->b, TMG_PIN_USER,
	    tmg_view_str("123456"), NULL), TMG_OK);
	assert_int_equal(tmg_driver_openpgp.logged_in(d->b, TMG_PIN_USER), TMG_OK);
}

static void
sign(opgp_desk *d, uint32_t slot, tmg_rc rc)
{
	tmg_out sig = TMG_OUT(store);

	assert_int_equal(tmg_driver_openpgp.sign(d->b, slot, TMG_ALG_P256, &ecdsa,
	    TMG_VIEW(digest), &sig), rc);
	if (rc == TMG_OK)
		assert_int_equal(store[0], 0x30);
}

/* SELECT, 6E, VERIFY and the signature: four; a hundred more are a hundred. */
static void
a_cold_signature_is_four_commands(void **state)
{
	tmg_script_row rows[110] = {
		PROBE, { GET_F9, "6A88", NULL },
		{ "00200081313233343536", "9000", NULL },
	};
	opgp_desk d;

	(void)state;
	for (size_t i = 3; i < 105; i++)
		rows[i] = (tmg_script_row){ "002A9E9A" DIGEST, SIGNATURE "9000", NULL };
	rows[4] = (tmg_script_row){ GET_6E, ABOUT_P256, NULL };
	opgp_open(&d, rows);
	login(&d, 1);
	sign(&d, 1, TMG_OK);
	assert_int_equal(d.b->ch->apdus, 4);
	for (size_t i = 0; i < 100; i++)
		sign(&d, 1, TMG_OK);
	assert_int_equal(d.b->ch->apdus, 105);
	opgp_done(&d);
}

static void
one_signature_spends_a_login_for_one(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_F9, "6A88", NULL },
		{ "00200081313233343536", "9000", NULL },
		{ "002A9E9A" DIGEST, SIGNATURE "9000", NULL },
		{ GET_6E, opgp_about(AID34, CAPS("74") "C1" P256_SIGN "C2"
		    P256_AGREE "C3" P256_SIGN PW("00") PRINTS), NULL },
		{ "00200081313233343536", "9000", NULL },
		{ "002A9E9A" DIGEST, SIGNATURE "9000", NULL },
		{ "00200082313233343536", "9000", NULL },
		{ "00880000" DIGEST, SIGNATURE "9000", NULL },
		{ "00880000" DIGEST, SIGNATURE "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, 1);
	sign(&d, 1, TMG_OK);
	sign(&d, 1, TMG_LOGIN);		/* nobody knew until now */
	login(&d, 1);
	sign(&d, 1, TMG_OK);
	assert_int_equal(tmg_driver_openpgp.logged_in(d.b, TMG_PIN_USER),
	    TMG_LOGIN);
	login(&d, 3);
	sign(&d, 3, TMG_OK);
	sign(&d, 3, TMG_OK);
	opgp_done(&d);
}

/* After a pause the application is selected anew, so that nobody knows what a login
 * is good for; but each is good for one signature. */
static void
a_login_is_good_for_one_signature(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_F9, "6A88", NULL },
		{ "00200081313233343536", "9000", NULL },
		{ "002A9E9A" DIGEST, SIGNATURE "9000", NULL },
		{ "00200081313233343536", "9000", NULL },
		{ "002A9E9A" DIGEST, SIGNATURE "9000", NULL },
		{ GET_6E, opgp_about(AID34, CAPS("74") "C1" P256_SIGN "C2"
		    P256_AGREE "C3" P256_SIGN PW("00") PRINTS), NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	for (size_t i = 0; i < 2; i++) {
		login(&d, 1);
		sign(&d, 1, TMG_OK);
	}
	sign(&d, 1, TMG_LOGIN);
	opgp_done(&d);
}

/* Nobody said for which key: both logins. */
static void
a_login_for_no_key_opens_all(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ "00200082313233343536", "9000", NULL },
		{ "00200081313233343536", "9000", NULL },
		{ "0020FF81", "9000", NULL },
		{ "0020FF82", "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, 0);
	assert_int_equal(tmg_driver_openpgp.logout(d.b), TMG_OK);
	assert_int_equal(tmg_driver_openpgp.logged_in(d.b, TMG_PIN_USER),
	    TMG_LOGIN);
	opgp_done(&d);
}

static void
the_other_application_ends_the_login(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_F9, "6A88", NULL },
		{ "00200081313233343536", "9000", NULL },
		{ "002A9E9A" DIGEST, "6D00", NULL },
		{ SELECT, "9000", NULL },
		{ "002A9E9A" DIGEST, "6982", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, 1);
	sign(&d, 1, TMG_LOGIN);
	assert_int_equal(tmg_driver_openpgp.logged_in(d.b, TMG_PIN_USER),
	    TMG_LOGIN);
	opgp_done(&d);
}

static void
nothing_is_sent_to_another_drivers_application(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ "00CA00FA", "6A88", NULL },
		{ SELECT, "9000", NULL },
		{ GET_F9, "6A88", NULL },
		{ "00200081313233343536", "9000", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(tmg_driver_openpgp.identify(d.b), TMG_OK);
	d.b->ch->aid[0] = 0xa0;		/* PIV was selected */
	login(&d, 1);
	opgp_done(&d);
}

static void
a_terminated_card_says_so(void **state)
{
	const tmg_script_row rows[] = {
		{ SELECT, "6285", NULL }, { GET_CERT, "6985", NULL }, { 0 },
	};
	tmg_out der = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(tmg_driver_openpgp.cert_read(d.b, 3, &der),
	    TMG_NOT_FOUND);
	opgp_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probing_is_one_command),
		cmocka_unit_test(the_atr_is_a_hint),
		cmocka_unit_test(the_name_is_in_the_aid),
		cmocka_unit_test(a_list_asks_nothing_twice),
		cmocka_unit_test(each_key_has_its_certificate),
		cmocka_unit_test(certificates_are_read_on),
		cmocka_unit_test(reading_on_is_without_anything_between),
		cmocka_unit_test(a_card_that_cannot_read_on_is_asked_once),
		cmocka_unit_test(version_2_has_one_certificate),
		cmocka_unit_test(a_card_of_one_certificate_refuses_to_choose),
		cmocka_unit_test(a_certificate_is_written_with_four_commands),
		cmocka_unit_test(a_cold_signature_is_four_commands),
		cmocka_unit_test(one_signature_spends_a_login_for_one),
		cmocka_unit_test(a_login_is_good_for_one_signature),
		cmocka_unit_test(a_login_for_no_key_opens_all),
		cmocka_unit_test(the_other_application_ends_the_login),
		cmocka_unit_test(nothing_is_sent_to_another_drivers_application),
		cmocka_unit_test(a_terminated_card_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
