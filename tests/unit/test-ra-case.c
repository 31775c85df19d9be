/* SPDX-License-Identifier: BSD-2-Clause */
/* The providers' procedures at the desk: from the first step to a certificate,
 * and what ends before it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/life/audit.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
static const ra_actor bank = { RA_BY_SYSTEM, "payment" };

static ra_form_errors errors;

static const ra_profile *
profile_of(struct bench *b, const char *name)
{
	const ra_profile *p = ra_profiles_find(b->desk.profiles, name);

	assert_non_null(p);
	return p;
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

/* An officer's or the applicant's step that needs no more than its name. */
static void
step(struct bench *b, const char *id, ra_event event, const ra_actor *actor,
    const char *reason, ra_state want)
{
	tmg_auto(ra_app) app = { .id = "" };

	if (ra_desk_decide(&b->desk, id, event, actor, reason, &app))
		fail_msg("%s: %s", ra_event_name(event), b->desk.fault.text);
	assert_string_equal(ra_state_get(app.state)->name,
	    ra_state_get(want)->name);
}

static void
check_log(struct bench *b)
{
	ra_audit_report report;
	tmg_fault f = { .rc = TMG_OK };

	if (ra_audit_verify(b->desk.store, "", &report, &f))
		fail_msg("%s", f.text);
}

/* ---- Kazakhstan ---- */

static void
begin_kazakh(struct bench *b, char id[RA_ID_MAX])
{
	tmg_auto(ra_answers) known = { 0 }, given = { 0 };
	tmg_auto(ra_app) app = { .id = "" }, again = { .id = "" }, filled = { .id = "" };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "kz-ssl"),
	    &applicant, "terms", NULL, &errors, &app, code), TMG_OK);
	assert_int_equal(app.state, RA_AGREED);
	assert_int_equal(strlen(code), 19);
	strcpy(id, app.id);

	FILL(&known, { "surname", "Ермекқызы" }, { "given", "Әлия" });
	assert_int_equal(ra_case_identify(&b->desk, id, "396685245034", &known,
	    &again), TMG_OK);
	FILL(&given, { "region", "Karaganda region" }, { "city", "Temirtau" },
	    { "domain", "www.example.kz" }, { "email", "" },
	    { "carrier", "usb-token" });
	assert_int_equal(ra_case_fill(&b->desk, id, RA_EV_FILL, &applicant,
	    &given, &errors, &filled), TMG_OK);
}

#define KZ_SUBJECT "CN=www.example.kz,SN=Ермекқызы,GN=Әлия," \
	"serialNumber=IIN396685245034,C=KZ"

static void
hand_in(struct bench *b, const char *id, struct csr *c)
{
	tmg_auto(ra_app) app = { .id = "" };

	make_csr(c, KZ_SUBJECT, "DNS:www.example.kz");
	if (ra_case_submit(&b->desk, id, &applicant, (tmg_view){ c->der, c->len },
	    &app))
		fail_msg("%s", b->desk.fault.text);
	assert_int_equal(app.state, RA_SUBMITTED);
}

static void
test_kazakh(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 }, other = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, refused = { .id = "" },
	    again = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char id[RA_ID_MAX];

	begin_kazakh(b, id);

	/* names that nobody agreed to */
	make_csr(&other, "CN=www.example.com,SN=Ермекқызы,GN=Әлия,"
	    "serialNumber=IIN396685245034,C=KZ", "DNS:www.example.kz");
	assert_int_equal(ra_case_submit(&b->desk, id, &applicant,
	    (tmg_view){ other.der, other.len }, &refused), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "www.example.com"));
	ra_app_release(&refused);
	make_csr(&other, KZ_SUBJECT, "DNS:www.example.com");
	assert_int_equal(ra_case_submit(&b->desk, id, &applicant,
	    (tmg_view){ other.der, other.len }, &refused), TMG_MISMATCH);

	hand_in(b, id, &c);
	assert_int_equal(ra_case_submit(&b->desk, id, &applicant,
	    (tmg_view){ c.der, c.len }, &again), TMG_OK);	/* the same */
	step(b, id, RA_EV_CONFIRM, &officer, "", RA_APPROVED);
	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	assert_int_equal(cert.not_after, START + 1095L * DAY);	/* a token's */
	step(b, id, RA_EV_DOWNLOAD, &applicant, "", RA_DOWNLOADED);
	step(b, id, RA_EV_INSTALL, &applicant, "", RA_INSTALLED);
	step(b, id, RA_EV_SUSPEND, &applicant, "lost", RA_SUSPENDED);
	step(b, id, RA_EV_RESUME, &officer, "", RA_INSTALLED);
	check_log(b);
}

