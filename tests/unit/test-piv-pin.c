/* SPDX-License-Identifier: BSD-2-Clause */
/* PIN, PUK and management key: exact commands, every status word. */
#include "tests/unit/piv-desk.h"

#define VERIFY_123456 "00200080313233343536FFFF"
#define PIN "123456"

typedef tmg_rc action(piv_desk *d, int *tries);

static tmg_rc
do_verify(piv_desk *d, int *tries)
{
	return tmg_driver_piv.verify(d->b, TMG_PIN_USER, tmg_view_str(PIN), tries);
}

static tmg_rc
do_change(piv_desk *d, int *tries)
{
	return tmg_driver_piv.change(d->b, TMG_PIN_USER, tmg_view_str(PIN),
	    tmg_view_str("87654321"), tries);
}

static tmg_rc
do_change_puk(piv_desk *d, int *tries)
{
	return tmg_driver_piv.change(d->b, TMG_PIN_PUK, tmg_view_str("12345678"),
	    tmg_view_str("puk-puk!"), tries);
}

static tmg_rc
do_unblock(piv_desk *d, int *tries)
{
	return tmg_driver_piv.unblock(d->b, tmg_view_str("12345678"),
	    tmg_view_str(PIN), tries);
}

static tmg_rc
do_tries(piv_desk *d, int *tries)
{
	return tmg_driver_piv.tries(d->b, TMG_PIN_USER, tries);
}

static tmg_rc
do_tries_puk(piv_desk *d, int *tries)
{
	return tmg_driver_piv.tries(d->b, TMG_PIN_PUK, tries);
}

static tmg_rc
do_factory_pin(piv_desk *d, int *tries)
{
	(void)tries;
	return tmg_driver_piv.factory(d->b, TMG_PIN_USER);
}

static tmg_rc
do_factory_puk(piv_desk *d, int *tries)
{
	(void)tries;
	return tmg_driver_piv.factory(d->b, TMG_PIN_PUK);
}

static tmg_rc
do_verify_typed(piv_desk *d, int *tries)
{
	return tmg_driver_piv.verify_typed(d->b, TMG_PIN_USER, tries);
}

static tmg_rc
do_change_typed(piv_desk *d, int *tries)
{
	return tmg_driver_piv.change_typed(d->b, TMG_PIN_USER, tries);
}

/* SP 800-73-4 part 2: blocks of 8, filled with FF; one, or the old and the new */
#define TYPED "00200080 504144 00 08 00 00 06 08 FFFFFFFFFFFFFFFF"
#define TYPED_CHANGE "00240080 504144 01 08 00 08 06 08 " \
	"FFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF"
#define CHANGE "00240080313233343536FFFF3837363534333231"
#define CHANGE_PUK "0024008131323334353637387075 6B2D70756B21"
#define UNBLOCK "002C00803132333435363738313233343536FFFF"

