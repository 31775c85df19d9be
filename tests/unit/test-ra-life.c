/* SPDX-License-Identifier: BSD-2-Clause */
/* The life cycle, the audit chain, passwords, the gate; over a real store. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "tests/unit/ra-place.h"
#include "tests/unit/test.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/desk/gate.h"
#include "tools/ra/desk/password.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/life/lifecycle.h"
#include "tools/ra/store/cert.h"

#define ALL (RA_BY_APPLICANT | RA_BY_OFFICER | RA_BY_SYSTEM)
static void
test_reasons(void **state)
{
	int reason;

	(void)state;
	assert_int_equal(ra_reason_parse("KEYCOMPROMISE", &reason), TMG_OK);
	assert_int_equal(reason, 1);
	assert_int_equal(ra_reason_parse("cACompromise", &reason), TMG_NOT_FOUND);
	assert_string_equal(ra_reason_name(99), "unspecified");
}

static ra_app
an_app(const char *id, const char *owner, const char *csr, const char *key)
{
	static uint8_t der[] = { 0x30, 0x00 };
	ra_app app = { .state = RA_SUBMITTED, .created = 1000, .changed = 1000,
		.csr = der, .csr_len = sizeof(der) };

	snprintf(app.id, sizeof(app.id), "%s", id);
	snprintf(app.owner, sizeof(app.owner), "%s", owner);
	snprintf(app.csr_hash, sizeof(app.csr_hash), "%s", csr);
	snprintf(app.spki_hash, sizeof(app.spki_hash), "%s", key);
	snprintf(app.subject, sizeof(app.subject), "CN=Әсел");
	snprintf(app.flow, sizeof(app.flow), "submitted");
	return app;
}

static void
submit(stored *b, ra_app *app)
{
	const ra_actor who = { RA_BY_APPLICANT, "applicant:a" };
	tmg_auto(ra_txn) txn = { NULL };

	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_life_begin(b->store, app, RA_EV_SUBMIT, &who, "",
	    &b->f), TMG_OK);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
}

static tmg_rc
apply(stored *b, ra_app *app, ra_event event, const char *detail)
{
	const ra_actor who = { ALL, "everybody" };
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	rc = ra_life_apply(b->store, app, event, &who, detail, 2000, &b->f);
	if (rc == TMG_OK)
		assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	return rc;
}

/* Several steps in one transaction, and one row, which the log agrees with. */
static void
test_held_back(void **state)
{
	stored *b = *state;
	const ra_actor who = { ALL, "everybody" };
	ra_app app = an_app("A-1", "a", "c1", "k1");
	tmg_auto(ra_app) got = { .id = "" };
	tmg_auto(ra_txn) txn = { NULL };
	ra_audit_report report;

	app.held_back = true;
	assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
	assert_int_equal(ra_life_begin(b->store, &app, RA_EV_SUBMIT, &who, "",
	    &b->f), TMG_OK);
	assert_int_equal(ra_life_apply(b->store, &app, RA_EV_REJECT, &who, "no",
	    2000, &b->f), TMG_OK);
	assert_int_equal(ra_app_get(b->store, "A-1", &got), TMG_NOT_FOUND);
	assert_int_equal(ra_life_keep(b->store, &app, &b->f), TMG_OK);
	assert_int_equal(ra_app_get(b->store, "A-1", &got), TMG_OK);
	assert_int_equal(got.state, RA_REJECTED);
	assert_string_equal(got.reason, "no");
	assert_int_equal(got.entered, 2000);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	assert_int_equal(ra_audit_verify(b->store, "", &report, &b->f), TMG_OK);
	assert_int_equal(report.entries, 2);

	/* from now on it is a row like any other */
	assert_false(app.held_back);
	assert_int_equal(apply(b, &got, RA_EV_REJECT, "twice"), TMG_MISMATCH);
}

