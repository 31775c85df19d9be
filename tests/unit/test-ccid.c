/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CCID reader over a pipe that plays a script: what it is asked, to the byte,
 * and whatever it may answer.  What is expected was written from CCID 1.10, not
 * taken from what is tested.
 */
#include "tests/unit/test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/base/clock.h"
#include "src/codec/hex.h"
#include "src/reader/ccid_reader.h"
#include "src/reader/quirk.h"

#define ATR_T0 "3B00"
#define ATR_T1 "3B80 81 1F CC 52"
#define YUBIKEY "3BFD1300008131FE158073C021C057597562694B657940"

/*
 * One message and what follows.  out: type, three bytes of the type, data.  in:
 * type, status, error, byte of the type, data; before it "~" for an answer to
 * the question before, "/" cuts it into two transfers behind the head.  "-" time
 * is over; "x" unplugged; "!" stalled; "=" raw bytes, "&" for ever; "0" an empty
 * transfer.
 * ABORT of the control endpoint is "A".
 */
struct line {
	const char *out;
	const char *in[5];
};

struct script {
	tmg_pipe pipe;
	const struct line *lines;
	size_t at, answer;
	uint8_t seq, control_seq;
	unsigned cleared;
	unsigned open, opened;		/* now; in all */
	atomic_uint closed;
	tmg_rc door;			/* what opening says next */
	tmg_rc ear;			/* what listening says */
	tmg_pipe_heard *heard;
	void *heard_of;
	unsigned listened;
	int patience;			/* for the answer that came last, ms */
	int waited;			/* how long it was to wait for others, ms */
};

static struct script *
of(tmg_pipe *p)
{
	return (struct script *)p;
}

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

static tmg_rc
play_out(tmg_pipe *p, tmg_view message, int ms)
{
	struct script *s = of(p);
	uint8_t store[4096];
	tmg_view want;

	assert_true(ms > 0);
	assert_non_null(s->lines[s->at].out);
	want = hex(s->lines[s->at++].out, store, sizeof(store));
	s->answer = 0;
	print_message("    %02x, %zu bytes\n", message.ptr[0], message.len);
	assert_int_equal(message.len, 10 + want.len - 4);
	assert_int_equal(message.ptr[0], want.ptr[0]);
	assert_int_equal(message.ptr[1] | message.ptr[2] << 8, want.len - 4);
	assert_int_equal(message.ptr[3] | message.ptr[4], 0);
	assert_int_equal(message.ptr[5], 0);
	assert_int_equal(message.ptr[6], (uint8_t)(s->seq + 1));
	s->seq = message.ptr[6];
	if (message.ptr[0] == 0x72)
		assert_int_equal(s->seq, s->control_seq);
	assert_memory_equal(message.ptr + 7, want.ptr + 1, 3);
	assert_memory_equal(message.ptr + 10, want.ptr + 4, want.len - 4);
	return TMG_OK;
}

static void
answer(struct script *s, const char *text, tmg_out *out)
{
	const bool stale = text[0] == '~';
	uint8_t store[4096];
	const tmg_view v = hex(text + stale, store, sizeof(store));
	const uint8_t head[10] = { v.ptr[0], (uint8_t)((v.len - 4) & 0xff),
	    (uint8_t)((v.len - 4) >> 8), 0, 0, 0, (uint8_t)(s->seq - stale),
	    v.ptr[1], v.ptr[2], v.ptr[3] };

	tmg_put(out, TMG_VIEW(head));
	tmg_put(out, (tmg_view){ v.ptr + 4, v.len - 4 });
}

static tmg_rc
play_in(tmg_pipe *p, tmg_out *out, int ms)
{
	struct script *s = of(p);
	const char *text;

	assert_true(ms > 0 && s->at > 0);
	assert_in_range(s->answer, 0, 4);
	s->patience = ms;
	text = s->lines[s->at - 1].in[s->answer++];
	if (text == NULL || text[0] == '-')
		return TMG_PENDING;
	switch (text[0]) {
	case 'x':
		return TMG_REMOVED;
	case '!':
		return TMG_E_IO;
	case '0':
		return TMG_OK;
	case '&':
		s->answer--;
		/* fall through */
	case '=': {
		uint8_t store[256];

		tmg_put(out, hex(text + 1, store, sizeof(store)));
		return TMG_OK;
	}
	default:
		answer(s, text, out);
		return TMG_OK;
	}
}

static tmg_rc
play_abort(tmg_pipe *p, uint8_t slot, uint8_t seq, int ms)
{
	assert_int_equal(slot, 0);
	assert_true(ms > 0);
	of(p)->control_seq = seq;
	return TMG_OK;
}

static void
play_clear(tmg_pipe *p)
{
	of(p)->cleared++;
}

static void
play_close(tmg_pipe *p)
{
	of(p)->open--;
	atomic_fetch_add(&of(p)->closed, 1);
}

static tmg_rc
play_listen(tmg_pipe *p, tmg_pipe_heard *heard, void *arg)
{
	of(p)->listened++;
	of(p)->heard = heard;
	of(p)->heard_of = arg;
	return of(p)->ear;
}

static const tmg_pipe_ops ops = {
	.out = play_out, .in = play_in, .abort = play_abort,
	.clear = play_clear, .listen = play_listen, .close = play_close,
};

static tmg_rc
open_script(void *arg, int ms, tmg_fault *f, tmg_pipe **pipe)
{
	struct script *s = arg;

	s->waited = ms;
	*pipe = NULL;
	if (s->door != TMG_OK) {
		if (f != NULL)
			f->rc = s->door;
		return s->door;
	}
	assert_int_equal(s->open, 0);
	s->open++;
	s->opened++;
	s->pipe.ops = &ops;
	*pipe = &s->pipe;
	return TMG_OK;
}

/* ---- the reader below the links ------------------------------------------ */

struct shape {
	tmg_ccid_level level;
	uint32_t features, message, protocols;
	uint8_t voltages, ifsd;
	unsigned quirks;
};

static const struct shape token = { TMG_CCID_EXTENDED, 0x000400fe, 3072, 2, 7,
    254, 0 };
static const struct shape small = { TMG_CCID_EXTENDED, 0x00040042, 32, 2, 1,
    254, 0 };
static const struct shape brief = { TMG_CCID_SHORT, 0x00020842, 271, 3, 1, 254,
    0 };
static const struct shape tpdu = { TMG_CCID_TPDU, 0x00010230, 271, 3, 2, 252,
    0 };
static const struct shape tpdu_auto = { TMG_CCID_TPDU, 0x000104fe, 271, 3, 7,
    254, 0 };
static const struct shape no_ifsd = { TMG_CCID_TPDU, 0x000102fe, 271, 2, 7, 254,
    TMG_QUIRK_NO_IFSD };

