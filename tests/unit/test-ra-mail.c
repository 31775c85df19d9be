/* SPDX-License-Identifier: BSD-2-Clause */
/* Mails: what causes one, what it says, who may send it, what its heading is. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/post/letter.h"
#include "tools/ra/post/mailer.h"
#include "tools/ra/profile/utf8.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };

static ra_form_errors errors;

/* ---- the outbox ---- */

struct found {
	const char *event;
	size_t count;
	ra_mail mail;
};

static tmg_rc
look(void *arg, const ra_mail *mail)
{
	struct found *f = arg;

	if (f->event[0] != '\0' && strcmp(mail->event, f->event) != 0)
		return TMG_OK;
	f->count++;
	f->mail = *mail;
	return TMG_OK;
}

/* How many mails tell of event; the oldest of them. */
static struct found
mails_of(struct bench *b, const char *event)
{
	struct found f = { .event = event };

	assert_int_equal(ra_mail_each(b->desk.store, "", look, &f), TMG_OK);
	return f;
}

static const ra_profile *
profile_of(struct bench *b, const char *name)
{
	const ra_profile *p = ra_profiles_find(b->desk.profiles, name);

	assert_non_null(p);
	return p;
}

static void
set(ra_answers *answers, const char *name, const char *value)
{
	assert_int_equal(ra_answers_set(answers, name, value), TMG_OK);
}

static void
register_one(struct bench *b, ra_app *app, char code[RA_CODE_MAX])
{
	tmg_auto(ra_answers) given = { 0 };

	set(&given, "fullname", "Иван Петров");
	set(&given, "email", "ivan@example.org");
	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "bg-csp"),
	    &applicant, "", &given, &errors, app, code), TMG_OK);
}

/* Bulgaria, step 1: number and code are mailed, to the address given there. */
static void
test_registered(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	char code[RA_CODE_MAX], subject[64];
	struct found f;

	register_one(b, &app, code);
	f = mails_of(b, "register");
	assert_int_equal(f.count, 1);
	assert_string_equal(f.mail.app, app.id);
	assert_string_equal(f.mail.recipient, "ivan@example.org");
	assert_string_equal(f.mail.state, RA_MAIL_QUEUED);
	snprintf(subject, sizeof(subject), "Your registration %s", app.id);
	assert_string_equal(f.mail.subject, subject);
	assert_int_equal(strlen(code), 19);
	assert_non_null(strstr(f.mail.body, code));
	assert_non_null(strstr(f.mail.body, app.id));
	assert_null(strstr(f.mail.body, "${"));
}

static void
apply_kazakh(struct bench *b, const char *email, char id[RA_ID_MAX])
{
	tmg_auto(ra_answers) known = { 0 }, given = { 0 };
	tmg_auto(ra_app) app = { .id = "" }, again = { .id = "" },
	    filled = { .id = "" }, in = { .id = "" };
	auto_csr c = { NULL, { 0 }, 0 };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "kz-ssl"),
	    &applicant, "terms", NULL, &errors, &app, code), TMG_OK);
	strcpy(id, app.id);
	set(&known, "surname", "Ермекқызы");
	set(&known, "given", "Әлия");
	assert_int_equal(ra_case_identify(&b->desk, id, "396685245034", &known,
	    &again), TMG_OK);
	set(&given, "region", "Karaganda region");
	set(&given, "city", "Temirtau");
	set(&given, "domain", "www.example.kz");
	set(&given, "email", email);
	set(&given, "mobile", "+7 (700) 123-45-67");
	assert_int_equal(ra_case_fill(&b->desk, id, RA_EV_FILL, &applicant,
	    &given, &errors, &filled), TMG_OK);
	make_csr(&c, "CN=www.example.kz,SN=Ермекқызы,GN=Әлия,"
	    "serialNumber=IIN396685245034,C=KZ", "DNS:www.example.kz");
	assert_int_equal(ra_case_submit(&b->desk, id, &applicant,
	    (tmg_view){ c.der, c.len }, &in), TMG_OK);
}

