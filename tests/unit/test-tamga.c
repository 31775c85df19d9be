/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of tamga(1) that need no card: options, settings, exit codes, text. */
#include "tests/unit/test.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/tamga/advice.h"
#include "tools/tamga/args.h"
#include "tools/tamga/conf.h"
#include "tools/tamga/exit.h"
#include "tools/tamga/holder.h"
#include "tools/tamga/language.h"
#include "tools/tamga/pins.h"
#include "tools/tamga/table.h"
#include "tools/tamga/text.h"

/* ---- options ------------------------------------------------------------- */

static const struct opt common[] = {
	{ "json", 0, OPT_FLAG, NULL, NULL },
	{ "token", 't', OPT_TEXT, "T", NULL },
	{ "pinentry", 0, OPT_MAYBE, "P", NULL },
	OPT_END
};

static const struct opt own[] = {
	{ "san", 0, OPT_LIST, "S", NULL },
	{ "output", 'o', OPT_TEXT, "F", NULL },
	OPT_END
};

static void
test_args(void **state)
{
	char *argv[] = { (char[]){ "x" }, (char[]){ "-t" }, (char[]){ "a" },
		(char[]){ "one" }, (char[]){ "--san=1" }, (char[]){ "--token=b" },
		(char[]){ "--pinentry" }, (char[]){ "two" }, (char[]){ "--san" },
		(char[]){ "2" }, (char[]){ "--" }, (char[]){ "--json" }, NULL };
	struct args args = { .tables = { common, own } };
	tmg_auto_free const char **list = NULL;

	(void)state;
	assert_int_equal(args_read(&args, 12, argv, false), TMG_OK);
	assert_string_equal(args_text(&args, "token"), "b");
	assert_false(args_flag(&args, "json"));
	assert_true(args_flag(&args, "pinentry"));
	assert_null(args_text(&args, "pinentry"));
	assert_null(args_text(&args, "output"));
	assert_int_equal(args_list(&args, "san", &list), TMG_OK);
	assert_string_equal(list[0], "1");
	assert_string_equal(list[1], "2");
	assert_null(list[2]);
	assert_int_equal(args.operand_count, 3);
	assert_string_equal(args_operand(&args, 0), "one");
	assert_string_equal(args_operand(&args, 2), "--json");
	assert_null(args_operand(&args, 3));
	assert_true(args_knows(&args, "san"));
	assert_false(args_knows(&args, "nothing"));
	args_release(&args);
}

static void
test_args_refused(void **state)
{
	static const char *const bad[] = { "--nope", "-z", "--token", "-o", "--json=1" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		char word[16];
		char *argv[] = { (char[]){ "x" }, word, NULL };
		struct args args = { .tables = { common, own } };

		snprintf(word, sizeof(word), "%s", bad[i]);
		assert_int_equal(args_read(&args, 2, argv, false), TMG_E_USAGE);
		assert_true(args.unknown[0] != '\0');
		args_release(&args);
	}
}

/* ---- the configuration --------------------------------------------------- */

static const struct {
	const char *text, *words;	/* words NULL: it is right */
} confs[] = {
	{ "", NULL },
	{ "# nothing\n", NULL },
	{ "token = \"x\";", NULL },
	{ "readers = { pcsc = false; vcard = \"/v\"; };", NULL },
	{ "pin: { source: \"pinentry\" }", NULL },
	{ "enroll = { ca = \"est+https://x\"; type = \"rsa\"; };", NULL },
	{ "pkcs11 = { probe-ms = 500; pin-cache = \"none\"; trace = \"/t\";"
	    " readers = [ \"Y*\", \"Z\" ]; ignore-readers = ( ); };", NULL },
	{ "pkcs11 = { probe-ms = 5; };", "f:1: 'pkcs11.probe-ms' wants a number from 10" },
	{ "pkcs11 = { probe-ms = \"5\"; };", "'pkcs11.probe-ms'" },
	{ "pkcs11 = { pin-cache = \"always\"; };", "\"login\" | \"none\"" },
	{ "pkcs11 = { pin-cache = 7; };", "'pkcs11.pin-cache'" },
	{ "\npkcs11 = { readers = \"Y\"; };", "f:2:" },
	{ "pkcs11 = { readers = [ 1, 2 ]; };", "a list of at most 16 texts" },
	{ "pkcs11 = { readers = [ \"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\","
	    "\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\" ]; };", "f:1:" },
	{ "pkcs11 = { pin = \"123456\"; };", "'pkcs11.pin'" },
	{ "token = 1;", "f:1:" },
	{ "\n\nreaders = { pcsc = \"no\"; };", "f:3:" },
	{ "pin = { source = \"argv\"; };", "f:1:" },
	{ "pin = { pin = \"123456\"; };", "'pin.pin'" },
	{ "tokens = \"x\";", "'tokens'" },
	{ "token = ", "f:1:" },
	{ "token = \"x\"; token = \"y\";", "f:1:" },
	{ "enroll = { ca = { }; };", "f:1:" },
	{ "enroll = [ 1 ];", "f:1:" },
	{ "@include \"/etc/passwd\"\n", "@include" },
	{ "a {", "f:1:" },
};