static void
begin(tmg_ccid *c, struct script *s, const struct shape *shape,
    const struct line *lines, tmg_fault *f)
{
	const tmg_ccid_desc d = { .slots = 1, .voltages = shape->voltages,
	    .protocols = shape->protocols, .clock = 4000, .rate_max = 344105,
	    .ifsd = shape->ifsd, .features = shape->features,
	    .level = shape->level, .message = shape->message };

	*s = (struct script){ .lines = lines };
	*f = (tmg_fault){ .rc = TMG_OK };
	assert_int_equal(tmg_ccid_init(c, &d), TMG_OK);
	c->quirks = shape->quirks;
	c->name = "Reader 7";
	c->fault = f;
	assert_int_equal(open_script(s, true, f, &c->pipe), TMG_OK);
}

#define ON "62000000"
#define OFF "63000000"
#define OFF_WELL { "81010000" }

static const struct {
	const char *name;
	const struct shape *shape;
	tmg_rc rc;
	unsigned protocol;
	bool broken;
	struct line lines[12];
} powers[] = {
	{ "a reader that does it all", &token, TMG_OK, 1, false, {
	    { ON, { "80000000" YUBIKEY } } } },
	{ "the voltage is chosen, lowest first, off between", &brief, TMG_OK, 0,
	    false, {
	    { "62010000", { "80000000" ATR_T0 } } } },
	{ "3 V only; nothing to agree upon", &tpdu, TMG_OK, 0, false, {
	    { "62020000", { "80000000" ATR_T0 } },
	    { "61000000 11 00 00 0A 00", { "82000000 11 00 00 0A 00" } } } },
	{ "PPS, parameters and IFSD are the computer's", &tpdu, TMG_OK, 1, false, {
	    { "62020000", { "80000000" YUBIKEY } },
	    { "6F000000 FF 11 13 FD", { "80000000 FF 11 13 FD" } },
	    { "61010000 13 10 00 15 00 FE 00", { "82000001 13 10 00 15 00 FE 00" } },
	    { "6F000000 00 C1 01 FC 3C", { "80000000 00 E1 01 FC 1C" } } } },
	{ "the card keeps its speed", &tpdu, TMG_OK, 1, false, {
	    { "62020000", { "80000000" YUBIKEY } },
	    { "6F000000 FF 11 13 FD", { "80000000 FF 01 FE" } },
	    { "61010000 11 10 00 15 00 FE 00", { "82000001 11 10 00 15 00 FE 00" } },
	    { "6F000000 00 C1 01 FC 3C", { "80000000 00 E1 01 FC 1C" } } } },
	{ "PPS fails: once more without", &tpdu, TMG_OK, 1, false, {
	    { "62020000", { "80000000" YUBIKEY } },
	    { "6F000000 FF 11 13 FD", { "80 40 FE 00" } },
	    { OFF, OFF_WELL },
	    { "62020000", { "80000000" YUBIKEY } },
	    { "61010000 11 10 00 15 00 FE 00", { "82000001 11 10 00 15 00 FE 00" } },
	    { "6F000000 00 C1 01 FC 3C", { "80000000 00 E1 01 FC 1C" } } } },
	{ "the reader refuses the speed: once more without", &tpdu, TMG_OK, 1,
	    false, {
	    { "62020000", { "80000000" YUBIKEY } },
	    { "6F000000 FF 11 13 FD", { "80000000 FF 11 13 FD" } },
	    { "61010000 13 10 00 15 00 FE 00", { "82 40 0A 01" } },
	    { OFF, OFF_WELL },
	    { "62020000", { "80000000" YUBIKEY } },
	    { "61010000 11 10 00 15 00 FE 00", { "82 40 00 01" } },
	    { "6F000000 00 C1 01 FC 3C", { "80000000 00 E1 01 FC 1C" } } } },
	{ "IFSD is the reader's", &tpdu_auto, TMG_OK, 1, false, {
	    { ON, { "80000000" YUBIKEY } } } },
	{ "firmware that must not hear of IFSD", &no_ifsd, TMG_OK, 1, false, {
	    { ON, { "80000000" YUBIKEY } } } },
	{ "no card", &token, TMG_REMOVED, 0, false, {
	    { ON, { "80 42 FE 00" } } } },
	{ "a card that does not answer", &token, TMG_E_CARD, 0, false, {
	    { ON, { "80 41 FE 00" } } } },
	{ "an ATR that lies", &token, TMG_E_CARD, 0, false, {
	    { ON, { "80000000 3BFF" } } } },
	{ "no ATR at all", &token, TMG_E_CARD, 0, false, {
	    { ON, { "80000000" } } } },
	{ "longer than an ATR is", &token, TMG_E_CARD, 0, false, {
	    { ON, { "80000000 3B00000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000" } } } },
	{ "no protocol in common", &token, TMG_UNSUPPORTED, 0, false, {
	    { ON, { "80000000" ATR_T0 } } } },
	{ "an answer of another kind", &token, TMG_E_MALFORMED, 0, false, {
	    { ON, { "81000000" } },
	    { "72000000", { "81000000" } } } },
	{ "noise; it stops when told to", &token, TMG_E_MALFORMED, 0, false, {
	    { ON, { "=FFFFFFFFFFFFFFFFFFFFFF" } },
	    { "72000000", { "~80000000 9000", "81000000" } } } },
	{ "noise for ever, even when told to stop", &token, TMG_E_MALFORMED, 0, true, {
	    { ON, { "=FFFFFFFFFFFFFFFFFFFFFF" } },
	    { "72000000", { "&FFFFFFFFFFFFFFFFFFFFFF" } } } },
	{ "more than it announced", &token, TMG_E_MALFORMED, 0, false, {
	    { ON, { "=80 02000000 00 01 00 00 00 3B 00 00" } },
	    { "72000000", { "81000000" } } } },
	{ "a length beyond everything", &token, TMG_E_MALFORMED, 0, false, {
	    { ON, { "=80 FFFFFF7F 00 01 00 00 00" } },
	    { "72000000", { "81000000" } } } },
	{ "silence, even when told to stop", &token, TMG_E_IO, 0, true, {
	    { ON, { "-" } },
	    { "72000000", { "-" } } } },
	{ "unplugged", &token, TMG_REMOVED, 0, true, {
	    { ON, { "x" } } } },
	{ "stalled", &token, TMG_E_IO, 0, true, {
	    { ON, { "!" } } } },
};

static void
end(tmg_ccid *c, struct script *s)
{
	assert_null(s->lines[s->at].out);
	tmg_ccid_done(c);
	assert_int_equal(s->open, 0);
}