/* Kazakhstan, steps 9a and 12: only to those who gave an address. */
static void
test_kazakh(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char id[RA_ID_MAX], silent[RA_ID_MAX];
	struct found f;

	apply_kazakh(b, "", silent);
	assert_int_equal(mails_of(b, "").count, 0);
	apply_kazakh(b, "aliya@example.kz", id);
	f = mails_of(b, "submit");
	assert_int_equal(f.count, 1);
	assert_int_equal(f.mail.attach, 1);
	assert_non_null(strstr(f.mail.body, "has been submitted on the NCA website"));

	assert_int_equal(ra_desk_decide(&b->desk, id, RA_EV_CONFIRM, &officer, "",
	    &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	f = mails_of(b, "issue");
	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.mail.body,
	    "Certificates under the application have been issued"));
}

/* Not confirmed within a month: nothing of the person is left, mails neither. */
static void
test_destroyed(void **state)
{
	struct bench *b = *state;
	char id[RA_ID_MAX];
	unsigned done;

	apply_kazakh(b, "aliya@example.kz", id);
	assert_int_equal(mails_of(b, "").count, 1);
	b->now += 30 * DAY;
	assert_int_equal(ra_desk_due(&b->desk, &done), TMG_OK);
	assert_int_equal(done, 0);
	b->now += 2 * DAY;
	assert_int_equal(ra_desk_due(&b->desk, &done), TMG_OK);
	assert_int_equal(done, 1);
	assert_int_equal(mails_of(b, "").count, 0);
}

/* What is rolled back was never told. */
static void
test_rolled_back(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" }, again = { .id = "" };
	char code[RA_CODE_MAX];

	register_one(b, &app, code);
	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->desk.store), TMG_OK);
		assert_int_equal(ra_desk_step(&b->desk, &app, RA_EV_REJECT,
		    &officer, "wrong"), TMG_OK);
		assert_int_equal(mails_of(b, "reject").count, 1);
	}
	assert_int_equal(mails_of(b, "reject").count, 0);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_REJECT, &officer,
	    "the name is not yours", &again), TMG_OK);
	assert_non_null(strstr(mails_of(b, "reject").mail.body,
	    "the name is not yours"));
}