/* One command, one status word, one verdict. */
static const struct {
	action *act;
	const char *command, *sw;
	tmg_rc rc;
	int tries;
} verdicts[] = {
	{ do_verify, VERIFY_123456, "9000", TMG_OK, -1 },
	{ do_verify, VERIFY_123456, "63C2", TMG_PIN_WRONG, 2 },
	{ do_verify, VERIFY_123456, "63CF", TMG_PIN_WRONG, 15 },
	{ do_verify, VERIFY_123456, "63C0", TMG_PIN_LOCKED, 0 },
	{ do_verify, VERIFY_123456, "6983", TMG_PIN_LOCKED, 0 },
	{ do_verify, VERIFY_123456, "6A80", TMG_DENIED, -1 },
	{ do_verify, VERIFY_123456, "6A81", TMG_UNSUPPORTED, -1 },
	{ do_verify, VERIFY_123456, "6985", TMG_DENIED, -1 },
	{ do_verify, VERIFY_123456, "6700", TMG_DENIED, -1 },
	{ do_verify, VERIFY_123456, "6F00", TMG_E_CARD, -1 },
	{ do_verify, VERIFY_123456, "removed", TMG_REMOVED, -1 },
	{ do_verify, VERIFY_123456, "reset", TMG_RESET, -1 },
	{ do_verify, VERIFY_123456, "io", TMG_E_IO, -1 },
	{ do_verify_typed, TYPED, "9000", TMG_OK, -1 },
	{ do_verify_typed, TYPED, "63C2", TMG_PIN_WRONG, 2 },
	{ do_verify_typed, TYPED, "6983", TMG_PIN_LOCKED, 0 },
	{ do_verify_typed, TYPED, "cancelled", TMG_CANCELLED, -1 },
	{ do_verify_typed, TYPED, "denied", TMG_DENIED, -1 },
	{ do_verify_typed, TYPED, "unsupported", TMG_UNSUPPORTED, -1 },
	{ do_verify_typed, TYPED, "removed", TMG_REMOVED, -1 },
	{ do_verify_typed, TYPED, "reset", TMG_RESET, -1 },
	{ do_change_typed, TYPED_CHANGE, "9000", TMG_OK, -1 },
	{ do_change_typed, TYPED_CHANGE, "63C1", TMG_PIN_WRONG, 1 },
	{ do_change_typed, TYPED_CHANGE, "6983", TMG_PIN_LOCKED, 0 },
	{ do_change_typed, TYPED_CHANGE, "6985", TMG_DENIED, -1 },
	{ do_change_typed, TYPED_CHANGE, "cancelled", TMG_CANCELLED, -1 },
	{ do_change, CHANGE, "9000", TMG_OK, -1 },
	{ do_change, CHANGE, "63C1", TMG_PIN_WRONG, 1 },
	{ do_change, CHANGE, "6983", TMG_PIN_LOCKED, 0 },
	{ do_change, CHANGE, "6A80", TMG_DENIED, -1 },
	{ do_change, CHANGE, "6985", TMG_DENIED, -1 },
	{ do_change_puk, CHANGE_PUK, "9000", TMG_OK, -1 },
	{ do_change_puk, CHANGE_PUK, "63C2", TMG_PIN_WRONG, 2 },
	{ do_change_puk, CHANGE_PUK, "6983", TMG_PIN_LOCKED, 0 },
	{ do_unblock, UNBLOCK, "9000", TMG_OK, -1 },
	{ do_unblock, UNBLOCK, "63C2", TMG_PIN_WRONG, 2 },
	{ do_unblock, UNBLOCK, "6983", TMG_PIN_LOCKED, 0 },
	{ do_unblock, UNBLOCK, "6A80", TMG_DENIED, -1 },
	{ do_tries, "00200080", "63C3", TMG_OK, 3 },
	{ do_tries, "00200080", "63C0", TMG_OK, 0 },
	{ do_tries, "00200080", "6983", TMG_OK, 0 },
	{ do_tries, "00200080", "removed", TMG_REMOVED, -1 },
};

static void
status_words_become_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(verdicts); i++) {
		const tmg_script_row row = { verdicts[i].command, verdicts[i].sw, NULL };
		const tmg_script_row puk[] = { PROBE, row, { 0 } };
		const tmg_script_row pin[] = { PROBE, NO_DISCOVERY, row, { 0 } };
		const bool is_pin = strncmp(row.command + 6, "80", 2) == 0;
		piv_desk d;
		int tries = 77;

		piv_open(&d, is_pin ? pin : puk);
		assert_int_equal(verdicts[i].act(&d, &tries), verdicts[i].rc);
		assert_int_equal(tries, verdicts[i].tries);
		if (verdicts[i].rc != TMG_OK)
			assert_true(d.b->fault.text[0] != '\0');
		piv_done(&d);
	}
}

/* Who gives up on the keypad is as logged in as before; what another program's
 * application got is not typed twice. */
