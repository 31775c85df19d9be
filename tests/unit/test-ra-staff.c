/* SPDX-License-Identifier: BSD-2-Clause */
/* What staff are told by mail: who, once, in which language, and of nobody. */
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/upkeep.h"
#include "tools/ra/store/mail.h"

static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };

static void
hire(struct bench *b, const char *name, const char *role, const char *branch,
    const char *email)
{
	ra_user user = { .password = "x" };

	snprintf(user.name, sizeof(user.name), "%s", name);
	snprintf(user.role, sizeof(user.role), "%s", role);
	snprintf(user.branch, sizeof(user.branch), "%s", branch);
	snprintf(user.email, sizeof(user.email), "%s", email);
	assert_int_equal(ra_user_put(b->desk.store, &user), TMG_OK);
}

/* ---- the outbox ---- */

struct found {
	const char *event, *to;
	size_t count;
	ra_mail last;
};

static tmg_rc
look(void *arg, const ra_mail *mail)
{
	struct found *f = arg;

	if (strcmp(mail->event, f->event) != 0 ||
	    (f->to != NULL && strcmp(mail->recipient, f->to) != 0))
		return TMG_OK;
	f->count++;
	f->last = *mail;
	return TMG_OK;
}

static struct found
mails(struct bench *b, const char *event, const char *to)
{
	struct found f = { .event = event, .to = to };

	assert_int_equal(ra_mail_each(b->desk.store, "", look, &f), TMG_OK);
	return f;
}

static void
hand_in(struct bench *b, const char *profile, const char *name, ra_app *app)
{
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc;

	make_csr(&c, name, NULL);
	rc = ra_desk_submit(&b->desk, &(ra_submission){ .owner = "a",
	    .profile = ra_profiles_find(b->desk.profiles, profile),
	    .csr = { c.der, c.len } }, app, &cert);
	assert_true(rc == TMG_OK || rc == TMG_PENDING);
}

/* ---- work ---- */

static void
test_work(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" }, confirmed = { .id = "" },
	    none = { .id = "" };
	struct found f;

	hire(b, "olga", RA_ROLE_OFFICER, "", "olga@ra.example");
	hire(b, "omar", RA_ROLE_OFFICER, "elsewhere", "omar@ra.example");
	hire(b, "olaf", RA_ROLE_OFFICER, "", "");
	hire(b, "otto", RA_ROLE_OPERATOR, "", "otto@ra.example");
	hire(b, "anna", RA_ROLE_APPLICANT, "", "anna@ra.example");
	snprintf(bench_config(b)->portal_url, RA_TEXT_MAX, "https://ra.example/");

	hand_in(b, "auto", "Nobody Needed", &none);
	assert_int_equal(none.state, RA_ISSUED);
	assert_int_equal(mails(b, RA_STAFF_WORK, NULL).count, 0);

	hand_in(b, "officer", "Secret Person", &app);
	assert_int_equal(app.state, RA_SUBMITTED);
	f = mails(b, RA_STAFF_WORK, NULL);
	assert_int_equal(f.count, 1);
	assert_string_equal(f.last.recipient, "olga@ra.example");
	assert_string_equal(f.last.app, app.id);
	assert_non_null(strstr(f.last.subject, app.id));
	assert_non_null(strstr(f.last.body, "https://ra.example/desk/"));
	assert_null(strstr(f.last.body, "Secret"));
	assert_null(strstr(f.last.subject, "Secret"));

	/* the same request again is nothing new */
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_CONFIRM, &officer, "",
	    &confirmed), TMG_OK);
	assert_int_equal(mails(b, RA_STAFF_WORK, NULL).count, 1);
}

/* ---- what ends ---- */

/* The bench serves nobody, and has no certificate for it. */
static void
serve_with_own(struct bench *b)
{
	ra_config *c = bench_config(b);

	snprintf(c->tls_certificate, sizeof(c->tls_certificate), "%s",
	    c->ca_certificate);
}

static void
watch(struct bench *b, unsigned wanted)
{
	unsigned told;
	const tmg_rc rc = ra_staff_watch(&b->desk, &told);

	if (rc != TMG_OK)
		fail_msg("%s", b->desk.fault.text);
	assert_int_equal(told, wanted);
}