static void
test_conf(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(confs); i++) {
		tmg_fault f = { .rc = TMG_OK };
		struct conf conf;
		tmg_rc rc;

		conf_begin(&conf);
		rc = conf_parse(&conf, "f", confs[i].text, &f);
		if (confs[i].words == NULL && rc != TMG_OK)
			fail_msg("%s: %s", confs[i].text, f.text);
		if (confs[i].words == NULL)
			continue;
		assert_int_equal(rc, TMG_E_USAGE);
		if (strstr(f.text, confs[i].words) == NULL)
			fail_msg("%s: %s", confs[i].text, f.text);
	}
}

static void
test_conf_layers(void **state)
{
	tmg_fault f = { .rc = TMG_OK };
	struct conf conf;

	(void)state;
	conf_begin(&conf);
	assert_true(conf.pcsc);
	assert_int_equal(conf_parse(&conf, "a", "token = \"a\";"
	    "readers = { pcsc = false; };", &f), TMG_OK);
	assert_int_equal(conf_parse(&conf, "b", "token = \"b\";", &f), TMG_OK);
	assert_string_equal(conf.token, "b");
	assert_false(conf.pcsc);
	assert_int_equal(conf_read(&conf, "/nowhere/tamga.conf", &f), TMG_OK);
	assert_int_not_equal(conf_read(&conf, "/", &f), TMG_OK);
}

/* ---- exit codes ---------------------------------------------------------- */

static void
test_exit(void **state)
{
	static const struct { enum stage stage; tmg_rc rc; int code; } rows[] = {
		{ STAGE_SELF, TMG_OK, 0 }, { STAGE_SELF, TMG_NOT_FOUND, 1 },
		{ STAGE_SELF, TMG_E_USAGE, 2 }, { STAGE_FIND, TMG_NOT_FOUND, 3 },
		{ STAGE_FIND, TMG_AMBIGUOUS, 3 }, { STAGE_FIND, TMG_DENIED, 3 },
		{ STAGE_TOKEN, TMG_NOT_FOUND, 1 }, { STAGE_TOKEN, TMG_REMOVED, 3 },
		{ STAGE_TOKEN, TMG_PIN_WRONG, 4 }, { STAGE_TOKEN, TMG_LAST_TRY, 4 },
		{ STAGE_AUTHORITY, TMG_PIN_LOCKED, 5 },
		{ STAGE_AUTHORITY, TMG_PENDING, 6 },
		{ STAGE_AUTHORITY, TMG_DENIED, 7 }, { STAGE_TOKEN, TMG_DENIED, 1 },
		{ STAGE_TOKEN, TMG_E_IO, 1 }, { STAGE_TOKEN, TMG_CANCELLED, 1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(exit_code(rows[i].stage, rows[i].rc), rows[i].code);
}

/* ---- text ---------------------------------------------------------------- */

static void
test_text(void **state)
{
	static const struct { const char *in, *out; size_t width; } rows[] = {
		{ "plain", "plain", 5 },
		{ "Әсел Қуанышқызы", "Әсел Қуанышқызы", 15 },
		{ "a\033[31mb", "a?[31mb", 7 },
		{ "a\nb\r\tc", "a?b??c", 6 },
		{ "a\xc2\x9b" "b", "a?b", 3 },			/* CSI, 8 bits */
		{ "a\xe2\x80\xae" "b", "a?b", 3 },		/* right-to-left override */
		{ "a\xe2\x81\xa6" "b", "a?b", 3 },
		{ "\xff\xfe", "??", 2 },
		{ "\xd0", "?", 1 },
		{ "\xc0\xaf", "??", 2 },			/* overlong */
		{ "\xed\xa0\x80", "???", 3 },			/* a surrogate */
		{ "\xf4\x90\x80\x80", "????", 4 },		/* beyond Unicode */
		{ "\xe2\x82", "??", 2 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		char *seen = NULL;
		size_t len;
		FILE *to = open_memstream(&seen, &len);

		text_put(to, rows[i].in);
		fclose(to);
		assert_string_equal(seen, rows[i].out);
		assert_int_equal(text_width(rows[i].in), rows[i].width);
		free(seen);
	}
}

/* ISO/IEC 7501-1, as OpenPGP cards have it. */
static void
test_holder(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "", "" },
		{ "Testova<<Asel", "Asel Testova" },
		{ "Testova<<Asel<Nova", "Asel Nova Testova" },
		{ "van<Test<<Jan", "Jan van Test" },
		{ "Testova", "Testova" }, { "Testova<<", "Testova" },
		{ "<<Asel", "Asel " }, { "<", " " }, { "<<", "" },
		{ "M\xfcller<<J\xf6rg", "Jörg Müller" },		/* Latin 1 */
		{ "Қуанышқызы<<Әсел", "Әсел Қуанышқызы" },
	};
	char text[HOLDER_MAX], *longest;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		holder_words(tmg_view_str(rows[i].in), text);
		assert_string_equal(text, rows[i].out);
	}
	for (size_t n = HOLDER_MAX - 2; n < HOLDER_MAX + 2; n++) {
		assert_true(asprintf(&longest, "%0*d", (int)n, 0) > 0);
		holder_words(tmg_view_str(longest), text);
		assert_int_equal(strlen(text), n < HOLDER_MAX ? n : 0);
		free(longest);
	}
}

