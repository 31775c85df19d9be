/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T=1: blocks, and what is said to a card that answers as a script has it.
 * A line of a script is what we must send and what the card says; without a
 * checksum, which is added here by a sum of its own.
 */
#include "tests/unit/test.h"

#include "src/codec/hex.h"
#include "src/reader/t1.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

/* ---- blocks -------------------------------------------------------------- */

static const struct {
	const char *block;
	bool crc;
	tmg_rc rc;
	uint8_t pcb;
	size_t inf;
} blocks[] = {
	{ "00 00 00 00", false, TMG_OK, 0x00, 0 },
	{ "00 40 02 9000 D2", false, TMG_OK, 0x40, 2 },
	{ "00 91 00 91", false, TMG_OK, 0x91, 0 },
	{ "00 C3 01 05 C7", false, TMG_OK, 0xc3, 1 },
	{ "00 E1 01 FE 1E", false, TMG_OK, 0xe1, 1 },
	/* 11.3.2.1: to another address than ours */
	{ "21 40 02 9000 F3", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 C0 00 C0", false, TMG_OK, 0xc0, 0 },
	/* CRC: the same bytes are no block with LRC */
	{ "00 C0 00 F399", true, TMG_OK, 0xc0, 0 },
	{ "00 C0 00 99F3", true, TMG_E_MALFORMED, 0, 0 },
	{ "00 C0 00 F399", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 C0 00 C0", true, TMG_E_MALFORMED, 0, 0 },
	/* checksum, lengths */
	{ "00 40 02 9000 D3", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 40 03 9000 D3", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 40 01 90 00 D1", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 40 FF BF", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 00 00", false, TMG_E_MALFORMED, 0, 0 },
	{ "", false, TMG_E_MALFORMED, 0, 0 },
	/* PCBs that do not exist; S-blocks with what they do not carry */
	{ "00 01 00 01", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 83 00 83", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 A0 00 A0", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 80 01 00 81", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 C1 00 C1", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 C3 02 0101 C1", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 C0 01 00 C1", false, TMG_E_MALFORMED, 0, 0 },
	{ "00 C4 00 C4", false, TMG_E_MALFORMED, 0, 0 },
};

static void
test_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(blocks); i++) {
		uint8_t store[64], back[64];
		tmg_out out = TMG_OUT(back);
		tmg_t1_block b;
		const tmg_view in = hex(blocks[i].block, store, sizeof(store));

		print_message("  %s\n", blocks[i].block);
		assert_int_equal(tmg_t1_take(in, blocks[i].crc, &b),
		    blocks[i].rc);
		assert_int_equal(b.pcb, blocks[i].pcb);
		assert_int_equal(b.inf.len, blocks[i].inf);
		if (blocks[i].rc != TMG_OK)
			continue;
		tmg_t1_put(&out, blocks[i].crc, &b);
		assert_view_equal(tmg_out_view(&out), in);
	}
}

/* ---- talks --------------------------------------------------------------- */

#define SILENCE "-"		/* the card says nothing */
#define NOISE "*"		/* the reader heard something damaged */
#define BROKEN "!"		/* and what follows has a wrong checksum */
#define GONE "x"

struct line {
	const char *out, *in;
	unsigned times;		/* 0: 1 */
};

struct script {
	const char *name;
	const char *command;
	tmg_rc rc;
	const char *response;
	bool lost;
	struct line lines[12];
};

