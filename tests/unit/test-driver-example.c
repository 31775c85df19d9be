/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver that doc/drivers.md shows, with a card that is played: what stands
 * there works.
 */
#include "tests/unit/test.h"

#include "tests/unit/probe.h"

#define SELECT "00A40400F074616D676101"
#define PIN "31323334"
#define DIGEST "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define R_AND_S \
	"0100000000000000000000000000000000000000000000000000000000000001" \
	"0200000000000000000000000000000000000000000000000000000000000002"

extern const tmg_driver tmg_driver_example;

static const uint8_t digest[32] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
	0xcc, 0xdd, 0xee, 0xff, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};
static const tmg_sign_spec ecdsa = { .scheme = TMG_SIGN_ECDSA };
static const tmg_view pin = { (const uint8_t *)"1234", 4 };

/* A token over a script. */
struct desk {
	tmg_ctx *ctx;
	tmg_script s;
	tmg_backend *b;
};

static void
desk_open(struct desk *d, const tmg_script_row *rows)
{
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->s, d->ctx, rows);
	d->b = probe_one(&d->s, &tmg_driver_example);
}

static void
desk_done(struct desk *d)
{
	probe_done(&d->s, d->b);
	tmg_ctx_free(&d->ctx);
}

static tmg_rc
sign(struct desk *d, tmg_out *sig)
{
	return tmg_driver_example.sign(d->b, 1, TMG_ALG_P256, &ecdsa,
	    TMG_VIEW(digest), sig);
}

static void
other_cards_are_left_alone(void **state)
{
	(void)state;
	probe_none(&tmg_driver_example, SELECT, "6A82", TMG_NOT_FOUND);
	probe_none(&tmg_driver_example, SELECT, "removed", TMG_REMOVED);
}

static void
a_pin_opens_the_key(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, "9000", NULL },
		{ "00B08100", "30030201016282", NULL },
		{ "002A9E9A" DIGEST, "6982", NULL },
		{ "00200001" PIN, "63C2", NULL },
		{ "00200001" PIN, "9000", NULL },
		{ "002A9E9A" DIGEST, R_AND_S "9000", NULL },
		{ 0 },
	};
	uint8_t store[TMG_SIG_MAX];
	tmg_out der = TMG_OUT(store), sig = TMG_OUT(store);
	struct desk d;
	int tries;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(tmg_driver_example.cert_read(d.b, 1, &der), TMG_OK);
	assert_int_equal(der.len, 5);
	assert_int_equal(sign(&d, &sig), TMG_LOGIN);
	assert_int_equal(tmg_driver_example.verify(d.b, TMG_PIN_USER, pin, &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tries, 2);
	assert_int_equal(tmg_driver_example.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(tmg_driver_example.verify(d.b, TMG_PIN_USER, pin, &tries),
	    TMG_OK);
	assert_int_equal(tmg_driver_example.logged_in(d.b, TMG_PIN_USER), TMG_OK);
	assert_int_equal(sign(&d, &sig), TMG_OK);
	assert_true(sig.len > 64 && store[0] == 0x30);
	desk_done(&d);
}

/* The card was reset by another program: the PIN is asked for, not sent again. */
static void
a_reset_ends_the_login(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, "9000", NULL },
		{ "00200001" PIN, "9000", NULL },
		{ SELECT, "9000", NULL },
		{ "002A9E9A" DIGEST, "6982", NULL },
		{ 0 },
	};
	uint8_t store[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store);
	struct desk d;
	int tries;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(tmg_driver_example.verify(d.b, TMG_PIN_USER, pin, &tries),
	    TMG_OK);
	d.s.channel.epoch++;
	d.s.channel.aid_len = 0;
	assert_int_equal(tmg_driver_example.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	assert_int_equal(sign(&d, &sig), TMG_LOGIN);
	desk_done(&d);
}

/* What the card cannot do says so, and sends nothing. */
static void
the_rest_is_refused_in_words(void **state)
{
	static const tmg_script_row rows[] = { { SELECT, "9000", NULL }, { 0 } };
	const tmg_keyspec spec = { .slot = 1, .alg = TMG_ALG_P256 };
	uint8_t store[8];
	tmg_out out = TMG_OUT(store);
	struct desk d;

	(void)state;
	desk_open(&d, rows);
	assert_int_equal(tmg_driver_example.generate(d.b, &spec, &out),
	    TMG_UNSUPPORTED);
	assert_true(d.b->fault.text[0] != '\0');
	desk_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_cards_are_left_alone),
		cmocka_unit_test(a_pin_opens_the_key),
		cmocka_unit_test(a_reset_ends_the_login),
		cmocka_unit_test(the_rest_is_refused_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
