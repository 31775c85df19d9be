/* SPDX-License-Identifier: BSD-2-Clause */
/* An application that is nobody's: selected when it must be, and no oftener. */
#include "tests/unit/test.h"

#include "src/base/ctx.h"
#include "src/driver/application.h"
#include "tests/unit/script.h"

#define SELECT "00A40400F00102"
#define FCI "6F00 9000"

enum {
	INS_VERIFY = 0x20,
	INS_READ = 0xb0,
	INS_WRITE = 0xd6,	/* bears a secret */
	SW_DEAD = 0x6285,
	SW_FOREIGN = 0x6d00,
};

typedef struct toy {
	tmg_backend base;	/* first */
	tmg_application app;
	tmg_ctx *ctx;
	tmg_script script;
	unsigned forgot, unlearned;
	size_t told;		/* bytes that SELECT answered */
} toy;

static tmg_rc
selected(tmg_backend *b, uint16_t sw, tmg_view answer)
{
	((toy *)b)->told = answer.len;
	return sw == 0x9000 ? TMG_OK : sw == SW_DEAD ? TMG_E_CARD : TMG_NOT_FOUND;
}

static void
forget(tmg_backend *b)
{
	((toy *)b)->forgot++;
}

static void
unlearn(tmg_backend *b)
{
	((toy *)b)->unlearned++;
}

static bool
bears_secret(const tmg_capdu *c)
{
	return c->ins == INS_VERIFY || c->ins == INS_WRITE;
}

static bool
is_foreign(const tmg_capdu *c, uint16_t sw)
{
	(void)c;
	return sw == SW_FOREIGN;
}

static const tmg_application_kind toys = {
	.aid = BYTES("\xf0\x01\x02"),
	.name = "Toy",
	.selected = selected,
	.forget = forget,
	.unlearn = unlearn,
	.bears_secret = bears_secret,
	.is_foreign = is_foreign,
};

static const tmg_capdu verify = { .ins = INS_VERIFY, .data = BYTES("1234") };
static const tmg_capdu take = { .ins = INS_READ, .le = TMG_LE_SHORT };
static const tmg_capdu put = { .ins = INS_WRITE, .data = BYTES("x") };

static void
open_toy(toy *t, const tmg_script_row *rows)
{
	*t = (toy){ .app = { .kind = &toys, .b = &t->base, .who = "toy" } };
	assert_int_equal(tmg_ctx_new(&t->ctx), TMG_OK);
	tmg_script_init(&t->script, t->ctx, rows);
	t->base.ctx = t->ctx;
	t->base.ch = tmg_script_channel(&t->script);
	assert_int_equal(t->base.ch->ops->begin(t->base.ch), TMG_OK);
}

static void
done_toy(toy *t)
{
	t->base.ch->ops->end(t->base.ch);
	tmg_script_done(&t->script);
	tmg_ctx_free(&t->ctx);
}

/* The reader was given back, and another turn taken after so long. */
static void
pause_for(toy *t, int64_t ms)
{
	t->base.ch->turn++;
	t->app.selected.spoken_ms -= ms;
}

static tmg_rc
send(toy *t, const tmg_capdu *c, uint16_t want)
{
	uint8_t bytes[8];
	tmg_out data = TMG_OUT(bytes);
	uint16_t sw;
	const tmg_rc rc = tmg_application_send(&t->app, c, &data, &sw);

	assert_int_equal(sw, want);
	return rc;
}