static void
test_table(void **state)
{
	static const char *const heads[] = { "A", "BB" };
	struct table t;
	char *seen = NULL;
	size_t len;
	FILE *to = open_memstream(&seen, &len);

	(void)state;
	table_begin(&t, 2, heads);
	table_put(&t, "%s", "Әсел");
	table_put(&t, "%d", 1);
	table_put(&t, "%s", "");
	table_put(&t, "%s", "x");
	assert_int_equal(table_print(&t, to, false), TMG_OK);
	fclose(to);
	assert_string_equal(seen, "A     BB\nӘсел  1\n      x\n");
	table_release(&t);
	free(seen);
}

/* A terminal of so many columns; the widest column gives way. */
static void
test_narrow_table(void **state)
{
	static const struct { size_t room; const char *want; } rows[] = {
		{ 0, "A         BB\n12345678  Қазбекқызы Әсел\n" },
		{ 25, "A         BB\n12345678  Қазбекқызы Әсел\n" },
		{ 24, "A         BB\n12345678  Қазбекқызы Әс…\n" },
		{ 20, "A         BB\n12345678  Қазбекқыз…\n" },
		{ 3, "A         BB\n12345678  Қазбекқ…\n" },
	};
	static const char *const heads[] = { "A", "BB" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct table t;
		char *seen = NULL;
		size_t len;
		FILE *to = open_memstream(&seen, &len);

		table_begin(&t, 2, heads);
		table_fit(&t, to);
		assert_int_equal(t.room, 0);
		t.room = rows[i].room;
		table_put(&t, "%s", "12345678");
		table_put(&t, "%s", "Қазбекқызы Әсел");
		assert_int_equal(table_print(&t, to, false), TMG_OK);
		fclose(to);
		assert_string_equal(seen, rows[i].want);
		table_release(&t);
		free(seen);
	}
}

static void
test_times(void **state)
{
	char store[32];

	(void)state;
	assert_string_equal(text_day(86399, store, sizeof(store)), "1970-01-01");
	assert_string_equal(text_time(951782400, store, sizeof(store)),
	    "2000-02-29T00:00:00Z");
	assert_string_equal(text_day(0, store, sizeof(store)), "-");
}

/* ---- sources of PINs ----------------------------------------------------- */

struct source {
	struct pins pins;
	int pipe[2];
};

