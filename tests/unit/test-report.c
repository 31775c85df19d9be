/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a report about a card shows of an answer, and what it does not.
 */
#include "tests/unit/test.h"

#include <string.h>

#include "src/base/ctx.h"
#include "src/codec/hex.h"
#include "tools/tamga/cli.h"
#include "tools/tamga/report.h"

static const struct {
	const char *bytes, *shape;
} shapes[] = {
	{ "", "[0 bytes]" },
	{ "84 02 A0 00", "84=A000" },
	{ "6F 08 84 02 A0 00 50 02 41 42", "6F{84=A000 50[2]}" },
	/* an OpenPGP card's serial number is at 11 to 14 of its AID */
	{ "4F 10 D2 76 00 01 24 01 03 04 00 06 12 34 56 78 00 00",
	    "4F=D2760001240103040006[16]" },
	{ "5F 52 02 00 31", "5F52=0031" },
	{ "53 03 01 02 03", "53[3]" },
	{ "82 00", "82[0]" },
	{ "61 04 4F 02 A0 00 00 00 FF", "61{4F=A000}" },
	/* what is no TLV, truncated or longer than it says is a length */
	{ "6F 08 84 02", "[4 bytes]" },
	{ "84", "[1 bytes]" },
	{ "84 82 01", "[3 bytes]" },
	{ "84 84 FF FF FF FF", "[6 bytes]" },
	{ "31 32 33 34 35", "[5 bytes]" },
	{ "00 00 00", "[3 bytes]" },
	/* constructed by its tag, not by what it holds */
	{ "6F 02 84 05", "6F[2]" },
	{ "30 02 30 00", "30{30[0]}" },
};

static void
shapes_show_no_values_that_are_somebodys(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(shapes); i++) {
		char text[REPORT_SHAPE_MAX];
		uint8_t bytes[64];
		tmg_out o = TMG_OUT(bytes);

		assert_int_equal(tmg_hex_parse(tmg_view_str(shapes[i].bytes), &o),
		    TMG_OK);
		report_shape(tmg_out_view(&o), text);
		assert_string_equal(text, shapes[i].shape);
	}
}

static void
shapes_end_somewhere(void **state)
{
	uint8_t deep[200], wide[4000];
	char text[REPORT_SHAPE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(deep); i += 2) {
		deep[i] = 0x6f;
		deep[i + 1] = (uint8_t)(sizeof(deep) - i - 2 < 128
		    ? sizeof(deep) - i - 2 : 0);
	}
	report_shape(TMG_VIEW(deep), text);
	assert_true(strlen(text) > 0);
	memset(wide, 0, sizeof(wide));
	for (size_t i = 0; i < sizeof(wide); i += 2)
		wide[i] = 0x50;
	report_shape(TMG_VIEW(wide), text);
	assert_true(strlen(text) > 100 && strlen(text) < REPORT_SHAPE_MAX);
}

static const struct {
	const char *name, *shown;
} readers[] = {
	{ "Yubico YubiKey OTP+FIDO+CCID 00 00", "Yubico YubiKey OTP+FIDO+CCID 00 00" },
	{ "Gemalto PC Twin Reader (2F2E9A3D) 00 00", "Gemalto PC Twin Reader () 00 00" },
	{ "ACS [CCID/ICCD Interface] (1) 01 00", "ACS [CCID/ICCD Interface] () 01 00" },
	{ "vcard /home/asel/card.sock", "vcard" },
	{ "half (open", "half (" },
	{ "", "" },
};

static void
readers_lose_their_serial_numbers(void **state)
{
	char text[TMG_READER_NAME];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(readers); i++) {
		report_reader(readers[i].name, text);
		assert_string_equal(text, readers[i].shown);
	}
}

/* The trace breaks an answer after 256 bytes: in the middle of the status word,
 * right before it, right behind it. */
static void
transcripts_tell_lengths_and_status_words(void **state)
{
	static const size_t sizes[] = { 0, 1, 253, 254, 255, 256, 511 };
	static const char digits[] = "0123456789ABCDEF";
	struct cli cli = { .json = false };
	struct report_transcript t;

	(void)state;
	assert_int_equal(tmg_ctx_new(&cli.ctx), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(sizes); i++) {
		const size_t all = sizes[i] + 2;
		json_t *lines = json_array();
		char hex[2 * 600], want[64];

		for (size_t n = 0; n < 2 * sizes[i]; n++)
			hex[n] = digits[n % 16];
		memcpy(hex + 2 * sizes[i], "6A82", sizeof("6A82"));
		report_transcribe(&t, &cli, lines);
		tmg_log(cli.ctx, TMG_LOG_TRACE, "reader > 00CB3FFF");
		for (size_t at = 0; at < all; at += 256)
			tmg_log(cli.ctx, TMG_LOG_TRACE, "reader %c %.512s",
			    at == 0 ? '<' : '+', hex + 2 * at);
		report_transcribed(&t);
		if (sizes[i] == 0)
			snprintf(want, sizeof(want), "< 6A82");
		else
			snprintf(want, sizeof(want), "< [%zu bytes] 6A82", sizes[i]);
		assert_int_equal(json_array_size(lines), 2);
		assert_string_equal(json_string_value(json_array_get(lines, 1)), want);
		json_decref(lines);
	}
	tmg_ctx_free(&cli.ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transcripts_tell_lengths_and_status_words),
		cmocka_unit_test(shapes_show_no_values_that_are_somebodys),
		cmocka_unit_test(shapes_end_somewhere),
		cmocka_unit_test(readers_lose_their_serial_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
