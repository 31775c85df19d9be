/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a card in memory: what is read, and by how many commands. */
#include "tests/unit/test.h"

#include "src/iso/files.h"

#define HOME "\x3f\xff"
#define APP "\x3f\x00\x50\x15"

/* A card with files; it counts, and keeps the last command. */
struct file {
	tmg_path path;
	const char *fcp;	/* "" none */
	size_t fcp_len;
	size_t size;		/* of content, whose bytes count */
	const uint8_t *content;	/* NULL: byte n is n modulo 251 */
};

struct card {
	const struct file *files, *at;
	size_t count;
	size_t most;		/* bytes of one answer */
	unsigned commands, homes;
	tmg_capdu last;
	uint8_t written[70000];
	size_t written_at, written_len;
	uint16_t refuse;	/* this status word to everything */
	bool strict;		/* 6700 to more than it gives */
};

static uint8_t
byte_of(const struct file *f, size_t i)
{
	return f->content != NULL ? f->content[i] : (uint8_t)(i % 251);
}

static uint16_t
do_select(struct card *card, const tmg_capdu *c, tmg_out *data)
{
	for (size_t i = 0; i < card->count; i++) {
		const struct file *f = &card->files[i];

		if (c->data.len > f->path.len || memcmp(f->path.bytes + f->path.len -
		    c->data.len, c->data.ptr, c->data.len) != 0)
			continue;
		card->at = f;
		tmg_put(data, (tmg_view){ (const uint8_t *)f->fcp, f->fcp_len });
		return 0x9000;
	}
	return 0x6a82;
}

static uint16_t
do_read(struct card *card, const tmg_capdu *c, tmg_out *data)
{
	const bool odd = c->ins == 0xb1;
	size_t offset = (size_t)c->p1 << 8 | c->p2, n = c->le, left;
	uint8_t head[] = { 0x53, 0x82, 0, 0 };

	if (card->strict && n > card->most)
		return 0x6700;
	if (odd) {
		assert_int_equal(c->data.ptr[0], 0x54);
		offset = 0;
		for (size_t i = 2; i < c->data.len; i++)
			offset = offset << 8 | c->data.ptr[i];
	} else {
		assert_true(offset <= 0x7fff);
	}
	if (offset >= card->at->size)
		return 0x6b00;
	left = card->at->size - offset;
	if (n > card->most)
		n = card->most;
	if (n > left)
		n = left;
	head[2] = (uint8_t)(n >> 8);
	head[3] = (uint8_t)n;
	if (odd)
		tmg_put(data, TMG_VIEW(head));
	for (size_t i = 0; i < n; i++)
		tmg_put_u8(data, byte_of(card->at, offset + i));
	return 0x9000;
}

static uint16_t
do_update(struct card *card, const tmg_capdu *c)
{
	const size_t offset = (size_t)c->p1 << 8 | c->p2;

	if (c->ins != 0xd6)
		return 0x6d00;
	if (card->written_len == 0)
		card->written_at = offset;
	assert_int_equal(offset, card->written_at + card->written_len);
	memcpy(card->written + card->written_len, c->data.ptr, c->data.len);
	card->written_len += c->data.len;
	return 0x9000;
}

static tmg_rc
card_send(void *arg, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	struct card *card = arg;

	card->commands++;
	card->last = *c;
	if (card->refuse != 0)
		*sw = card->refuse;
	else
		*sw = c->ins == 0xa4 ? do_select(card, c, data)
		    : (c->ins & 0xfe) == 0xb0 ? do_read(card, c, data)
		    : do_update(card, c);
	return data != NULL ? tmg_out_done(data) : TMG_OK;
}

static struct card card;
static tmg_files files;

static tmg_rc
card_home(void *arg)
{
	((struct card *)arg)->homes++;
	tmg_files_at_home(&files);
	return TMG_OK;
}

static void
begin(const struct file *rows, size_t count, size_t most)
{
	card = (struct card){ .files = rows, .count = count, .most = most };
	files = (tmg_files){ .send = card_send, .home = card_home, .arg = &card };
}

#define PATH(s) { .bytes = s, .len = sizeof(s) - 1 }
#define SIZED(size) "\x62\x07\x80\x02" size "\x82\x01\x01", 9
#define UNTOLD "", 0

static const struct file some[] = {
	{ PATH(APP "\x44\x01"), SIZED("\x04\xb0"), 1200, NULL },
	{ PATH(APP "\x44\x02"), UNTOLD, 1200, NULL },
	{ PATH(APP "\x44\x03"), UNTOLD, 512, NULL },
	{ PATH(APP "\x44\x04"), SIZED("\x00\x00"), 0, NULL },
	{ PATH(APP "\x44\x05"), UNTOLD, 40000, NULL },
	{ PATH(APP "\x44\x06"), SIZED("\x00\x0a"), 10, NULL },
};