static void
test_powers(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(powers); i++) {
		struct script s;
		tmg_fault f;
		tmg_ccid c;

		print_message("  %s\n", powers[i].name);
		begin(&c, &s, powers[i].shape, powers[i].lines, &f);
		assert_int_equal(tmg_ccid_power_on(&c), powers[i].rc);
		assert_int_equal(c.broken, powers[i].broken);
		if (powers[i].rc != TMG_OK)
			assert_true(f.text[0] != '\0');
		else
			assert_int_equal(c.terms.protocol, powers[i].protocol);
		end(&c, &s);
	}
}

/* Each voltage the reader has, until one is the card's. */
static void
test_voltages(void **state)
{
	static const struct shape by_hand = { TMG_CCID_SHORT, 0x00020042, 271, 1,
	    7, 254, 0 };
	static const struct line lines[] = {
		{ "62030000", { "80 41 FE 00" } },
		{ OFF, OFF_WELL },
		{ "62020000", { "80 41 FB 00" } },
		{ OFF, OFF_WELL },
		{ "62010000", { "80000000" ATR_T0 } },
		{ NULL, { NULL } },
	};
	struct script s;
	tmg_fault f;
	tmg_ccid c;

	(void)state;
	begin(&c, &s, &by_hand, lines, &f);
	assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
	end(&c, &s);
}

/* ---- APDUs --------------------------------------------------------------- */

#define POWER(atr) { ON, { "80000000" atr } }
#define POWER_T0 { "62010000", { "80000000" ATR_T0 } }

static const struct {
	const char *name;
	const struct shape *shape;
	const char *command;
	tmg_rc rc;
	const char *response;
	bool broken;
	struct line lines[12];
} apdus[] = {
	{ "plain", &token, "00A40400", TMG_OK, "9000", false, { POWER(YUBIKEY),
	    { "6F000000 00A40400", { "80000000 9000" } } } },
	{ "old answers are skipped", &token, "00A40400", TMG_OK, "9000", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "~80000000 6D00", "~81000000",
	    "80000000 9000" } } } },
	{ "in two transfers, and an empty one", &token, "00A40400", TMG_OK, "9000",
	    false, { POWER(YUBIKEY),
	    { "6F000000 00A40400", { "0", "=80 02000000 00 02", "=00 00 00 9000" } }
	    } },
	{ "it asks for time", &token, "00A40400", TMG_OK, "9000", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "80 80 02 00", "80 80 01 00",
	    "80000000 9000" } } } },
	{ "it does not answer: it is told to stop", &token, "00A40400", TMG_E_IO,
	    "", false, { POWER(YUBIKEY),
	    { "6F000000 00A40400", { "-" } },
	    { "72000000", { "~80000000 9000", "81000000" } } } },
	{ "it does not stop either", &token, "00A40400", TMG_E_IO, "", true, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "-" } },
	    { "72000000", { "~80000000 9000", "-" } } } },
	{ "no status word", &token, "00A40400", TMG_E_MALFORMED, "", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "80000000 90" } } } },
	{ "the card is gone", &token, "00A40400", TMG_REMOVED, "", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "80 42 FE 00" } } } },
	{ "the card has no power", &token, "00A40400", TMG_RESET, "", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "80 41 FE 00" } } } },
	{ "the card is mute", &token, "00A40400", TMG_E_IO, "", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "80 40 FE 00" } } } },
	{ "unplugged in the middle", &token, "00A40400", TMG_REMOVED, "", true, {
	    POWER(YUBIKEY),
	    { "6F000000 00A40400", { "=80 02000000", "x" } } } },
	/* messages of 32 bytes: 22 of them are the APDU's */
	{ "a command in three parts", &small,
	    "00010203 04050607 08090A0B 0C0D0E0F 10111213 14151617 18191A1B 1C1D1E1F"
	    "20212223 24252627 28292A2B 2C", TMG_OK, "9000", false, {
	    { "62010000", { "80000000" YUBIKEY } },
	    { "6F000100 00010203 04050607 08090A0B 0C0D0E0F 10111213 1415",
	    { "80000010" } },
	    { "6F000300 1617 18191A1B 1C1D1E1F 20212223 24252627 28292A2B",
	    { "80000010" } },
	    { "6F000200 2C", { "80000000 9000" } } } },
	{ "a part that is not asked for on", &small,
	    "00010203 04050607 08090A0B 0C0D0E0F 10111213 14151617", TMG_E_MALFORMED,
	    "", false, {
	    { "62010000", { "80000000" YUBIKEY } },
	    { "6F000100 00010203 04050607 08090A0B 0C0D0E0F 10111213 1415",
	    { "80000000 9000" } } } },
	{ "a response in three parts", &small, "00B00000", TMG_OK, "0102039000",
	    false, {
	    { "62010000", { "80000000" YUBIKEY } },
	    { "6F000000 00B00000", { "80000001 0102" } },
	    { "6F001000", { "80000003 03" } },
	    { "6F001000", { "80000002 9000" } } } },
	{ "parts that do not fit", &small, "00B00000", TMG_E_MALFORMED, "", false, {
	    { "62010000", { "80000000" YUBIKEY } },
	    { "6F000000 00B00000", { "80000001 0102" } },
	    { "6F001000", { "80000001 03" } } } },
	{ "it wants more of what is whole", &small, "00B00000", TMG_E_MALFORMED, "",
	    false, {
	    { "62010000", { "80000000" YUBIKEY } },
	    { "6F000000 00B00000", { "80000010" } } } },
	{ "longer than there is room", &token, "00B00000", TMG_E_SPACE, "", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00B00000", { "80000000 0102030405060708090A0B0C0D0E0F1011"
	    } } } },
	{ "short, T=0", &brief, "00A4040002 3F00 00", TMG_OK, "9000", false, {
	    POWER_T0,
	    { "6F000000 00A4040002 3F00 00", { "80000000 9000" } } } },
	{ "TPDU, T=0: no Le", &tpdu, "00A4040002 3F00 00", TMG_OK, "6102", false, {
	    { "62020000", { "80000000" ATR_T0 } },
	    { "61000000 11 00 00 0A 00", { "82000000 11 00 00 0A 00" } },
	    { "6F000000 00A4040002 3F00", { "80000000 6102" } } } },
	{ "TPDU, T=1", &tpdu_auto, "00A40400", TMG_OK, "9000", false, {
	    POWER(YUBIKEY),
	    { "6F000000 00 00 04 00A40400 A4", { "80000000 00 00 02 9000 92" } } } },
	{ "TPDU, T=1: time, a parity error, silence", &tpdu_auto, "00A40400",
	    TMG_OK, "9000", false, { POWER(YUBIKEY),
	    { "6F000000 00 00 04 00A40400 A4", { "80000000 00 C3 01 05 C7" } },
	    { "6F050000 00 E3 01 05 E7", { "80 40 FD 00" } },
	    { "6F000000 00 81 00 81", { "80 40 FE 00" } },
	    { "6F000000 00 82 00 82", { "80000000 00 00 02 9000 92" } } } },
	{ "TPDU, T=1: the card is gone", &tpdu_auto, "00A40400", TMG_REMOVED, "",
	    false, { POWER(YUBIKEY),
	    { "6F000000 00 00 04 00A40400 A4", { "80 42 FE 00" } } } },
};