static const struct script scripts[] = {
	{ "one block each", "00A40000", TMG_OK, "9000", false, {
	    { "000004 00A40000", "000002 9000", 0 } } },
	{ "the command in three", "000102030405060708 09", TMG_OK, "9000", false, {
	    { "002004 00010203", "009000", 0 },
	    { "006004 04050607", "008000", 0 },
	    { "000002 0809", "000002 9000", 0 } } },
	{ "the response in three", "00B0", TMG_OK, "0102039000", false, {
	    { "000002 00B0", "002002 0102", 0 },
	    { "009000", "006001 03", 0 },
	    { "008000", "000002 9000", 0 } } },
	{ "time wanted, twice", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", "00C301 05", 0 },
	    { "00E301 05", "00C301 00", 5 },
	    { "00E301 00", "000002 9000", 1 } } },
	{ "the card takes more at once", "0001020304050607", TMG_OK, "9000", false, {
	    { "002004 00010203", "00C101 08", 0 },
	    { "00E101 08", "009000", 0 },
	    { "004004 04050607", "000002 9000", 0 } } },
	{ "our block was damaged", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", "008100", 0 },
	    { "000002 00B0", "000002 9000", 0 } } },
	{ "damaged in a chain", "0001020304", TMG_OK, "9000", false, {
	    { "002004 00010203", "008100", 0 },
	    { "002004 00010203", "009000", 0 },
	    { "004001 04", "000002 9000", 0 } } },
	{ "its block was damaged", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", BROKEN "000002 9000", 0 },
	    { "008100", NOISE, 0 },
	    { "008100", "000002 9000", 0 } } },
	{ "an answer to another address", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", "210002 6D00", 0 },
	    { "008100", "000002 9000", 0 } } },
	{ "silence, then the question", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", SILENCE, 0 },
	    { "008200", "008200", 0 },
	    { "000002 00B0", "000002 9000", 0 } } },
	{ "our R was damaged", "00B0", TMG_OK, "019000", false, {
	    { "000002 00B0", "002001 01", 0 },
	    { "009000", "008100", 0 },
	    { "009000", "004002 9000", 0 } } },
	{ "the wrong number", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", "004002 9000", 0 },
	    { "008200", "000002 9000", 0 } } },
	{ "an answer in the middle of a chain", "0001020304", TMG_OK, "9000",
	    false, {
	    { "002004 00010203", "000002 6D00", 0 },
	    { "008200", "009000", 0 },
	    { "004001 04", "000002 9000", 0 } } },
	{ "it says yes for ever instead of an answer", "00B0", TMG_E_IO, "", false, {
	    { "000002 00B0", "009000", 0 },
	    { "008200", "009000", 0 },
	    { "008200", "009000", 0 },
	    { "00C000", "00E000", 0 } } },
	{ "never the right block: it begins anew", "00B0", TMG_E_IO, "", false, {
	    { "000002 00B0", NOISE, 0 },
	    { "008100", NOISE, 0 },
	    { "008100", NOISE, 0 },
	    { "00C000", "00E000", 0 } } },
	{ "it never hears us", "00B0", TMG_E_IO, "", false, {
	    { "000002 00B0", "008100", 0 },
	    { "000002 00B0", "008100", 0 },
	    { "000002 00B0", "008100", 0 },
	    { "00C000", NOISE, 0 },
	    { "00C000", "00E000", 0 } } },
	{ "it does not begin anew", "00B0", TMG_E_IO, "", true, {
	    { "000002 00B0", SILENCE, 0 },
	    { "008200", SILENCE, 0 },
	    { "008200", SILENCE, 0 },
	    { "00C000", SILENCE, 0 },
	    { "00C000", "000002 9000", 0 },
	    { "00C000", "00E201", 0 } } },
	{ "it ends the chain", "0001020304", TMG_E_IO, "", false, {
	    { "002004 00010203", "00C200", 0 },
	    { "00E200", "009000", 0 },
	    { "00C000", "00E000", 0 } } },
	{ "responses nobody asked for", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", "00E000", 0 },
	    { "008200", "00C000", 0 },
	    { "008200", "000002 9000", 0 } } },
	{ "an impossible size", "00B0", TMG_OK, "9000", false, {
	    { "000002 00B0", "00C101 00", 0 },
	    { "008200", "00C101 FF", 0 },
	    { "008200", "000002 9000", 0 } } },
	{ "longer than there is room", "00B0", TMG_E_SPACE, "", false, {
	    { "000002 00B0", "000009 010203040506070809", 0 },
	    { "00C000", "00E000", 0 } } },
	{ "unplugged", "00B0", TMG_REMOVED, "", false, {
	    { "000002 00B0", GONE, 0 } } },
	{ "unplugged while it began anew", "00B0", TMG_REMOVED, "", false, {
	    { "000002 00B0", SILENCE, 0 },
	    { "008200", SILENCE, 0 },
	    { "008200", SILENCE, 0 },
	    { "00C000", GONE, 0 } } },
};

struct play {
	const struct script *script;
	size_t at;
};

static void
say(tmg_out *answer, const char *in)
{
	const bool broken = in[0] == BROKEN[0];
	uint8_t store[64], sum = broken ? 0xa5 : 0;
	const tmg_view v = hex(in + broken, store, sizeof(store));

	for (size_t i = 0; i < v.len; i++)
		sum ^= v.ptr[i];
	tmg_put(answer, v);
	tmg_put_u8(answer, sum);
}

