/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of a PKCS #15 card, and by how many commands; other programs on
 * the same card. */
#include "tests/unit/pkcs15-desk.h"

#define DIGEST "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define INFO_SHA256 "3031300D060960864801650304020105000420"
#define HALF "0100000000000000000000000000000000000000000000000000000000000001"
#define VERIFY "0020000131323334FFFFFFFF"

static const uint8_t digest[32] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
	0xcc, 0xdd, 0xee, 0xff, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};
static const tmg_sign_spec ecdsa = { .scheme = TMG_SIGN_ECDSA };
static const tmg_sign_spec pkcs1 = { .scheme = TMG_SIGN_PKCS1,
	.hash = TMG_HASH_SHA256 };
static const tmg_view typed = BYTES("1234");
static uint8_t store[TMG_CERT_MAX];

/* ---- probing ------------------------------------------------------------------ */

static void
probe_nothing(const tmg_script_row *rows, tmg_view atr, tmg_rc rc)
{
	probe_none_rows(&tmg_driver_pkcs15, rows, atr, rc);
}

/* EF.DIR is asked for where the ATR says that there is one. */
static void
another_card_is_asked_two_names(void **state)
{
	static const tmg_script_row two[] = {
		{ SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "6A82", NULL },
		{ 0 },
	};
	static const tmg_script_row dir[] = {
		{ SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "6A82", NULL },
		{ "00A408002F00", "6A82", NULL }, { 0 },
	};
	static const tmg_script_row gone[] = {
		{ SELECT_APP, "removed", NULL }, { 0 },
	};
	static const tmg_script_row failed[] = {
		{ SELECT_APP, "6D00", NULL }, { SELECT_ISOAPPLET, "io", NULL }, { 0 },
	};
	static const tmg_view atr = BYTES("\x3b\x05\x80\x31\xa0\x00\x00");

	(void)state;
	probe_nothing(two, (tmg_view){ 0 }, TMG_NOT_FOUND);
	probe_nothing(dir, atr, TMG_NOT_FOUND);
	probe_nothing(gone, (tmg_view){ 0 }, TMG_REMOVED);
	probe_nothing(failed, (tmg_view){ 0 }, TMG_E_IO);
}

/* ---- what a list takes ------------------------------------------------------------ */

/* SELECT, ODF, TokenInfo, PINs, keys, certificates, one certificate: 13. */
static void
a_list_asks_nothing_twice(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PINS, PRIVATE, CERTS, CERT45, { 0 },
	};
	tmg_out der = TMG_OUT(store);
	tmg_slot slots[8];
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.identify(d.b), TMG_OK);
	assert_string_equal(d.b->info.label, "My-token-89ABCDEF");
	assert_string_equal(d.b->info.serial, "0123456789ABCDEF");
	assert_string_equal(d.b->info.manufacturer, "Example Works");
	assert_int_equal(d.b->info.pins[TMG_PIN_USER].min, 4);
	assert_int_equal(d.b->info.pins[TMG_PIN_USER].max, 8);
	assert_true(d.b->info.pins[TMG_PIN_USER].keypad);
	assert_int_equal(d.b->info.pins[TMG_PIN_PUK].max, 16);
	assert_true(d.b->info.pins[TMG_PIN_ADMIN].digits);
	assert_int_equal(p15_slots(&d, slots), 3);
	assert_string_equal(slots[0].name, "45");
	assert_int_equal(slots[0].ref, 0x45);
	assert_int_equal(slots[0].uses, TMG_USE_SIGN | TMG_USE_AUTH);
	assert_int_equal(slots[0].pin, TMG_PIN_ONCE);
	assert_int_equal(slots[1].pin, TMG_PIN_ALWAYS);
	assert_int_equal(slots[1].uses, TMG_USE_SIGN | TMG_USE_AUTH |
	    TMG_USE_DERIVE);
	assert_string_equal(slots[2].name, "4A");
	assert_int_equal(slots[2].uses, 0);
	assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x45, &der), TMG_OK);
	assert_int_equal(der.len, 5);
	assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x46, &der),
	    TMG_NOT_FOUND);
	assert_int_equal(d.script.channel.apdus, 13);
	p15_done(&d);
}