static void
selected_once_for_as_long_as_it_holds(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, FCI, NULL },
		{ "00B00000", "9000", NULL },
		{ "00B00000", "6982", NULL },
		{ "00B00000", "9000", NULL },	/* a minute later */
		{ SELECT, FCI, NULL },		/* after a reset */
		{ "00B00000", "9000", NULL },
		{ SELECT, FCI, NULL },		/* after another driver's */
		{ "00B00000", "9000", NULL },
		{ SELECT, FCI, NULL },		/* after a doubt */
		{ "00B00000", "9000", NULL },
		{ 0 },
	};
	toy t;

	(void)state;
	open_toy(&t, rows);
	assert_int_equal(send(&t, &take, 0x9000), TMG_OK);
	assert_int_equal(t.told, 2);
	assert_int_equal(send(&t, &take, 0x6982), TMG_OK);
	pause_for(&t, 60000);
	assert_int_equal(send(&t, &take, 0x9000), TMG_OK);
	assert_int_equal(t.forgot, 1);
	t.base.ch->epoch++;
	assert_int_equal(send(&t, &take, 0x9000), TMG_OK);
	t.base.ch->aid[0] ^= 1;
	assert_int_equal(send(&t, &take, 0x9000), TMG_OK);
	tmg_application_doubt(&t.app);
	assert_int_equal(send(&t, &take, 0x9000), TMG_OK);
	assert_int_equal(t.forgot, 5);
	assert_int_equal(t.unlearned, 0);
	done_toy(&t);
}

static void
secrets_want_certainty(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, FCI, NULL },
		{ "00D60000 78", "9000", NULL },
		{ "00D60000 78", "9000", NULL },	/* in the same turn, late */
		{ "00D60000 78", "9000", NULL },	/* a moment later */
		{ SELECT, FCI, NULL },			/* two seconds later */
		{ "00D60000 78", "9000", NULL },
		/* what bears no secret is sent, and makes nothing certain */
		{ "00B00000", "9000", NULL },
		{ SELECT, FCI, NULL },
		{ "00200000 31323334", "9000", NULL },
		{ 0 },
	};
	toy t;

	(void)state;
	open_toy(&t, rows);
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	t.app.selected.spoken_ms -= 60000;
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	pause_for(&t, 900);
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	pause_for(&t, 2000);
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	pause_for(&t, 2000);
	assert_int_equal(send(&t, &take, 0x9000), TMG_OK);
	assert_int_equal(send(&t, &verify, 0x9000), TMG_OK);
	done_toy(&t);
}

/* A card that thinks for a minute about the command it is given. */
static toy *thinking;
static const tmg_channel_ops *quick;

static tmg_rc
exchange_slowly(tmg_channel *ch, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	const tmg_rc rc = quick->exchange(ch, c, data, sw);

	thinking->app.selected.spoken_ms -= 60000;
	return rc;
}

static void
what_takes_long_leaves_no_doubt(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, FCI, NULL },
		{ "00D60000 78", "9000", NULL },
		{ "00D60000 78", "9000", NULL },	/* a moment later, for a minute */
		{ "00D60000 78", "9000", NULL },	/* in the same turn */
		{ 0 },
	};
	tmg_channel_ops slow;
	toy t;

	(void)state;
	open_toy(&t, rows);
	quick = t.base.ch->ops;
	slow = *quick;
	slow.exchange = exchange_slowly;
	thinking = &t;
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	pause_for(&t, 500);
	t.base.ch->ops = &slow;
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	t.base.ch->ops = quick;
	assert_int_equal(send(&t, &put, 0x9000), TMG_OK);
	done_toy(&t);
}

