/* SPDX-License-Identifier: BSD-2-Clause */
/* What profiles say in other languages: catalogues, good and bad, and what
 * comes of them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/test.h"
#include "tools/ra/profile/po.h"
#include "tools/ra/profile/prose.h"
#include "tools/ra/profile/says.h"

/* ---- catalogues ---- */

static void
test_good(void **state)
{
	static const char text[] =
	    "# a comment\n"
	    "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=utf-8\\n\"\n"
	    "\n#. kz-ssl: fields.label\nmsgid \"Surname\"\nmsgstr \"Тегі\"\n"
	    "msgid \"\"\n\"two \"\n  \"lines\\n\"\nmsgstr \"\"\r\n\"екі \\\"жол\\\\\"\n\t\"\\n\"\n"
	    "#, fuzzy\nmsgid \"City\"\nmsgstr \"Region\"\n"
	    "msgid \"Phone\"\nmsgstr \"\"\n"
	    "msgid \"Order ${number}\"\nmsgstr \"№ ${number} тапсырыс\"\n"
	    "#, fuzzy\n#~ msgid \"gone\"\n#~ msgstr \"жоқ\"\n"
	    "msgid \"last\"\nmsgstr \"соңғы\"";
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "Surname", "Тегі" }, { "two lines\n", "екі \"жол\\\n" },
		{ "City", NULL }, { "Phone", NULL }, { "gone", NULL },
		{ "Order ${number}", "№ ${number} тапсырыс" },
		{ "last", "соңғы" }, { "", NULL }, { "~", NULL }, { "A", NULL },
	};
	tmg_auto(ra_po) po = { .pool = NULL };
	tmg_fault f = { .rc = TMG_OK };

	(void)state;
	if (ra_po_parse("p", text, &po, &f) != TMG_OK)
		fail_msg("%s", f.text);
	assert_int_equal(po.count, 4);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const char *said = ra_po_find(&po, rows[i].text);

		if ((said == NULL) != (rows[i].said == NULL) ||
		    (said != NULL && strcmp(said, rows[i].said) != 0))
			fail_msg("%s: %s", rows[i].text, said);
	}
}

#define SURNAME "msgid \"Surname\"\nmsgstr \"Тегі\"\n"

static void
test_bad(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "msgid \"a\"\n", "p:1: msgid without msgstr" },
		{ "msgid \"a\"\nmsgid \"b\"\nmsgstr \"c\"\n", "p:1: msgid without" },
		{ "msgstr \"a\"\n", "p:1: msgstr without msgid" },
		{ SURNAME "msgstr \"a\"\n", "p:3: msgstr without msgid" },
		{ "\n\"a\"\n", "p:2: a quoted text that belongs to no entry" },
		{ "msgid a\nmsgstr \"b\"\n", "p:1: here a quoted text" },
		{ "msgid \"a\nmsgstr \"b\"\n", "p:1: the quoted text does not end" },
		{ "msgid \"a", "p:1: the quoted text does not end" },
		{ "msgid \"a\\", "p:1: after \\ only" },
		{ "msgid \"a\\\"", "p:1: the quoted text does not end" },
		{ "msgid \"a\\x41\"\nmsgstr \"b\"\n", "p:1: after \\ only" },
		{ "msgid \"a\" \"b\"\nmsgstr \"c\"\n", "p:1: there is more than one" },
		{ "msgctxt \"x\"\n" SURNAME, "p:1: a line begins with" },
		{ "msgid \"a\"\nmsgid_plural \"b\"\n", "p:2: a line begins with" },
		{ "msgid \"a\"\nmsgstr[0] \"b\"\n", "p:2: a line begins with" },
		{ "<html>\n", "p:1: a line begins with" },
		{ SURNAME "\n" SURNAME, "p:4: this text was translated above" },
		{ "msgid \"\"\nmsgstr \"charset=KOI8-R\"\n", "p:1: the heading must" },
		{ "msgid \"a\"\nmsgstr \"\xc3\x28\"\n", "p:1: there are characters" },
		{ "msgid \"a\"\nmsgstr \"\xe2\x80\xae\"\n", "p:1: there are characters" },
		{ "msgid \"a\"\nmsgstr \"b\x01\"\n", "p:1: there are characters" },
		{ "msgid \"a ${b}\"\nmsgstr \"a\"\n", "p:1: text and translation" },
		{ "msgid \"a\"\nmsgstr \"${code}\"\n", "p:1: text and translation" },
		{ "msgid \"${a}\"\nmsgstr \"${a\"\n", "p:1: text and translation" },
		{ "msgid \"${a}\"\nmsgstr \"${ab}\"\n", "p:1: text and translation" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_po) po = { .pool = NULL };
		tmg_fault f = { .rc = TMG_OK };

		if (ra_po_parse("p", rows[i].text, &po, &f) != TMG_MISMATCH ||
		    strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s: %s", rows[i].text, f.text);
		assert_null(po.pool);
	}
}