static void
a_keypad_that_sends_nothing_changes_nothing(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, NO_DISCOVERY,
		{ TYPED, "9000", NULL },
		{ TYPED, "cancelled", NULL },
		{ TYPED, "6D00", NULL },
		{ SELECT, APT, NULL },
		{ TYPED, "63C1", NULL },
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(do_verify_typed(&d, &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	assert_true(d.b->ch->unlocked);
	assert_int_equal(do_verify_typed(&d, &tries), TMG_CANCELLED);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	assert_int_equal(do_verify_typed(&d, &tries), TMG_LOGIN);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(do_verify_typed(&d, &tries), TMG_PIN_WRONG);
	assert_int_equal(tries, 1);
	assert_int_equal(tmg_driver_piv.verify_typed(d.b, TMG_PIN_PUK, &tries),
	    TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_piv.change_typed(d.b, TMG_PIN_ADMIN, &tries),
	    TMG_UNSUPPORTED);
	piv_done(&d);
}

/* What the card cannot take is not sent: the script has no row for it. */
static void
impossible_pins_are_not_sent(void **state)
{
	static const struct {
		const char *old, *fresh;
		tmg_rc rc;
	} rows[] = {
		{ "123456", "12345", TMG_DENIED },
		{ "123456", "123456789", TMG_DENIED },
		{ "123456", "12345a", TMG_DENIED },
		{ "123456", "", TMG_DENIED },
		{ "", "123456", TMG_PIN_WRONG },
		{ "123456789", "123456", TMG_PIN_WRONG },
	};
	static const tmg_script_row script[] = { PROBE, { 0 } };
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, script);
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_driver_piv.change(d.b, TMG_PIN_USER,
		    tmg_view_str(rows[i].old), tmg_view_str(rows[i].fresh),
		    &tries), rows[i].rc);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str(""), &tries), TMG_PIN_WRONG);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("123456789"), &tries), TMG_PIN_WRONG);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_PUK,
	    tmg_view_str("12345678"), &tries), TMG_UNSUPPORTED);
	assert_int_equal(tries, -1);
	piv_done(&d);
}

static void
a_login_ends_with_reset_and_logout(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, NO_DISCOVERY,
		{ VERIFY_123456, "9000", NULL },
		{ "0020FF80", "9000", NULL },
		{ VERIFY_123456, "9000", NULL },
		{ "00200080", "reset", NULL },
		{ SELECT, APT, NULL },
		{ VERIFY_123456, "63C2", NULL },
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(tmg_driver_piv.logout(d.b), TMG_OK);	/* nothing sent */
	assert_int_equal(do_verify(&d, &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_ADMIN), TMG_LOGIN);
	assert_true(d.b->ch->unlocked);
	/* a reset after which somebody else selected: the epoch alone tells */
	d.b->ch->epoch++;
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	d.b->ch->epoch--;
	/* another driver's SELECT ends it, as the card does */
	d.b->ch->aid[0] ^= 1;
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	d.b->ch->aid[0] ^= 1;
	assert_int_equal(tmg_driver_piv.logout(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(do_verify(&d, &tries), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_RESET);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(do_verify(&d, &tries), TMG_PIN_WRONG);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	piv_done(&d);
}

static void
metadata_counts_tries_where_the_card_has_it(void **state)
{
	static const tmg_script_row yubikey[] = {
		PROBE,
		{ "00200080", "9000", NULL },	/* logged in: no count in it */
		{ "00F70080", "0101FF 050100 06020302 9000", NULL },
		{ "00F70081", "0101FF 050101 06020303 9000", NULL },
		{ "00F70080", "0101FF 050101 06020302 9000", NULL },
		{ 0 },
	};
	static const tmg_script_row standard[] = {
		PROBE, NO_DISCOVERY,
		{ "00200080", "9000", NULL },
		{ "00F70080", "6D00", NULL },	/* asked once ... */
		{ 0 },				/* ... and remembered */
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open_yubikey(&d, yubikey);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 2);
	assert_int_equal(do_tries_puk(&d, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_OK);
	piv_done(&d);

	piv_open(&d, standard);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, -1);
	assert_int_equal(do_tries_puk(&d, &tries), TMG_UNSUPPORTED);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_UNSUPPORTED);
	piv_done(&d);
}

#define IS_VERSION(v) { "00FD0000", v " 9000", NULL }, { "00F80000", "00000001 9000", NULL }
#define ASKED(ref, factory, tries) \
	{ "00F700" ref, "0101FF 0501" factory " 060203" tries " 9000", NULL }

/* Who asks for the tries and then for the factory's value asks the card once. */
static void
tries_and_factory_are_one_question(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, IS_VERSION("050403"),
		ASKED("80", "01", "02"), ASKED("80", "00", "03"),
		ASKED("81", "00", "01"),
		ASKED("81", "01", "03"), ASKED("80", "01", "03"),
		{ VERIFY_123456, "9000", NULL },
		ASKED("80", "00", "03"),	/* and no VERIFY that says 9000 */
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open_yubikey(&d, rows);
	assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 2);
	d.b->ch->turn++;
	assert_int_equal(do_factory_pin(&d, &tries), TMG_OK);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_NOT_FOUND);
	assert_int_equal(do_tries_puk(&d, &tries), TMG_OK);
	assert_int_equal(tries, 1);
	assert_int_equal(do_factory_puk(&d, &tries), TMG_NOT_FOUND);
	assert_int_equal(do_tries_puk(&d, &tries), TMG_OK);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_OK);	/* of the other */
	assert_int_equal(do_verify(&d, &tries), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	piv_done(&d);
}