static void
test_apdus(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(apdus); i++) {
		uint8_t command[64], want[16], got[16];
		tmg_out response = TMG_OUT(got);
		struct script s;
		tmg_fault f;
		tmg_ccid c;

		print_message("  %s\n", apdus[i].name);
		begin(&c, &s, apdus[i].shape, apdus[i].lines, &f);
		assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
		assert_int_equal(tmg_ccid_apdu(&c, hex(apdus[i].command, command,
		    sizeof(command)), &response), apdus[i].rc);
		assert_int_equal(c.broken, apdus[i].broken);
		assert_view_equal(tmg_out_view(&response), hex(apdus[i].response,
		    want, sizeof(want)));
		if (apdus[i].rc != TMG_OK)
			assert_true(f.text[0] != '\0');
		end(&c, &s);
	}
}

/* A card that asked for more of its waiting times than a reader is usually silent for
 * has them: 255 times 960 * 2^1 * 372 clocks of 4 MHz are 45.5 s. */
static void
test_granted(void **state)
{
	static const struct line lines[] = {
		{ ON, { "80000000" YUBIKEY } },
		{ "6F000000 00 00 04 00A40400 A4", { "80000000 00 C3 01 FF 3D" } },
		{ "6FFF0000 00 E3 01 FF 1D", { "80000000 00 00 02 9000 92" } },
		{ NULL, { NULL } },
	};
	static const uint8_t command[] = { 0x00, 0xa4, 0x04, 0x00 };
	uint8_t got[16];
	tmg_out response = TMG_OUT(got);
	struct script s;
	tmg_fault f;
	tmg_ccid c;

	(void)state;
	begin(&c, &s, &tpdu_auto, lines, &f);
	assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
	assert_int_equal(tmg_ccid_apdu(&c, TMG_VIEW(command), &response), TMG_OK);
	assert_in_range(s.patience, 31000, 45600);
	/* no more than a command may take, whatever its ATR says */
	c.terms.talk.waiting = 0xf5;
	assert_in_range(tmg_ccid_waiting(&c), 2900000, 3000000);
	end(&c, &s);
}

/* A reader that begs for time for ever has what is said of it. */
static void
test_for_ever(void **state)
{
	static const struct line lines[] = {
		POWER(YUBIKEY),
		{ "6F000000 00A40400", { "80 80 FF 00", "80 80 FF 00",
		    "80 80 FF 00", "-" } },
		{ "72000000", { "81000000" } },
		{ NULL, { NULL } },
	};
	static const uint8_t command[] = { 0x00, 0xa4, 0x04, 0x00 };
	uint8_t got[16];
	tmg_out response = TMG_OUT(got);
	struct script s;
	tmg_fault f;
	tmg_ccid c;

	(void)state;
	begin(&c, &s, &token, lines, &f);
	c.times = (tmg_ccid_times){ .control = 1000, .silence = 1000,
	    .whole = 1000 };
	assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
	assert_int_equal(tmg_ccid_apdu(&c, TMG_VIEW(command), &response),
	    TMG_E_IO);
	/* no plea has moved the end */
	assert_true(c.until <= tmg_now_ms() + 1000);
	end(&c, &s);
}

static void
test_longest(void **state)
{
	static const struct { const struct shape *shape; unsigned t; size_t n; }
	rows[] = {
		{ &token, 1, TMG_APDU_MAX }, { &small, 1, TMG_APDU_MAX },
		{ &brief, 0, 261 }, { &tpdu, 0, 261 }, { &tpdu, 1, TMG_APDU_MAX },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		static const struct line none[] = { { NULL, { NULL } } };
		struct script s;
		tmg_fault f;
		tmg_ccid c;

		begin(&c, &s, rows[i].shape, none, &f);
		c.terms.protocol = rows[i].t;
		assert_int_equal(tmg_ccid_longest(&c), rows[i].n);
		end(&c, &s);
	}
}

/* ---- keypads ------------------------------------------------------------- */

#define VERIFY "00200080 08 FFFFFFFFFFFFFFFF"

static const struct {
	const char *in;
	tmg_rc rc;
	const char *response;
} entries[] = {
	{ "80000000 9000", TMG_OK, "9000" },
	{ "80000000 63C2", TMG_OK, "63C2" },
	{ "80 40 F0 00", TMG_OK, "6400" },
	{ "80 40 EF 00", TMG_OK, "6401" },
	{ "80 40 07 00", TMG_E_IO, "" },
	{ "80 42 FE 00", TMG_REMOVED, "" },
	{ "80 41 FE 00", TMG_RESET, "" },
	{ "80000000", TMG_E_MALFORMED, "" },
};

/* Where the reader makes the block and the computer the numbers. */
static const struct {
	struct line lines[3];
	tmg_rc rc;
	const char *response;
} block_entries[] = {
	{ { { NULL, { "80000000 00 00 02 9000 92" } } }, TMG_OK, "9000" },
	{ { { NULL, { "80000000 00 00 02 63C2 A3" } } }, TMG_OK, "63C2" },
	{ { { NULL, { "80000000 6402" } } }, TMG_OK, "6402" },
	{ { { NULL, { "80 40 F0 00" } } }, TMG_OK, "6400" },
	{ { { NULL, { "80 40 07 00" } } }, TMG_E_IO, "" },
	{ { { NULL, { "80 42 FE 00" } } }, TMG_REMOVED, "" },
	{ { { NULL, { "80000000 00 00 02 9000 93" } },
	    { "6F000000 00 81 00 81", { "80000000 00 00 02 9000 92" } } }, TMG_OK,
	    "9000" },
	{ { { NULL, { "80000000" } },
	    { "6F000000 00 81 00 81", { "80000000 00 00 02 9000 92" } } }, TMG_OK,
	    "9000" },
	{ { { NULL, { "80 40 FE 00" } },
	    { "6F000000 00 81 00 81", { "80000000 00 81 00 81" } },
	    { "6F000000 00 C0 00 C0", { "80000000 00 E0 00 E0" } } }, TMG_E_IO, "" },
	{ { { NULL, { "80000000 00 00 01 90 91" } } }, TMG_E_MALFORMED, "" },
};