/* A card without directories is a token with nothing on it, not a failure; what
 * it is its ATR tells.  Filled later, it is read. */
static void
an_empty_card(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, { "00A402005031", "6A82", NULL },
		{ "00A4080050155031", "6A82", NULL },
		{ "002A9E9A", "reset", NULL },
		{ SELECT_APP, "9000", NULL },
		FILE_AT("08", "50155031", P15_ODF), FILE_AT("08", "50155032", P15_INFO),
		PRIVATE, CERTS, { 0 },
	};
	uint16_t sw;
	tmg_slot slots[8];
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	memcpy(d.script.channel.atr, "\x3b\x05MyEID", 7);
	d.script.channel.atr_len = 7;
	assert_int_equal(p15_slots(&d, slots), 0);
	assert_non_null(d.b->info.blank);
	assert_int_equal(tmg_driver_pkcs15.identify(d.b), TMG_OK);
	assert_string_equal(d.b->info.model, "MyEID");
	assert_int_equal(tmg_p15_send(d.p, &(tmg_capdu){ .ins = INS_PSO, .p1 = 0x9e,
	    .p2 = 0x9a }, NULL, &sw), TMG_RESET);
	assert_int_equal(p15_slots(&d, slots), 16);	/* 45 to 54 */
	assert_null(d.b->info.blank);
	p15_done(&d);
}

/* ---- what a signature takes --------------------------------------------------------- */

static void
sign_ec(p15_desk *d, tmg_rc rc)
{
	tmg_out sig = TMG_OUT(store);

	assert_int_equal(tmg_driver_pkcs15.sign(d->b, 0x46, TMG_ALG_P256, &ecdsa,
	    TMG_VIEW(digest), &sig), rc);
	if (rc == TMG_OK)
		assert_int_equal(store[0], 0x30);
}

/* MSE once for a hundred signatures. */
static void
the_environment_is_kept(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS, PINS,
		{ VERIFY, "9000", NULL },
		{ "002241B681024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		/* forgotten by the card: made again, once */
		{ "002A9E9A" DIGEST, "6A88", NULL },
		{ "002241B681024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		/* another key */
		{ "002241B681024B01840101", "9000", NULL },
		{ "002A9E9A" INFO_SHA256 DIGEST, "6A81", NULL },
		{ 0 },
	};
	tmg_out sig = TMG_OUT(store);
	p15_desk d;
	int tries;

	(void)state;
	p15_open(&d, rows);
	sign_ec(&d, TMG_LOGIN);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_USER, typed, &tries),
	    TMG_OK);
	assert_true(d.script.channel.unlocked);
	assert_int_equal(tmg_driver_pkcs15.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	sign_ec(&d, TMG_OK);
	sign_ec(&d, TMG_OK);
	sign_ec(&d, TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.sign(d.b, 0x45, TMG_ALG_RSA2048, &pkcs1,
	    TMG_VIEW(digest), &sig), TMG_UNSUPPORTED);
	p15_done(&d);
}

static void
by_internal_authenticate(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PINS,
		{ VERIFY, "9000", NULL }, PRIVATE, CERTS,
		{ "002241B681024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, "6D00", NULL },
		{ "002241A481024B02840102", "9000", NULL },
		{ "00880000" DIGEST, HALF HALF "9000", NULL },
		/* it is not asked PSO again */
		{ "00880000" DIGEST, HALF HALF "9000", NULL },
		{ 0 },
	};
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	p15_log_in(&d);
	sign_ec(&d, TMG_OK);
	sign_ec(&d, TMG_OK);
	p15_done(&d);
}