static void
test_store(void **state)
{
	stored *b = *state;
	ra_app app = an_app("A-1", "a", "c1", "k1"), twin = app;
	tmg_auto(ra_app) got = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_cert reserve = { .serial = "40AA", .app = "A-1", .not_before = 5,
		.not_after = 9 };
	static const uint8_t der[] = { 1, 2, 3 };
	int64_t count = -1;

	submit(b, &app);
	assert_int_equal(ra_app_add(b->store, &twin), TMG_OCCUPIED);
	strcpy(twin.id, "A-2");
	assert_int_equal(ra_app_add(b->store, &twin), TMG_OCCUPIED);
	strcpy(twin.previous, "40AA");
	assert_int_equal(ra_app_add(b->store, &twin), TMG_OK);

	assert_int_equal(ra_app_find(b->store, "k1", "c1", "a", "", &got), TMG_OK);
	assert_string_equal(got.id, "A-1");
	assert_string_equal(got.subject, "CN=Әсел");
	assert_int_equal(got.csr_len, 2);
	ra_app_release(&got);
	assert_int_equal(ra_app_find(b->store, "k1", "c1", "b", "", &got), TMG_NOT_FOUND);
	assert_int_equal(ra_app_get(b->store, "A-9", &got), TMG_NOT_FOUND);
	assert_int_equal(ra_app_holder(b->store, "k1", &got), TMG_OK);
	ra_app_release(&got);
	assert_int_equal(ra_app_holder(b->store, "k2", &got), TMG_NOT_FOUND);

	/* moving from a state it is not in */
	app.state = RA_REVOKED;
	assert_int_equal(ra_app_move(b->store, &app,
	    &(ra_standing){ RA_ISSUED, 0, RA_NONE }), TMG_MISMATCH);
	assert_int_equal(ra_app_move(b->store, &app,
	    &(ra_standing){ RA_SUBMITTED, RA_PAID, RA_NONE }), TMG_MISMATCH);

	assert_int_equal(ra_cert_reserve(b->store, &reserve), TMG_OK);
	assert_int_equal(ra_cert_reserve(b->store, &reserve), TMG_OCCUPIED);
	strcpy(reserve.serial, "40AB");
	assert_int_equal(ra_cert_reserve(b->store, &reserve), TMG_OCCUPIED);
	assert_int_equal(ra_cert_of_app(b->store, "A-1", &cert), TMG_OK);
	assert_null(cert.der);
	assert_int_equal(ra_cert_finish(b->store, "40AA", TMG_VIEW(der)), TMG_OK);
	assert_int_equal(ra_cert_finish(b->store, "40AA", TMG_VIEW(der)),
	    TMG_OCCUPIED);
	assert_int_equal(ra_cert_get(b->store, "40AA", &cert), TMG_OK);
	assert_int_equal(cert.len, 3);
	assert_int_equal(ra_cert_revocations(b->store, &count), TMG_OK);
	assert_int_equal(count, 0);
	assert_int_equal(ra_cert_revoke(b->store, "40AA", 7, 1), TMG_OK);
	assert_int_equal(ra_cert_revoke(b->store, "40AA", 8, 1), TMG_OCCUPIED);
	assert_int_equal(ra_cert_revocations(b->store, &count), TMG_OK);
	assert_int_equal(count, 1);
}

static tmg_rc
put_digit(void *arg, const ra_app *app)
{
	char *at = arg;

	at[strlen(at)] = app->id[2];
	return TMG_OK;
}

/* The newest first, and those of one second by their numbers: whoever lists
 * them twice sees the same order. */
static void
test_order(void **state)
{
	static const char *const ids[] = { "A-3", "A-1", "A-4", "A-2" };
	stored *b = *state;
	char all[8] = "", some[8] = "", here[8] = "";

	for (size_t i = 0; i < TMG_COUNT(ids); i++) {
		ra_app app = an_app(ids[i], "a", ids[i], ids[i]);

		strcpy(app.branch, "here");
		app.created += strcmp(ids[i], "A-4") == 0;
		assert_int_equal(ra_app_add(b->store, &app), TMG_OK);
	}
	assert_int_equal(ra_app_each(b->store, RA_NONE, put_digit, all), TMG_OK);
	assert_string_equal(all, "4123");
	assert_int_equal(ra_app_each(b->store, RA_SUBMITTED, put_digit, some),
	    TMG_OK);
	assert_string_equal(some, "4123");
	assert_int_equal(ra_app_each_at(b->store, "here", RA_SUBMITTED, put_digit,
	    here), TMG_OK);
	assert_string_equal(here, "4123");
}