/* bTimerOut, bTimerOut2, the rest of PIN_VERIFY_STRUCTURE, ulDataLength */
static const char *const part10 = "1E 00 82 08 00 0806 02 01 0904 00 000000"
    "0D000000" VERIFY;

static void
test_block_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(block_entries); i++) {
		struct line lines[] = {
			{ ON, { "80000000" YUBIKEY } },
			{ "69000000 00 1E 82 08 00 0806 02 01 0904 00 00000D" VERIFY,
			    { block_entries[i].lines[0].in[0] } },
			block_entries[i].lines[1],
			block_entries[i].lines[2],
			{ NULL, { NULL } },
		};
		uint8_t store[64], want[4], got[16];
		tmg_out response = TMG_OUT(got);
		struct script s;
		tmg_fault f;
		tmg_ccid c;

		print_message("  %s\n", lines[1].in[0]);
		begin(&c, &s, &tpdu_auto, lines, &f);
		assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
		assert_int_equal(tmg_ccid_secure(&c, false, hex(part10, store,
		    sizeof(store)), 13, &response), block_entries[i].rc);
		assert_view_equal(tmg_out_view(&response),
		    hex(block_entries[i].response, want, sizeof(want)));
		end(&c, &s);
	}
}

static void
test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(entries); i++) {
		const struct line lines[] = {
			POWER(YUBIKEY),
			{ "69000000 00 1E 82 08 00 0806 02 01 0904 00 000000" VERIFY,
			    { entries[i].in } },
			{ NULL, { NULL } },
		};
		uint8_t store[64], want[4], got[16];
		tmg_out response = TMG_OUT(got);
		struct script s;
		tmg_fault f;
		tmg_ccid c;

		print_message("  %s\n", entries[i].in);
		begin(&c, &s, &token, lines, &f);
		assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
		assert_int_equal(tmg_ccid_secure(&c, false, hex(part10, store,
		    sizeof(store)), 13, &response), entries[i].rc);
		assert_view_equal(tmg_out_view(&response),
		    hex(entries[i].response, want, sizeof(want)));
		end(&c, &s);
	}
}

/* A keypad that says nothing is told of as such, and told to stop. */
static void
test_entry_silent(void **state)
{
	static const struct line lines[] = {
		POWER(YUBIKEY),
		{ "69000000 00 1E 82 08 00 0806 02 01 0904 00 000000" VERIFY, { "-" } },
		{ "72000000", { "81000000" } },
		{ NULL, { NULL } },
	};
	uint8_t store[64], got[16];
	tmg_out response = TMG_OUT(got);
	struct script s;
	tmg_fault f;
	tmg_ccid c;

	(void)state;
	begin(&c, &s, &token, lines, &f);
	assert_int_equal(tmg_ccid_power_on(&c), TMG_OK);
	assert_int_equal(tmg_ccid_secure(&c, false, hex(part10, store,
	    sizeof(store)), 13, &response), TMG_E_IO);
	assert_string_equal(f.text, "the keypad of Reader 7 said nothing for 90 "
	    "seconds; plug the reader in again");
	assert_false(c.broken);
	assert_int_equal(response.len, 0);
	end(&c, &s);
}

/* ---- links --------------------------------------------------------------- */

static tmg_ccid_reader *
reader_of(struct script *s, const struct line *lines, unsigned quirks)
{
	const tmg_ccid_desc d = { .slots = 1, .voltages = 7, .protocols = 2,
	    .features = 0x000400fe, .level = TMG_CCID_EXTENDED, .message = 3072,
	    .ifsd = 254, .pins = TMG_CCID_PIN_VERIFY };
	const tmg_ccid_door door = { open_script, s };
	tmg_ccid_reader *r;

	*s = (struct script){ .lines = lines };
	assert_int_equal(tmg_ccid_reader_new(&d, quirks, "Reader 7", &door, &r),
	    TMG_OK);
	return r;
}

static void
reader_end(tmg_ccid_reader **r, struct script *s)
{
	tmg_ccid_reader_free(r);
	assert_null(*r);
	assert_null(s->lines[s->at].out);
	assert_int_equal(s->open, 0);
}

/* With what every card begins, whoever had it before, and ends. */
#define AWAKE { OFF, OFF_WELL }, POWER(YUBIKEY)
#define ASLEEP { OFF, OFF_WELL }
#define SELECT { "6F000000 00A40400", { "80000000 9000" } }
#define LAST { NULL, { NULL } }

static tmg_rc
select_on(tmg_link *link)
{
	static const uint8_t command[] = { 0x00, 0xa4, 0x04, 0x00 };
	uint8_t got[16];
	tmg_out response = TMG_OUT(got);

	return link->ops->transmit(link, TMG_VIEW(command), &response);
}

static void
test_link(void **state)
{
	static const struct line lines[] = { AWAKE, SELECT, SELECT, ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	(void)state;
	assert_int_equal(s.opened, 0);	/* nothing is opened for nothing */
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
	assert_int_equal(link->protocol, 1);
	assert_int_equal(link->atr_len, 23);
	assert_int_equal(link->longest, TMG_APDU_MAX);
	assert_int_equal(link->keypad, TMG_PAD_VERIFY);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(link->ops->begin(link), TMG_OK);
		assert_int_equal(select_on(link), TMG_OK);
		link->ops->end(link);
	}
	assert_int_equal(s.open, 1);
	link->ops->close(link, false);
	/* the last one: nothing is held any more */
	assert_int_equal(s.open, 0);
	assert_int_equal(s.opened, 1);
	reader_end(&r, &s);
}

/* Stuck in a halt that somebody left behind: it is opened anew, once. */
static void
test_stuck(void **state)
{
	static const struct line lines[] = { { OFF, { "!" } }, POWER(YUBIKEY),
		ASLEEP, LAST };
	static const struct line worse[] = { { OFF, { "!" } }, { ON, { "!" } },
		LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	(void)state;
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
	assert_int_equal(s.opened, 2);
	assert_int_equal(s.cleared, 1);
	link->ops->close(link, false);
	reader_end(&r, &s);

	r = reader_of(&s, worse, 0);
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_E_IO);
	assert_true(f.text[0] != '\0');
	reader_end(&r, &s);
}