static void
read_whole(const tmg_span *span, size_t want, unsigned commands)
{
	static uint8_t store[TMG_FILE_MAX];
	tmg_out out = TMG_OUT(store);
	uint16_t sw;

	card.commands = 0;
	assert_int_equal(tmg_files_read(&files, span, &out, &sw), TMG_OK);
	assert_int_equal(out.len, want);
	assert_int_equal(card.commands, commands);
	for (size_t i = 0; i < want; i++)
		assert_int_equal(store[i], byte_of(card.at, span->offset + i));
}

static void
a_file_takes_the_fewest_commands(void **state)
{
	static const struct {
		tmg_span span;
		size_t most, want;
		unsigned commands;
	} cases[] = {
		/* extended length: SELECT and one read */
		{ { .path = PATH(APP "\x44\x01") }, 65536, 1200, 2 },
		{ { .path = PATH(APP "\x44\x02") }, 65536, 1200, 3 },
		{ { .path = PATH(APP "\x44\x04") }, 65536, 0, 1 },
		/* short answers */
		{ { .path = PATH(APP "\x44\x01") }, 256, 1200, 6 },
		{ { .path = PATH(APP "\x44\x02") }, 256, 1200, 6 },
		/* an unknown size that is a multiple of 256: one more tells */
		{ { .path = PATH(APP "\x44\x03") }, 256, 512, 4 },
		/* parts */
		{ { .path = PATH(APP "\x44\x01"), .offset = 100, .length = 50 },
		    65536, 50, 2 },
		{ { .path = PATH(APP "\x44\x01"), .offset = 1100, .length = 500 },
		    256, 100, 2 },
		/* behind 32767 the odd instruction */
		{ { .path = PATH(APP "\x44\x05") }, 16384, 40000, 5 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		begin(some, TMG_COUNT(some), cases[i].most);
		read_whole(&cases[i].span, cases[i].want, cases[i].commands);
	}
}

static void
what_is_selected_is_not_selected_again(void **state)
{
	const tmg_span span = { .path = PATH(APP "\x44\x06") };

	(void)state;
	begin(some, TMG_COUNT(some), 256);
	read_whole(&span, 10, 2);
	read_whole(&span, 10, 1);
	tmg_files_forget(&files);
	read_whole(&span, 10, 2);
}

static void
forms_of_select(void **state)
{
	static const struct {
		tmg_path path;
		uint8_t p1;
		size_t len;
	} cases[] = {
		{ PATH("\x3f\x00"), 0x00, 2 },
		{ PATH("\x3f\x00\x2f\x00"), 0x08, 2 },
		{ PATH(APP "\x44\x01"), 0x08, 4 },
		{ PATH(HOME "\x50\x31"), 0x02, 2 },
		{ PATH(HOME "\x50\x31\x44\x01"), 0x09, 4 },
	};
	static const struct file any[] = {
		{ { .len = 0 }, UNTOLD, 0, NULL },
	};
	uint16_t sw;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		begin(any, 1, 256);
		tmg_files_at_home(&files);
		assert_int_equal(tmg_files_select(&files, &cases[i].path, &sw),
		    TMG_NOT_FOUND);
		assert_int_equal(sw, 0x6a82);
		assert_int_equal(card.last.p1, cases[i].p1);
		assert_int_equal(card.last.p2, 0x00);
		assert_int_equal(card.last.data.len, cases[i].len);
	}
}

/* A path from the application's DF is of no use elsewhere. */
static void
the_way_home(void **state)
{
	static const struct file rows[] = {
		{ PATH("\x3f\x00\x2f\x00"), SIZED("\x00\x05"), 5, NULL },
		{ PATH(HOME "\x50\x31"), SIZED("\x00\x05"), 5, NULL },
		{ PATH(HOME "\x50\x32"), SIZED("\x00\x05"), 5, NULL },
	};
	const tmg_span dir = { .path = PATH("\x3f\x00\x2f\x00") };
	const tmg_span odf = { .path = PATH(HOME "\x50\x31") };
	const tmg_span info = { .path = PATH(HOME "\x50\x32") };
	const tmg_path home = PATH(HOME);
	uint16_t sw;

	(void)state;
	begin(rows, TMG_COUNT(rows), 256);
	tmg_files_at_home(&files);
	read_whole(&odf, 5, 2);
	read_whole(&info, 5, 2);
	assert_int_equal(card.homes, 0);
	read_whole(&dir, 5, 2);
	read_whole(&odf, 5, 2);
	assert_int_equal(card.homes, 1);
	card.commands = 0;
	assert_int_equal(tmg_files_enter(&files, &home, &sw), TMG_OK);
	assert_int_equal(tmg_files_enter(&files, &info.path, &sw), TMG_OK);
	assert_int_equal(card.commands, 0);
}

