/* SPDX-License-Identifier: BSD-2-Clause */
/* From answers to what the certificate says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tests/unit/test.h"
#include "tools/ra/form/contents.h"
#include "tools/ra/form/form.h"

static ra_profiles profiles;

static int
load(void **state)
{
	tmg_fault f = { .rc = TMG_OK };
	char folder[4096];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/share/profiles",
	    getenv("top_srcdir") != NULL ? getenv("top_srcdir") : ".");
	if (ra_profiles_load(folder, &profiles, &f))
		fail_msg("%s", f.text);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	ra_profiles_release(&profiles);
	return 0;
}

static void
fill(ra_answers *answers, const char *const (*pairs)[2], size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ra_answers_set(answers, pairs[i][0], pairs[i][1]),
		    TMG_OK);
}

#define FILL(answers, ...) do { \
	static const char *const pairs_[][2] = { __VA_ARGS__ }; \
	fill(answers, pairs_, TMG_COUNT(pairs_)); \
} while (0)

static void
test_answers(void **state)
{
	tmg_auto(ra_answers) a = { 0 };
	char name[16];

	(void)state;
	assert_string_equal(ra_answers_get(&a, "x"), "");
	assert_int_equal(ra_answers_set(&a, "x", "1"), TMG_OK);
	assert_int_equal(ra_answers_set(&a, "x", "2"), TMG_OK);
	assert_string_equal(ra_answers_get(&a, "x"), "2");
	assert_int_equal(a.count, 1);
	for (size_t i = 1; i < RA_ANSWERS_MAX; i++) {
		snprintf(name, sizeof(name), "n%zu", i);
		assert_int_equal(ra_answers_set(&a, name, ""), TMG_OK);
	}
	assert_int_equal(ra_answers_set(&a, "more", ""), TMG_MISMATCH);
	assert_int_equal(ra_answers_set(&a, "x", "3"), TMG_OK);
}

static void
test_kazakh_form(void **state)
{
	const ra_profile *kz = ra_profiles_find(&profiles, "kz-ssl");
	tmg_auto(ra_answers) given = { 0 }, answers = { 0 };
	const ra_branch *branch;
	static ra_form_errors errors;

	(void)state;
	/* the register said who it is; the applicant says it is another */
	FILL(&answers, { "surname", "Ермекқызы" }, { "given", "Әлия" });
	FILL(&given, { "surname", "Other" }, { "given", "" },
	    { "region", "Astana" }, { "city", "Temirtau" },
	    { "domain", "not a name" }, { "colour", "red" },
	    { "carrier", "usb-token" }, { "carrier.extra", "Card reader" });
	assert_int_equal(ra_form_take(kz, "filled", &given, &answers, &errors),
	    TMG_MISMATCH);
	assert_int_equal(errors.count, 3);
	assert_string_equal(errors.row[0].input->name, "domain");
	assert_string_equal(errors.row[1].input->name, "city");
	assert_string_equal(errors.row[2].input->name, "carrier");
	assert_string_equal(ra_answers_get(&answers, "region"), "");

	FILL(&given, { "region", "Karaganda region" },
	    { "domain", "www.example.kz" }, { "carrier", "no such" },
	    { "carrier.extra", "" });
	assert_int_equal(ra_form_take(kz, "filled", &given, &answers, &errors),
	    TMG_MISMATCH);
	assert_int_equal(errors.count, 1);
	FILL(&given, { "carrier", "file:p12" });
	assert_int_equal(ra_form_take(kz, "filled", &given, &answers, &errors),
	    TMG_OK);
	assert_string_equal(ra_answers_get(&answers, "carrier"), "file:p12");
	assert_string_equal(ra_answers_get(&answers, "surname"), "Ермекқызы");
	assert_string_equal(ra_answers_get(&answers, "domain"), "www.example.kz");
	assert_string_equal(ra_answers_get(&answers, "colour"), "");
	assert_int_equal(ra_form_branch(kz, &answers, &branch), TMG_OK);
	assert_string_equal(branch->city, "Temirtau");
}

static void
test_expand(void **state)
{
	tmg_auto(ra_answers) a = { 0 };
	static const struct {
		const char *text, *want;
		tmg_rc rc;
	} rows[] = {
		{ "plain", "plain", TMG_OK }, { "", "", TMG_OK },
		{ "${x}", "1", TMG_OK }, { "<${x}${y}>", "<1>", TMG_OK },
		{ "${y}", "", TMG_NOT_FOUND }, { "a${y}b", "ab", TMG_NOT_FOUND },
		{ "${z} $x {x}", " $x {x}", TMG_NOT_FOUND },
		{ "${x", "1", TMG_OK }, { "$", "$", TMG_OK },
		{ "${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}${x}",
		    "", TMG_E_SPACE },
	};

	(void)state;
	FILL(&a, { "x", "1" }, { "y", "" });
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		char text[16];

		assert_int_equal(ra_contents_expand(rows[i].text, &a, text,
		    sizeof(text)), rows[i].rc);
		if (rows[i].rc != TMG_E_SPACE)
			assert_string_equal(text, rows[i].want);
	}
}

static void
test_made(void **state)
{
	static ra_contents c;

	(void)state;
	{
		tmg_auto(ra_answers) a = { 0 };

		FILL(&a, { "surname", "Ермекқызы" }, { "given", "Әлия" },
		    { "IIN", "396685245034" }, { "domain", "www.example.kz" });
		assert_int_equal(ra_contents_make(ra_profiles_find(&profiles,
		    "kz-ssl"), &a, &c), TMG_OK);
		assert_string_equal(c.subject, "CN=www.example.kz,SN=Ермекқызы,"
		    "GN=Әлия,serialNumber=IIN396685245034,C=KZ");
		assert_int_equal(c.san_count, 1);
		assert_string_equal(c.san[0], "dns:www.example.kz");
	}
	{
		/* what has a meaning in a name does not get one from outside */
		tmg_auto(ra_answers) a = { 0 };

		FILL(&a, { "fullname", " A,O=B+C=\"D\"\\;<E> " },
		    { "country", "BG" }, { "email", "a@example.bg" });
		assert_int_equal(ra_contents_make(ra_profiles_find(&profiles,
		    "bg-csp"), &a, &c), TMG_OK);
		assert_string_equal(c.subject, "CN=\\ A\\,O\\=B\\+C\\=\\\"D\\\"\\\\\\;"
		    "\\<E\\>\\ ,C=BG,emailAddress=a@example.bg");
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_kazakh_form),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_made),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