static tmg_rc
find_server(void *arg, const ra_upkeep *one)
{
	if (strcmp(one->what, "authority") == 0)
		*(ra_upkeep *)arg = *one;
	return TMG_OK;
}

/* Operators, once each time that so little is left; officers of none of it. */
static void
test_ends(void **state)
{
	struct bench *b = *state;
	ra_upkeep one = { .what = "" };
	struct found f;

	hire(b, "olga", RA_ROLE_OFFICER, "", "olga@ra.example");
	hire(b, "otto", RA_ROLE_OPERATOR, "", "otto@ra.example");
	hire(b, "oskar", RA_ROLE_OPERATOR, "", "oskar@ra.example");
	serve_with_own(b);
	watch(b, 0);
	assert_int_equal(ra_upkeep_each(&b->desk, find_server, &one), TMG_OK);
	assert_string_equal(one.what, "authority");
	assert_false(ra_upkeep_due(&one, b->now));

	/* the server's ends with it: two things for each of two */
	b->now = one.near;
	watch(b, 4);
	watch(b, 0);
	f = mails(b, RA_STAFF_ENDS, "otto@ra.example");
	assert_int_equal(f.count, 2);
	assert_int_equal(mails(b, RA_STAFF_ENDS, "olga@ra.example").count, 0);
	b->now = one.ends - 14 * DAY - 1;
	watch(b, 0);
	b->now = one.ends - 14 * DAY;
	watch(b, 4);
	watch(b, 0);
	b->now = one.ends - DAY / 2;
	watch(b, 4);
	assert_int_equal(mails(b, RA_STAFF_ENDS, "otto@ra.example").count, 6);
}

/* Whoever comes in by a certificate is told that it ends, operators that somebody's
 * does; who has no address, or no certificate any more, is told nothing. */
static void
test_own(void **state)
{
	struct bench *b = *state;
	ra_user olga = { .password = "x", .name = "olga", .role = RA_ROLE_OFFICER,
		.email = "olga@ra.example" }, closed = { .name = "" };
	ra_user mute = { .password = "x", .name = "mute", .role = RA_ROLE_OFFICER };
	uint8_t own[4096];
	tmg_view der = { own, 0 };
	struct found f;

	serve_with_own(b);
	der.len = (size_t)i2d_X509(b->office.ca->cert, &(unsigned char *){ own });
	assert_int_equal(ra_account_name(&olga, (tmg_view){ (const uint8_t *)"no", 2 },
	    &b->desk.fault), TMG_MISMATCH);
	assert_int_equal(ra_account_name(&olga, der, &b->desk.fault), TMG_OK);
	assert_true(olga.begins < olga.ends);
	/* shorter than the authority's, so that this alone is due */
	olga.begins = b->now - DAY;
	olga.ends = b->now + 100 * DAY;
	assert_int_equal(ra_user_put(b->desk.store, &olga), TMG_OK);
	mute.begins = olga.begins;
	mute.ends = olga.ends + DAY;
	assert_int_equal(ra_user_put(b->desk.store, &mute), TMG_OK);
	watch(b, 0);
	b->now = olga.ends - 20 * DAY;
	watch(b, 1);
	watch(b, 0);
	f = mails(b, RA_STAFF_ENDS, "olga@ra.example");
	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.last.body, "olga"));

	/* hers and the one of who has no address */
	hire(b, "otto", RA_ROLE_OPERATOR, "", "otto@ra.example");
	watch(b, 2);
	watch(b, 0);
	/* a day, and two */
	b->now = olga.ends - DAY;
	watch(b, 3);
	assert_int_equal(ra_user_get(b->desk.store, "olga", &closed), TMG_OK);
	assert_int_equal(ra_account_close(&b->desk, "olga", "operator:otto"), TMG_OK);
	assert_int_equal(ra_user_get(b->desk.store, "olga", &closed), TMG_OK);
	assert_int_equal(closed.ends, 0);
	b->now = olga.ends - DAY / 2;
	watch(b, 0);
	b->now = olga.ends;
	watch(b, 1);
	assert_int_equal(mails(b, RA_STAFF_ENDS, "olga@ra.example").count, 2);
}

