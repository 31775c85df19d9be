/* SPDX-License-Identifier: BSD-2-Clause */
/* Attestations of a YubiKey's OpenPGP keys, and the certificate that lay there. */
#include "tests/unit/openpgp-desk.h"

#include <stdio.h>

#define GET_6E "00CA006E"
#define DRV tmg_driver_openpgp
#define AID_YUBICO "4F10D2760001240103 04 0006 12345678 0000"
#define KEYS_AND_ATT(aut) "DE08 0101 0201 03" aut "8101"
#define ABOUT(aid, att, aut) opgp_about(aid, CAPS("74") "C1" P256_SIGN "C2" \
	P256_AGREE "C3" P256_SIGN att PW("01") PRINTS KEYS_AND_ATT(aut))
#define ATT "DA" P256_SIGN
#define SIGN { "00200081313233343536", "9000", NULL }
#define ADMIN { "002000833132333435363738", "9000", NULL }
#define CHOOSE { "00A500046004 5C027F21", "9000", NULL }
#define MINE "3003020101"
#define STATEMENT "3003020102"

static uint8_t store[TMG_CERT_MAX];

static void
login(opgp_desk *d, tmg_pin_kind kind)
{
	d->b->due = 1;
	assert_int_equal(DRV.verify(d->b, kind, tmg_view_str(kind == TMG_PIN_ADMIN
	    ? "12345678" : "123456"), NULL), TMG_OK);
}

/* The five commands of a statement about the authentication key. */
enum { FIRST = 4, CUT_MAX = 5 };

static void
script(tmg_script_row *rows, const char *mine)
{
	const tmg_script_row all[] = {
		PROBE, SIGN, ADMIN, { GET_6E, ABOUT(AID_YUBICO, ATT, "01"), NULL },
		{ "00CA7F21", mine[0] != '\0' ? MINE "9000" : "9000", NULL },
		{ "80FB0300", "9000", NULL },
		CHOOSE,
		{ "00CA7F21", STATEMENT "9000", NULL },
		{ mine[0] != '\0' ? "00DA7F21" MINE : "00DA7F21", "9000", NULL },
		{ 0 },
	};

	memcpy(rows, all, sizeof(all));
}

static void
opened(opgp_desk *d, const tmg_script_row *rows)
{
	opgp_open(d, rows);
	d->p->kdf_known = true;
	login(d, TMG_PIN_USER);
	login(d, TMG_PIN_ADMIN);
}

static void
what_lay_there_is_put_back(void **state)
{
	static const char *const mine[] = { MINE, "" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(mine); i++) {
		tmg_out der = TMG_OUT(store);
		tmg_script_row rows[10];
		opgp_desk d;

		script(rows, mine[i]);
		opened(&d, rows);
		assert_int_equal(DRV.attest(d.b, 3, &der), TMG_OK);
		assert_int_equal(der.len, 5);
		assert_int_equal(store[4], 2);
		opgp_done(&d);
	}
}

/* Pulled out at each command: told as that, and nothing more is sent. */
static void
a_card_may_be_pulled_out_at_each_command(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < CUT_MAX; cut++) {
		tmg_out der = TMG_OUT(store);
		tmg_script_row rows[10];
		opgp_desk d;

		script(rows, MINE);
		rows[FIRST + cut].response = "removed";
		rows[FIRST + cut + 1] = (tmg_script_row){ 0 };
		opened(&d, rows);
		assert_int_equal(DRV.attest(d.b, 3, &der), TMG_REMOVED);
		opgp_done(&d);
	}
}

static void
a_certificate_that_does_not_come_back_is_told_of(void **state)
{
	tmg_out der = TMG_OUT(store);
	tmg_script_row rows[10];
	opgp_desk d;

	(void)state;
	script(rows, MINE);
	rows[FIRST + 4].response = "6A84";
	opened(&d, rows);
	assert_int_equal(DRV.attest(d.b, 3, &der), TMG_DENIED);
	assert_non_null(strstr(d.b->fault.text, "install that again"));
	opgp_done(&d);
}