static void
test_reminders(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char id[RA_ID_MAX];
	unsigned told;

	apply_kazakh(b, "aliya@example.kz", id);
	assert_int_equal(ra_desk_decide(&b->desk, id, RA_EV_CONFIRM, &officer, "",
	    &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);

	static const struct {
		int days_left;
		unsigned told;
	} steps[] = {
		{ 40, 0 }, { 29, 1 }, { 28, 0 }, { 20, 0 },
		{ 3, 1 },	/* nobody looked for two weeks: one, not two */
		{ 2, 0 }, { -1, 0 },
	};

	for (size_t i = 0; i < TMG_COUNT(steps); i++) {
		b->now = cert.not_after - (time_t)steps[i].days_left * DAY;
		assert_int_equal(ra_tell_ending(&b->desk, &told), TMG_OK);
		assert_int_equal(told, steps[i].told);
	}
	assert_int_equal(mails_of(b, "remind").count, 2);
	assert_non_null(strstr(mails_of(b, "remind").mail.subject, "2028-01-15"));
}

/* The same by telephone, beside the mails: in its own days, to the number as it is
 * dialled, and not at all where nothing takes text messages. */
static void
test_text_reminders(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char id[RA_ID_MAX];
	struct found f;
	unsigned told;

	apply_kazakh(b, "", id);
	assert_int_equal(ra_desk_decide(&b->desk, id, RA_EV_CONFIRM, &officer, "",
	    &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	b->now = cert.not_after - 9 * DAY;
	assert_int_equal(ra_tell_ending(&b->desk, &told), TMG_OK);
	assert_int_equal(told, 0);
	snprintf(bench_config(b)->sms.url, RA_TEXT_MAX, "https://gateway.example/");
	b->now = cert.not_after - 11 * DAY;
	assert_int_equal(ra_tell_ending(&b->desk, &told), TMG_OK);
	assert_int_equal(told, 0);
	b->now = cert.not_after - 10 * DAY;
	assert_int_equal(ra_tell_ending(&b->desk, &told), TMG_OK);
	assert_int_equal(told, 1);
	b->now = cert.not_after - 5 * DAY;
	assert_int_equal(ra_tell_ending(&b->desk, &told), TMG_OK);
	assert_int_equal(told, 0);
	f = mails_of(b, "remind");
	assert_int_equal(f.count, 1);
	assert_string_equal(f.mail.channel, RA_MAIL_BY_SMS);
	assert_string_equal(f.mail.recipient, "+77001234567");
	assert_string_equal(f.mail.subject, "");
	assert_non_null(strstr(f.mail.body, id));
	assert_non_null(strstr(f.mail.body, "2028-01-15"));

	/* who sends mails does not find it, who sends texts does */
	assert_int_equal(ra_mail_next(b->desk.store, RA_MAIL_BY_MAIL, b->now,
	    &f.mail), TMG_NOT_FOUND);
	assert_int_equal(ra_mail_next(b->desk.store, RA_MAIL_BY_SMS, b->now,
	    &f.mail), TMG_OK);
}

static void
test_revoked_not_reminded(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, gone = { .der = NULL };
	char id[RA_ID_MAX];
	unsigned told;

	apply_kazakh(b, "aliya@example.kz", id);
	assert_int_equal(ra_desk_decide(&b->desk, id, RA_EV_CONFIRM, &officer, "",
	    &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	assert_int_equal(ra_desk_revoke(&b->desk, cert.serial, 0, &officer, &gone),
	    TMG_OK);
	b->now = cert.not_after - 5 * DAY;
	assert_int_equal(ra_tell_ending(&b->desk, &told), TMG_OK);
	assert_int_equal(told, 0);
}

/* ---- who may send it ---- */

static void
test_lease(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	char code[RA_CODE_MAX], id[RA_ID_MAX];
	ra_mail mail, stale;

	register_one(b, &app, code);
	assert_int_equal(ra_mail_next(b->desk.store, "", b->now - 1, &mail),
	    TMG_NOT_FOUND);
	assert_int_equal(ra_mail_next(b->desk.store, "", b->now, &mail), TMG_OK);
	strcpy(id, mail.id);
	assert_int_equal(ra_mail_take(b->desk.store, id, "one", b->now + 100),
	    TMG_OK);
	/* nobody else finds it, until the lease is over */
	assert_int_equal(ra_mail_next(b->desk.store, "", b->now + 99, &mail),
	    TMG_NOT_FOUND);
	assert_int_equal(ra_mail_next(b->desk.store, "", b->now + 100, &mail), TMG_OK);
	assert_string_equal(mail.id, id);
	assert_int_equal(mail.tries, 1);
	assert_int_equal(ra_mail_take(b->desk.store, id, "two", b->now + 200),
	    TMG_OK);

	/* who was thought dead settles nothing */
	stale = mail;
	strcpy(stale.holder, "one");
	strcpy(stale.state, RA_MAIL_PARKED);
	assert_int_equal(ra_mail_settle(b->desk.store, &stale), TMG_MISMATCH);
	assert_int_equal(ra_mail_again(b->desk.store, id, b->now), TMG_NOT_FOUND);

	strcpy(mail.holder, "two");
	strcpy(mail.state, RA_MAIL_SENT);
	assert_int_equal(ra_mail_settle(b->desk.store, &mail), TMG_OK);
	assert_int_equal(ra_mail_get(b->desk.store, id, &mail), TMG_OK);
	assert_string_equal(mail.body, "");
	assert_string_equal(mail.recipient, "");
	assert_string_equal(mail.subject, "");
	assert_int_equal(ra_mail_take(b->desk.store, id, "three", b->now),
	    TMG_MISMATCH);
}

static void
test_no_server(void **state)
{
	struct bench *b = *state;
	ra_mailed mailed;

	assert_int_equal(ra_mailer_run(&b->desk, NULL, &mailed), TMG_UNSUPPORTED);
}

/* What a program says in no UTF-8, with what moves a cursor, or at such length
 * that it is cut in the middle of a character: kept as what can be shown, and a
 * message that was refused is not sent again. */
static void
test_program_says_bytes(void **state)
{
	static const char script[] = "#!/bin/sh\n"
	    "printf 'kein Platz f\\374r \\033[2J %0300d' 0 | sed 's/0/\xd0\x96/g' >&2\n"
	    "exit 67\n";			/* EX_NOUSER */
	struct bench *b = *state;
	unsigned commits = 0;
	ra_mail mail = { .id = "T", .channel = RA_MAIL_BY_SMS, .event = "issue",
		.state = RA_MAIL_QUEUED, .recipient = "+994501234567", .body = "x",
		.created = b->now, .due = b->now };
	ra_mailed mailed;
	char path[256];
	size_t count;

	bench_path(b, "gateway", path);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(script), 0700), TMG_OK);
	snprintf(bench_config(b)->sms.command, RA_TEXT_MAX, "%s", path);
	assert_int_equal(ra_mail_put(b->desk.store, &mail), TMG_OK);
	bench_commits(b, &commits, UINT_MAX);
	const tmg_rc rc = ra_mailer_run_sms(&b->desk, NULL, NULL, &mailed);

	bench_commits(b, NULL, 0);
	remove(path);
	if (rc != TMG_OK)
		fail_msg("%s", b->desk.fault.text);
	assert_int_equal(mailed.parked, 1);
	/* taken and settled, each in its turn */
	assert_int_equal(commits, 2);
	assert_int_equal(ra_mail_get(b->desk.store, "T", &mail), TMG_OK);
	assert_string_equal(mail.state, RA_MAIL_PARKED);
	assert_int_equal(ra_utf8_check(mail.error, &count), TMG_OK);
	assert_non_null(strstr(mail.error, "kein Platz f?r ?[2J \xd0\x96\xd0\x96"));
}

static void
test_wait(void **state)
{
	(void)state;
	assert_int_equal(ra_mailer_wait(60, 1), 60);
	assert_int_equal(ra_mailer_wait(60, 2), 120);
	assert_int_equal(ra_mailer_wait(60, 5), 960);
	assert_int_equal(ra_mailer_wait(60, 1000), 14400);
}

/* ---- the heading ---- */

static ra_heading heading;

static const char *
field(const char *name)
{
	for (size_t i = 0; i < heading.count; i++)
		if (strncmp(heading.line[i], name, strlen(name)) == 0)
			return heading.line[i] + strlen(name);
	fail_msg("no field %s", name);
	return "";
}

/* Encoded words joined, as a reader of mails does it. */
static void
decode(const char *text, char *into, size_t cap)
{
	tmg_out o = { (uint8_t *)into, cap - 1, 0, false };

	for (const char *at = text; (at = strstr(at, "=?UTF-8?B?")) != NULL;) {
		const char *end = strstr(at += 10, "?=");

		assert_non_null(end);
		assert_true(end - at + 12 <= 75);
		assert_int_equal(tmg_base64_parse((tmg_view){ (const uint8_t *)at,
		    (size_t)(end - at) }, &o), TMG_OK);
	}
	into[o.len] = '\0';
}

static const ra_letter plain = { "ra@example.org", "", "a@example.org", "Hello",
	"x", "ID-1", START, { NULL, 0 } };

static void
test_heading(void **state)
{
	ra_letter l = plain;
	char text[1024];

	(void)state;
	assert_int_equal(ra_letter_heading(&l, &heading), TMG_OK);
	assert_string_equal(field("Date: "), "Fri, 15 Jan 2027 08:00:00 +0000");
	assert_string_equal(field("From: "), "<ra@example.org>");
	assert_string_equal(field("To: "), "<a@example.org>");
	assert_string_equal(field("Subject: "), "Hello");
	assert_string_equal(field("Message-ID: "), "<ID-1@example.org>");
	assert_string_equal(field("Auto-Submitted: "), "auto-generated");

	l.from_name = "Куәландырушы \"орталық\" <x>";
	assert_int_equal(ra_letter_heading(&l, &heading), TMG_OK);
	decode(field("From: "), text, sizeof(text));
	assert_string_equal(text, l.from_name);
	assert_non_null(strstr(field("From: "), "\r\n <ra@example.org>"));
}

/* Every line is short, every word whole characters, and all of it comes back. */
static void
test_subject(void **state)
{
	static const char *const subjects[] = {
		"Өтінім нөмірі 1234-ABCD: сертификат берілді, оны тіркелген кеңсесінен алыңыз",
		"ə", "əəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəəə",
		"a plain one that is so long that it does not fit into one line of seventy-six",
		"=?UTF-8?B?aGk=?=", "€uro 𝄞 clef 𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞",
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(subjects); i++) {
		ra_letter l = plain;
		char text[2048];

		l.subject = subjects[i];
		assert_int_equal(ra_letter_heading(&l, &heading), TMG_OK);
		const char *line = field("Subject: ") - 9;

		decode(line, text, sizeof(text));
		assert_string_equal(text, subjects[i]);
		for (;; line += 2) {
			const size_t len = strcspn(line, "\r");

			assert_true(len <= 76);
			if (line[len] == '\0')
				break;
			line += len;
		}
	}
}

/* Nothing that people typed begins a field of its own. */
static void
test_injection(void **state)
{
	static const char *const addresses[] = { "", "a", "a@b", "a@example.org\n",
		"a@example.org\r\nBcc: b@example.org", "a b@example.org",
		"a@example.org, b@example.org", "<a@example.org>", "a@exam ple.org" };
	ra_letter l = plain;
	char text[512];

	(void)state;
	l.subject = "x\r\nBcc: victim@example.org\r\n\r\nbody";
	l.from_name = "n\r\nBcc: victim@example.org";
	assert_int_equal(ra_letter_heading(&l, &heading), TMG_OK);
	assert_string_equal(field("Subject: "), "x  Bcc: victim@example.org    body");
	decode(field("From: "), text, sizeof(text));
	assert_null(strpbrk(text, "\r\n"));
	l.subject = "ж\nBcc: victim@example.org";
	assert_int_equal(ra_letter_heading(&l, &heading), TMG_OK);
	decode(field("Subject: "), text, sizeof(text));
	assert_string_equal(text, "ж Bcc: victim@example.org");

	l = plain;
	for (size_t i = 0; i < TMG_COUNT(addresses); i++) {
		l.to = addresses[i];
		assert_int_equal(ra_letter_heading(&l, &heading), TMG_MISMATCH);
	}
}

/* ---- what is configured ---- */

#define PLAIN "store = \"s\"; profiles = \"p\"; default_profile = \"d\";\n" \
	"ca: { certificate = \"c\"; key = \"k\"; };\n" \
	"tls: { certificate = \"c\"; key = \"k\"; };\n"

static void
test_configuration(void **state)
{
	static const struct {
		const char *mail, *says;
	} bad[] = {
		{ "server = \"smtp://m\";", "mail.from" },
		{ "server = \"http://m\";", "smtp://HOST:PORT" },
		{ "server = \"smtp://u:p@m\"; from = \"a@b.c\";", "smtp://HOST:PORT" },
		{ "from = \"a@b.c\\nBcc: x\";", "address" },
		{ "from = \"a@b.c\"; user = \"u\";", "password_file" },
		{ "server = \"smtp://m\"; from = \"a@b.c\"; user = \"u\";"
		    " password_file = \"f\"; starttls = false;", "without TLS" },
	};
	static const char *const good[] = {
		"", ("server = \"smtps://[::1]:465\"; from = \"a@b.c\"; user = \"u\";"
		    " password_file = \"f\"; starttls = false;"),
		"server = \"smtp://127.0.0.1:25\"; from = \"a@b.c\"; starttls = false;",
	};
	tmg_fault f = { .rc = TMG_OK };
	ra_config config;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		snprintf(text, sizeof(text), PLAIN "mail: { %s };\n", bad[i].mail);
		assert_int_equal(ra_config_parse("ra.conf", text, &config, &f),
		    TMG_MISMATCH);
		if (strstr(f.text, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].mail, f.text);
	}
	for (size_t i = 0; i < TMG_COUNT(good); i++) {
		snprintf(text, sizeof(text), PLAIN "mail: { %s };\n", good[i]);
		if (ra_config_parse("ra.conf", text, &config, &f))
			fail_msg("%s", f.text);
	}
	assert_int_equal(ra_config_parse("ra.conf", PLAIN, &config, &f), TMG_OK);
	assert_true(config.mail.starttls);
}

#define PROFILE(fields, mails) "title = \"T\"; approval = \"officer\";\n" \
	"validity_days = 9; keys = [\"ec:p256\"];\n" \
	"key_usage = [\"digitalSignature\"];\n" \
	"subject: { required = [\"CN\"]; allowed = [\"CN\"]; };\n" \
	"flow: { steps = [\"filled\", \"submitted\"]; };\n" \
	"fields = ( { name = \"mail\"; label = \"M\"; kind = \"email\"; }," fields ");\n" \
	"mail_to = \"mail\"; mails = (" mails ");\n"
#define FIELD(name) "{ name = \"" name "\"; label = \"L\"; kind = \"text\"; }"
#define MAIL(event, text) \
	"{ event = \"" event "\"; subject = \"S\"; text = \"" text "\"; }"

static void
test_profiles(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ PROFILE(FIELD("x"), MAIL("submit", "${y}")), "y is no field" },
		{ PROFILE(FIELD("code"), MAIL("submit", "a")), "code" },
		{ PROFILE(FIELD("x"), MAIL("sunrise", "a")), "event" },
	};
	static ra_profile profile;
	tmg_fault f = { .rc = TMG_OK };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		assert_int_equal(ra_profile_parse("p", bad[i].text, &profile, &f),
		    TMG_MISMATCH);
		if (strstr(f.text, bad[i].says) == NULL)
			fail_msg("%s", f.text);
	}
	if (ra_profile_parse("p", PROFILE(FIELD("x"),
	    MAIL("remind", "${x} ${deadline}")), &profile, &f))
		fail_msg("%s", f.text);
}

/* Only what calls itself a rehearsal has its clock moved, and never back. */
static void
test_rehearsal(void **state)
{
	struct bench *b = *state;
	tmg_fault f = { .rc = TMG_OK };

	assert_int_equal(ra_office_rehearse(&b->office, 60, &f), TMG_DENIED);
	b->office.config.rehearsal = true;
	assert_int_equal(ra_office_rehearse(&b->office, -60, &f), TMG_DENIED);
	assert_int_equal(ra_office_rehearse(&b->office, 60, &f), TMG_OK);
}

int
main(void)
{
#define AT_DESK(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up_shipped, bench_tear_down)
	const struct CMUnitTest tests[] = {
		AT_DESK(test_registered),
		AT_DESK(test_kazakh),
		AT_DESK(test_destroyed),
		AT_DESK(test_rolled_back),
		AT_DESK(test_reminders),
		AT_DESK(test_text_reminders),
		AT_DESK(test_revoked_not_reminded),
		AT_DESK(test_lease),
		AT_DESK(test_no_server),
		AT_DESK(test_program_says_bytes),
		AT_DESK(test_rehearsal),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_heading),
		cmocka_unit_test(test_subject),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