/* One month without an officer: destroyed, and nothing of the person is left;
 * confirmed in time: kept, however late. */
static void
test_kazakh_deadline(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 }, d = { NULL, { 0 }, 0 }, e = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, kept = { .id = "" };
	tmg_auto(ra_answers) answers = { 0 };
	char late[RA_ID_MAX], in_time[RA_ID_MAX], third[RA_ID_MAX];
	unsigned done = 99;

	begin_kazakh(b, late);
	hand_in(b, late, &c);
	begin_kazakh(b, in_time);
	hand_in(b, in_time, &d);
	step(b, in_time, RA_EV_CONFIRM, &officer, "", RA_APPROVED);

	b->now = START + 31 * DAY - 1;	/* January has 31 days */
	assert_int_equal(ra_desk_due(&b->desk, &done), TMG_OK);
	assert_int_equal(done, 0);
	b->now = START + 31 * DAY;
	assert_int_equal(ra_desk_due(&b->desk, &done), TMG_OK);
	assert_int_equal(done, 1);
	assert_int_equal(ra_desk_due(&b->desk, &done), TMG_OK);
	assert_int_equal(done, 0);

	assert_int_equal(ra_app_get(b->desk.store, late, &app), TMG_OK);
	assert_int_equal(app.state, RA_DESTROYED);
	assert_string_equal(app.subject, "");
	assert_string_equal(app.owner, "");
	assert_int_equal(app.csr_len, 0);
	assert_int_equal(ra_answers_load(b->desk.store, late, &answers), TMG_OK);
	assert_int_equal(answers.count, 0);
	assert_int_equal(ra_app_get(b->desk.store, in_time, &kept), TMG_OK);
	assert_int_equal(kept.state, RA_APPROVED);

	/* the key of what was destroyed is free again */
	begin_kazakh(b, third);
	e.key = c.key;
	c.key = NULL;
	hand_in(b, third, &e);
	check_log(b);
}

/* ---- renewal ---- */

/* Renewed by number alone, an officer confirms it; in the last days only. */
static void
test_renewed(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 }, next = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, early = { .id = "" },
	    new = { .id = "" }, same = { .id = "" }, proven = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, none = { .der = NULL },
	    shown = { .der = NULL };
	tmg_auto(ra_answers) kept = { 0 };
	const tmg_view nothing = { NULL, 0 };
	ra_user before, after;
	char id[RA_ID_MAX];

	begin_kazakh(b, id);
	hand_in(b, id, &c);
	step(b, id, RA_EV_CONFIRM, &officer, "", RA_APPROVED);
	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	assert_int_equal(ra_renew_may(&b->desk, &app), TMG_NOT_FOUND);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	assert_int_equal(ra_renew_may(&b->desk, &app), TMG_DENIED);

	make_csr(&next, KZ_SUBJECT, "DNS:www.example.kz");
	const tmg_view csr = { next.der, next.len };

	assert_int_equal(ra_renew_submit(&b->desk, id, csr, nothing, &early,
	    &none), TMG_DENIED);
	b->now = cert.not_after - 29 * DAY;
	assert_int_equal(ra_renew_may(&b->desk, &app), TMG_OK);
	assert_int_equal(ra_renew_submit(&b->desk, id, csr, nothing, &new, &none),
	    TMG_PENDING);
	assert_string_equal(new.previous, cert.serial);
	assert_string_equal(new.branch, app.branch);
	assert_int_equal(ra_renew_submit(&b->desk, id, csr, nothing, &same, &none),
	    TMG_PENDING);
	assert_string_equal(same.id, new.id);

	/* answers and code are those of the first */
	assert_int_equal(ra_answers_load(b->desk.store, new.id, &kept), TMG_OK);
	assert_string_equal(ra_answers_get(&kept, "surname"), "Ермекқызы");
	assert_int_equal(ra_user_get(b->desk.store, id, &before), TMG_OK);
	assert_int_equal(ra_user_get(b->desk.store, new.id, &after), TMG_OK);
	assert_string_equal(before.password, after.password);

	/* shown to the server, it needs nobody; this profile wants a new key */
	make_csr(&c, KZ_SUBJECT, "DNS:www.example.kz");
	ra_app_release(&early);
	assert_int_equal(ra_renew_submit(&b->desk, id, (tmg_view){ c.der, c.len },
	    nothing, &early, &none), TMG_DENIED);
	EVP_PKEY_free(next.key);
	next.key = NULL;
	make_csr(&next, KZ_SUBJECT, "DNS:www.example.kz");
	assert_int_equal(ra_renew_submit(&b->desk, id, (tmg_view){ next.der,
	    next.len }, (tmg_view){ cert.der, cert.len }, &proven, &shown), TMG_OK);
	assert_int_equal(proven.state, RA_ISSUED);
	assert_int_equal(shown.not_after, b->now + 1095L * DAY);

	b->now = cert.not_after + 1;
	assert_int_equal(ra_renew_may(&b->desk, &app), TMG_DENIED);
	check_log(b);
}