static void
source_begin(struct source *s, const char *lines)
{
	pins_begin(&s->pins);
	s->pins.nobody = true;
	assert_int_equal(pipe(s->pipe), 0);
	assert_int_equal(write(s->pipe[1], lines, strlen(lines)), strlen(lines));
	close(s->pipe[1]);
	s->pins.fd[TMG_PIN_USER] = s->pipe[0];
}

static void
source_end(struct source *s)
{
	close(s->pipe[0]);
	pins_release(&s->pins);
}

static tmg_rc
ask(struct source *s, int tries, const char *serial, char *pin)
{
	const tmg_pin_ask a = { .kind = TMG_PIN_USER, .tries_left = tries,
	    .serial = serial };
	uint8_t store[TMG_PIN_MAX];
	tmg_out o = TMG_OUT(store);
	const tmg_rc rc = pins_ask(&s->pins, &a, &o);

	snprintf(pin, TMG_PIN_MAX, "%.*s", (int)o.len, store);
	return rc;
}

static void
test_pin_sources(void **state)
{
	char pin[TMG_PIN_MAX];
	struct source s;

	(void)state;
	/* tries first; kept for the same token, not for another; not the end
	 * of the line */
	source_begin(&s, "123456\r\nsecond\n");
	assert_int_equal(ask(&s, -1, "1", pin), TMG_PENDING);
	assert_int_equal(ask(&s, 3, "1", pin), TMG_OK);
	assert_string_equal(pin, "123456");
	assert_int_equal(ask(&s, 3, "1", pin), TMG_OK);
	assert_string_equal(pin, "123456");
	assert_int_equal(ask(&s, 3, "2", pin), TMG_OK);
	assert_string_equal(pin, "second");
	/* what was refused is not offered again */
	assert_int_equal(ask(&s, 2, "2", pin), TMG_CANCELLED);
	pins_forget(&s.pins);
	assert_int_equal(ask(&s, 3, "2", pin), TMG_CANCELLED);
	source_end(&s);

	/* a card that cannot tell is not asked for ever */
	source_begin(&s, "x\n");
	assert_int_equal(ask(&s, -1, "1", pin), TMG_PENDING);
	assert_int_equal(ask(&s, -1, "1", pin), TMG_OK);
	source_end(&s);

	/* the last try; and who insists is not asked */
	source_begin(&s, "x\n");
	assert_int_equal(ask(&s, 1, "1", pin), TMG_LAST_TRY);
	s.pins.last_try = true;
	assert_int_equal(ask(&s, -1, "1", pin), TMG_OK);
	source_end(&s);

	/* nothing, too much, nobody */
	source_begin(&s, "\n");
	assert_int_equal(ask(&s, 3, "1", pin), TMG_CANCELLED);
	source_end(&s);
	source_begin(&s, "0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789\n");
	assert_int_equal(ask(&s, 3, "1", pin), TMG_E_SPACE);
	s.pins.fd[TMG_PIN_USER] = -1;
	assert_int_equal(ask(&s, 3, "1", pin), TMG_CANCELLED);
	assert_non_null(strstr(s.pins.fault.text, "--pin-file"));
	source_end(&s);
}