/* What may have happened to the PIN since makes it a question again. */
static void
what_was_told_is_forgotten(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, IS_VERSION("050403"),
		ASKED("80", "01", "03"), { CHANGE, "9000", NULL },
		ASKED("80", "00", "03"),
		ASKED("80", "00", "03"), { UNBLOCK, "9000", NULL },
		ASKED("80", "01", "03"),
		ASKED("80", "01", "03"), ASKED("80", "00", "03"),	/* turns */
		ASKED("80", "01", "03"), { SELECT, APT, NULL },
		ASKED("80", "00", "03"),
		ASKED("80", "01", "03"), ASKED("80", "00", "03"),	/* time */
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open_yubikey(&d, rows);
	assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(do_change(&d, &tries), TMG_OK);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_NOT_FOUND);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(do_unblock(&d, &tries), TMG_OK);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	d.b->ch->turn += 2;
	assert_int_equal(do_factory_pin(&d, &tries), TMG_NOT_FOUND);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	d.b->ch->aid_len = 0;	/* another driver's turn */
	assert_int_equal(do_factory_pin(&d, &tries), TMG_NOT_FOUND);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	d.b->ch->turn++;
	d.p->app.selected.spoken_ms -= 60000;
	assert_int_equal(do_factory_pin(&d, &tries), TMG_NOT_FOUND);
	piv_done(&d);
}

/* A card without metadata is asked as the standard has it, and so is one that
 * does not say what it should know by its version. */
static void
tries_are_told_without_metadata(void **state)
{
	static const tmg_script_row old[] = {
		PROBE, IS_VERSION("050203"),
		{ "00200080", "63C3", NULL },
		{ "00F70080", "6D00", NULL },
		{ "00200080", "63C2", NULL },
		{ 0 },
	};
	static const tmg_script_row odd[] = {
		PROBE, IS_VERSION("050403"),
		{ "00F70080", "6F00", NULL }, { "00200080", "63C3", NULL },
		{ "00F70080", "0101FF 9000", NULL }, { "00200080", "63C2", NULL },
		{ "00F70080", "removed", NULL },
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open_yubikey(&d, old);
	assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(do_factory_pin(&d, &tries), TMG_UNSUPPORTED);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 2);
	piv_done(&d);

	piv_open_yubikey(&d, odd);
	assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(do_tries(&d, &tries), TMG_OK);
	assert_int_equal(tries, 2);
	assert_int_equal(do_tries(&d, &tries), TMG_REMOVED);
	piv_done(&d);
}

/* SP 800-73-4 part 1, 3.3.2: the PIN that people know is the global one when
 * bit 6 of the first byte and the second byte say so, and only then. */
static void
the_discovery_object_tells_which_pin_is_asked(void **state)
{
	static const struct {
		const char *discovery, *verify;
	} cards[] = {
		{ "7E12 4F0B A000000308000010000100 5F2F024000 9000",
		    "00200080313233343536FFFF" },
		{ "7E12 4F0B A000000308000010000100 5F2F026010 9000",
		    "00200080313233343536FFFF" },
		{ "7E12 4F0B A000000308000010000100 5F2F026020 9000",
		    "00200000313233343536FFFF" },
		{ "7E12 4F0B A000000308000010000100 5F2F022020 9000",
		    "00200000313233343536FFFF" },
		{ "7E12 4F0B A000000308000010000100 5F2F024020 9000",
		    "00200080313233343536FFFF" },
		{ "7E04 5F2F0160 9000", "00200080313233343536FFFF" },
		{ "7E7F00 9000", "00200080313233343536FFFF" },
		{ "5300 9000", "00200080313233343536FFFF" },
		{ "9000", "00200080313233343536FFFF" },
		{ "6985", "00200080313233343536FFFF" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cards); i++) {
		const tmg_script_row rows[] = {
			PROBE,
			{ "00CB3FFF5C017E", cards[i].discovery, NULL },
			{ cards[i].verify, "9000", NULL },
			{ cards[i].verify, "63C1", NULL },	/* asked once */
			{ 0 },
		};
		piv_desk d;
		int tries;

		piv_open(&d, rows);
		assert_int_equal(do_verify(&d, &tries), TMG_OK);
		assert_int_equal(do_verify(&d, &tries), TMG_PIN_WRONG);
		piv_done(&d);
	}
}