static void
test_month(void **state)
{
	const ra_deadline month = { .months = 1 }, days = { .days = 10 },
	    both = { .months = 12, .days = 1 };

	(void)state;
	/* 2027-01-31 → 2027-02-28 is less than thirty days: 2027-03-02 */
	assert_int_equal(ra_due_at(&month, 1801353600), 1801353600 + 30 * DAY);
	/* 2027-03-15 → 2027-04-15 */
	assert_int_equal(ra_due_at(&month, 1805068800), 1805068800 + 31 * DAY);
	assert_int_equal(ra_due_at(&days, START), START + 10 * DAY);
	assert_int_equal(ra_due_at(&both, START), START + 366 * DAY);
}

static void
test_identity(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" }, a = { .id = "" }, c = { .id = "" };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "kz-ssl"),
	    &applicant, "", NULL, &errors, &app, code), TMG_OK);
	assert_int_equal(ra_case_identify(&b->desk, app.id, "396685245035", NULL,
	    &a), TMG_MISMATCH);
	assert_int_equal(ra_case_identify(&b->desk, app.id, "396685245034", NULL,
	    &c), TMG_NOT_FOUND);
	assert_non_null(strstr(b->desk.fault.text, "Documentation Unit"));
}

/* ---- Bulgaria ---- */

static void
register_bulgarian(struct bench *b, char id[RA_ID_MAX], char code[RA_CODE_MAX])
{
	tmg_auto(ra_answers) given = { 0 };
	tmg_auto(ra_app) app = { .id = "" }, none = { .id = "" };

	FILL(&given, { "fullname", "Мария Тестова" });
	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "bg-csp"),
	    &applicant, "", &given, &errors, &none, code), TMG_MISMATCH);
	assert_string_equal(errors.row[0].input->name, "email");

	FILL(&given, { "email", "maria@example.bg" });
	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "bg-csp"),
	    &applicant, "", &given, &errors, &app, code), TMG_OK);
	assert_int_equal(app.state, RA_REGISTERED);
	assert_int_equal(strlen(code), 19);
	strcpy(id, app.id);
}

static void
test_code(void **state)
{
	struct bench *b = *state;
	const tmg_view mine = tmg_view_str("correct horse");
	tmg_auto(ra_app) app = { .id = "" }, one = { .id = "" }, two = { .id = "" },
	    three = { .id = "" }, four = { .id = "" };
	char id[RA_ID_MAX], code[RA_CODE_MAX];

	register_bulgarian(b, id, code);
	const tmg_view first = tmg_view_str(code);

	assert_int_equal(ra_case_change_code(&b->desk, id, mine, mine, &one),
	    TMG_PIN_WRONG);
	assert_int_equal(ra_case_change_code(&b->desk, id, first, first, &two),
	    TMG_MISMATCH);
	assert_int_equal(ra_case_change_code(&b->desk, id, first,
	    tmg_view_str("short"), &three), TMG_MISMATCH);
	assert_int_equal(ra_case_change_code(&b->desk, id, first, mine, &app),
	    TMG_OK);
	assert_int_equal(app.state, RA_ACTIVATED);
	/* the first code is void */
	assert_int_equal(ra_case_change_code(&b->desk, id, first,
	    tmg_view_str("another one"), &four), TMG_PIN_WRONG);
}