static void
test_transactions(void **state)
{
	stored *b = *state;
	ra_app app = an_app("A-1", "a", "c1", "k1");
	tmg_auto(ra_app) got = { .id = "" };
	ra_store *other = NULL;

	{
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_app_add(b->store, &app), TMG_OK);
	}
	assert_int_equal(ra_app_get(b->store, "A-1", &got), TMG_NOT_FOUND);

	submit(b, &app);
	assert_int_equal(ra_store_open(b->place.where, false, &b->f, &other), TMG_OK);
	assert_int_equal(ra_app_get(other, "A-1", &got), TMG_OK);
	ra_store_free(&other);
	assert_int_equal(ra_store_open("/nonexistent/x.db", false, &b->f, &other),
	    TMG_NOT_FOUND);
	assert_null(other);
}

static void
test_life(void **state)
{
	stored *b = *state;
	ra_app app = an_app("A-1", "a", "c1", "k1"), stale;
	const ra_actor applicant = { RA_BY_APPLICANT, "applicant:a" };
	tmg_auto(ra_app) got = { .id = "" };

	submit(b, &app);
	stale = app;
	assert_int_equal(ra_life_apply(b->store, &app, RA_EV_APPROVE, &applicant, "",
	    1, &b->f), TMG_DENIED);
	assert_int_equal(apply(b, &app, RA_EV_ISSUE, ""), TMG_MISMATCH);
	assert_int_equal(apply(b, &app, RA_EV_REJECT, "үш себеп"), TMG_OK);
	assert_string_equal(app.reason, "үш себеп");
	/* somebody who looked before that decides too late */
	assert_int_equal(apply(b, &stale, RA_EV_APPROVE, ""), TMG_MISMATCH);
	assert_non_null(strstr(b->f.text, "meanwhile"));
	assert_int_equal(ra_app_get(b->store, "A-1", &got), TMG_OK);
	assert_int_equal(got.state, RA_REJECTED);
	assert_string_equal(got.reason, "үш себеп");
}

static void
test_audit(void **state)
{
	stored *b = *state;
	ra_app one = an_app("A-1", "a", "c1", "k1"), two = an_app("A-2", "a", "c2", "k2");
	ra_audit_report report;
	char head[RA_HASH_TEXT];

	assert_int_equal(ra_audit_verify(b->store, "", &report, &b->f), TMG_OK);
	assert_int_equal(report.entries, 0);
	submit(b, &one);
	submit(b, &two);
	assert_int_equal(ra_audit_verify(b->store, "", &report, &b->f), TMG_OK);
	memcpy(head, report.head, sizeof(head));
	assert_int_equal(apply(b, &one, RA_EV_APPROVE, ""), TMG_OK);
	assert_int_equal(apply(b, &two, RA_EV_REJECT, "x"), TMG_OK);
	assert_int_equal(ra_audit_verify(b->store, head, &report, &b->f), TMG_OK);
	assert_int_equal(report.entries, 4);
	assert_true(report.saw_head);
	assert_int_equal(ra_audit_verify(b->store, "00", &report, &b->f), TMG_MISMATCH);

	/* an entry that does not follow from the one before */
	assert_int_equal(ra_audit_put(b->store, &(ra_audit){ 5, 1,
	    "officer:x", "approve", "A-1", "", head }), TMG_OK);
	assert_int_equal(ra_audit_verify(b->store, "", &report, &b->f), TMG_MISMATCH);
	assert_non_null(strstr(b->f.text, "audit entry 5 (approve A-1) was changed"));
}

static void
test_audit_states(void **state)
{
	stored *b = *state;
	ra_app one = an_app("A-1", "a", "c1", "k1");
	ra_audit_report report;

	/* a state that no audited event led to */
	submit(b, &one);
	assert_int_equal(apply(b, &one, RA_EV_APPROVE, ""), TMG_OK);
	one.state = RA_ISSUED;
	assert_int_equal(ra_app_move(b->store, &one,
	    &(ra_standing){ RA_APPROVED, 0, RA_NONE }), TMG_OK);
	assert_int_equal(ra_audit_verify(b->store, "", &report, &b->f), TMG_MISMATCH);
	assert_non_null(strstr(b->f.text, "A-1"));
}