/* What TokenInfo tells of algorithms is what MSE names. */
static void
algorithms_of_the_card(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, FILE_AT("02", "5032", P15_ALGS), PINS,
		{ VERIFY, "9000", NULL }, PRIVATE, CERTS,
		{ "002241B680010481024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		{ "002241B680010281024B01840101", "9000", NULL },
		{ "002A9E9A" INFO_SHA256 DIGEST, "6985", NULL },
		{ 0 },
	};
	tmg_out sig = TMG_OUT(store);
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	p15_log_in(&d);
	sign_ec(&d, TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.sign(d.b, 0x45, TMG_ALG_RSA2048, &pkcs1,
	    TMG_VIEW(digest), &sig), TMG_DENIED);
	p15_done(&d);
}

/* PSS, OAEP and raw operations are offered where the card says that it does raw RSA. */
static void
whether_it_pads(void **state)
{
	static const tmg_script_row pads[] = {
		PROBE, ODF, FILE_AT("02", "5032", P15_ALGS), PINS, { 0 },
	};
	static const tmg_script_row raw[] = {
		PROBE, ODF, FILE_AT("02", "5032", P15_RAW), PINS, { 0 },
	};
	p15_desk d;

	(void)state;
	p15_open(&d, pads);
	assert_int_equal(tmg_driver_pkcs15.identify(d.b), TMG_OK);
	assert_true(d.b->info.pads);
	p15_done(&d);
	p15_open(&d, raw);
	assert_true(d.b->info.pads);	/* until it told */
	assert_int_equal(tmg_driver_pkcs15.identify(d.b), TMG_OK);
	assert_false(d.b->info.pads);
	p15_done(&d);
}

static void
an_isoapplet(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT_APP, "6A82", NULL },
		{ SELECT_ISOAPPLET, "0100079000", NULL },
		FILE_AT("08", "50155031", P15_ODF), FILE_AT("08", "50155032", P15_INFO),
		PINS, { VERIFY, "9000", NULL }, PRIVATE, CERTS,
		{ "002241B680012281024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, "3006020101020101" "9000", NULL },
		{ 0 },
	};
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	p15_log_in(&d);
	sign_ec(&d, TMG_OK);
	assert_string_equal(d.b->info.model, "IsoApplet");
	p15_done(&d);
}

/* Interface 0 hashes by SHA-1 itself: no signature that anybody takes. */
static void
an_isoapplet_of_old(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT_APP, "6A82", NULL },
		{ SELECT_ISOAPPLET, "0006079000", NULL },
		FILE_AT("08", "50155031", P15_ODF), FILE_AT("08", "50155032", P15_INFO),
		PRIVATE, CERTS, { 0 },
	};
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	sign_ec(&d, TMG_UNSUPPORTED);
	p15_done(&d);
}

/* ---- other programs ---------------------------------------------------------------- */

static void
next_turn(p15_desk *d)
{
	tmg_channel *ch = tmg_script_channel(&d->script);

	ch->turn++;
	d->p->selected.spoken_ms -= 5000;	/* long ago */
}

/* Which file is current and which environment is set is nobody's to know after
 * another program's turn. */
static void
after_another_turn(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS, PINS, { VERIFY, "9000", NULL },
		{ "002241B681024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		{ "00A4080050154B02", "9000", NULL },
		{ "002241B681024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		/* somebody selected another application: the login is gone */
		{ "00A4080050154B02", "9000", NULL },
		{ "002241B681024B02840102", "6982", NULL },
		/* a secret is never sent on trust */
		{ SELECT_APP, "9000", NULL }, { "00A408005015", "9000", NULL },
		{ VERIFY, "63C2", NULL },
		{ 0 },
	};
	tmg_slot slots[8];
	size_t n;
	p15_desk d;
	int tries;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_USER, typed, &tries),
	    TMG_OK);
	sign_ec(&d, TMG_OK);
	next_turn(&d);
	sign_ec(&d, TMG_OK);
	next_turn(&d);
	sign_ec(&d, TMG_LOGIN);
	assert_int_equal(tmg_driver_pkcs15.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_USER, typed, &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tries, 2);
	p15_done(&d);
}