/* ---- folders ---- */

static char folder[64];

static void
put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(tmg_file_replace(path,
	    (tmg_view){ (const uint8_t *)text, strlen(text) }, 0600), TMG_OK);
}

static int
clean(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[512];

	(void)state;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	return rmdir(folder);
}

#define PROFILE "title = \"A certificate\"; about = \"Made here.\";" \
	"approval = \"officer\"; validity_days = 30; keys = [\"ec:p256\"];" \
	"key_usage = [\"digitalSignature\"];" \
	"subject: { required = [\"CN\"]; allowed = [\"CN\"]; };" \
	"flow: { steps = [\"agreed\", \"filled\", \"submitted\"]; };" \
	"consent: { text = \"terms\"; };" \
	"mail_to = \"mail\";" \
	"fields = ({ name = \"mail\"; label = \"Mail\"; kind = \"email\"; }," \
	"{ name = \"sort\"; label = \"Sort\"; kind = \"choice\"; options = [\"Small\"]; });" \
	"mails = ({ event = \"submit\"; subject = \"Here\"; text = \"Of ${mail}\"; }," \
	"{ event = \"submit\"; language = \"kk\"; subject = \"Міне\"; text = \"${mail}\"; });"

static int
make(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%.40s/texts.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	put("a.profile", PROFILE);
	put("b.profile", PROFILE);
	put("terms", "Be good.\nAlways.\n\nPay.\n");
	put("kk.po", "msgid \"A certificate\"\nmsgstr \"Сертификат\"\n"
	    "msgid \"Be good. Always.\"\nmsgstr \"Жақсы бол.\"\n"
	    "msgid \"Small\"\nmsgstr \"Шағын\"\n");
	put("b.kk.po", "msgid \"A certificate\"\nmsgstr \"Басқа сертификат\"\n"
	    "msgid \"Pay.\"\nmsgstr \"Төле.\"\n");
	return 0;
}

static void
load(ra_profiles *all)
{
	tmg_fault f = { .rc = TMG_OK };

	if (ra_profiles_load(folder, all, &f) != TMG_OK)
		fail_msg("%s", f.text);
}

static void
test_said(void **state)
{
	tmg_auto(ra_profiles) all = { .count = 0 };
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	const ra_profile *a, *b;

	(void)state;
	load(&all);
	a = ra_profiles_find(&all, "a");
	b = ra_profiles_find(&all, "b");
	assert_string_equal(ra_said(a, a->title), "A certificate");
	ra_speech_begin(&speech, ra_language_find("kk"));
	assert_string_equal(ra_said(a, a->title), "Сертификат");
	assert_string_equal(ra_said(b, b->title), "Басқа сертификат");
	assert_string_equal(ra_said(a, a->about), "Made here.");
	assert_string_equal(ra_said(a, ""), "");
	assert_string_equal(ra_said_answer(a, &a->input[1], "Small"), "Шағын");
	assert_string_equal(ra_said_answer(a, &a->input[0], "Small"), "Small");
	{
		tmg_auto(ra_speech) inner = { .mine = (locale_t)0 };

		ra_speech_begin(&inner, ra_language_find("ru"));
		assert_string_equal(ra_said(a, a->title), "A certificate");
	}
	assert_string_equal(ra_said(a, a->title), "Сертификат");
}