/* Fields that shift into each other must not hash alike. */
static void
test_audit_hash(void **state)
{
	const ra_audit base = { 1, 2, "ab", "c", "d", "e", "" };
	const ra_audit others[] = {
		{ 2, 2, "ab", "c", "d", "e", "" },
		{ 1, 3, "ab", "c", "d", "e", "" },
		{ 12, 0, "ab", "c", "d", "e", "" },
		{ 1, 2, "a", "bc", "d", "e", "" },
		{ 1, 2, "ab", "cd", "", "e", "" },
		{ 1, 2, "ab", "c", "de", "", "" },
	};
	char want[RA_HASH_TEXT], got[RA_HASH_TEXT];

	(void)state;
	assert_int_equal(ra_audit_hash("", &base, want), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(others); i++) {
		assert_int_equal(ra_audit_hash("", &others[i], got), TMG_OK);
		assert_string_not_equal(got, want);
	}
	assert_int_equal(ra_audit_hash("x", &base, got), TMG_OK);
	assert_string_not_equal(got, want);
}

static void
test_passwords(void **state)
{
	static const char *const malformed[] = { "", "scrypt", "plain$x",
		"scrypt$99$8$1$00000000000000000000000000000000$0000000000000000"
		"000000000000000000000000000000000000000000000000",
		"scrypt$14$8$1$00$00", "scrypt$0$8$1$00000000000000000000000000000000$"
		"0000000000000000000000000000000000000000000000000000000000000000",
		"scrypt$14$8$1$00000000000000000000000000000000$"
		"0000000000000000000000000000000000000000000000000000000000000000x" };
	char one[RA_PASSWORD_TEXT], two[RA_PASSWORD_TEXT];

	(void)state;
	assert_int_equal(ra_password_hash(tmg_view_str("құпия сөз"), one), TMG_OK);
	assert_int_equal(ra_password_hash(tmg_view_str("құпия сөз"), two), TMG_OK);
	assert_string_not_equal(one, two);
	assert_int_equal(ra_password_verify(tmg_view_str("құпия сөз"), one), TMG_OK);
	assert_int_equal(ra_password_verify(tmg_view_str("құпия сөз"), two), TMG_OK);
	assert_int_equal(ra_password_verify(tmg_view_str("құпия сө"), one),
	    TMG_PIN_WRONG);
	assert_int_equal(ra_password_verify(tmg_view_str(""), one), TMG_PIN_WRONG);
	for (size_t i = 0; i < TMG_COUNT(malformed); i++)
		assert_int_equal(ra_password_verify(tmg_view_str("x"), malformed[i]),
		    TMG_E_MALFORMED);

	/* made with Python's hashlib.scrypt */
	assert_int_equal(ra_password_verify(tmg_view_str("password"),
	    "scrypt$10$8$1$000102030405060708090a0b0c0d0e0f$"
	    "3a7c0782a4dbdf543acd7c522fe853d9b34abb8af27a5c6597488cdf228140b5"), TMG_OK);
}

static void
test_gate(void **state)
{
	stored *b = *state;
	ra_user user = { .name = "anna", .role = "applicant" }, got;
	const ra_credentials right = { "1.2.3.4", "anna", tmg_view_str("richtig!"), NULL };
	const ra_credentials wrong = { "1.2.3.4", "anna", tmg_view_str("falsch!!"), NULL };
	const ra_credentials elsewhere = { "5.6.7.8", "anna", tmg_view_str("richtig!"), NULL };
	const ra_credentials nobody = { "1.2.3.4", "bert", tmg_view_str("richtig!"), NULL };
	ra_gate *gate = NULL;
	long wait = 0;

	assert_int_equal(ra_password_hash(right.password, user.password), TMG_OK);
	assert_int_equal(ra_user_put(b->store, &user), TMG_OK);
	assert_int_equal(ra_gate_new(&gate), TMG_OK);

	assert_int_equal(ra_gate_enter(gate, b->store, 1000, &right, &got, &wait), TMG_OK);
	assert_string_equal(got.name, "anna");
	assert_int_equal(ra_gate_enter(gate, b->store, 1000, &nobody, &got, &wait),
	    TMG_DENIED);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ra_gate_enter(gate, b->store, 1000, &wrong, &got,
		    &wait), TMG_DENIED);
	/* now not even the right one, from there; from elsewhere it is */
	assert_int_equal(ra_gate_enter(gate, b->store, 1001, &right, &got, &wait),
	    TMG_BUSY);
	assert_in_range(wait, 1, 60);
	assert_int_equal(ra_gate_enter(gate, b->store, 1001, &elsewhere, &got, &wait),
	    TMG_OK);
	assert_int_equal(ra_gate_enter(gate, b->store, 1061, &right, &got, &wait),
	    TMG_OK);

	/* a changed password ends what was remembered */
	assert_int_equal(ra_password_hash(tmg_view_str("anders!!"), user.password),
	    TMG_OK);
	assert_int_equal(ra_user_put(b->store, &user), TMG_OK);
	assert_int_equal(ra_gate_enter(gate, b->store, 1061, &right, &got, &wait),
	    TMG_DENIED);
	ra_gate_free(&gate);
}

