/* SPDX-License-Identifier: BSD-2-Clause */
/* One logical command to the card and its whole answer back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/iso/flow.h"

/* What the card is sent and what it answers, "xN" repeats the byte before. */
struct step {
	const char *command, *response;
};

struct card {
	const struct step *steps;
	size_t at;
};

/* Hexadecimal in which "AA*255" is AA 255 times. */
static size_t
expand(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	while (*text != '\0') {
		if (*text == '*') {
			char *end;
			const unsigned long n = strtoul(text + 1, &end, 10);

			for (unsigned long i = 1; i < n; i++)
				tmg_put_u8(&out, store[out.len - 1]);
			text = end;
			continue;
		}
		if (*text == ' ') {
			text++;
			continue;
		}
		assert_int_equal(tmg_hex_parse((tmg_view){
		    (const uint8_t *)text, 2 }, &out), TMG_OK);
		text += 2;
	}
	assert_false(out.full);
	return out.len;
}

static tmg_rc
answer(void *arg, tmg_view command, tmg_out *response)
{
	static uint8_t store[TMG_RAPDU_MAX];
	struct card *card = arg;
	const struct step *step = &card->steps[card->at++];
	size_t n;

	assert_non_null(step->command);
	n = expand(step->command, store, sizeof(store));
	assert_int_equal(command.len, n);
	assert_memory_equal(command.ptr, store, n);
	if (strcmp(step->response, "removed") == 0)
		return TMG_REMOVED;
	n = expand(step->response, store, sizeof(store));
	tmg_put(response, (tmg_view){ store, n });
	return TMG_OK;
}

#define STEPS_MAX 8