static void
a_foreign_answer_selects_and_asks_again(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, FCI, NULL },
		{ "00B00000", "9000", NULL },
		{ "00B00000", "AABBCC 6D00", NULL },
		{ SELECT, FCI, NULL },
		{ "00B00000", "0102 9000", NULL },
		/* once: who answers so after our SELECT is ours */
		{ "00B00000", "6D00", NULL },
		{ SELECT, FCI, NULL },
		{ "00B00000", "6D00", NULL },
		{ SELECT, FCI, NULL },
		{ "00B00000", "6D00", NULL },
		/* a PIN is not sent again by itself */
		{ "00200000 31323334", "6D00", NULL },
		{ SELECT, FCI, NULL },
		{ 0 },
	};
	uint8_t bytes[8];
	tmg_out data = TMG_OUT(bytes);
	uint16_t sw;
	toy t;

	(void)state;
	open_toy(&t, rows);
	assert_int_equal(tmg_application_send(&t.app, &take, NULL, &sw), TMG_OK);
	tmg_put_u8(&data, 0x55);
	assert_int_equal(tmg_application_send(&t.app, &take, &data, &sw), TMG_OK);
	assert_view_equal(tmg_out_view(&data), ((tmg_view)BYTES("\x55\x01\x02")));
	assert_int_equal(t.unlearned, 1);
	assert_int_equal(send(&t, &take, SW_FOREIGN), TMG_OK);
	tmg_application_doubt(&t.app);
	assert_int_equal(send(&t, &take, SW_FOREIGN), TMG_OK);
	assert_int_equal(send(&t, &verify, SW_FOREIGN), TMG_LOGIN);
	assert_non_null(strstr(t.base.fault.text, "toy: another program"));
	assert_int_equal(t.unlearned, 3);
	done_toy(&t);
}

static void
what_is_typed_is_never_repeated(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, FCI, NULL },
		{ "00200000 504144 *", "9000", NULL },
		{ "00200000 504144 *", "6D00", NULL },
		{ SELECT, FCI, NULL },
		{ SELECT, FCI, NULL },
		{ "00200000 504144 *", "6D00", NULL },	/* ours says so */
		{ 0 },
	};
	static const tmg_pad_form form = { .min = 4, .max = 8 };
	static const tmg_capdu typed = { .ins = INS_VERIFY };
	uint16_t sw;
	toy t;

	(void)state;
	open_toy(&t, rows);
	assert_int_equal(tmg_application_send_typed(&t.app, &typed, &form, &sw),
	    TMG_OK);
	assert_int_equal(tmg_application_send_typed(&t.app, &typed, &form, &sw),
	    TMG_LOGIN);
	assert_int_equal(t.unlearned, 1);
	pause_for(&t, 2000);
	assert_int_equal(tmg_application_send_typed(&t.app, &typed, &form, &sw),
	    TMG_OK);
	assert_int_equal(sw, SW_FOREIGN);
	done_toy(&t);
}

static void
an_application_that_is_gone_is_told(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, "6A82", NULL },	/* never there */
		{ SELECT, "6285", NULL },	/* its own verdict */
		{ SELECT, FCI, NULL },
		{ "00B00000", "6D00", NULL },
		{ SELECT, "6A82", NULL },	/* another card */
		{ SELECT, FCI, NULL },
		{ "00B00000", "reset", NULL },
		{ SELECT, "removed", NULL },
		{ 0 },
	};
	toy t;

	(void)state;
	open_toy(&t, rows);
	assert_int_equal(tmg_application_select(&t.app), TMG_NOT_FOUND);
	assert_string_equal(t.base.fault.text,
	    "toy: there is no Toy application on this card");
	assert_int_equal(tmg_application_select(&t.app), TMG_E_CARD);
	assert_int_equal(tmg_application_select(&t.app), TMG_OK);
	assert_int_equal(send(&t, &take, SW_FOREIGN), TMG_E_CARD);
	assert_non_null(strstr(t.base.fault.text, "no longer there"));
	assert_int_equal(t.unlearned, 0);
	tmg_application_doubt(&t.app);
	t.forgot = 0;
	assert_int_equal(send(&t, &take, 0), TMG_RESET);
	assert_int_equal(t.forgot, 2);		/* at SELECT, and at the reset */
	assert_int_equal(send(&t, &take, 0), TMG_REMOVED);
	done_toy(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(selected_once_for_as_long_as_it_holds),
		cmocka_unit_test(secrets_want_certainty),
		cmocka_unit_test(what_takes_long_leaves_no_doubt),
		cmocka_unit_test(a_foreign_answer_selects_and_asks_again),
		cmocka_unit_test(what_is_typed_is_never_repeated),
		cmocka_unit_test(an_application_that_is_gone_is_told),
	};

	return cmocka_run_group_tests_name("application", tests, NULL, NULL);
}