/* What the card says instead of a statement; what lay there still lies there. */
static void
refusals_are_told(void **state)
{
	static const struct {
		const char *sw;
		tmg_rc rc;
	} cases[] = {
		{ "6A80", TMG_UNSUPPORTED }, { "6D00", TMG_UNSUPPORTED },
		{ "6E00", TMG_UNSUPPORTED }, { "6A88", TMG_NOT_FOUND },
		{ "6982", TMG_LOGIN }, { "6985", TMG_DENIED }, { "6F00", TMG_E_CARD },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_out der = TMG_OUT(store);
		tmg_script_row rows[10];
		opgp_desk d;

		script(rows, MINE);
		rows[FIRST + 1].response = cases[i].sw;
		rows[FIRST + 2] = (tmg_script_row){ 0 };
		opened(&d, rows);
		assert_int_equal(DRV.attest(d.b, 3, &der), cases[i].rc);
		opgp_done(&d);
	}
}

/* A statement that is no certificate is none, and what lay there comes back. */
static void
a_statement_that_cannot_be_read_is_refused(void **state)
{
	static const char *const lies[] = { "9000", "30050201029000", "FF9000" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(lies); i++) {
		tmg_out der = TMG_OUT(store);
		tmg_script_row rows[10];
		opgp_desk d;

		script(rows, MINE);
		rows[FIRST + 3].response = lies[i];
		opened(&d, rows);
		assert_int_equal(DRV.attest(d.b, 3, &der),
		    i == 0 ? TMG_NOT_FOUND : TMG_E_MALFORMED);
		opgp_done(&d);
	}
}

static void
who_cannot_attest_is_not_asked(void **state)
{
	static const struct {
		const char *aid, *att, *aut;
		uint32_t slot;
		tmg_rc rc;
	} cases[] = {
		{ AID34, ATT, "01", 3, TMG_UNSUPPORTED },
		{ AID_YUBICO, "", "01", 3, TMG_UNSUPPORTED },
		{ AID_YUBICO, ATT, "00", 3, TMG_NOT_FOUND },
		{ AID_YUBICO, ATT, "02", 3, TMG_UNSUPPORTED },
		{ AID_YUBICO, ATT, "01", 0x81, TMG_UNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		char objects[1024];
		tmg_script_row rows[] = {
			PROBE, SIGN, ADMIN, { GET_6E, NULL, NULL }, { 0 },
		};
		tmg_out der = TMG_OUT(store);
		opgp_desk d;

		snprintf(objects, sizeof(objects), CAPS("74") "C1" P256_SIGN "C2"
		    P256_AGREE "C3" P256_SIGN "%s" PW("01") PRINTS KEYS_AND_ATT("%s"),
		    cases[i].att, cases[i].aut);
		rows[3].response = opgp_about(cases[i].aid, objects);
		opened(&d, rows);
		assert_int_equal(DRV.attest(d.b, cases[i].slot, &der), cases[i].rc);
		opgp_done(&d);
	}
}

/* PW1 as for signatures and PW3 are both wanted before anything is sent. */
static void
both_logins_are_wanted(void **state)
{
	(void)state;
	for (int user = 0; user < 2; user++) {
		const tmg_script_row sign[] = {
			PROBE, SIGN, { GET_6E, ABOUT(AID_YUBICO, ATT, "01"), NULL }, { 0 },
		};
		const tmg_script_row admin[] = {
			PROBE, { GET_6E, ABOUT(AID_YUBICO, ATT, "01"), NULL }, ADMIN, { 0 },
		};
		tmg_out der = TMG_OUT(store);
		opgp_desk d;

		opgp_open(&d, user ? sign : admin);
		d.p->kdf_known = user;
		login(&d, user ? TMG_PIN_USER : TMG_PIN_ADMIN);
		assert_int_equal(DRV.attest(d.b, 3, &der), TMG_LOGIN);
		opgp_done(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lay_there_is_put_back),
		cmocka_unit_test(a_card_may_be_pulled_out_at_each_command),
		cmocka_unit_test(a_certificate_that_does_not_come_back_is_told_of),
		cmocka_unit_test(refusals_are_told),
		cmocka_unit_test(a_statement_that_cannot_be_read_is_refused),
		cmocka_unit_test(who_cannot_attest_is_not_asked),
		cmocka_unit_test(both_logins_are_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