static tmg_rc
play(void *of, unsigned times, tmg_view block, tmg_out *answer)
{
	struct play *p = of;
	const struct line *line = &p->script->lines[p->at];
	uint8_t store[64];
	tmg_view want;

	assert_true(p->at < TMG_COUNT(p->script->lines) && line->out != NULL);
	p->at++;
	want = hex(line->out, store, sizeof(store));
	assert_int_equal(block.len, want.len + 1);
	assert_view_equal(((tmg_view){ block.ptr, want.len }), want);
	assert_int_equal(times, line->times != 0 ? line->times : 1);
	switch (line->in[0]) {
	case '-':
		return TMG_PENDING;
	case '*':
		return TMG_E_MALFORMED;
	case 'x':
		return TMG_REMOVED;
	default:
		say(answer, line->in);
		return TMG_OK;
	}
}

static void
test_talks(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(scripts); i++) {
		const struct script *s = &scripts[i];
		struct play p = { s, 0 };
		uint8_t store[64], want[64], got[8];
		tmg_out response = TMG_OUT(got);
		tmg_t1 t;

		print_message("  %s\n", s->name);
		tmg_t1_begin(&t, 4, false, play, &p);
		assert_int_equal(tmg_t1_transmit(&t, hex(s->command, store,
		    sizeof(store)), &response), s->rc);
		assert_true(p.at == TMG_COUNT(s->lines) ||
		    s->lines[p.at].out == NULL);
		assert_int_equal(t.lost, s->lost);
		if (s->rc == TMG_OK)
			assert_view_equal(tmg_out_view(&response),
			    hex(s->response, want, sizeof(want)));
		if (s->lost)
			assert_int_equal(tmg_t1_transmit(&t, hex(s->command,
			    store, sizeof(store)), &response), TMG_E_IO);
	}
}

/* The block was the reader's, with the prologue that it was told: what the card says to
 * it, and goes on with.  The command's row is that answer. */
static const struct script followed[] = {
	{ "one block each", "000002 9000", TMG_OK, "9000", false, {
	    { NULL, NULL, 0 } } },
	{ "the response in two", "002001 01", TMG_OK, "019000", false, {
	    { "009000", "004002 9000", 0 } } },
	{ "time wanted", "00C301 05", TMG_OK, "9000", false, {
	    { "00E301 05", "000002 9000", 5 } } },
	{ "its block was damaged", BROKEN "000002 9000", TMG_OK, "9000", false, {
	    { "008100", "000002 9000", 0 } } },
	{ "silence", SILENCE, TMG_OK, "63C2", false, {
	    { "008100", "000002 63C2", 0 } } },
	{ "it asks for the block, which is gone", "008100", TMG_E_IO, "", false, {
	    { "00C000", "00E000", 0 } } },
	{ "it says yes to what was all", "009000", TMG_OK, "9000", false, {
	    { "008200", "000002 9000", 0 } } },
	{ "nothing makes it follow", SILENCE, TMG_E_IO, "", true, {
	    { "008100", SILENCE, 0 },
	    { "008200", NOISE, 0 },
	    { "00C000", SILENCE, 0 },
	    { "00C000", SILENCE, 0 },
	    { "00C000", SILENCE, 0 } } },
};

static void
test_follow(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(followed); i++) {
		const struct script *s = &followed[i];
		static const uint8_t begin[] = { 0, 0x00, 4 }, next[] = { 0, 0x40, 4 };
		struct play p = { s, 0 };
		uint8_t store[64], want[64], got[8], prologue[3];
		tmg_out response = TMG_OUT(got), first = TMG_OUT(store);
		tmg_t1 t;

		print_message("  %s\n", s->name);
		tmg_t1_begin(&t, 4, false, play, &p);
		assert_int_equal(tmg_t1_prologue(&t, 5, prologue), TMG_UNSUPPORTED);
		assert_int_equal(tmg_t1_prologue(&t, 4, prologue), TMG_OK);
		assert_memory_equal(prologue, begin, 3);
		if (s->command[0] != SILENCE[0])
			say(&first, s->command);
		assert_int_equal(tmg_t1_follow(&t, tmg_out_view(&first),
		    &response), s->rc);
		assert_true(s->lines[p.at].out == NULL);
		assert_int_equal(t.lost, s->lost);
		assert_int_equal(tmg_t1_prologue(&t, 4, prologue), TMG_OK);
		/* numbers go on, or begin anew */
		assert_memory_equal(prologue, s->rc == TMG_OK ? next : begin, 3);
		if (s->rc == TMG_OK)
			assert_view_equal(tmg_out_view(&response),
			    hex(s->response, want, sizeof(want)));
	}
}