/* Two links of one program: the card is the same, and resets are told. */
static void
test_two_links(void **state)
{
	static const struct line lines[] = { AWAKE, AWAKE, SELECT, ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *a, *b;

	(void)state;
	assert_int_equal(tmg_ccid_reader_link(r, &f, &a), TMG_OK);
	assert_int_equal(tmg_ccid_reader_link(r, &f, &b), TMG_OK);
	assert_int_equal(a->ops->begin(a), TMG_OK);
	assert_int_equal(a->ops->reset(a), TMG_OK);
	a->ops->end(a);
	assert_int_equal(b->ops->begin(b), TMG_RESET);
	assert_int_equal(select_on(b), TMG_OK);
	b->ops->end(b);
	assert_int_equal(b->ops->begin(b), TMG_OK);
	b->ops->end(b);
	a->ops->close(a, false);
	assert_int_equal(s.open, 1);
	b->ops->close(b, false);
	reader_end(&r, &s);
}

/* From a reader the card can be taken; then it is gone for the link, also when
 * there is one again. */
static void
test_card_out(void **state)
{
	static const struct line lines[] = { AWAKE,
		{ "6F000000 00A40400", { "80 42 FE 00" } },
		AWAKE, SELECT, ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *a, *b;

	(void)state;
	assert_int_equal(tmg_ccid_reader_link(r, &f, &a), TMG_OK);
	assert_int_equal(a->ops->begin(a), TMG_OK);
	assert_int_equal(select_on(a), TMG_REMOVED);
	a->ops->end(a);
	assert_int_equal(a->ops->begin(a), TMG_REMOVED);
	assert_int_equal(tmg_ccid_reader_link(r, &f, &b), TMG_OK);
	assert_int_equal(a->ops->begin(a), TMG_REMOVED);
	a->ops->close(a, true);
	assert_int_equal(b->ops->begin(b), TMG_OK);
	assert_int_equal(select_on(b), TMG_OK);
	b->ops->end(b);
	b->ops->close(b, false);
	reader_end(&r, &s);
}

/* Taken out and put in again between two commands: it lost its power. */
static void
test_power_lost(void **state)
{
	static const struct {
		unsigned quirks; tmg_rc rc;
		struct line lines[8];
	} rows[] = {
		{ 0, TMG_REMOVED, { AWAKE,
		    { "6F000000 00A40400", { "80 41 FE 00" } }, LAST } },
		{ TMG_QUIRK_FIXED, TMG_RESET, { AWAKE,
		    { "6F000000 00A40400", { "80 41 FE 00" } }, AWAKE, ASLEEP,
		    LAST } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct script s;
		tmg_ccid_reader *r = reader_of(&s, rows[i].lines,
		    rows[i].quirks);
		tmg_fault f = { .rc = TMG_OK };
		tmg_link *link;

		assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
		assert_int_equal(link->ops->begin(link), TMG_OK);
		assert_int_equal(select_on(link), rows[i].rc);
		link->ops->end(link);
		link->ops->close(link, false);
		reader_end(&r, &s);
	}
}

static void
wait_closed(struct script *s, unsigned times)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	for (int i = 0; i < 12000 && atomic_load(&s->closed) < times; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(atomic_load(&s->closed), times);
}

/* A token is given back some time after the last turn, without power; the next
 * turn begins with a reset. */
static void
test_idle(void **state)
{
	static const struct line lines[] = { AWAKE, SELECT, ASLEEP, AWAKE, SELECT,
		ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, TMG_QUIRK_FIXED);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	(void)state;
	tmg_ccid_reader_set_idle(r, 60000);
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
	tmg_ccid_reader_set_idle(r, 1);
	assert_int_equal(link->ops->begin(link), TMG_OK);
	assert_int_equal(select_on(link), TMG_OK);
	link->ops->end(link);
	wait_closed(&s, 1);
	tmg_ccid_reader_set_idle(r, 60000);
	assert_int_equal(link->ops->begin(link), TMG_RESET);
	assert_int_equal(select_on(link), TMG_OK);
	link->ops->end(link);
	assert_int_equal(s.opened, 2);
	link->ops->close(link, false);
	reader_end(&r, &s);
}

/* Another card than before is not the one the link was opened to. */
static void
test_other_card(void **state)
{
	static const struct line lines[] = { AWAKE, ASLEEP,
		{ OFF, OFF_WELL }, { ON, { "80000000 3B80 81 01 00" } }, ASLEEP,
		LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, TMG_QUIRK_FIXED);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	(void)state;
	tmg_ccid_reader_set_idle(r, 1);
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
	wait_closed(&s, 1);
	assert_int_equal(link->ops->begin(link), TMG_REMOVED);
	link->ops->close(link, false);
	reader_end(&r, &s);
}

/* Who stands in the way is told, and nothing is left behind. */
static void
test_doors(void **state)
{
	static const tmg_rc doors[] = { TMG_BUSY, TMG_DENIED, TMG_REMOVED,
	    TMG_E_NOMEM };
	static const struct line lines[] = { LAST };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(doors); i++) {
		struct script s;
		tmg_ccid_reader *r = reader_of(&s, lines, 0);
		tmg_fault f = { .rc = TMG_OK };
		tmg_ccid_seen seen;
		tmg_link *link;

		s.door = doors[i];
		assert_int_equal(tmg_ccid_reader_link(r, &f, &link), doors[i]);
		assert_null(link);
		assert_int_equal(s.waited, 10000);
		assert_int_equal(tmg_ccid_reader_look(r, &f, &seen), doors[i]);
		assert_int_equal(seen.presence, doors[i] == TMG_BUSY ? TMG_HELD
		    : TMG_ABSENT);
		assert_int_equal(s.waited, 2000);
		reader_end(&r, &s);
	}
}

/* What list sees: nothing, a card, the same card, another one, none that
 * answers.  The interface is given back each time, but with a card that was given
 * power for this. */
static void
test_look(void **state)
{
	static const struct line lines[] = {
		{ "65000000", { "81 02 00 00" } },
		{ "65000000", { "81 01 00 00" } }, POWER(YUBIKEY),
		{ "65000000", { "81 00 00 00" } },
		{ "65000000", { "81 42 FE 00" } },
		{ "65000000", { "81 00 00 00" } }, { OFF, OFF_WELL },
		{ ON, { "80 41 FE 00" } },
		{ "65000000", { "x" } },
		LAST };
	static const struct {
		tmg_rc rc; tmg_presence presence; unsigned events; size_t atr;
		unsigned open;
	} rows[] = {
		{ TMG_OK, TMG_ABSENT, 0, 0, 0 },
		{ TMG_OK, TMG_PRESENT, 1, 23, 1 },
		{ TMG_OK, TMG_PRESENT, 1, 23, 1 },
		{ TMG_OK, TMG_ABSENT, 2, 0, 0 },
		{ TMG_OK, TMG_MUTE, 3, 0, 0 },
		{ TMG_REMOVED, TMG_MUTE, 3, 0, 0 },
	};
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);

	(void)state;
	tmg_ccid_reader_set_idle(r, 60000);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { .rc = TMG_OK };
		tmg_ccid_seen seen;

		print_message("  look %zu\n", i);
		assert_int_equal(tmg_ccid_reader_look(r, &f, &seen), rows[i].rc);
		assert_int_equal(seen.presence, rows[i].presence);
		assert_int_equal(seen.events, rows[i].events);
		assert_int_equal(seen.atr_len, rows[i].atr);
		assert_int_equal(s.open, rows[i].open);
	}
	reader_end(&r, &s);
}

