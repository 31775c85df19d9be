/* SPDX-License-Identifier: BSD-2-Clause */
/* A card as a channel: turns, resets, removals, what is remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/card/turn.h"
#include "tests/unit/script.h"

static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x03, 0x08 };
static const tmg_capdu select_piv = {
	.ins = 0xa4, .p1 = 0x04, .data = { aid, sizeof(aid) }, .le = 256,
};

#define SELECT "00A40400 05 A000000308 00"

/* An ATR that announces extended length and command chaining. */
static const uint8_t able_atr[] = { 0x3b, 0x85, 0x01, 0x80, 0x73, 0xc0, 0x21,
	0xc0, 0x56 };

/* calloc() fails as soon as this many more have succeeded. */
static int callocs_left = -1;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *
__wrap_calloc(size_t n, size_t size)
{
	if (callocs_left == 0)
		return NULL;
	if (callocs_left > 0)
		callocs_left--;
	return __real_calloc(n, size);
}

static tmg_channel *
open_card(tmg_script *s, const tmg_script_row *rows, tmg_card **card)
{
	tmg_script_init(s, NULL, rows);
	assert_int_equal(tmg_card_open(tmg_script_hub(s), TMG_SCRIPT_READER,
	    card), TMG_OK);
	return tmg_card_channel(*card);
}

static tmg_rc
exchange(tmg_channel *ch, const tmg_capdu *c, uint16_t *sw)
{
	uint8_t store[600];
	tmg_out out = TMG_OUT(store);

	return ch->ops->exchange(ch, c, &out, sw);
}

static void
test_turns_nest(void **state)
{
	static const tmg_script_row rows[] = { { SELECT, "9000", NULL }, { 0 } };
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	uint16_t sw;

	(void)state;
	{
		tmg_auto(tmg_turn) outer = { NULL };
		tmg_auto(tmg_turn) inner = { NULL };

		assert_int_equal(tmg_turn_take(&outer, ch), TMG_OK);
		assert_int_equal(tmg_turn_take(&inner, ch), TMG_OK);
		assert_int_equal(s.turns, 1);
		tmg_turn_release(&inner);
		assert_int_equal(s.turns, 1);
		assert_int_equal(exchange(ch, &select_piv, &sw), TMG_OK);
	}
	assert_int_equal(s.turns, 0);
	assert_int_equal(s.turns_taken, 1);
	tmg_card_free(&card);
	assert_null(card);
	tmg_script_done(&s);
}

static void
test_no_turn(void **state)
{
	static const tmg_script_row rows[] = { { 0 } };
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	uint16_t sw;

	(void)state;
	assert_int_equal(exchange(ch, &select_piv, &sw), TMG_E_USAGE);
	ch->ops->end(ch);	/* without a turn: nothing */
	assert_int_equal(ch->apdus, 0);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

/* A reset between turns is seen by epoch and aid, not by the result. */
static void
test_reset_between(void **state)
{
	static const tmg_script_row rows[] = { { SELECT, "9000", NULL }, { 0 } };
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	const unsigned before = ch->epoch;
	uint16_t sw;

	(void)state;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(exchange(ch, &select_piv, &sw), TMG_OK);
	ch->unlocked = true;
	ch->ops->end(ch);
	assert_int_equal(ch->epoch, before);
	assert_int_equal(ch->aid_len, sizeof(aid));
	assert_memory_equal(ch->aid, aid, sizeof(aid));

	s.next_begin = TMG_RESET;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(s.turns, 1);
	assert_int_not_equal(ch->epoch, before);
	assert_int_equal(ch->aid_len, 0);
	assert_false(ch->unlocked);
	ch->ops->end(ch);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

/* What begin() may refuse with: no turn is held, the words are there. */
static void
test_begin_refused(void **state)
{
	static const struct {
		tmg_rc rc;
		bool forgets;
	} t[] = {
		{ TMG_REMOVED, true },
		{ TMG_BUSY, false },
		{ TMG_E_IO, false },
	};
	static const tmg_script_row rows[] = { { 0 } };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_script s;
		tmg_card *card;
		tmg_channel *ch = open_card(&s, rows, &card);
		tmg_auto(tmg_turn) turn = { NULL };
		const unsigned before = ch->epoch;

		ch->unlocked = true;
		s.next_begin = t[i].rc;
		assert_int_equal(tmg_turn_take(&turn, ch), t[i].rc);
		assert_int_equal(tmg_card_fault(card)->rc, t[i].rc);
		assert_string_not_equal(tmg_card_fault(card)->text, "");
		assert_int_equal(ch->epoch != before, t[i].forgets);
		assert_int_equal(ch->unlocked, !t[i].forgets);
		assert_int_equal(s.turns, 0);
		tmg_card_free(&card);
		tmg_script_done(&s);
	}
}

/* In the middle of a turn: told, nothing is sent again, the turn is held. */
static void
test_reset_within(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, "9000", NULL },
		{ "00200080", "reset", NULL },
		{ SELECT, "6A82", NULL },
		{ 0 },
	};
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	uint16_t sw;

	(void)state;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(exchange(ch, &select_piv, &sw), TMG_OK);
	ch->unlocked = true;
	memcpy(s.link.atr, able_atr, sizeof(able_atr));
	s.link.atr_len = sizeof(able_atr);
	s.link.longest = 65544;
	assert_int_equal(exchange(ch, &(tmg_capdu){ .ins = 0x20, .p2 = 0x80 },
	    &sw), TMG_RESET);
	assert_int_equal(ch->epoch, 1);
	assert_int_equal(ch->aid_len, 0);
	assert_false(ch->unlocked);
	/* the card behind it may be another */
	assert_int_equal(ch->atr_len, sizeof(able_atr));
	assert_true(ch->extended);
	assert_int_equal(s.turns, 1);
	assert_int_equal(exchange(ch, &select_piv, &sw), TMG_OK);
	assert_int_equal(sw, 0x6a82);
	ch->ops->end(ch);
	tmg_card_free(&card);
	assert_false(s.closed_with_reset);
	tmg_script_done(&s);
}