/* Part 2, 3.2.3: RESET RETRY COUNTER knows PIV's own PIN only. */
static void
a_global_pin_is_not_unblocked_here(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ "00CB3FFF5C017E", "7E12 4F0B A000000308000010000100 5F2F026020 9000",
		    NULL },
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.unblock(d.b, tmg_view_str("12345678"),
	    tmg_view_str("123456"), &tries), TMG_UNSUPPORTED);
	piv_done(&d);
}

/* ---- the management key -------------------------------------------------- */

#define HEX_FACTORY "010203040506070801020304050607080102030405060708"

static tmg_rc
admin(piv_desk *d, const char *hex)
{
	int tries;

	return tmg_driver_piv.verify(d->b, TMG_PIN_ADMIN, tmg_view_str(hex), &tries);
}

static void
admin_login_finds_the_cipher(void **state)
{
	static const tmg_script_row tdes[] = { PROBE, ADMIN_3DES, { 0 } };
	static const tmg_script_row aes[] = {
		PROBE,
		{ "0087039B7C028000", "6A86", NULL },
		{ "00870A9B7C028000", NULL, piv_answer_witness },
		{ "00870A9B7C24*", NULL, piv_answer_challenge },
		{ "00870A9B7C028000", NULL, piv_answer_witness },	/* now known */
		{ "00870A9B7C24*", NULL, piv_answer_challenge },
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	lock = piv_factory_3des;
	piv_open(&d, tdes);
	d.script.arg = &lock;
	assert_int_equal(admin(&d, HEX_FACTORY), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_ADMIN), TMG_OK);
	piv_done(&d);

	lock = piv_factory_aes192;
	piv_open(&d, aes);
	d.script.arg = &lock;
	assert_int_equal(admin(&d, HEX_FACTORY), TMG_OK);
	assert_int_equal(admin(&d, HEX_FACTORY), TMG_OK);
	piv_done(&d);
}

static void
admin_login_is_refused_by_either_side(void **state)
{
	static const struct {
		uint16_t refusal;
		bool lies;
		uint8_t key0;
		tmg_rc rc;
	} cases[] = {
		{ TMG_SW_LOGIN, false, 9, TMG_PIN_WRONG },
		{ TMG_SW_DATA, false, 9, TMG_PIN_WRONG },
		{ TMG_SW_BLOCKED, false, 9, TMG_PIN_LOCKED },
		{ 0x6f00, false, 9, TMG_E_CARD },
		{ 0, true, 1, TMG_E_CARD },	/* the card has not the key */
	};
	static const tmg_script_row rows[] = { PROBE, ADMIN_3DES, { 0 } };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		piv_lock lock = piv_factory_3des;
		piv_desk d;

		lock.refusal = cases[i].refusal;
		lock.lies = cases[i].lies;
		lock.key[0] = (uint8_t)(cases[i].key0 << 1);
		piv_open(&d, rows);
		d.script.arg = &lock;
		if (cases[i].lies)
			lock.key[0] = 1;
		assert_int_equal(admin(&d, HEX_FACTORY), cases[i].rc);
		assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_ADMIN),
		    TMG_LOGIN);
		piv_done(&d);
	}
}

static void
admin_answers_that_make_no_sense_are_faults(void **state)
{
	static const struct {
		const char *answer;
		tmg_rc rc;
	} cases[] = {
		{ "7C0A8109 0102030405060708 9000", TMG_E_MALFORMED },
		{ "7C 9000", TMG_E_MALFORMED },
		{ "9000", TMG_E_MALFORMED },
		{ "removed", TMG_REMOVED },
		{ "reset", TMG_RESET },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE,
			{ "0087039B7C028000", cases[i].answer, NULL },
			{ 0 },
		};
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(admin(&d, HEX_FACTORY), cases[i].rc);
		piv_done(&d);
	}
}