/* An IPv6 host may use any address of its /64: they are one who guesses. */
static void
test_gate_networks(void **state)
{
	static const struct {
		const char *peer;
		tmg_rc rc;
	} after[] = {
		{ "2001:db8:1:2:ffff::9", TMG_BUSY },
		{ "2001:db8:1:3::1", TMG_DENIED },
		{ "fe80::1%lo", TMG_DENIED },
		{ "192.0.2.1", TMG_DENIED },
		{ "::ffff:192.0.2.1", TMG_DENIED },
	};
	stored *b = *state;
	ra_gate *gate = NULL;
	ra_user got;
	long wait;

	assert_int_equal(ra_gate_new(&gate), TMG_OK);
	for (int i = 0; i < 5; i++) {
		char peer[32];

		snprintf(peer, sizeof(peer), "2001:db8:1:2::%d", i + 1);
		assert_int_equal(ra_gate_enter(gate, b->store, 1000,
		    &(ra_credentials){ peer, "anna", tmg_view_str("falsch!!"), NULL },
		    &got, &wait), TMG_DENIED);
	}
	for (size_t i = 0; i < TMG_COUNT(after); i++)
		assert_int_equal(ra_gate_enter(gate, b->store, 1000,
		    &(ra_credentials){ after[i].peer, "anna",
		    tmg_view_str("falsch!!"), NULL }, &got, &wait), after[i].rc);
	ra_gate_free(&gate);
}

struct guess {
	const stored *b;
	ra_gate *gate;
	const char *peer, *password;
	tmg_rc rc;
};

static void *
guess(void *arg)
{
	struct guess *g = arg;
	ra_store *store = NULL;
	tmg_fault f;
	ra_user user;
	long wait;

	g->rc = ra_store_open(g->b->place.where, false, &f, &store);
	if (g->rc == TMG_OK)
		g->rc = ra_gate_enter(g->gate, store, 1000, &(ra_credentials){
		    g->peer, "anna", tmg_view_str(g->password), NULL }, &user, &wait);
	ra_store_free(&store);
	return NULL;
}

/* How many of sixteen at once get rc. */
static size_t
guess_at_once(const stored *b, const char *peer, const char *password, tmg_rc rc)
{
	struct guess g[16];
	pthread_t thread[16];
	ra_gate *gate = NULL;
	size_t n = 0;

	assert_int_equal(ra_gate_new(&gate), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(g); i++) {
		g[i] = (struct guess){ b, gate, peer, password, TMG_E_IO };
		assert_int_equal(pthread_create(&thread[i], NULL, guess, &g[i]), 0);
	}
	for (size_t i = 0; i < TMG_COUNT(g); i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		n += g[i].rc == rc;
	}
	ra_gate_free(&gate);
	return n;
}

/* Sixteen wrong ones at once are five tries; sixteen right ones all come in. */
static void
test_gate_at_once(void **state)
{
	stored *b = *state;
	ra_user user = { .name = "anna", .role = "applicant" };

	assert_int_equal(ra_password_hash(tmg_view_str("richtig!"), user.password),
	    TMG_OK);
	assert_int_equal(ra_user_put(b->store, &user), TMG_OK);
	assert_int_equal(guess_at_once(b, "1.2.3.4", "falsch!!", TMG_DENIED), 5);
	assert_int_equal(guess_at_once(b, "5.6.7.8", "richtig!", TMG_OK), 16);
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, stored_set_up, \
	stored_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_audit_hash),
		cmocka_unit_test(test_passwords),
		STORED(test_held_back),
		STORED(test_store),
		STORED(test_order),
		STORED(test_transactions),
		STORED(test_life),
		STORED(test_audit),
		STORED(test_audit_states),
		STORED(test_gate),
		STORED(test_gate_networks),
		STORED(test_gate_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