static void
reading_stops_where_nothing_more_is(void **state)
{
	static uint8_t directory[2048] = { 0x30, 0x03, 1, 2, 3, 0x00, 0x02, 9, 9,
	    0x30, 0x01, 7 };
	static uint8_t object[2048] = { 0x30, 0x82, 0x01, 0x2c };
	static const struct file rows[] = {
		{ PATH(APP "\x44\x01"), SIZED("\x08\x00"), 2048, directory },
		{ PATH(APP "\x44\x02"), SIZED("\x08\x00"), 2048, object },
	};
	const tmg_span all = { .path = PATH(APP "\x44\x01"),
	    .extent = TMG_EXTENT_OBJECTS };
	const tmg_span one = { .path = PATH(APP "\x44\x02"),
	    .extent = TMG_EXTENT_OBJECT };

	(void)state;
	begin(rows, TMG_COUNT(rows), 256);
	read_whole(&all, 256, 2);
	read_whole(&one, 304, 3);
	begin(rows, TMG_COUNT(rows), 65536);
	read_whole(&one, 304, 2);
	/* An object in the last byte of a part is gone on with. */
	directory[12] = 0x30;
	directory[13] = 0x81;
	directory[14] = 253;
	begin(rows, TMG_COUNT(rows), 256);
	read_whole(&all, 512, 3);
	directory[12] = 0;
}

static void
long_answers_are_given_up(void **state)
{
	const tmg_span span = { .path = PATH(APP "\x44\x01") };

	(void)state;
	begin(some, TMG_COUNT(some), 256);
	card.strict = true;
	read_whole(&span, 1200, 7);
	assert_int_equal(files.most, 256);
	read_whole(&span, 1200, 5);
}

static void
what_status_words_mean(void **state)
{
	static const struct {
		uint16_t sw;
		tmg_rc rc;
	} cases[] = {
		{ 0x6282, TMG_OK }, { 0x6283, TMG_DENIED },
		{ 0x6a82, TMG_NOT_FOUND }, { 0x6a88, TMG_NOT_FOUND },
		{ 0x6982, TMG_LOGIN }, { 0x6983, TMG_PIN_LOCKED },
		{ 0x6985, TMG_DENIED }, { 0x6a84, TMG_DENIED },
		{ 0x6981, TMG_UNSUPPORTED }, { 0x6986, TMG_UNSUPPORTED },
		{ 0x6a81, TMG_UNSUPPORTED }, { 0x6a86, TMG_UNSUPPORTED },
		{ 0x6d00, TMG_UNSUPPORTED }, { 0x6e00, TMG_UNSUPPORTED },
		{ 0x6281, TMG_E_CARD }, { 0x6300, TMG_E_CARD },
		{ 0x6400, TMG_E_CARD }, { 0x6581, TMG_E_CARD },
		{ 0x6600, TMG_E_CARD }, { 0x6882, TMG_E_CARD },
		{ 0x6f00, TMG_E_CARD },
	};
	const tmg_path path = PATH(APP "\x44\x01");
	uint16_t sw;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		begin(some, TMG_COUNT(some), 256);
		card.refuse = cases[i].sw;
		assert_int_equal(tmg_files_select(&files, &path, &sw), cases[i].rc);
		assert_int_equal(sw, cases[i].sw);
		assert_int_equal(files.at.len > 0, cases[i].rc == TMG_OK);
	}
}

static void
writing_in_parts(void **state)
{
	static uint8_t bytes[600];
	const tmg_path path = PATH(APP "\x44\x01"), small = PATH(APP "\x44\x06");
	uint16_t sw;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	begin(some, TMG_COUNT(some), 256);
	assert_int_equal(tmg_files_update(&files, &path, 300, TMG_VIEW(bytes), &sw),
	    TMG_OK);
	assert_int_equal(card.commands, 4);
	assert_int_equal(card.written_at, 300);
	assert_int_equal(card.written_len, sizeof(bytes));
	assert_memory_equal(card.written, bytes, sizeof(bytes));
	begin(some, TMG_COUNT(some), 256);
	files.chunk = 2048;
	assert_int_equal(tmg_files_update(&files, &path, 0, TMG_VIEW(bytes), &sw),
	    TMG_OK);
	assert_int_equal(card.commands, 2);
	/* What does not fit is not begun. */
	assert_int_equal(tmg_files_update(&files, &small, 0, TMG_VIEW(bytes), &sw),
	    TMG_DENIED);
	assert_int_equal(card.commands, 3);
}