static void
typed_keys_must_be_of_a_length(void **state)
{
	static const char *const typed[] = {
		"", "01", "hello", "01020304050607", HEX_FACTORY "01",
		HEX_FACTORY HEX_FACTORY, "0102030405060708010203040506070801020304050607zz",
	};
	static const tmg_script_row rows[] = { PROBE, { 0 } };
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	for (size_t i = 0; i < TMG_COUNT(typed); i++)
		assert_int_equal(admin(&d, typed[i]), TMG_PIN_WRONG);
	piv_done(&d);
}

/* What can be hexadecimal digits is; the rest is the key's own bytes. */
static void
typed_keys_may_be_text(void **state)
{
	static const tmg_script_row rows[] = { PROBE, ADMIN_3DES, { 0 } };
	piv_lock lock = piv_factory_3des;
	piv_desk d;

	(void)state;
	memcpy(lock.key, "a key of just 24 letters", 24);
	piv_open(&d, rows);
	d.script.arg = &lock;
	assert_int_equal(admin(&d, "a key of just 24 letters"), TMG_OK);
	piv_done(&d);
}

static void
the_factory_key_is_tried_before_a_person(void **state)
{
	static const tmg_script_row good[] = { PROBE, ADMIN_3DES, { 0 } };
	static const tmg_script_row other[] = {
		PROBE, ADMIN_3DES,
		{ "00CB3FFF5C035FFF00", "6A82", NULL },
		{ "00CB3FFF5C035FFF00", "6A82", NULL },	/* the key not again */
		{ 0 },
	};
	piv_lock lock = piv_factory_3des;
	piv_desk d;

	(void)state;
	piv_open(&d, good);
	d.script.arg = &lock;
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	piv_done(&d);

	lock.key[5] ^= 0x80;
	piv_open(&d, other);
	d.script.arg = &lock;
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_NOT_FOUND);
	assert_int_equal(d.b->fault.remedies, TMG_TRY_ADMIN_KEY);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_NOT_FOUND);
	assert_int_equal(tmg_driver_piv.factory(d.b, TMG_PIN_ADMIN), TMG_NOT_FOUND);
	piv_done(&d);
}

static void
a_key_kept_behind_the_pin_is_fetched(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00CB3FFF5C035FFF00", "5305 8003 810103 9000", NULL },
		NO_DISCOVERY,
		{ VERIFY_123456, "9000", NULL },
		{ "00CB3FFF5C035FFF00", "5305 8003 810103 9000", NULL },
		{ "00CB3FFF5C035FC109", "531C 881A 8918 "
		    "0122020202020202 0303030303030303 0404040404040404 9000", NULL },
		ADMIN_3DES,
		{ 0 },
	};
	piv_lock lock = piv_factory_3des;
	piv_desk d;
	int tries;

	(void)state;
	lock.key[0] = 0x01;
	lock.key[1] = 0x22;
	memset(lock.key + 2, 2, 6);
	memset(lock.key + 8, 3, 8);
	memset(lock.key + 16, 4, 8);
	piv_open(&d, rows);
	d.script.arg = &lock;
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_LOGIN);
	assert_int_equal(do_verify(&d, &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_ADMIN), TMG_OK);
	piv_done(&d);
}