/* A card that thinks for a minute about what it is given. */
static p15_desk *thinking;
static const tmg_channel_ops *quick;

static tmg_rc
exchange_slowly(tmg_channel *ch, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	const tmg_rc rc = quick->exchange(ch, c, data, sw);

	thinking->p->selected.spoken_ms -= 60000;
	return rc;
}

static void
what_takes_long_leaves_no_doubt(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS, PINS, { VERIFY, "9000", NULL },
		{ "002241B681024B02840102", "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },	/* for a minute */
		{ "002A9E9A" DIGEST, HALF HALF "9000", NULL },
		{ 0 },
	};
	tmg_channel_ops slow;
	tmg_channel *ch;
	tmg_slot slots[8];
	size_t n;
	p15_desk d;
	int tries;

	(void)state;
	p15_open(&d, rows);
	ch = tmg_script_channel(&d.script);
	quick = ch->ops;
	slow = *quick;
	slow.exchange = exchange_slowly;
	thinking = &d;
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_USER, typed, &tries),
	    TMG_OK);
	sign_ec(&d, TMG_OK);
	ch->turn++;
	ch->ops = &slow;
	sign_ec(&d, TMG_OK);
	ch->ops = quick;
	ch->turn++;
	sign_ec(&d, TMG_OK);
	p15_done(&d);
}

static void
after_a_reset(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS,
		{ "00A40800" "50154301", "reset", NULL },
		{ SELECT_APP, "9000", NULL }, ODF, INFO, PRIVATE, CERTS, CERT45,
		{ 0 },
	};
	tmg_out der = TMG_OUT(store);
	tmg_slot slots[8];
	size_t n;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x45, &der), TMG_RESET);
	assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x45, &der), TMG_OK);
	p15_done(&d);
}

/* What SELECT answers after a reset is told as it is. */
static void
an_application_that_does_not_come_back(void **state)
{
	static const tmg_script_row gone[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS,
		{ "00A40800" "50154301", "reset", NULL },
		{ SELECT_APP, "6A82", NULL },
		{ 0 },
	}, broken[] = {
		PROBE, ODF, INFO, PRIVATE, CERTS,
		{ "00A40800" "50154301", "reset", NULL },
		{ SELECT_APP, "6F00", NULL },
		{ 0 },
	};
	static const struct {
		const tmg_script_row *rows;
		const char *words;
	} cards[] = {
		{ gone, "no longer there; was the card exchanged?" },
		{ broken, "the card answered 6F00" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cards); i++) {
		tmg_out der = TMG_OUT(store);
		tmg_slot slots[8];
		size_t n;
		p15_desk d;

		p15_open(&d, cards[i].rows);
		assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_OK);
		assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x45, &der),
		    TMG_RESET);
		assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, 0x45, &der),
		    TMG_E_CARD);
		assert_non_null(strstr(d.b->fault.text, cards[i].words));
		p15_done(&d);
	}
}

/* ---- PINs ------------------------------------------------------------------------------ */

static void
status_words_of_a_pin(void **state)
{
	static const struct {
		const char *sw;
		tmg_rc rc;
		int tries;
	} cases[] = {
		{ "9000", TMG_OK, -1 }, { "63C2", TMG_PIN_WRONG, 2 },
		{ "63C0", TMG_PIN_LOCKED, 0 }, { "6983", TMG_PIN_LOCKED, 0 },
		{ "6982", TMG_PIN_WRONG, -1 }, { "6300", TMG_PIN_WRONG, -1 },
		{ "6984", TMG_PIN_LOCKED, -1 }, { "6700", TMG_DENIED, -1 },
		{ "6985", TMG_DENIED, -1 }, { "6A88", TMG_UNSUPPORTED, -1 },
		{ "6D00", TMG_UNSUPPORTED, -1 }, { "6581", TMG_E_CARD, -1 },
		{ "6F00", TMG_E_CARD, -1 }, { "6282", TMG_E_CARD, -1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE, ODF, INFO, PINS,
			{ VERIFY, cases[i].sw, NULL }, { 0 },
		};
		int tries = 7;
		p15_desk d;

		p15_open(&d, rows);
		assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_USER, typed,
		    &tries), cases[i].rc);
		assert_int_equal(tries, cases[i].tries);
		assert_int_equal(tmg_driver_pkcs15.logged_in(d.b, TMG_PIN_USER),
		    cases[i].rc == TMG_OK ? TMG_OK : TMG_LOGIN);
		p15_done(&d);
	}
}