/* Numbers go on from command to command, and begin anew after resynchronising. */
static void
test_numbers(void **state)
{
	static const struct script s = { "", "", TMG_OK, "", false, {
	    { "000001 01", "000001 11", 0 },
	    { "004001 02", "004001 12", 0 },
	    { "000001 03", NOISE, 0 },
	    { "008100", NOISE, 0 },
	    { "008100", NOISE, 0 },
	    { "00C000", "00E000", 0 },
	    { "000001 04", "000001 14", 0 } } };
	static const tmg_rc want[] = { TMG_OK, TMG_OK, TMG_E_IO, TMG_OK };
	struct play p = { &s, 0 };
	tmg_t1 t;

	(void)state;
	tmg_t1_begin(&t, 0, false, play, &p);	/* 0 is no size: 32 */
	assert_int_equal(t.ifsc, 32);
	for (uint8_t i = 0; i < TMG_COUNT(want); i++) {
		const uint8_t command[] = { (uint8_t)(i + 1) };
		uint8_t got[4];
		tmg_out response = TMG_OUT(got);

		assert_int_equal(tmg_t1_transmit(&t, TMG_VIEW(command),
		    &response), want[i]);
		if (want[i] == TMG_OK)
			assert_int_equal(got[0], 0x11 + i);
	}
}

static void
test_ifsd(void **state)
{
	static const struct { tmg_rc rc; struct script s; } rows[] = {
		{ TMG_OK, { "", "", TMG_OK, "", false, {
		    { "00C101 FE", "00E101 FE", 0 } } } },
		{ TMG_OK, { "", "", TMG_OK, "", false, {
		    { "00C101 FE", SILENCE, 0 }, { "00C101 FE", "008200", 0 },
		    { "00C101 FE", "00E101 FE", 0 } } } },
		{ TMG_UNSUPPORTED, { "", "", TMG_OK, "", false, {
		    { "00C101 FE", "00E101 20", 0 }, { "00C101 FE", NOISE, 0 },
		    { "00C101 FE", SILENCE, 0 } } } },
		{ TMG_REMOVED, { "", "", TMG_OK, "", false, {
		    { "00C101 FE", GONE, 0 } } } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct play p = { &rows[i].s, 0 };
		tmg_t1 t;

		tmg_t1_begin(&t, 254, false, play, &p);
		assert_int_equal(tmg_t1_tell_ifsd(&t, 254), rows[i].rc);
		assert_true(rows[i].s.lines[p.at].out == NULL);
	}
}

/* A card whose every block is right and that never comes to an end: parts of an
 * answer that say nothing or one byte, pleas for time, sizes told again. */
struct endless {
	uint8_t pcb, inf;
	size_t len;
	bool seq;
	unsigned blocks, resynchs;
};

static tmg_rc
play_endless(void *of, unsigned times, tmg_view block, tmg_out *answer)
{
	struct endless *e = of;
	const bool resynch = block.ptr[1] == 0xc0;
	const uint8_t pcb = resynch ? 0xe0 :
	    (uint8_t)(e->pcb | (e->seq ? 0x40 : 0));

	(void)times;
	e->blocks++;
	e->resynchs += resynch;
	assert_in_range(e->blocks, 1, 20000);
	tmg_t1_put(answer, false, &(tmg_t1_block){ .pcb = pcb,
	    .inf = { &e->inf, resynch ? 0 : e->len } });
	if (e->pcb == 0x20)
		e->seq = !e->seq;
	return TMG_OK;
}

static void
test_endless(void **state)
{
	static const struct endless rows[] = {
		{ .pcb = 0x20, .len = 0 }, { .pcb = 0x20, .len = 1 },
		{ .pcb = 0xc3, .len = 1, .inf = 1 },
		{ .pcb = 0xc1, .len = 1, .inf = 32 },
	};
	static uint8_t got[65538];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		static const uint8_t command[] = { 0x00, 0xb0, 0x00, 0x00 };
		struct endless e = rows[i];
		tmg_out response = TMG_OUT(got);
		tmg_t1 t;

		print_message("  %02x, %zu bytes\n", e.pcb, e.len);
		tmg_t1_begin(&t, 254, false, play_endless, &e);
		assert_int_equal(tmg_t1_transmit(&t, TMG_VIEW(command),
		    &response), TMG_E_IO);
		assert_int_equal(e.resynchs, 1);
		assert_false(t.lost);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_talks),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_ifsd),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