/* Of each whose certificate ends on one day; of one's own not as of somebody's. */
static void
test_one_day(void **state)
{
	struct bench *b = *state;
	static const char *const names[] = { "olga", "omar", "otto" };
	ra_user user = { .password = "x" };
	struct found f;

	serve_with_own(b);
	user.begins = b->now - DAY;
	user.ends = b->now + 100 * DAY;
	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		const bool last = i + 1 == TMG_COUNT(names);

		snprintf(user.name, sizeof(user.name), "%s", names[i]);
		snprintf(user.role, sizeof(user.role), "%s",
		    last ? RA_ROLE_OPERATOR : RA_ROLE_OFFICER);
		snprintf(user.email, sizeof(user.email), "%s",
		    last ? "otto@ra.example" : "");
		assert_int_equal(ra_user_put(b->desk.store, &user), TMG_OK);
	}
	b->now = user.ends - 20 * DAY;
	watch(b, 3);
	watch(b, 0);
	f = mails(b, RA_STAFF_ENDS, "otto@ra.example");
	assert_int_equal(f.count, 3);
}

/* A mail that was refused is told of, once a day. */
static void
test_parked(void **state)
{
	struct bench *b = *state;

	serve_with_own(b);
	hire(b, "otto", RA_ROLE_OPERATOR, "", "otto@ra.example");
	assert_int_equal(ra_mail_put(b->desk.store, &(ra_mail){ .id = "M",
	    .event = "submit", .state = RA_MAIL_PARKED, .created = b->now,
	    .recipient = "private@person.example" }), TMG_OK);
	watch(b, 1);
	watch(b, 0);
	assert_null(strstr(mails(b, RA_STAFF_ENDS, NULL).last.body, "private"));
	b->now += DAY;
	watch(b, 1);
}

/* A text message that waits is told of where there is a way for it. */
static void
test_queued_text(void **state)
{
	struct bench *b = *state;

	serve_with_own(b);
	hire(b, "otto", RA_ROLE_OPERATOR, "", "otto@ra.example");
	assert_int_equal(ra_mail_put(b->desk.store, &(ra_mail){ .id = "T",
	    .channel = RA_MAIL_BY_SMS, .event = "issue", .state = RA_MAIL_QUEUED,
	    .created = b->now, .recipient = "+994501234567" }), TMG_OK);
	b->now += 7200;
	watch(b, 0);
	snprintf(bench_config(b)->sms.url, RA_TEXT_MAX, "https://gateway.example/");
	watch(b, 1);
}

/* ---- deadlines ---- */

static void
test_deadline(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" }, refused = { .id = "" },
	    another = { .id = "" };
	ra_profile *p = (ra_profile *)(uintptr_t)ra_profiles_find(b->desk.profiles,
	    "officer");
	time_t due;

	p->deadline_count = 1;
	p->deadline[0] = (ra_deadline){ .months = 1 };
	snprintf(p->deadline[0].state, RA_TEXT_MAX, "submitted");
	snprintf(p->deadline[0].event, RA_TEXT_MAX, "destroy");
	hire(b, "olga", RA_ROLE_OFFICER, "", "olga@ra.example");
	hire(b, "omar", RA_ROLE_OFFICER, "elsewhere", "omar@ra.example");
	hand_in(b, "officer", "Secret Person", &app);
	due = b->now + 31 * DAY;
	watch(b, 0);
	b->now = due - 3 * DAY - 1;
	watch(b, 0);
	b->now = due - 3 * DAY;
	watch(b, 1);
	watch(b, 0);
	const struct found f = mails(b, RA_STAFF_DEADLINE, "olga@ra.example");

	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.last.body, "2027-02-15"));
	assert_null(strstr(f.last.body, "Secret"));
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_REJECT, &officer, "no",
	    &refused), TMG_OK);
	b->now = due - DAY;
	watch(b, 0);

	/* a profile that wants none */
	hand_in(b, "officer", "Another", &another);
	p->staff_deadline_days = 0;
	b->now += 30 * DAY;
	watch(b, 0);
}

#define AT_THE_DESK(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_THE_DESK(test_work),
		AT_THE_DESK(test_ends),
		AT_THE_DESK(test_own),
		AT_THE_DESK(test_one_day),
		AT_THE_DESK(test_parked),
		AT_THE_DESK(test_queued_text),
		AT_THE_DESK(test_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