/* From the first look to the last command a card gets power once; one that can
 * be exchanged is asked whether it was. */
static void
test_one_power(void **state)
{
	static const struct {
		const char *name;
		unsigned quirks;
		struct line lines[10];
	} rows[] = {
		{ "a token", TMG_QUIRK_FIXED, {
		    { "65000000", { "81 01 00 00" } }, POWER(YUBIKEY), SELECT,
		    ASLEEP, LAST } },
		{ "a card", 0, {
		    { "65000000", { "81 01 00 00" } }, POWER(YUBIKEY),
		    { "65000000", { "81 00 00 00" } }, SELECT, ASLEEP, LAST } },
		{ "a card that somebody left under power", 0, {
		    { "65000000", { "81 00 00 00" } }, AWAKE,
		    { "65000000", { "81 00 00 00" } }, SELECT, ASLEEP, LAST } },
		{ "another card since", 0, {
		    { "65000000", { "81 01 00 00" } },
		    { ON, { "80000000 3B80 81 01 00" } },
		    { "65000000", { "81 01 00 00" } }, POWER(YUBIKEY), SELECT,
		    ASLEEP, LAST } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct script s;
		tmg_ccid_reader *r = reader_of(&s, rows[i].lines,
		    rows[i].quirks);
		tmg_fault f = { .rc = TMG_OK };
		tmg_ccid_seen seen;
		tmg_link *link;

		print_message("  %s\n", rows[i].name);
		tmg_ccid_reader_set_idle(r, 60000);
		assert_int_equal(tmg_ccid_reader_look(r, &f, &seen), TMG_OK);
		assert_int_equal(seen.presence, TMG_PRESENT);
		assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
		assert_int_equal(link->atr_len, 23);
		assert_int_equal(link->ops->begin(link), TMG_OK);
		assert_int_equal(select_on(link), TMG_OK);
		link->ops->end(link);
		link->ops->close(link, false);
		assert_int_equal(s.opened, 1);
		assert_int_equal(s.open, 0);
		reader_end(&r, &s);
	}
}

/* Whom nobody connects to after the look is given back, without power. */
static void
test_look_only(void **state)
{
	static const struct line lines[] = { { "65000000", { "81 01 00 00" } },
		POWER(YUBIKEY), ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_ccid_seen seen;

	(void)state;
	tmg_ccid_reader_set_idle(r, 1);
	assert_int_equal(tmg_ccid_reader_look(r, &f, &seen), TMG_OK);
	wait_closed(&s, 1);
	reader_end(&r, &s);
}

/* Held by another program at first: when it is given back the card is no other
 * one, only better known. */
static void
test_look_later(void **state)
{
	static const struct line lines[] = { { "65000000", { "81 01 00 00" } },
		POWER(YUBIKEY), ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, TMG_QUIRK_FIXED);
	tmg_fault f = { .rc = TMG_OK };
	tmg_ccid_seen held, seen;

	(void)state;
	s.door = TMG_BUSY;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tmg_ccid_reader_look(r, &f, &held), TMG_BUSY);
		assert_int_equal(held.presence, TMG_HELD);
		assert_int_equal(held.events, 1);
		/* in vain: not so long again */
		assert_int_equal(s.waited, i == 0 ? 2000 : 300);
	}
	s.door = TMG_OK;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tmg_ccid_reader_look(r, &f, &seen), TMG_OK);
		assert_int_equal(seen.presence, TMG_PRESENT);
		assert_int_equal(seen.events, held.events);
		assert_int_equal(seen.atr_len, 23);
	}
	assert_int_equal(s.opened, 1);	/* a token that is known is left alone */
	reader_end(&r, &s);
}

/* ---- readers that tell by themselves -------------------------------------- */

#define LOOK(icc) { "65000000", { "81 " icc " 00 00" } }

static bool
tell(struct script *s, const char *notice)
{
	uint8_t store[16];

	assert_non_null(s->heard);
	if (notice == NULL)
		return s->heard(s->heard_of, (tmg_view){ NULL, 0 });
	return s->heard(s->heard_of, hex(notice, store, sizeof(store)));
}

static void
look_at(tmg_ccid_reader *r, tmg_presence presence, unsigned events)
{
	tmg_fault f = { .rc = TMG_OK };
	tmg_ccid_seen seen;

	assert_int_equal(tmg_ccid_reader_look(r, &f, &seen), TMG_OK);
	assert_int_equal(seen.presence, presence);
	assert_int_equal(seen.events, events);
	assert_false(tmg_ccid_reader_has_news(r));
}

/* While somebody waits nothing is asked before the reader tells of something: the
 * script has each message there is. */
static void
test_told(void **state)
{
	static const struct line lines[] = { LOOK("02"), LOOK("01"),
		POWER(YUBIKEY), LOOK("02"), LOOK("01"), POWER(YUBIKEY),
		/* out and in again before anybody looked */
		LOOK("01"), { ON, { "80000000 3B80 81 01 00" } }, ASLEEP,
		LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);

	(void)state;
	tmg_ccid_reader_set_idle(r, 60000);
	tmg_ccid_reader_attend(r);
	assert_false(tmg_ccid_reader_hears(r));
	look_at(r, TMG_ABSENT, 0);
	assert_true(tmg_ccid_reader_hears(r));
	assert_int_equal(s.open, 1);	/* kept, to be told */
	assert_true(tell(&s, "5003"));
	assert_true(tmg_ccid_reader_has_news(r));
	look_at(r, TMG_PRESENT, 1);
	assert_true(tell(&s, "5002"));
	look_at(r, TMG_ABSENT, 2);
	assert_true(tell(&s, "5003"));
	look_at(r, TMG_PRESENT, 3);
	assert_true(tell(&s, "5002"));
	assert_true(tell(&s, "5003"));
	look_at(r, TMG_PRESENT, 5);
	assert_int_equal(s.opened, 1);
	assert_int_equal(s.listened, 1);
	tmg_ccid_reader_unattend(r);
	assert_false(tmg_ccid_reader_hears(r));
	reader_end(&r, &s);
}