static void
what_a_file_says_of_itself(void **state)
{
	static const struct {
		tmg_view answer;
		tmg_rc rc;
		tmg_file_kind kind;
		bool sized;
		size_t size;
		uint16_t fid;
	} cases[] = {
		{ BYTES(""), TMG_OK, TMG_FILE_UNTOLD, false, 0, 0 },
		{ BYTES("\x85\x02\x01\x00"), TMG_OK, TMG_FILE_UNTOLD, false, 0, 0 },
		{ BYTES("\x62\x0b\x80\x02\x04\xb0\x82\x01\x01\x83\x02\x44\x01"),
		    TMG_OK, TMG_FILE_BINARY, true, 1200, 0x4401 },
		{ BYTES("\x6f\x07\x82\x01\x38\x83\x02\x50\x15"),
		    TMG_OK, TMG_FILE_DF, false, 0, 0x5015 },
		{ BYTES("\x6f\x09\x62\x07\x81\x02\x00\x20\x82\x01\x02"),
		    TMG_OK, TMG_FILE_RECORDS, true, 32, 0 },
		/* 80 is the content, whatever 81 says before or after */
		{ BYTES("\x62\x08\x81\x02\x00\x20\x80\x02\x00\x10"),
		    TMG_OK, TMG_FILE_UNTOLD, true, 16, 0 },
		{ BYTES("\x62\x08\x80\x02\x00\x10\x81\x02\x00\x20"),
		    TMG_OK, TMG_FILE_UNTOLD, true, 16, 0 },
		{ BYTES("\x62\x03\x82\x01\x11"), TMG_OK, TMG_FILE_OTHER, false, 0, 0 },
		/* sizes and identifiers of no card */
		{ BYTES("\x62\x07\x80\x05\x01\x00\x00\x00\x00"),
		    TMG_OK, TMG_FILE_UNTOLD, false, 0, 0 },
		{ BYTES("\x62\x05\x83\x03\x01\x02\x03"),
		    TMG_OK, TMG_FILE_UNTOLD, false, 0, 0 },
		{ BYTES("\x62\x02\x82\x00"), TMG_OK, TMG_FILE_UNTOLD, false, 0, 0 },
		{ BYTES("\x62\x05\x80\x02"), TMG_E_MALFORMED, 0, false, 0, 0 },
		{ BYTES("\x62\x03\x80\x02\x04"), TMG_E_MALFORMED, 0, false, 0, 0 },
		{ BYTES("\x6f"), TMG_E_MALFORMED, 0, false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_fcp fcp;

		assert_int_equal(tmg_fcp_parse(cases[i].answer, &fcp), cases[i].rc);
		if (cases[i].rc != TMG_OK)
			continue;
		assert_int_equal(fcp.kind, cases[i].kind);
		assert_int_equal(fcp.sized, cases[i].sized);
		assert_int_equal(fcp.size, cases[i].size);
		assert_int_equal(fcp.fid, cases[i].fid);
	}
}

static void
paths_are_joined(void **state)
{
	static const struct {
		tmg_path base;
		tmg_view bytes;
		tmg_rc rc;
		tmg_path path;
	} cases[] = {
		{ PATH(HOME), BYTES("\x44\x01"), TMG_OK, PATH(HOME "\x44\x01") },
		{ PATH(HOME), BYTES(APP "\x44\x01"), TMG_OK, PATH(APP "\x44\x01") },
		{ PATH(APP), BYTES(HOME "\x44\x01"), TMG_OK, PATH(HOME "\x44\x01") },
		{ PATH(APP), BYTES("\x50\x16\x44\x01"), TMG_OK,
		    PATH(APP "\x50\x16\x44\x01") },
		{ PATH(APP), BYTES(""), TMG_E_MALFORMED, { .len = 0 } },
		{ PATH(APP), BYTES("\x44"), TMG_E_MALFORMED, { .len = 0 } },
		{ PATH(APP), BYTES("\x44\x01\x44\x01\x44\x01\x44\x01\x44\x01\x44\x01"
		    "\x44\x01"), TMG_E_MALFORMED, { .len = 0 } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_path path;

		assert_int_equal(tmg_path_join(&cases[i].base, cases[i].bytes, &path),
		    cases[i].rc);
		if (cases[i].rc == TMG_OK)
			assert_true(tmg_path_equal(&path, &cases[i].path));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_takes_the_fewest_commands),
		cmocka_unit_test(what_is_selected_is_not_selected_again),
		cmocka_unit_test(forms_of_select),
		cmocka_unit_test(the_way_home),
		cmocka_unit_test(reading_stops_where_nothing_more_is),
		cmocka_unit_test(long_answers_are_given_up),
		cmocka_unit_test(what_status_words_mean),
		cmocka_unit_test(writing_in_parts),
		cmocka_unit_test(what_a_file_says_of_itself),
		cmocka_unit_test(paths_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