static void
pins_changed_and_unblocked(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PINS,
		{ "00200001", "63C3", NULL },
		{ "0024000131323334FFFFFFFF35363738FFFFFFFF", "9000", NULL },
		{ "002C0001393939393939" "35363738FFFFFFFF", "63C4", NULL },
		{ "00200003123456" "0000000000", "9000", NULL },
		{ "0020FF01", "6A86", NULL }, { SELECT_APP, "9000", NULL },
		{ 0 },
	};
	const tmg_view fresh = BYTES("5678"), shorter = BYTES("123");
	const tmg_view longer = BYTES("123456789"), words = BYTES("12345a");
	const tmg_view puk = BYTES("999999"), officer = BYTES("123456");
	p15_desk d;
	int tries;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.tries(d.b, TMG_PIN_USER, &tries), TMG_OK);
	assert_int_equal(tries, 3);
	assert_int_equal(tmg_driver_pkcs15.change(d.b, TMG_PIN_USER, typed, fresh,
	    &tries), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.unblock(d.b, puk, fresh, &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tries, 4);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_ADMIN, officer,
	    &tries), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_ADMIN, words, &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tmg_driver_pkcs15.verify(d.b, TMG_PIN_USER, longer, &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tmg_driver_pkcs15.change(d.b, TMG_PIN_USER, typed, shorter,
	    &tries), TMG_DENIED);
	d.p->in |= 1;
	assert_int_equal(tmg_driver_pkcs15.logout(d.b), TMG_OK);
	p15_done(&d);
}

static void
pins_as_cards_store_them(void **state)
{
	static const struct {
		tmg_p15_pin_type type;
		unsigned flags;
		size_t stored;
		uint8_t pad;
		tmg_view typed, sent;	/* len 0: refused */
	} cases[] = {
		{ P15_PIN_ASCII, 0, 8, 0, BYTES("12345"), BYTES("12345") },
		{ P15_PIN_ASCII, P15_PIN_PADDED, 8, 0xff, BYTES("12345"),
		    BYTES("12345\xff\xff\xff") },
		{ P15_PIN_ASCII, P15_PIN_PADDED, 8, 0, BYTES("pa ss"),
		    BYTES("pa ss\0\0\0") },
		{ P15_PIN_BCD, 0, 8, 0xff, BYTES("12345"), BYTES("\x12\x34\x5f") },
		{ P15_PIN_BCD, P15_PIN_PADDED, 4, 0, BYTES("1234"),
		    BYTES("\x12\x34\0\0") },
		{ P15_PIN_HALF_NIBBLE, 0, 8, 0, BYTES("19"), BYTES("\xf1\xf9") },
		{ P15_PIN_ISO9564, 0, 8, 0, BYTES("12345"),
		    BYTES("\x25\x12\x34\x5f\xff\xff\xff\xff") },
		{ P15_PIN_BCD, 0, 8, 0, BYTES("12a4"), BYTES("") },
		{ P15_PIN_ISO9564, 0, 8, 0, BYTES("1234567890123"), BYTES("") },
		{ P15_PIN_ASCII, 0, 8, 0, BYTES(""), BYTES("") },
		{ P15_PIN_ASCII, 0, 8, 0, BYTES("12345678901234567"), BYTES("") },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_p15_pin pin = { .type = cases[i].type,
		    .flags = cases[i].flags, .stored = cases[i].stored, .max = 16,
		    .pad = cases[i].pad };
		tmg_secret sent = { .len = 0 };

		assert_int_equal(tmg_p15_pin_encode(&pin, cases[i].typed, &sent),
		    cases[i].sent.len > 0 ? TMG_OK : TMG_PIN_WRONG);
		if (cases[i].sent.len > 0)
			assert_view_equal(tmg_secret_view(&sent), cases[i].sent);
	}
}