/* Where nobody asked for a number, label and reader tell one token from another. */
static void
test_pin_of_one_token(void **state)
{
	static const struct {
		const char *token, *serial, *reader;
		bool kept;
	} rows[] = {
		{ "PIV", NULL, "one", true }, { "PIV-1", "1", "one", true },
		{ "OpenPGP", NULL, "one", false }, { "PIV", NULL, "two", false },
		{ "PIV-2", "2", "one", false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_pin_ask first = { .kind = TMG_PIN_USER, .tries_left = 3,
		    .token = "PIV", .reader = "one" }, then = first;
		uint8_t store[TMG_PIN_MAX];
		tmg_out o = TMG_OUT(store);
		struct source s;

		source_begin(&s, "123456\nsecond\n");
		if (rows[i].serial != NULL) {
			first.token = "PIV-1";
			first.serial = "1";
		}
		assert_int_equal(pins_ask(&s.pins, &first, &o), TMG_OK);
		o.len = 0;
		then.token = rows[i].token;
		then.serial = rows[i].serial;
		then.reader = rows[i].reader;
		assert_int_equal(pins_ask(&s.pins, &then, &o), TMG_OK);
		assert_int_equal(o.len == 6 && memcmp(store, "123456", 6) == 0,
		    rows[i].kept);
		source_end(&s);
	}
}

static tmg_rc
ask_token(struct pins *pins, const char *token, const char *reader, int tries)
{
	const tmg_pin_ask a = { .kind = TMG_PIN_USER, .tries_left = tries,
	    .token = token, .reader = reader };
	uint8_t store[TMG_PIN_MAX];
	tmg_out o = TMG_OUT(store);

	return pins_ask(pins, &a, &o);
}

/* What is in a file is one token's PIN: on another it would cost a try, and once more
 * another one where it was refused. */
static void
test_pin_file_of_one_token(void **state)
{
	char path[] = "/tmp/test-tamga.XXXXXX";
	const int fd = mkstemp(path);
	struct pins pins;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "123456\n", 7), 7);
	close(fd);
	pins_begin(&pins);
	pins.nobody = true;
	pins.file[TMG_PIN_USER] = path;
	assert_int_equal(ask_token(&pins, "PIV", "one", 3), TMG_OK);
	assert_int_equal(ask_token(&pins, "PIV-77", "one", 3), TMG_OK);
	assert_int_equal(ask_token(&pins, "PIV-77", "two", 3), TMG_CANCELLED);
	assert_non_null(strstr(pins.fault.text, "not tried on token PIV-77"));
	assert_int_equal(ask_token(&pins, "OpenPGP-1", "one", 3), TMG_CANCELLED);
	assert_int_equal(ask_token(&pins, "PIV-77", "one", 3), TMG_OK);
	pins_forget(&pins);
	assert_int_equal(ask_token(&pins, "PIV-77", "one", 2), TMG_CANCELLED);
	assert_non_null(strstr(pins.fault.text, "was refused before"));
	assert_int_equal(ask_token(&pins, "OpenPGP-1", "one", 3), TMG_CANCELLED);
	pins_release(&pins);
	unlink(path);
}

/* ---- what to type next --------------------------------------------------- */

/* Only what the command has is offered; words of another result never. */
static void
test_advice(void **state)
{
	static const struct opt of_all[] = {
		{ "token", 0, OPT_TEXT, "TOKEN", "" }, OPT_END
	};
	static const struct opt of_one[] = {
		{ "replace", 0, OPT_FLAG, NULL, "" }, OPT_END
	};
	struct cli cli = { .args.tables = { of_all, of_one }, .fault = {
		.rc = TMG_OCCUPIED, .text = "taken",
		.remedies = TMG_TRY_REPLACE | TMG_TRY_SLOT | TMG_TRY_NAMES } };
	json_t *error = json_object();

	(void)state;
	advice_json(&cli, TMG_DENIED, error);
	assert_null(json_object_get(error, "try"));
	advice_json(&cli, TMG_OCCUPIED, error);
	assert_int_equal(json_array_size(json_object_get(error, "try")), 2);
	assert_non_null(strstr(json_string_value(json_array_get(
	    json_object_get(error, "try"), 0)), "--replace"));
	assert_non_null(strstr(json_string_value(json_array_get(
	    json_object_get(error, "try"), 1)), "tamga list"));
	json_decref(error);
}

/* ---- languages ----------------------------------------------------------- */

static void
test_languages(void **state)
{
	static const struct {
		const char *list, *accept;
	} rows[] = {
		{ "kk_KZ.UTF-8", "kk" }, { "kk", "kk" }, { "sr@latin", "sr" },
		{ "kk_KZ:ru:en", "kk, ru;q=0.9, en;q=0.8" },
		{ "::ru::", "ru" }, { "C:ru", "ru" }, { "C.UTF-8", "" },
		{ "", "" }, { "english", "" }, { "kk\r\nX: y", "" }, { "k", "" },
		{ "aa:bb:cc:dd:ee:ff:gg", "aa, bb;q=0.9, cc;q=0.8, dd;q=0.7, ee;q=0.6, ff;q=0.5" },
	};
	char text[LANGUAGE_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		language_list(rows[i].list, text);
		if (strcmp(text, rows[i].accept) != 0)
			fail_msg("%s: %s", rows[i].list, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_args_refused),
		cmocka_unit_test(test_conf),
		cmocka_unit_test(test_conf_layers),
		cmocka_unit_test(test_exit),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_holder),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_narrow_table),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_pin_sources),
		cmocka_unit_test(test_pin_of_one_token),
		cmocka_unit_test(test_pin_file_of_one_token),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_languages),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