/* Half of a text is not said in another language. */
static void
test_prose(void **state)
{
	static const char terms[] = "Be good.\nAlways.\n\nPay.\n";
	tmg_auto(ra_profiles) all = { .count = 0 };
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	tmg_auto_free char *of_a = NULL, *of_b = NULL, *changed = NULL, *nothing = NULL;

	(void)state;
	load(&all);
	ra_speech_begin(&speech, ra_language_find("kk"));
	assert_int_equal(ra_prose_say(&all.row[0], terms, RA_UNIT_PARAGRAPH,
	    &of_a), TMG_OK);
	assert_string_equal(of_a, terms);
	assert_int_equal(ra_prose_say(&all.row[1], terms, RA_UNIT_PARAGRAPH,
	    &of_b), TMG_OK);
	assert_string_equal(of_b, "Жақсы бол.\n\nТөле.\n");
	assert_int_equal(ra_prose_say(&all.row[1], "Pay.\n\nPay at once.\n",
	    RA_UNIT_PARAGRAPH, &changed), TMG_OK);
	assert_string_equal(changed, "Pay.\n\nPay at once.\n");
	assert_int_equal(ra_prose_say(&all.row[1], "\n\n", RA_UNIT_LINE,
	    &nothing), TMG_OK);
	assert_string_equal(nothing, "");
}

static void
test_units(void **state)
{
	static const struct {
		const char *text;
		ra_unit unit;
		const char *words[4];
	} rows[] = {
		{ "\n a\r\n\tb \n\n\nc", RA_UNIT_PARAGRAPH, { "a b", "c" } },
		{ "# H\n\n- l: ${x}\nnote\n", RA_UNIT_LINE,
		    { "# H", "- l: ${x}", "note" } },
		{ "", RA_UNIT_LINE, { NULL } },
		{ " \n\t\n", RA_UNIT_PARAGRAPH, { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const char *at = rows[i].text;

		for (size_t j = 0; rows[i].words[j] != NULL; j++) {
			tmg_auto_free char *words = NULL;

			assert_int_equal(ra_prose_next(&at, rows[i].unit, &words),
			    TMG_OK);
			assert_string_equal(words, rows[i].words[j]);
		}
		tmg_auto_free char *more = NULL;

		assert_int_equal(ra_prose_next(&at, rows[i].unit, &more),
		    TMG_NOT_FOUND);
	}
}

static void
test_bad_folders(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} rows[] = {
		{ "kz.po", SURNAME, "kz.po: a catalogue is called" },
		{ "a.kz.po", SURNAME, "a.kz.po: a catalogue is called" },
		{ "c.kk.po", SURNAME, "catalogue of the profile c, and no such" },
		{ "ru.po", "nonsense", "ru.po:1: a line begins" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_profiles) all = { .count = 0 };
		tmg_fault f = { .rc = TMG_OK };
		char path[128];

		put(rows[i].name, rows[i].text);
		if (ra_profiles_load(folder, &all, &f) != TMG_MISMATCH ||
		    strstr(f.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].name, f.text);
		assert_null(all.texts);
		snprintf(path, sizeof(path), "%s/%s", folder, rows[i].name);
		assert_int_equal(unlink(path), 0);
	}
}

/* ---- what translators are given ---- */

static tmg_rc
collect(void *arg, const char *place, const char *text)
{
	char *all = arg;
	const size_t at = strlen(all);

	snprintf(all + at, 2048 - at, "%s=%s|", place, text);
	return TMG_OK;
}

static void
test_says(void **state)
{
	tmg_auto(ra_profiles) all = { .count = 0 };
	tmg_fault f = { .rc = TMG_OK };
	char said[2048] = "", path[128];

	(void)state;
	load(&all);
	assert_int_equal(ra_profile_says(&all.row[0], folder, collect, said, &f),
	    TMG_OK);
	assert_string_equal(said, "title=A certificate|about=Made here.|"
	    "terms=Be good. Always.|terms=Pay.|consent.button=Confirm|"
	    "identity.button=Check|fields.label=Mail|fields.label=Sort|"
	    "fields.options=Small|mails.subject=Here|mails.text=Of ${mail}|");
	snprintf(path, sizeof(path), "%s/terms", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ra_profile_says(&all.row[0], folder, collect, said, &f),
	    TMG_NOT_FOUND);
	assert_non_null(strstr(f.text, "/terms cannot be read"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test_setup_teardown(test_said, make, clean),
		cmocka_unit_test_setup_teardown(test_prose, make, clean),
		cmocka_unit_test(test_units),
		cmocka_unit_test_setup_teardown(test_bad_folders, make, clean),
		cmocka_unit_test_setup_teardown(test_says, make, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