static const struct row {
	const char *what;
	unsigned protocol;
	size_t longest;
	bool extended;
	tmg_capdu c;
	const char *data;
	struct step steps[STEPS_MAX];
	tmg_rc rc;
	uint16_t sw;
	const char *answer;	/* NULL: none is wanted */
} rows[] = {
	{ "one short command", 1, 261, false,
	    { 0, 0xa4, 4, 0, { 0 }, 256 }, "A000",
	    { { "00A40400 02 A000 00", "6F00 9000" } },
	    TMG_OK, 0x9000, "6F00" },
	{ "any status word is an answer", 1, 261, false,
	    { 0, 0x20, 0, 0x80, { 0 }, 0 }, "31*8",
	    { { "00200080 08 31*8", "63C2" } },
	    TMG_OK, 0x63c2, "" },
	{ "chained command", 1, 261, false,
	    { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 }, "AA*600",
	    { { "10DB3FFF FF AA*255", "9000" },
	      { "10DB3FFF FF AA*255", "9000" },
	      { "00DB3FFF 5A AA*90", "9000" } },
	    TMG_OK, 0x9000, "" },
	{ "255 bytes are no chain", 1, 261, false,
	    { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 }, "AA*255",
	    { { "00DB3FFF FF AA*255", "9000" } },
	    TMG_OK, 0x9000, "" },
	{ "Le goes with the last part only", 1, 261, false,
	    { 0, 0x87, 7, 0x9d, { 0 }, 65536 }, "AA*256",
	    { { "1087079D FF AA*255", "9000" },
	      { "0087079D 01 AA 00", "7C00 9000" } },
	    TMG_OK, 0x9000, "7C00" },
	{ "a refused part ends the chain", 1, 261, false,
	    { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 }, "AA*600",
	    { { "10DB3FFF FF AA*255", "6884" } },
	    TMG_OK, 0x6884, "" },
	{ "a narrow reader gets narrow parts", 1, 64, false,
	    { 0, 0xdb, 0, 0, { 0 }, 0 }, "AA*60",
	    { { "10DB0000 3A AA*58", "9000" }, { "00DB0000 02 AA*2", "9000" } },
	    TMG_OK, 0x9000, "" },
	{ "extended both ways", 1, 65544, true,
	    { 0, 0xcb, 0x3f, 0xff, { 0 }, 65536 }, "AA*300",
	    { { "00CB3FFF 00012C AA*300 0000", "BB*1000 9000" } },
	    TMG_OK, 0x9000, "BB*1000" },
	{ "extended card, short reader", 1, 261, true,
	    { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 }, "AA*256",
	    { { "10DB3FFF FF AA*255", "9000" }, { "00DB3FFF 01 AA", "9000" } },
	    TMG_OK, 0x9000, "" },
	{ "extended card at T=0", 0, 65544, true,
	    { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 }, "AA*256",
	    { { "10DB3FFF FF AA*255", "9000" }, { "00DB3FFF 01 AA", "9000" } },
	    TMG_OK, 0x9000, "" },
	{ "longer than the reader carries: a chain", 1, 512, true,
	    { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 }, "AA*510",
	    { { "10DB3FFF FF AA*255", "9000" },
	      { "00DB3FFF FF AA*255", "9000" } },
	    TMG_OK, 0x9000, "" },
	{ "61xx is followed", 1, 261, false,
	    { 0, 0xcb, 0x3f, 0xff, { 0 }, 65536 }, "5C015E",
	    { { "00CB3FFF 03 5C015E 00", "BB*256 6100" },
	      { "00C00000 00", "BB*256 6110" },
	      { "00C00000 10", "BB*16 9000" } },
	    TMG_OK, 0x9000, "BB*528" },
	{ "GET RESPONSE keeps the channel, not the chain", 1, 261, false,
	    { 0x02, 0x87, 0, 0, { 0 }, 256 }, "AA*256",
	    { { "12870000 FF AA*255", "9000" },
	      { "02870000 01 AA 00", "6102" },
	      { "02C00000 02", "BB*2 9000" } },
	    TMG_OK, 0x9000, "BB*2" },
	{ "a proprietary class asks in the basic one", 1, 261, false,
	    { 0x84, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "84CA0000 00", "6102" }, { "00C00000 02", "BB*2 9000" } },
	    TMG_OK, 0x9000, "BB*2" },
	{ "further channels", 1, 261, false,
	    { 0x63, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "63CA0000 00", "6102" }, { "43C00000 02", "BB*2 9000" } },
	    TMG_OK, 0x9000, "BB*2" },
	{ "a status word after 61xx is the answer's", 1, 261, false,
	    { 0, 0xcb, 0, 0, { 0 }, 256 }, "",
	    { { "00CB0000 00", "BB 6102" }, { "00C00000 02", "BB 6282" } },
	    TMG_OK, 0x6282, "BB*2" },
	{ "nobody wants the answer: it is left there", 1, 261, false,
	    { 0, 0xa4, 4, 0, { 0 }, 0 }, "A000",
	    { { "00A40400 02 A000", "610A" } },
	    TMG_OK, 0x9000, NULL },
	{ "6Cxx is corrected", 1, 261, false,
	    { 0, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "00CA0000 00", "6C05" }, { "00CA0000 05", "BB*5 9000" } },
	    TMG_OK, 0x9000, "BB*5" },
	{ "6Cxx with data at T=1", 1, 261, false,
	    { 0, 0xcb, 0, 0, { 0 }, 256 }, "AA",
	    { { "00CB0000 01 AA 00", "6C05" },
	      { "00CB0000 01 AA 05", "BB*5 9000" } },
	    TMG_OK, 0x9000, "BB*5" },
	{ "6Cxx of the last part", 1, 261, false,
	    { 0, 0xcb, 0, 0, { 0 }, 256 }, "AA*256",
	    { { "10CB0000 FF AA*255", "9000" },
	      { "00CB0000 01 AA 00", "6C05" },
	      { "00CB0000 01 AA 05", "BB*5 9000" } },
	    TMG_OK, 0x9000, "BB*5" },
	{ "6Cxx without Le has nothing to correct", 1, 261, false,
	    { 0, 0x20, 0, 0x80, { 0 }, 0 }, "",
	    { { "00200080", "6C05" } },
	    TMG_OK, 0x6c05, "" },
	{ "6Cxx twice", 1, 261, false,
	    { 0, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "00CA0000 00", "6C05" }, { "00CA0000 05", "6C04" } },
	    TMG_E_MALFORMED, 0x6c04, "" },
	{ "T=0: case 1 has P3", 0, 261, false,
	    { 0, 0x20, 0, 0x80, { 0 }, 0 }, "",
	    { { "00200080 00", "63C3" } },
	    TMG_OK, 0x63c3, "" },
	{ "T=0: no Le after data, the answer is fetched", 0, 261, false,
	    { 0, 0xa4, 4, 0, { 0 }, 256 }, "A000",
	    { { "00A40400 02 A000", "6105" }, { "00C00000 05", "BB*5 9000" } },
	    TMG_OK, 0x9000, "BB*5" },
	{ "T=0: Le of GET RESPONSE is corrected", 0, 261, false,
	    { 0, 0xa4, 4, 0, { 0 }, 256 }, "A000",
	    { { "00A40400 02 A000", "6100" },
	      { "00C00000 00", "6C05" },
	      { "00C00000 05", "BB*5 9000" } },
	    TMG_OK, 0x9000, "BB*5" },
	{ "T=0: 6Cxx of a command with data is the answer", 0, 261, false,
	    { 0, 0xcb, 0, 0, { 0 }, 256 }, "AA",
	    { { "00CB0000 01 AA", "6C05" } },
	    TMG_OK, 0x6c05, "" },
	{ "no status word", 1, 261, false,
	    { 0, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "00CA0000 00", "90" } },
	    TMG_E_MALFORMED, 0x9000, "" },
	{ "61xx without progress", 1, 261, false,
	    { 0, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "00CA0000 00", "6105" }, { "00C00000 05", "6105" } },
	    TMG_E_MALFORMED, 0x6105, "" },
	{ "an answer that does not fit", 1, 65544, true,
	    { 0, 0xca, 0, 0, { 0 }, 65536 }, "",
	    { { "00CA0000 000000", "BB*3000 6100" } },
	    TMG_E_SPACE, 0x6100, "" },
	{ "removal in the middle of a chain", 1, 261, false,
	    { 0, 0xdb, 0, 0, { 0 }, 0 }, "AA*600",
	    { { "10DB0000 FF AA*255", "9000" },
	      { "10DB0000 FF AA*255", "removed" } },
	    TMG_REMOVED, 0x9000, "" },
	{ "removal in the middle of an answer", 1, 261, false,
	    { 0, 0xca, 0, 0, { 0 }, 256 }, "",
	    { { "00CA0000 00", "BB 6101" }, { "00C00000 01", "removed" } },
	    TMG_REMOVED, 0x6101, "BB" },
};