/* What it tells that cannot be is nothing; often enough, and it is looked at. */
static void
test_told_strange(void **state)
{
	static const char *const strange[] = { "", "50", "51", "51000000",
	    "510100 00 01", "5100 00", "80000000000000000000", "00" };
	static const struct line lines[] = { LOOK("02"), LOOK("02"), LAST };
	static const struct line again[] = { LOOK("02"), LOOK("02"), LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	unsigned wrong = 0;

	(void)state;
	tmg_ccid_reader_attend(r);
	look_at(r, TMG_ABSENT, 0);
	for (size_t i = 0; i < 20 && tell(&s, strange[i % 8]); i++)
		wrong++;
	assert_in_range(wrong, 7, 9);
	assert_false(tmg_ccid_reader_hears(r));
	look_at(r, TMG_ABSENT, 0);
	assert_int_equal(s.listened, 1);	/* not again */
	tmg_ccid_reader_unattend(r);
	reader_end(&r, &s);

	/* the endpoint fails, or is not there */
	for (int i = 0; i < 2; i++) {
		r = reader_of(&s, again, 0);
		s.ear = i == 0 ? TMG_OK : TMG_UNSUPPORTED;
		tmg_ccid_reader_attend(r);
		look_at(r, TMG_ABSENT, 0);
		assert_int_equal(tmg_ccid_reader_hears(r), i == 0);
		if (i == 0)
			assert_false(tell(&s, NULL));
		assert_false(tmg_ccid_reader_hears(r));
		look_at(r, TMG_ABSENT, 0);
		assert_int_equal(s.listened, 1);
		tmg_ccid_reader_unattend(r);
		reader_end(&r, &s);
	}
}

/* An error of the hardware is a reason to look. */
static void
test_told_hardware(void **state)
{
	static const struct line lines[] = { LOOK("02"), LOOK("02"), LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);

	(void)state;
	tmg_ccid_reader_attend(r);
	look_at(r, TMG_ABSENT, 0);
	assert_true(tell(&s, "51 00 07 01"));
	assert_true(tmg_ccid_reader_has_news(r));
	look_at(r, TMG_ABSENT, 0);
	tmg_ccid_reader_unattend(r);
	reader_end(&r, &s);
}

/* Another program opens the node: it gets the reader, if no link needs it. */
static void
test_yield(void **state)
{
	static const struct line lines[] = { LOOK("02"), LOOK("01"),
		POWER(YUBIKEY), LOOK("00"), SELECT, ASLEEP, LAST };
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	(void)state;
	tmg_ccid_reader_set_idle(r, 60000);
	tmg_ccid_reader_attend(r);
	look_at(r, TMG_ABSENT, 0);
	assert_false(tmg_ccid_reader_is_away(r));
	tmg_ccid_reader_yield(r);
	assert_int_equal(s.open, 0);
	assert_true(tmg_ccid_reader_is_away(r));
	assert_false(tmg_ccid_reader_hears(r));
	look_at(r, TMG_PRESENT, 1);
	assert_true(tmg_ccid_reader_hears(r));
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
	tmg_ccid_reader_yield(r);
	assert_int_equal(s.open, 1);
	assert_int_equal(link->ops->begin(link), TMG_OK);
	assert_int_equal(select_on(link), TMG_OK);
	link->ops->end(link);
	/* the last link ends: without power, and listened to */
	link->ops->close(link, false);
	assert_int_equal(s.open, 1);
	assert_true(tmg_ccid_reader_hears(r));
	tmg_ccid_reader_unattend(r);
	reader_end(&r, &s);
}

static void
test_enter(void **state)
{
	static const struct line lines[] = { AWAKE,
		{ "69000000 00 1E 82 08 00 0806 02 01 0904 00 000000" VERIFY,
		    { "80 80 01 00", "80 40 EF 00" } },
		ASLEEP, LAST };
	static const tmg_pad_form form = { .block = 8, .min = 6, .max = 8,
	    .seconds = 30 };
	static const tmg_pad_form change = { .change = true, .block = 8, .min = 6,
	    .max = 8, .seconds = 30 };
	uint8_t command[16], got[16];
	tmg_out response = TMG_OUT(got);
	struct script s;
	tmg_ccid_reader *r = reader_of(&s, lines, 0);
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	(void)state;
	assert_int_equal(tmg_ccid_reader_link(r, &f, &link), TMG_OK);
	assert_int_equal(link->ops->begin(link), TMG_OK);
	assert_int_equal(link->ops->enter(link, &form, hex(VERIFY, command,
	    sizeof(command)), &response), TMG_CANCELLED);
	assert_true(strstr(link->fault.text, "Reader 7") != NULL);
	/* it has no such key */
	assert_int_equal(link->ops->enter(link, &change, hex(VERIFY, command,
	    sizeof(command)), &response), TMG_UNSUPPORTED);
	link->ops->end(link);
	link->ops->close(link, false);
	reader_end(&r, &s);
}

static void
test_quirks(void **state)
{
	static const struct {
		uint16_t vendor, product, firmware; unsigned quirks;
	} rows[] = {
		{ 0x1050, 0x0407, 0x0543, TMG_QUIRK_FIXED },
		{ 0x0529, 0x0620, 0x0011, TMG_QUIRK_FIXED },
		{ 0x0529, 0x0620, 0x0012, TMG_QUIRK_FIXED | TMG_QUIRK_NO_IFSD },
		{ 0x0529, 0x0620, 0x0013, TMG_QUIRK_FIXED | TMG_QUIRK_NO_IFSD },
		{ 0x0529, 0x0620, 0x0100, TMG_QUIRK_FIXED },
		{ 0x04e6, 0xe001, 0x0515, TMG_QUIRK_REFUSED },
		{ 0x04e6, 0xe001, 0x0516, 0 },
		{ 0x1209, 0x7e55, 0x0100, 0 },
		{ 0x24dc, 0x0102, 0x0100, TMG_QUIRK_FIXED },
		{ 0x24dc, 0x0201, 0x0160, 0 },	/* JCR-770, among the JaCartas */
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_quirks_of(rows[i].vendor, rows[i].product,
		    rows[i].firmware), rows[i].quirks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_powers),
		cmocka_unit_test(test_voltages),
		cmocka_unit_test(test_apdus),
		cmocka_unit_test(test_for_ever),
		cmocka_unit_test(test_granted),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_block_entries),
		cmocka_unit_test(test_entry_silent),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_two_links),
		cmocka_unit_test(test_card_out),
		cmocka_unit_test(test_power_lost),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_other_card),
		cmocka_unit_test(test_doors),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_one_power),
		cmocka_unit_test(test_look_only),
		cmocka_unit_test(test_look_later),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_told_strange),
		cmocka_unit_test(test_told_hardware),
		cmocka_unit_test(test_yield),
		cmocka_unit_test(test_enter),
		cmocka_unit_test(test_quirks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
