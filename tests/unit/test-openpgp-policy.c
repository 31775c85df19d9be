/* SPDX-License-Identifier: BSD-2-Clause */
/* When a key of an OpenPGP card wants the PIN and a touch: shown and set. */
#include "tests/unit/openpgp-desk.h"

#include <stdio.h>

#define GET_6E "00CA006E"
#define DRV tmg_driver_openpgp
#define ADMIN { "002000833132333435363738", "9000", NULL }
#define POINT_P256 "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945" \
	"D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define PUBLIC_P256 "7F4943 8641 " POINT_P256 "9000"
#define AID_YUBICO "4F10D2760001240103 04 0006 12345678 0000"
#define THREE_KEYS "C1" P256_SIGN "C2" P256_AGREE "C3" P256_SIGN
#define UIF(sig, dec, aut) "D602" sig "20 D702" dec "20 D802" aut "20"

/* A card of that maker, with those capabilities, first PW status byte and flags. */
#define ABOUT(aid, caps, pw, uif) opgp_about(aid, CAPS(caps) THREE_KEYS PW(pw) \
	PRINTS KEYS("01", "01", "01") uif)

static uint8_t store[TMG_CERT_MAX];

static void
login(opgp_desk *d)
{
	d->b->due = 2;
	assert_int_equal(DRV.verify(d->b, TMG_PIN_ADMIN, tmg_view_str("12345678"),
	    NULL), TMG_OK);
}