static void
play(const struct row *row, tmg_flow *flow)
{
	uint8_t data[1024], store[2048], want[2048];
	tmg_out out = TMG_OUT(store);
	struct card card = { row->steps, 0 };
	tmg_capdu c = row->c;
	uint16_t sw = 0;

	*flow = (tmg_flow){ .transmit = answer, .arg = &card,
	    .protocol = row->protocol, .longest = row->longest,
	    .extended = row->extended };
	c.data = (tmg_view){ data, expand(row->data, data, sizeof(data)) };
	assert_int_equal(tmg_flow_run(flow, &c,
	    row->answer != NULL ? &out : NULL, &sw), row->rc);
	assert_int_equal(sw, row->sw);
	assert_true(card.at == STEPS_MAX ||
	    row->steps[card.at].command == NULL);
	if (row->answer == NULL)
		return;
	assert_int_equal(out.len, expand(row->answer, want, sizeof(want)));
	assert_memory_equal(store, want, out.len);
}

/* Nothing that was sent or received stays behind. */
static void
assert_wiped(const tmg_flow *flow)
{
	for (size_t i = 0; i < sizeof(flow->command); i++)
		assert_int_equal(flow->command[i], 0);
	for (size_t i = 0; i < sizeof(flow->response); i++)
		assert_int_equal(flow->response[i], 0);
}

static void
test_rows(void **state)
{
	tmg_auto_free tmg_flow *flow = malloc(sizeof(*flow));

	(void)state;
	assert_non_null(flow);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		print_message("  %s\n", rows[i].what);
		play(&rows[i], flow);
		assert_wiped(flow);
	}
}

/* A card that always has one byte more. */
static tmg_rc
drip(void *arg, tmg_view command, tmg_out *response)
{
	static const uint8_t more[] = { 0xaa, 0x61, 0x00 };

	(void)command;
	++*(unsigned *)arg;
	tmg_put(response, TMG_VIEW(more));
	return TMG_OK;
}

static void
test_endless(void **state)
{
	static uint8_t store[65536];
	tmg_auto_free tmg_flow *flow = calloc(1, sizeof(*flow));
	tmg_out out = TMG_OUT(store);
	unsigned sent = 0;
	uint16_t sw;

	(void)state;
	assert_non_null(flow);
	flow->transmit = drip;
	flow->arg = &sent;
	flow->protocol = 1;
	flow->longest = 261;
	assert_int_equal(tmg_flow_run(flow, &(tmg_capdu){ .ins = 0xca,
	    .le = 256 }, &out, &sw), TMG_E_MALFORMED);
	assert_in_range(sent, 257, 2000);
}

static void
test_usage(void **state)
{
	static const uint8_t long_data[65536];
	tmg_auto_free tmg_flow *flow = calloc(1, sizeof(*flow));
	uint16_t sw;

	(void)state;
	assert_non_null(flow);
	flow->protocol = 1;
	assert_int_equal(tmg_flow_run(flow, &(tmg_capdu){
	    .data = TMG_VIEW(long_data) }, NULL, &sw), TMG_E_USAGE);
	assert_int_equal(tmg_flow_run(flow, &(tmg_capdu){ .le = 65537 }, NULL,
	    &sw), TMG_E_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
