/* SPDX-License-Identifier: BSD-2-Clause */
/* Transcripts: what is public is in them, what is secret cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/card/trace.h"
#include "src/codec/hex.h"
#include "tests/unit/script.h"

#define TRACE_MAX 65536

struct trace {
	char text[TRACE_MAX];
	size_t len;
};

static void
keep(void *arg, tmg_log_level level, const char *line)
{
	struct trace *t = arg;

	assert_int_equal(level, TMG_LOG_TRACE);
	t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len,
	    "%s\n", line);
	assert_true(t->len < sizeof(t->text));
}

/* Commands that carry 31..36 ("123456"), and answers that do. */
#define PIN "313233343536"
#define PADDED PIN "FFFF"

static const struct {
	const char *what;
	tmg_capdu c;
	const char *data;
	bool command, response;	/* shown */
} rows[] = {
	{ "SELECT", { 0, 0xa4, 4, 0, { 0 }, 256 }, "A000000308", true, true },
	{ "VERIFY", { 0, 0x20, 0, 0x80, { 0 }, 0 }, PADDED, false, false },
	{ "VERIFY in another class", { 0x84, 0x20, 0, 0x80, { 0 }, 0 }, PADDED,
	    false, false },
	{ "CHANGE REFERENCE DATA", { 0, 0x24, 0, 0x80, { 0 }, 0 },
	    PADDED PADDED, false, false },
	{ "RESET RETRY COUNTER", { 0, 0x2c, 0, 0x80, { 0 }, 0 },
	    PADDED PADDED, false, false },
	{ "GENERAL AUTHENTICATE", { 0, 0x87, 3, 0x9b, { 0 }, 256 },
	    "7C0A8008" PADDED, false, false },
	{ "PSO", { 0, 0x2a, 0x80, 0x86, { 0 }, 256 }, PADDED, false, false },
	{ "GET CHALLENGE", { 0, 0x84, 0, 0, { 0 }, 8 }, "", true, false },
	{ "SET MANAGEMENT KEY", { 0, 0xff, 0xff, 0xff, { 0 }, 0 },
	    "039B18" PADDED, false, false },
	{ "IMPORT KEY", { 0, 0xfe, 7, 0x9a, { 0 }, 0 }, "0108" PADDED, false,
	    false },
	{ "PUT DATA of OpenPGP", { 0, 0xda, 0, 0xd3, { 0 }, 0 }, PADDED, false,
	    false },
	{ "what nobody knows", { 0, 0x55, 1, 2, { 0 }, 256 }, PADDED, false,
	    false },
	{ "GENERATE", { 0, 0x47, 0, 0x9a, { 0 }, 256 }, "AC03800111", true,
	    true },
	{ "GET DATA certificate", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C035FC105", true, true },
	{ "GET DATA printed information", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C035FC109", true, false },
	{ "GET DATA fingerprints", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C035FC103", true, false },
	{ "GET DATA pairing code", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C035FC123", true, false },
	{ "GET DATA admin data", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C035FFF00", true, false },
	{ "GET DATA of no object", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 }, "",
	    true, false },
	{ "GET DATA of a broken list", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C045FC105", true, false },
	{ "GET DATA of a long list", { 0, 0xcb, 0x3f, 0xff, { 0 }, 256 },
	    "5C065FC1055FC109", true, false },
	{ "GET DATA public", { 0, 0xca, 0, 0x6e, { 0 }, 256 }, "", true, true },
	{ "GET DATA private", { 0, 0xca, 1, 3, { 0 }, 256 }, "", true, false },
	{ "PUT DATA certificate", { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 },
	    "5C035FC105" "5303700101", true, true },
	{ "PUT DATA printed information", { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 },
	    "5C035FC109" "5308" PADDED, false, true },
	{ "PUT DATA without a list", { 0, 0xdb, 0x3f, 0xff, { 0 }, 0 },
	    PADDED "5C035FC105", false, true },
	{ "METADATA", { 0, 0xf7, 0, 0x9a, { 0 }, 256 }, "", true, true },
	{ "ATTEST", { 0, 0xf9, 0x9a, 0, { 0 }, 256 }, "", true, true },
	{ "SERIAL", { 0, 0xf8, 0, 0, { 0 }, 256 }, "", true, true },
	{ "VERSION", { 0, 0xfd, 0, 0, { 0 }, 256 }, "", true, true },
};

/* Any answer comes in two parts and holds the PIN; GET RESPONSE must not give
 * away what its command hides. */
static void
answer(void *arg, tmg_view command, tmg_out *response)
{
	static const uint8_t part[] = "123456\xff\xff";

	(void)arg;
	tmg_put(response, (tmg_view){ part, sizeof(part) - 1 });
	tmg_put_u16(response, command.ptr[1] == 0xc0 ? 0x9000 : 0x6108);
}

static void
run(struct trace *t, const tmg_capdu *template, const char *hex)
{
	static const tmg_script_row script[] = {
		{ "*", NULL, answer }, { "00C00000 08", NULL, answer }, { 0 },
	};
	uint8_t data[64], store[64];
	tmg_out out = TMG_OUT(store), bytes = TMG_OUT(data);
	tmg_capdu c = *template;
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_card *card;
	tmg_script s;
	uint16_t sw;

	*t = (struct trace){ .len = 0 };
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	tmg_ctx_set_log(ctx, TMG_LOG_TRACE, keep, t);
	tmg_script_init(&s, ctx, script);
	assert_int_equal(tmg_card_open(tmg_script_hub(&s), TMG_SCRIPT_READER,
	    &card), TMG_OK);

	tmg_channel *ch = tmg_card_channel(card);

	assert_int_equal(tmg_hex_parse(tmg_view_str(hex), &bytes), TMG_OK);
	c.data = tmg_out_view(&bytes);
	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(ch->ops->exchange(ch, &c, &out, &sw), TMG_OK);
	ch->ops->end(ch);
	tmg_card_free(&card);
	tmg_script_done(&s);
}

/* The lines of one direction hold these bytes somewhere? */
static bool
shows(const struct trace *t, const char *mark, const char *hex)
{
	char line[TRACE_MAX];
	const char *at = t->text;
	size_t n;

	for (; *at != '\0'; at += n + 1) {
		n = strcspn(at, "\n");
		memcpy(line, at, n);
		line[n] = '\0';
		if (strstr(line, mark) != NULL && strstr(line, hex) != NULL)
			return true;
	}
	return false;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		static struct trace t;
		char head[9];

		print_message("  %s\n", rows[i].what);
		run(&t, &rows[i].c, rows[i].data);
		snprintf(head, sizeof(head), "%02X%02X%02X%02X", rows[i].c.cla,
		    rows[i].c.ins, rows[i].c.p1, rows[i].c.p2);
		assert_true(shows(&t, " > ", head));
		if (rows[i].data[0] != '\0')
			assert_int_equal(shows(&t, " > ", rows[i].data),
			    rows[i].command);
		assert_int_equal(shows(&t, " < ", PIN), rows[i].response);
		assert_true(shows(&t, " < ", "9000"));

		/* in no form, by no way around */
		assert_null(strstr(t.text, "123456"));
		if (!rows[i].command && !rows[i].response) {
			assert_null(strstr(t.text, PIN));
			assert_null(strstr(t.text, "31 32 33"));
			assert_null(strstr(t.text, "36FFFF"));
		}
	}
}

/* Long ones go on in lines of their own, and nothing is lost. */
static void
test_long(void **state)
{
	static uint8_t apdu[1000];
	static struct trace t;
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	size_t digits = 0;

	(void)state;
	t.len = 0;
	memset(apdu, 0xab, sizeof(apdu));
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	tmg_ctx_set_log(ctx, TMG_LOG_TRACE, keep, &t);
	tmg_trace_response(ctx, "r", (tmg_trace_rule){ true, true },
	    TMG_VIEW(apdu));
	assert_true(shows(&t, "r < ABAB", ""));
	assert_true(shows(&t, "r + ABAB", ""));
	for (size_t i = 0; i < t.len; i++)
		digits += t.text[i] == 'A' || t.text[i] == 'B';
	assert_int_equal(digits, 2 * sizeof(apdu));
}

/* No sink, no level, nothing that is an APDU: silence. */
static void
test_silence(void **state)
{
	static const uint8_t apdu[] = { 0x00, 0x20, 0x00 };
	const tmg_trace_rule rule = { true, true };
	static struct trace t;
	tmg_auto_ptr(tmg_ctx) ctx = NULL;

	(void)state;
	t.len = 0;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	tmg_trace_command(NULL, "r", rule, TMG_VIEW(apdu));
	tmg_trace_response(NULL, "r", rule, TMG_VIEW(apdu));
	tmg_ctx_set_log(ctx, TMG_LOG_DEBUG, keep, &t);
	tmg_trace_response(ctx, "r", rule, TMG_VIEW(apdu));
	tmg_ctx_set_log(ctx, TMG_LOG_TRACE, keep, &t);
	tmg_trace_command(ctx, "r", rule, TMG_VIEW(apdu));
	tmg_trace_response(ctx, "r", rule, (tmg_view){ apdu, 1 });
	assert_int_equal(t.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