static void
policies_are_shown(void **state)
{
	static const struct {
		const char *pw, *uif;
		uint32_t slot;
		tmg_pin_policy pin;
		tmg_touch_policy touch;
	} cases[] = {
		{ "00", UIF("00", "01", "02"), 1, TMG_PIN_ALWAYS, TMG_TOUCH_NEVER },
		{ "01", UIF("01", "00", "00"), 1, TMG_PIN_ONCE, TMG_TOUCH_ALWAYS },
		{ "00", UIF("00", "01", "02"), 2, TMG_PIN_ONCE, TMG_TOUCH_ALWAYS },
		{ "00", UIF("00", "01", "02"), 3, TMG_PIN_ONCE, TMG_TOUCH_ALWAYS },
		{ "00", UIF("03", "04", "05"), 1, TMG_PIN_ALWAYS, TMG_TOUCH_CACHED },
		{ "00", UIF("03", "04", "05"), 2, TMG_PIN_ONCE, TMG_TOUCH_CACHED },
		/* a value that nobody knows; flags of other lengths; none at all */
		{ "00", UIF("03", "04", "05"), 3, TMG_PIN_ONCE, TMG_TOUCH_UNKNOWN },
		{ "01", "D600", 1, TMG_PIN_ONCE, TMG_TOUCH_UNKNOWN },
		{ "01", "D603012000", 1, TMG_PIN_ONCE, TMG_TOUCH_UNKNOWN },
		{ "01", "D60101", 1, TMG_PIN_ONCE, TMG_TOUCH_UNKNOWN },
		{ "01", "", 1, TMG_PIN_ONCE, TMG_TOUCH_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_script_row rows[] = {
			PROBE, { GET_6E, NULL, NULL },
			{ "00478100*", PUBLIC_P256, NULL }, { 0 },
		};
		tmg_out spki = TMG_OUT(store);
		tmg_key_facts facts;
		char about[2048];
		opgp_desk d;

		snprintf(about, sizeof(about), CAPS("74") THREE_KEYS PW("%s") PRINTS
		    KEYS("01", "01", "01") "%s", cases[i].pw, cases[i].uif);
		rows[1].response = opgp_about(AID34, about);
		opgp_open(&d, rows);
		assert_int_equal(DRV.facts(d.b, cases[i].slot, &facts, &spki), TMG_OK);
		assert_int_equal(facts.pin, cases[i].pin);
		assert_int_equal(facts.touch, cases[i].touch);
		opgp_done(&d);
	}
}

/* What is so already is not written. */
static void
policies_are_set(void **state)
{
	static const struct {
		uint32_t slot;
		tmg_pin_policy pin;
		tmg_touch_policy touch;
		const char *put;	/* NULL: nothing */
	} cases[] = {
		{ 1, TMG_PIN_ALWAYS, TMG_TOUCH_UNKNOWN, "00DA00C400" },
		{ 1, TMG_PIN_ONCE, TMG_TOUCH_UNKNOWN, NULL },
		{ 1, TMG_PIN_UNKNOWN, TMG_TOUCH_ALWAYS, "00DA00D60120" },
		{ 1, TMG_PIN_UNKNOWN, TMG_TOUCH_CACHED, "00DA00D60320" },
		{ 1, TMG_PIN_ONCE, TMG_TOUCH_NEVER, NULL },
		{ 2, TMG_PIN_ONCE, TMG_TOUCH_NEVER, "00DA00D70020" },
		{ 2, TMG_PIN_UNKNOWN, TMG_TOUCH_ALWAYS, NULL },
		{ 3, TMG_PIN_UNKNOWN, TMG_TOUCH_ALWAYS, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE,
			{ GET_6E, ABOUT(AID_YUBICO, "74", "01", UIF("00", "01", "02")),
			    NULL },
			ADMIN,
			{ cases[i].put, "9000", NULL },
			{ 0 },
		};
		opgp_desk d;

		opgp_open(&d, rows);
		login(&d);
		assert_int_equal(DRV.key_policy(d.b, cases[i].slot, cases[i].pin,
		    cases[i].touch), TMG_OK);
		/* and once more: now it is so */
		assert_int_equal(DRV.key_policy(d.b, cases[i].slot, cases[i].pin,
		    cases[i].touch), TMG_OK);
		opgp_done(&d);
	}
}

static void
what_a_card_has_not_is_not_asked_of_it(void **state)
{
	static const struct {
		const char *aid, *caps, *uif;
		uint32_t slot;
		tmg_pin_policy pin;
		tmg_touch_policy touch;
		tmg_rc rc;
	} cases[] = {
		/* no flags; Yubico's on another's card; fixed */
		{ AID34, "74", "", 1, 0, TMG_TOUCH_ALWAYS, TMG_UNSUPPORTED },
		{ AID34, "74", "", 1, 0, TMG_TOUCH_NEVER, TMG_UNSUPPORTED },
		{ AID34, "74", UIF("00", "00", "00"), 1, 0, TMG_TOUCH_CACHED,
		    TMG_UNSUPPORTED },
		{ AID34, "74", UIF("00", "00", "02"), 3, 0, TMG_TOUCH_NEVER,
		    TMG_DENIED },
		{ AID_YUBICO, "74", UIF("00", "04", "02"), 2, 0, TMG_TOUCH_ALWAYS,
		    TMG_DENIED },
		/* the PIN: what is not the signature key's, never, no choice */
		{ AID34, "74", "", 2, TMG_PIN_ALWAYS, 0, TMG_UNSUPPORTED },
		{ AID34, "74", "", 3, TMG_PIN_NEVER, 0, TMG_UNSUPPORTED },
		{ AID34, "74", "", 1, TMG_PIN_NEVER, 0, TMG_UNSUPPORTED },
		{ AID34, "64", "", 1, TMG_PIN_ALWAYS, 0, TMG_UNSUPPORTED },
		{ AID34, "74", "", 7, TMG_PIN_ONCE, 0, TMG_NOT_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_script_row rows[] = {
			PROBE, { GET_6E, NULL, NULL }, ADMIN, { 0 },
		};
		char about[2048];
		opgp_desk d;

		snprintf(about, sizeof(about), CAPS("%s") THREE_KEYS PW("01") PRINTS
		    KEYS("01", "01", "01") "%s", cases[i].caps, cases[i].uif);
		rows[1].response = opgp_about(cases[i].aid, about);
		opgp_open(&d, rows);
		login(&d);
		assert_int_equal(DRV.key_policy(d.b, cases[i].slot, cases[i].pin,
		    cases[i].touch), cases[i].rc);
		opgp_done(&d);
	}
}

/* The flag is written behind the key, whatever stood there for the one before. */
static void
a_new_key_has_the_policies_it_was_asked_for(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ GET_6E, ABOUT(AID_YUBICO, "74", "01", UIF("01", "00", "00")), NULL },
		ADMIN,
		{ "00478000B600", PUBLIC_P256, NULL },
		{ "00DA00C7*", "9000", NULL },
		{ "00DA00CE*", "9000", NULL },
		{ "00DA00C400", "9000", NULL },
		{ "00DA00D60120", "9000", NULL },
		{ 0 },
	};
	const tmg_keyspec spec = { 1, TMG_ALG_P256, TMG_PIN_ALWAYS, TMG_TOUCH_ALWAYS };
	tmg_out spki = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d);
	assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_OK);
	opgp_done(&d);
}

static void
a_refusal_is_told(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ GET_6E, ABOUT(AID34, "74", "01", UIF("00", "00", "00")), NULL },
		ADMIN,
		{ "00DA00D60120", "6985", NULL },
		{ 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d);
	assert_int_equal(DRV.key_policy(d.b, 1, TMG_PIN_UNKNOWN, TMG_TOUCH_ALWAYS),
	    TMG_DENIED);
	assert_non_null(strstr(d.b->fault.text, "rules do not allow"));
	opgp_done(&d);
}

static void
without_the_admin_nothing_is_asked(void **state)
{
	const tmg_script_row rows[] = { PROBE, { 0 } };
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.key_policy(d.b, 1, TMG_PIN_ONCE, TMG_TOUCH_NEVER),
	    TMG_LOGIN);
	opgp_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_shown),
		cmocka_unit_test(policies_are_set),
		cmocka_unit_test(what_a_card_has_not_is_not_asked_of_it),
		cmocka_unit_test(a_new_key_has_the_policies_it_was_asked_for),
		cmocka_unit_test(a_refusal_is_told),
		cmocka_unit_test(without_the_admin_nothing_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