static void
changing_the_admin_key_keeps_its_kind(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00FFFFFF 039B18 1111111111111111 2222222222222222 3333333333333333",
		    "9000", NULL },
		{ "00FFFFFF 089B10 11111111111111112222222222222222", "6A80", NULL },
		{ "00FFFFFF 0C9B20 *", "9000", NULL },
		{ 0 },
	};
	piv_lock lock = piv_factory_3des;
	piv_desk d;
	int tries;

	(void)state;
	piv_open_yubikey(&d, rows);
	d.script.arg = &lock;
	assert_int_equal(tmg_driver_piv.change(d.b, TMG_PIN_ADMIN,
	    tmg_view_str(HEX_FACTORY),
	    tmg_view_str("111111111111111122222222222222223333333333333333"),
	    &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.change(d.b, TMG_PIN_ADMIN, tmg_view_str(""),
	    tmg_view_str("11111111111111112222222222222222"), &tries),
	    TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_piv.change(d.b, TMG_PIN_ADMIN, tmg_view_str(""),
	    tmg_view_str("1111111111111111222222222222222211111111111111112222222222222222"),
	    &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.change(d.b, TMG_PIN_ADMIN, tmg_view_str(""),
	    tmg_view_str("1111"), &tries), TMG_DENIED);
	piv_done(&d);
}

/* Printed information, then the flag, and the key last of all. */
static void
protecting_writes_in_an_order_that_loses_nothing(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ VERIFY_123456, "9000", NULL },
		{ "00CB3FFF5C035FFF00",
		    "530D 800B 810101 82020102 8302AABB 9000", NULL },
		{ "00CB3FFF5C035FC109", "6A82", NULL },
		{ "00DB3FFF5C035FC109 531C 881A 8918 "
		    "111111111111111122222222222222223333333333333333", "9000", NULL },
		{ "00DB3FFF5C035FFF00 5309 8007 810103 8302AABB", "9000", NULL },
		{ "00FFFFFF039B18111111111111111122222222222222223333333333333333",
		    "9000", NULL },
		{ 0 },
	};
	uint8_t fresh[24];
	piv_lock lock = piv_factory_3des;
	piv_desk d;
	int tries;

	(void)state;
	memset(fresh, 0x11, 8);
	memset(fresh + 8, 0x22, 8);
	memset(fresh + 16, 0x33, 8);
	piv_open_yubikey(&d, rows);
	d.script.arg = &lock;
	assert_int_equal(tmg_driver_piv.admin_protect(d.b, TMG_VIEW(fresh)),
	    TMG_LOGIN);
	assert_int_equal(admin(&d, HEX_FACTORY), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_protect(d.b, TMG_VIEW(fresh)),
	    TMG_LOGIN);
	assert_int_equal(do_verify(&d, &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_protect(d.b, TMG_VIEW(fresh)), TMG_OK);
	piv_done(&d);
}

#define ONES "1111111111111111 1111111111111111 1111111111111111"
#define TWOS "2222222222222222 2222222222222222 2222222222222222"
#define THREES "3333333333333333 3333333333333333 3333333333333333"

/* A card whose key is 11…, kept behind the PIN beside what others wrote. */
#define LOGIN_WITH_ONES \
	{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL }, \
	{ "00CB3FFF5C035FC109", "5320 881E 8918" ONES "8502ABCD 9000", NULL }, \
	ADMIN_3DES

static void
open_kept(piv_desk *d, piv_lock *lock, const tmg_script_row *rows)
{
	int tries;

	*lock = piv_factory_3des;
	memset(lock->key, 0x11, 24);
	piv_open_yubikey(d, rows);
	d->script.arg = lock;
	assert_int_equal(do_verify(d, &tries), TMG_OK);
}

/* The old key stays until the new one is set; other programs read tag 89. */
static void
a_kept_key_is_replaced_with_both_at_hand(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { VERIFY_123456, "9000", NULL },
		ADMIN_3DES,			/* it is not the factory's */
		LOGIN_WITH_ONES,
		{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL },
		{ "00CB3FFF5C035FC109", "5320 881E 8918" ONES "8502ABCD 9000", NULL },
		{ "00DB3FFF5C035FC109 533A 8838 8918" ONES "8502ABCD 8A18" TWOS,
		    "9000", NULL },
		{ "00DB3FFF5C035FFF00 5305 8003 810102", "9000", NULL },
		{ "00FFFFFF039B18" TWOS, "9000", NULL },
		{ "00DB3FFF5C035FC109 5320 881E 8918" TWOS "8502ABCD", "9000", NULL },
		{ 0 },
	};
	uint8_t fresh[24];
	piv_lock lock;
	piv_desk d;

	(void)state;
	memset(fresh, 0x22, sizeof(fresh));
	open_kept(&d, &lock, rows);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_protect(d.b, TMG_VIEW(fresh)), TMG_OK);
	piv_done(&d);
}

/* The card was pulled out twice: three keys, and the last is the card's. */
static void
of_several_kept_keys_the_live_one_stays(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { VERIFY_123456, "9000", NULL },
		ADMIN_3DES,
		{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL },
		{ "00CB3FFF5C035FC109", "5350 884E 8918" THREES "8A18" TWOS
		    "8A18" ONES "9000", NULL },
		ADMIN_3DES, ADMIN_3DES, ADMIN_3DES,
		{ "00DB3FFF5C035FC109 531C 881A 8918" ONES, "9000", NULL },
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	open_kept(&d, &lock, rows);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	piv_done(&d);
}