/* A reset before the command: certain only when no part of it was answered. */
static void
test_unheard(void **state)
{
	static const tmg_script_row rows[] = {
		{ "00200080", "unheard", NULL },
		{ "00200080", "reset", NULL },
		{ "10870000 FF *", "unheard", NULL },
		{ "10870000 FF *", "9000", NULL },
		{ "00870000 2D *", "unheard", NULL },
		{ "00840000 00", "6102", NULL },
		{ "00C00000 02", "unheard", NULL },
		{ 0 },
	};
	static const uint8_t data[300];
	const tmg_capdu verify = { .ins = 0x20, .p2 = 0x80 },
	    chained = { .ins = 0x87, .data = TMG_VIEW(data), .le = TMG_LE_ANY },
	    asking = { .ins = 0x84, .le = TMG_LE_SHORT };
	const struct {
		const tmg_capdu *c;
		bool unheard;
	} t[] = {
		{ &verify, true }, { &verify, false }, { &chained, true },
		{ &chained, false }, { &asking, false },
	};
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	uint16_t sw;

	(void)state;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		assert_int_equal(exchange(ch, t[i].c, &sw), TMG_RESET);
		assert_int_equal(ch->unheard, t[i].unheard);
	}
	ch->ops->end(ch);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

/* Pulled out at every single APDU of a chained command with a long answer. */
static void
test_removed_anywhere(void **state)
{
	static const tmg_script_row whole[] = {
		{ "10870000 FF *", "9000", NULL },
		{ "00870000 2D *", "AABB 6102", NULL },
		{ "00C00000 02", "CCDD 9000", NULL },
		{ 0 },
	};
	static const uint8_t data[300];

	(void)state;
	for (size_t at = 0; at + 1 < TMG_COUNT(whole); at++) {
		tmg_script_row rows[TMG_COUNT(whole)];
		tmg_script s;
		tmg_card *card;
		uint16_t sw;

		memcpy(rows, whole, sizeof(whole));
		rows[at].response = "removed";
		rows[at + 1].command = NULL;

		tmg_channel *ch = open_card(&s, rows, &card);

		assert_int_equal(ch->ops->begin(ch), TMG_OK);
		assert_int_equal(exchange(ch, &(tmg_capdu){ .ins = 0x87,
		    .data = TMG_VIEW(data), .le = TMG_LE_ANY }, &sw),
		    TMG_REMOVED);
		assert_int_equal(ch->apdus, at + 1);
		assert_int_equal(ch->epoch, 1);
		assert_int_equal(tmg_card_fault(card)->rc, TMG_REMOVED);
		ch->ops->end(ch);
		tmg_card_free(&card);
		tmg_script_done(&s);
	}
}

static void
test_select_refused(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, "9000", NULL },
		{ SELECT, "6A82", NULL },
		{ 0 },
	};
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	uint16_t sw;

	(void)state;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(exchange(ch, &select_piv, &sw), TMG_OK);
	assert_int_equal(ch->aid_len, sizeof(aid));
	assert_int_equal(exchange(ch, &select_piv, &sw), TMG_OK);
	assert_int_equal(ch->aid_len, 0);
	ch->ops->end(ch);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