static void
test_bulgarian(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_answers) given = { 0 };
	tmg_auto(ra_app) app = { .id = "" }, filled = { .id = "" },
	    again = { .id = "" }, corrected = { .id = "" }, in = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char id[RA_ID_MAX], code[RA_CODE_MAX];

	register_bulgarian(b, id, code);
	/* nothing but the code can be changed before it is changed */
	FILL(&given, { "country", "BG" }, { "carrier", "smart-card" },
	    { "carrier.extra", "Card reader" });
	assert_int_equal(ra_case_fill(&b->desk, id, RA_EV_FILL, &applicant, &given,
	    &errors, &filled), TMG_MISMATCH);
	ra_app_release(&filled);
	assert_int_equal(ra_case_change_code(&b->desk, id, tmg_view_str(code),
	    tmg_view_str("correct horse"), &app), TMG_OK);
	assert_int_equal(ra_case_fill(&b->desk, id, RA_EV_FILL, &applicant, &given,
	    &errors, &filled), TMG_OK);

	step(b, id, RA_EV_RECEIVE_DOCS, &officer, "", RA_DOCS_RECEIVED);
	step(b, id, RA_EV_MISS_DOCS, &officer, "the contract", RA_DOCS_INCOMPLETE);
	step(b, id, RA_EV_RECEIVE_DOCS, &officer, "", RA_DOCS_RECEIVED);
	step(b, id, RA_EV_CHECK_DOCS, &officer, "", RA_DOCS_CHECKED);
	step(b, id, RA_EV_RETURN_DATA, &officer, "the city", RA_DATA_RETURNED);
	FILL(&given, { "city", "София" });
	assert_int_equal(ra_case_fill(&b->desk, id, RA_EV_FILL, &applicant, &given,
	    &errors, &again), TMG_OK);
	step(b, id, RA_EV_CHECK_DATA, &officer, "", RA_DATA_CHECKED);
	step(b, id, RA_EV_AGREE_DATA, &applicant, "", RA_DATA_AGREED);

	/* corrected after it was agreed to: it has to be agreed to again */
	FILL(&given, { "organisation", "Пример ЕООД" });
	assert_int_equal(ra_case_fill(&b->desk, id, RA_EV_CORRECT_DATA, &officer,
	    &given, &errors, &corrected), TMG_OK);
	assert_int_equal(corrected.state, RA_DATA_CHECKED);
	step(b, id, RA_EV_AGREE_DATA, &applicant, "", RA_DATA_AGREED);

	make_csr(&c, "CN=Мария Тестова,C=BG,L=София,O=Пример ЕООД,"
	    "emailAddress=maria@example.bg", "email:maria@example.bg");
	if (ra_case_submit(&b->desk, id, &applicant, (tmg_view){ c.der, c.len },
	    &in))
		fail_msg("%s", b->desk.fault.text);
	step(b, id, RA_EV_CONFIRM, &officer, "", RA_SUBMITTED);
	step(b, id, RA_EV_PAY, &bank, "", RA_APPROVED);
	ra_app_release(&app);
	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	assert_int_equal(app.state, RA_ISSUED);
	check_log(b);
}

/* ---- Azerbaijan ---- */

static void
test_azerbaijani(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_answers) known = { 0 }, given = { 0 };
	tmg_auto(ra_app) app = { .id = "" }, one = { .id = "" }, two = { .id = "" },
	    early = { .id = "" }, in = { .id = "" }, done = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_case_begin(&b->desk, profile_of(b, "az-esign"),
	    &applicant, "terms", NULL, &errors, &app, code), TMG_OK);
	FILL(&known, { "surname", "Sınaq" }, { "given", "Ülviyyə" },
	    { "birth", "1990-12-31" });
	assert_int_equal(ra_case_identify(&b->desk, app.id, "5ABC12D", &known,
	    &one), TMG_OK);
	FILL(&given, { "phone", "+994 12 345 67 89" },
	    { "region", "Baku" }, { "city", "Baku" }, { "carrier", "usb-token" });
	assert_int_equal(ra_case_fill(&b->desk, app.id, RA_EV_FILL, &applicant,
	    &given, &errors, &two), TMG_OK);

	make_csr(&c, "CN=Sınaq Ülviyyə,SN=Sınaq,GN=Ülviyyə,serialNumber=5ABC12D,"
	    "C=AZ", NULL);
	/* the office makes the key; nothing is ordered before it is paid */
	assert_int_equal(ra_case_submit(&b->desk, app.id, &officer,
	    (tmg_view){ c.der, c.len }, &early), TMG_PENDING);
	assert_non_null(strstr(b->desk.fault.text, "paid"));
	step(b, app.id, RA_EV_PAY, &bank, "", RA_FILLED);
	if (ra_case_submit(&b->desk, app.id, &officer, (tmg_view){ c.der, c.len },
	    &in))
		fail_msg("%s", b->desk.fault.text);
	step(b, app.id, RA_EV_CONFIRM, &officer, "", RA_APPROVED);
	assert_int_equal(ra_app_get(b->desk.store, app.id, &done), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &done, &cert), TMG_OK);
	assert_int_equal(cert.not_after, START + 1095 * DAY);
	step(b, app.id, RA_EV_HAND_OVER, &officer, "", RA_HANDED_OVER);
	check_log(b);
}

int
main(void)
{
#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, \
    bench_set_up_shipped, bench_tear_down)
	const struct CMUnitTest tests[] = {
		SHIPPED(test_kazakh),
		SHIPPED(test_kazakh_deadline),
		SHIPPED(test_renewed),
		SHIPPED(test_identity),
		SHIPPED(test_code),
		SHIPPED(test_bulgarian),
		SHIPPED(test_azerbaijani),
		cmocka_unit_test(test_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
