/* SPDX-License-Identifier: BSD-2-Clause */
/* The languages that applicants are spoken to in: by pages, mails and paper. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/post/sheet.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/mail.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
static ra_form_errors errors;

/* False where no catalogues were compiled. */
static bool
bind_catalogues(void)
{
	const char *top = getenv("top_builddir");
	char folder[1024], one[1200];

	snprintf(folder, sizeof(folder), "%s/po/ra", top != NULL ? top : ".");
	snprintf(one, sizeof(one), "%s/C/LC_MESSAGES/tamga-ra-kk.mo", folder);
	ra_languages_bind(folder);
	return access(one, R_OK) == 0;
}

static void *
say_help(void *arg)
{
	const char **said = arg;

	*said = _("Help");
	return NULL;
}

static void
test_words(void **state)
{
	static const struct {
		const char *code, *help, *one, *five, *two;
	} rows[] = {
		{ "en", "Help", "Valid for %d year.", "Valid for %d years.",
		    "Valid for %d years." },
		{ "bg", "Помощ", "Валиден %d година.", "Валиден %d години.",
		    "Валиден %d години." },
		{ "kk", "Анықтама", "%d жыл жарамды.", "%d жыл жарамды.",
		    "%d жыл жарамды." },
		{ "ru", "Справка", "Действителен %d год.", "Действителен %d лет.",
		    "Действителен %d года." },
		{ "az", "Kömək", "%d il etibarlıdır.", "%d il etibarlıdır.",
		    "%d il etibarlıdır." },
	};

	(void)state;
	assert_int_equal(ra_language_count, TMG_COUNT(rows));
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
		const char *elsewhere = NULL;
		pthread_t thread;

		ra_speech_begin(&speech, ra_language_find(rows[i].code));
		assert_string_equal(_("Help"), rows[i].help);
		assert_string_equal(tmg_text_n("Valid for %d year.",
		    "Valid for %d years.", 1), rows[i].one);
		assert_string_equal(tmg_text_n("Valid for %d year.",
		    "Valid for %d years.", 5), rows[i].five);
		assert_string_equal(tmg_text_n("Valid for %d year.",
		    "Valid for %d years.", 22), rows[i].two);
		assert_string_equal(_("of no catalogue"), "of no catalogue");

		/* what another thread says is its own */
		assert_int_equal(pthread_create(&thread, NULL, say_help,
		    &elsewhere), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_string_equal(elsewhere, "Help");
	}
	assert_string_equal(_("Help"), "Help");
}

/* One within another, as a mail that is written while a page is shown. */
static void
test_nested(void **state)
{
	tmg_auto(ra_speech) page = { .mine = (locale_t)0 };

	(void)state;
	ra_speech_begin(&page, ra_language_find("az"));
	for (int i = 0; i < 2; i++) {
		tmg_auto(ra_speech) mail = { .mine = (locale_t)0 };

		ra_speech_begin(&mail, ra_language_find(i == 0 ? "kk" : ""));
		assert_string_equal(_("Help"), i == 0 ? "Анықтама" : "Kömək");
	}
	assert_string_equal(_("Help"), "Kömək");
}

/* The words of every state, in every language. */
static void
test_states(void **state)
{
	(void)state;
	for (size_t i = 1; i < ra_language_count; i++) {
		tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };

		ra_speech_begin(&speech, &ra_languages[i]);
		for (int s = RA_REGISTERED; s < RA_STATES; s++) {
			const char *label = ra_state_get((ra_state)s)->label;

			if (strcmp(_(label), label) == 0)
				fail_msg("%s: %s", ra_languages[i].code, label);
		}
	}
}

/* ---- mails and paper ---- */

static void
begin(struct bench *b, const char *language, ra_app *app)
{
	tmg_auto(ra_answers) given = { 0 };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_answers_set(&given, "fullname", "Иван Петров"), TMG_OK);
	assert_int_equal(ra_answers_set(&given, "email", "ivan@example.org"), TMG_OK);
	b->desk.language = language;
	assert_int_equal(ra_case_begin(&b->desk, ra_profiles_find(b->desk.profiles,
	    "bg-csp"), &applicant, "", &given, &errors, app, code), TMG_OK);
	b->desk.language = "en";	/* whoever is served next */
}

static void
test_kept(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" }, got = { .id = "" };

	begin(b, "kk", &app);
	assert_int_equal(ra_app_get(b->desk.store, app.id, &got), TMG_OK);
	assert_string_equal(got.language, "kk");
	strcpy(got.language, "ru");
	assert_int_equal(ra_app_speak(b->desk.store, &got), TMG_OK);
	ra_app_release(&got);
	assert_int_equal(ra_app_get(b->desk.store, app.id, &got), TMG_OK);
	assert_string_equal(got.language, "ru");
}

static tmg_rc
keep_mail(void *arg, const ra_mail *mail)
{
	*(ra_mail *)arg = *mail;
	return TMG_OK;
}

/* A rule in the applicant's language comes before the one without; ${status} is
 * in his language in either. */