/* Extended length: the card's word, the protocol and the reader together. */
static void
test_extended(void **state)
{
	static const struct {
		bool able;
		unsigned protocol;
		size_t longest;
		bool extended;
	} t[] = {
		{ true, 1, 65544, true },
		{ true, 1, 261, false },
		{ true, 0, 65544, false },
		{ false, 1, 65544, false },
	};
	static const tmg_script_row rows[] = { { 0 } };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_script s;
		tmg_card *card;

		tmg_script_init(&s, NULL, rows);
		if (t[i].able) {
			memcpy(s.link.atr, able_atr, sizeof(able_atr));
			s.link.atr_len = sizeof(able_atr);
		}
		s.link.protocol = t[i].protocol;
		s.link.longest = t[i].longest;
		assert_int_equal(tmg_card_open(tmg_script_hub(&s),
		    TMG_SCRIPT_READER, &card), TMG_OK);
		assert_int_equal(tmg_card_channel(card)->extended,
		    t[i].extended);
		tmg_card_free(&card);
	}
}

static void
test_card_reset(void **state)
{
	static const tmg_script_row rows[] = { { "reset", NULL, NULL }, { 0 } };
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);

	(void)state;
	ch->unlocked = true;
	assert_int_equal(tmg_card_reset(card), TMG_OK);
	assert_int_equal(ch->epoch, 1);
	assert_false(ch->unlocked);
	s.next_begin = TMG_REMOVED;
	assert_int_equal(tmg_card_reset(card), TMG_REMOVED);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

/* A login does not outlive the connection; in a turn or not. */
static void
test_close(void **state)
{
	static const tmg_script_row rows[] = { { 0 } };
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);

	(void)state;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	ch->unlocked = true;
	tmg_card_free(&card);
	assert_true(s.closed_with_reset);
	assert_int_equal(s.links, 0);
	tmg_script_done(&s);
	tmg_card_free(&card);
	tmg_card_free(NULL);
}

static void
test_open_refused(void **state)
{
	static const tmg_script_row rows[] = { { 0 } };
	tmg_script s;
	tmg_card *card;

	(void)state;
	tmg_script_init(&s, NULL, rows);
	assert_int_equal(tmg_card_open(tmg_script_hub(&s), "another", &card),
	    TMG_NOT_FOUND);
	assert_null(card);
	assert_int_equal(s.hub.fault.rc, TMG_NOT_FOUND);

	callocs_left = 0;
	assert_int_equal(tmg_card_open(tmg_script_hub(&s), TMG_SCRIPT_READER,
	    &card), TMG_E_NOMEM);
	callocs_left = -1;
	assert_null(card);
	assert_int_equal(s.links, 0);
}

/* Faults that the card itself makes, in words. */
static void
test_bad_answers(void **state)
{
	static const struct {
		tmg_script_row rows[3];
		tmg_rc rc;
	} t[] = {
		{ { { SELECT, "90", NULL } }, TMG_E_MALFORMED },
		{ { { SELECT, "6105", NULL }, { "00C00000 05", "6105", NULL } },
		    TMG_E_MALFORMED },
		{ { { SELECT, "io", NULL } }, TMG_E_IO },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_script s;
		tmg_card *card;
		tmg_channel *ch = open_card(&s, t[i].rows, &card);
		uint16_t sw;

		assert_int_equal(ch->ops->begin(ch), TMG_OK);
		assert_int_equal(exchange(ch, &select_piv, &sw), t[i].rc);
		assert_int_equal(ch->fault.rc, t[i].rc);
		assert_string_not_equal(ch->fault.text, "");
		assert_int_equal(ch->aid_len, 0);
		ch->ops->end(ch);
		tmg_card_free(&card);
		tmg_script_done(&s);
	}
}

static void
test_no_room(void **state)
{
	static const tmg_script_row rows[] = {
		{ SELECT, "0102030405 9000", NULL }, { 0 },
	};
	uint8_t store[4];
	tmg_out out = TMG_OUT(store);
	tmg_script s;
	tmg_card *card;
	tmg_channel *ch = open_card(&s, rows, &card);
	uint16_t sw;

	(void)state;
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(ch->ops->exchange(ch, &select_piv, &out, &sw),
	    TMG_E_SPACE);
	assert_int_equal(sw, 0x9000);
	assert_int_equal(ch->fault.rc, TMG_E_SPACE);
	ch->ops->end(ch);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns_nest),
		cmocka_unit_test(test_no_turn),
		cmocka_unit_test(test_reset_between),
		cmocka_unit_test(test_begin_refused),
		cmocka_unit_test(test_reset_within),
		cmocka_unit_test(test_unheard),
		cmocka_unit_test(test_removed_anywhere),
		cmocka_unit_test(test_select_refused),
		cmocka_unit_test(test_extended),
		cmocka_unit_test(test_card_reset),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_open_refused),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