static void
of_several_kept_keys_none_may_be_live(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { VERIFY_123456, "9000", NULL },
		ADMIN_3DES,
		{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL },
		{ "00CB3FFF5C035FC109", "5336 8834 8918" THREES "8A18" TWOS "9000",
		    NULL },
		ADMIN_3DES, ADMIN_3DES,
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	open_kept(&d, &lock, rows);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_NOT_FOUND);
	assert_non_null(strstr(d.b->fault.text, "is not the card's"));
	piv_done(&d);
}

/* A login that works does not fail because the card will not be tidied. */
static void
a_kept_key_opens_a_card_that_stays_untidy(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { VERIFY_123456, "9000", NULL },
		ADMIN_3DES,
		{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL },
		{ "00CB3FFF5C035FC109", "531C 881A 8A18" ONES "9000", NULL },
		ADMIN_3DES,
		{ "00DB3FFF5C035FC109 531C 881A 8918" ONES, "6A84", NULL },
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	open_kept(&d, &lock, rows);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_ADMIN), TMG_OK);
	piv_done(&d);
}

static void
a_key_the_card_refuses_leaves_it_as_it_was(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { VERIFY_123456, "9000", NULL },
		ADMIN_3DES,
		LOGIN_WITH_ONES,
		{ "00CB3FFF5C035FFF00", "5308 8006 810102 820101 9000", NULL },
		{ "00CB3FFF5C035FC109", "5320 881E 8918" ONES "8502ABCD 9000", NULL },
		{ "00DB3FFF5C035FC109*", "9000", NULL },
		{ "00DB3FFF5C035FFF00 5305 8003 810102", "9000", NULL },
		{ "00FFFFFF039B18" TWOS, "6A80", NULL },
		{ "00DB3FFF5C035FFF00 5308 8006 810102 820101", "9000", NULL },
		{ "00DB3FFF5C035FC109 5320 881E 8918" ONES "8502ABCD", "9000", NULL },
		{ 0 },
	};
	uint8_t fresh[24];
	piv_lock lock;
	piv_desk d;

	(void)state;
	memset(fresh, 0x22, sizeof(fresh));
	open_kept(&d, &lock, rows);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_protect(d.b, TMG_VIEW(fresh)),
	    TMG_UNSUPPORTED);
	assert_non_null(strstr(d.b->fault.text, "does not take a key of this kind"));
	piv_done(&d);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_words_become_verdicts),
		cmocka_unit_test(a_keypad_that_sends_nothing_changes_nothing),
		cmocka_unit_test(impossible_pins_are_not_sent),
		cmocka_unit_test(a_login_ends_with_reset_and_logout),
		cmocka_unit_test(metadata_counts_tries_where_the_card_has_it),
		cmocka_unit_test(tries_and_factory_are_one_question),
		cmocka_unit_test(what_was_told_is_forgotten),
		cmocka_unit_test(tries_are_told_without_metadata),
		cmocka_unit_test(the_discovery_object_tells_which_pin_is_asked),
		cmocka_unit_test(a_global_pin_is_not_unblocked_here),
		cmocka_unit_test(admin_login_finds_the_cipher),
		cmocka_unit_test(admin_login_is_refused_by_either_side),
		cmocka_unit_test(admin_answers_that_make_no_sense_are_faults),
		cmocka_unit_test(typed_keys_must_be_of_a_length),
		cmocka_unit_test(typed_keys_may_be_text),
		cmocka_unit_test(the_factory_key_is_tried_before_a_person),
		cmocka_unit_test(a_key_kept_behind_the_pin_is_fetched),
		cmocka_unit_test(changing_the_admin_key_keeps_its_kind),
		cmocka_unit_test(protecting_writes_in_an_order_that_loses_nothing),
		cmocka_unit_test(a_kept_key_is_replaced_with_both_at_hand),
		cmocka_unit_test(of_several_kept_keys_the_live_one_stays),
		cmocka_unit_test(of_several_kept_keys_none_may_be_live),
		cmocka_unit_test(a_kept_key_opens_a_card_that_stays_untidy),
		cmocka_unit_test(a_key_the_card_refuses_leaves_it_as_it_was),
	};

	return cmocka_run_group_tests_name("piv pin", tests, NULL, NULL);
}