static void
test_mails(void **state)
{
	static const struct {
		const char *language, *subject;
	} rows[] = {
		{ "kk", "Тіркеу" },
		{ "ru", "Registration" },
		{ "", "Registration" },
	};
	struct bench *b = *state;
	/* the profile is the bench's own copy of what was read */
	ra_profile *p = (ra_profile *)(uintptr_t)ra_profiles_find(
	    b->desk.profiles, "bg-csp");

	p->mail_count = 2;
	p->mail[0] = (ra_mail_rule){ .event = "register", .subject = "Registration",
		.text = "${status}" };
	p->mail[1] = (ra_mail_rule){ .event = "register", .language = "kk",
		.subject = "Тіркеу", .text = "${status}" };
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_app) app = { .id = "" };
		tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
		ra_mail mail;

		begin(b, rows[i].language, &app);
		assert_int_equal(ra_mail_each(b->desk.store, "", keep_mail, &mail),
		    TMG_OK);
		assert_string_equal(mail.subject, rows[i].subject);
		ra_speech_begin(&speech, ra_language_find(rows[i].language));
		assert_string_equal(mail.body, _("registration made"));
		assert_int_equal(ra_mail_erase(b->desk.store, app.id), TMG_OK);
	}
}

/* What the profile says in a mail is in his language, too, and so is the word of
 * a list that he chose. */
static void
test_said_mails(void **state)
{
	static const struct {
		const char *language, *subject, *branch;
	} rows[] = {
		{ "az", "Sifariş ", "Azərpoçt, Bakı" },
		{ "kk", " тапсырысы", "Азерпошта, Баку" },
		{ "en", "Order ", "Azerpost, Baku" },
		{ "", "Order ", "Azerpost, Baku" },
	};
	struct bench *b = *state;
	/* the profile is the bench's own copy of what was read */
	ra_profile *p = (ra_profile *)(uintptr_t)ra_profiles_find(
	    b->desk.profiles, "az-esign");
	char text[RA_PROSE_MAX];

	memcpy(text, p->mail[0].text, sizeof(text));
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_app) app = { .id = "" };
		tmg_auto(ra_answers) answers = { 0 };
		char code[RA_CODE_MAX];
		ra_mail mail;

		b->desk.language = rows[i].language;
		assert_int_equal(ra_case_begin(&b->desk, p, &applicant, "terms",
		    NULL, &errors, &app, code), TMG_OK);
		assert_int_equal(ra_answers_set(&answers, "email",
		    "leyla@example.org"), TMG_OK);
		assert_int_equal(ra_answers_set(&answers, "region", "Baku"), TMG_OK);
		assert_int_equal(ra_answers_set(&answers, "city", "Baku"), TMG_OK);
		assert_int_equal(ra_answers_save(b->desk.store, app.id, &answers),
		    TMG_OK);
		assert_int_equal(ra_tell(&b->desk, &app, RA_EV_FILL, ""), TMG_OK);
		assert_int_equal(ra_mail_each(b->desk.store, "", keep_mail, &mail),
		    TMG_OK);
		if (strstr(mail.subject, rows[i].subject) == NULL ||
		    strstr(mail.body, rows[i].branch) == NULL)
			fail_msg("%s: %s: %s", rows[i].language, mail.subject,
			    mail.body);
		assert_int_equal(ra_mail_erase(b->desk.store, app.id), TMG_OK);
		strcpy(p->mail[0].text, "${region}");
		assert_int_equal(ra_tell(&b->desk, &app, RA_EV_FILL, ""), TMG_OK);
		assert_int_equal(ra_mail_each(b->desk.store, "", keep_mail, &mail),
		    TMG_OK);
		assert_string_equal(mail.body, strstr(rows[i].branch, ", ") + 2);
		memcpy(p->mail[0].text, text, sizeof(text));
		assert_int_equal(ra_mail_erase(b->desk.store, app.id), TMG_OK);
	}
}

static void
prints(struct bench *b, const ra_app *app, const char *document,
    const char *words)
{
	tmg_auto(ra_printed) printed = { .bytes = NULL };
	char file[RA_PRINTED_FILE];

	snprintf(file, sizeof(file), "%s%s%s.txt", app->id,
	    document[0] != '\0' ? "-" : "", document);
	assert_int_equal(ra_print(&b->desk, app, document, "txt", &printed),
	    TMG_OK);
	assert_string_equal(printed.file, file);
	if (memmem(printed.bytes, printed.len, words, strlen(words)) == NULL)
		fail_msg("%s: %s: %.*s", app->language, words, (int)printed.len,
		    (const char *)printed.bytes);
}

static void
test_paper(void **state)
{
	static const struct {
		const char *language, *words, *label, *contract;
	} rows[] = {
		{ "kk", "Өтініш берушінің қолы", "Қол қоюшының толық аты-жөні",
		    "Куәландыру қызметтерін көрсету шарты" },
		{ "az", "Müraciət edənin imzası", "İmza sahibinin tam adı",
		    "Sertifikat xidmətləri müqaviləsi" },
		{ "bg", "Подпис на заявителя", "Пълно име на титуляря",
		    "Договор за удостоверителни услуги" },
		{ "ru", "Подпись заявителя", "Полное имя подписанта",
		    "Договор об удостоверительных услугах" },
		{ "", "Signature of the applicant", "Full name of the Signatory",
		    "Contract for certification services" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_app) app = { .id = "" };

		begin(b, rows[i].language, &app);
		prints(b, &app, "", rows[i].words);
		prints(b, &app, "", rows[i].label);
		prints(b, &app, "contract", rows[i].contract);
	}
}

int
main(void)
{
#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, \
	bench_set_up_shipped, bench_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_states),
		SHIPPED(test_kept),
		SHIPPED(test_mails),
		SHIPPED(test_said_mails),
		SHIPPED(test_paper),
	};

	if (!bind_catalogues())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