static void
typed_on_a_keypad(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, INFO, PINS,
		{ "00200001" "504144" "000800000408" "FFFFFFFFFFFFFFFF", "9000",
		    NULL },
		{ "00240001" "504144" "010800080408" "FFFFFFFFFFFFFFFF"
		    "FFFFFFFFFFFFFFFF", "cancelled", NULL },
		{ 0 },
	};
	p15_desk d;
	int tries;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.verify_typed(d.b, TMG_PIN_USER, &tries),
	    TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.change_typed(d.b, TMG_PIN_USER, &tries),
	    TMG_CANCELLED);
	assert_int_equal(tmg_driver_pkcs15.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	assert_int_equal(tmg_driver_pkcs15.verify_typed(d.b, TMG_PIN_ADMIN, &tries),
	    TMG_UNSUPPORTED);
	p15_done(&d);
}

/* ---- what cards say wrongly -------------------------------------------------------------- */

static void
cards_that_lie(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		/* the ODF and its directories lead to each other */
		FILE_AT("02", "5031", "A00A300804063F0050155031"
		    "A40A300804063F0050154402"),
		FILE_AT("02", "5032", "3003020100"),
		{ "00A4080050155031", "9000", NULL },
		{ "00B00000", "A00A300804063F0050155031" "9000", NULL },
		FILE_AT("08", "50154402", P15_CERT P15_CERT),
		FILE_AT("08", "50154301", "0403020101"),
		{ 0 },
	};
	tmg_out der = TMG_OUT(store);
	tmg_slot slots[8];
	size_t n;
	p15_desk d;

	(void)state;
	p15_open(&d, rows);
	assert_int_equal(tmg_driver_pkcs15.identify(d.b), TMG_OK);
	assert_string_equal(d.b->info.label, "PKCS15");
	assert_int_equal(tmg_driver_pkcs15.slots(d.b, slots, 8, &n), TMG_OK);
	/* two of one id have two names */
	assert_int_equal(n, 2);
	assert_string_equal(slots[0].name, "45");
	assert_string_equal(slots[1].name, "45~b");
	assert_int_not_equal(slots[0].ref, slots[1].ref);
	assert_int_equal(tmg_driver_pkcs15.cert_read(d.b, slots[0].ref, &der),
	    TMG_E_MALFORMED);
	p15_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_card_is_asked_two_names),
		cmocka_unit_test(a_list_asks_nothing_twice),
		cmocka_unit_test(an_empty_card),
		cmocka_unit_test(the_environment_is_kept),
		cmocka_unit_test(by_internal_authenticate),
		cmocka_unit_test(algorithms_of_the_card),
		cmocka_unit_test(whether_it_pads),
		cmocka_unit_test(an_isoapplet),
		cmocka_unit_test(an_isoapplet_of_old),
		cmocka_unit_test(after_another_turn),
		cmocka_unit_test(what_takes_long_leaves_no_doubt),
		cmocka_unit_test(after_a_reset),
		cmocka_unit_test(an_application_that_does_not_come_back),
		cmocka_unit_test(status_words_of_a_pin),
		cmocka_unit_test(pins_changed_and_unblocked),
		cmocka_unit_test(pins_as_cards_store_them),
		cmocka_unit_test(typed_on_a_keypad),
		cmocka_unit_test(cards_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
