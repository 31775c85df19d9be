/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/ra-everything.h"

#include "tests/unit/test.h"
#include "tools/ra/store/answer.h"
#include "tools/ra/store/audit.h"
#include "tools/ra/store/captcha.h"
#include "tools/ra/store/cert.h"
#include "tools/ra/store/challenge.h"
#include "tools/ra/store/cmp.h"
#include "tools/ra/store/crl.h"
#include "tools/ra/store/deputy.h"
#include "tools/ra/store/errand.h"
#include "tools/ra/store/mail.h"
#include "tools/ra/store/mark.h"
#include "tools/ra/store/ocsp.h"
#include "tools/ra/store/receipt.h"
#include "tools/ra/store/paper.h"
#include "tools/ra/store/scep.h"
#include "tools/ra/store/secret.h"
#include "tools/ra/store/session.h"
#include "tools/ra/store/user.h"

static tmg_rc
any_app(void *arg, const ra_app *app)
{
	(void)arg;
	(void)app;
	return TMG_OK;
}

static tmg_rc
any_cert(void *arg, const ra_cert *cert)
{
	(void)arg;
	(void)cert;
	return TMG_OK;
}

static tmg_rc
any_user(void *arg, const ra_user *user)
{
	(void)arg;
	assert_string_not_equal(user->name, "");
	return TMG_OK;
}

static tmg_rc
any_entry(void *arg, const ra_audit *entry)
{
	(void)arg;
	(void)entry;
	return TMG_OK;
}

static tmg_rc
any_answer(void *arg, const ra_answer_row *answer)
{
	(void)arg;
	(void)answer;
	return TMG_OK;
}

static tmg_rc
any_mail(void *arg, const ra_mail *mail)
{
	(void)arg;
	(void)mail;
	return TMG_OK;
}

static tmg_rc
any_errand(void *arg, const ra_errand *errand)
{
	(void)arg;
	assert_string_equal(errand->said, "no");
	return TMG_OK;
}

static void
ask_errands(ra_store *s)
{
	uint8_t bytes[] = { 1, 2 };
	const ra_errand e = { .app = "A-1", .kind = RA_ERRAND_ISSUE, .begun = 3,
		.due = 5, .request = bytes, .request_len = 2 };
	ra_errand got = { .app = "" };
	int64_t count;

	assert_int_equal(ra_errand_put(s, &e), TMG_OK);
	assert_int_equal(ra_errand_put(s, &e), TMG_OCCUPIED);
	assert_int_equal(ra_errand_next(s, 4, &got), TMG_NOT_FOUND);
	assert_int_equal(ra_errand_hurry(s, 4, &count), TMG_OK);
	assert_int_equal(ra_errand_next(s, 4, &got), TMG_OK);
	assert_int_equal(got.request_len, 2);
	strcpy(got.holder, "H");
	got.due = 9;
	assert_int_equal(ra_errand_take(s, &got), TMG_OK);
	assert_int_equal(ra_errand_keep(s, &got), TMG_OK);
	got.asked = 7;
	assert_int_equal(ra_errand_settle(s, &got), TMG_OK);
	strcpy(got.holder, "J");
	assert_int_equal(ra_errand_settle(s, &got), TMG_MISMATCH);
	strcpy(got.holder, "H");
	strcpy(got.said, "no");
	assert_int_equal(ra_errand_close(s, &got), TMG_OK);
	ra_errand_release(&got);
	assert_int_equal(ra_errand_get(s, "A-1", RA_ERRAND_ISSUE, &got), TMG_OK);
	assert_true(got.due == RA_ERRAND_NEVER && got.asked == 0 && got.request == NULL);
	assert_int_equal(ra_errand_hurry(s, 4, &count), TMG_OK);
	assert_int_equal(ra_errand_next(s, 99, &got), TMG_NOT_FOUND);
	assert_int_equal(ra_errand_each(s, any_errand, NULL), TMG_OK);
	assert_int_equal(ra_errand_reopen(s, &e), TMG_OK);
	assert_int_equal(ra_errand_next(s, 5, &got), TMG_OK);
	strcpy(got.holder, "");
	assert_int_equal(ra_errand_drop(s, &got), TMG_OK);
	ra_errand_release(&got);
	assert_int_equal(ra_errand_erase(s, "A-1"), TMG_OK);
	assert_int_equal(ra_errand_get(s, "A-1", RA_ERRAND_ISSUE, &got), TMG_NOT_FOUND);
}

static void
ask_mails(ra_store *s)
{
	ra_mail mail = { .id = "M-1", .app = "A-1", .once = "7 days 40",
		.state = RA_MAIL_QUEUED, .holder = "H" };
	int64_t count;

	assert_int_equal(ra_mail_put(s, &mail), TMG_OK);
	mail.id[2] = '2';
	assert_int_equal(ra_mail_put(s, &mail), TMG_OCCUPIED);
	assert_int_equal(ra_mail_get(s, "M-1", &mail), TMG_OK);
	assert_int_equal(ra_mail_next(s, "", 9, &mail), TMG_OK);
	assert_int_equal(ra_mail_take(s, "M-1", "H", 9), TMG_OK);
	assert_int_equal(ra_mail_settle(s, &(ra_mail){ .id = "M-1", .holder = "H",
	    .state = RA_MAIL_PARKED }), TMG_OK);
	assert_int_equal(ra_mail_again(s, "M-1", 9), TMG_OK);
	assert_int_equal(ra_mail_settle(s, &(ra_mail){ .id = "M-1", .holder = "H",
	    .state = RA_MAIL_SENT }), TMG_OK);
	assert_int_equal(ra_mail_each(s, "", any_mail, NULL), TMG_OK);
	assert_int_equal(ra_mail_each(s, RA_MAIL_SENT, any_mail, NULL), TMG_OK);
	assert_int_equal(ra_mail_count(s, "", RA_MAIL_SENT, INT32_MAX, &count), TMG_OK);
	assert_int_equal(ra_mail_erase(s, "A-1"), TMG_OK);
	assert_int_equal(ra_mail_get(s, "M-1", &mail), TMG_NOT_FOUND);
	assert_int_equal(ra_cert_each_ending(s, "p", 1, 9, "7 days ", any_cert,
	    NULL), TMG_OK);
}

static tmg_rc
any_challenge(void *arg, const ra_challenge *challenge)
{
	(void)arg;
	assert_string_equal(challenge->owner, "anna");
	return TMG_OK;
}

static void
ask_challenges(ra_store *s)
{
	const ra_challenge c = { "ab12", "p", "anna", 1, 9, "" };
	const ra_scep_row row = { "t", "A-1" }, moved = { "t", "A-2" };
	ra_challenge got;
	ra_scep_row transaction;

	assert_int_equal(ra_challenge_add(s, &c), TMG_OK);
	assert_int_equal(ra_challenge_add(s, &c), TMG_OCCUPIED);
	assert_int_equal(ra_challenge_each(s, any_challenge, NULL), TMG_OK);
	assert_int_equal(ra_challenge_use(s, "ab12", "A-1"), TMG_OK);
	assert_int_equal(ra_challenge_use(s, "ab12", "A-2"), TMG_OCCUPIED);
	assert_int_equal(ra_challenge_get(s, "ab12", &got), TMG_OK);
	assert_string_equal(got.app, "A-1");
	assert_int_equal(ra_challenge_drop(s, "ab1", "ab1g"), TMG_NOT_FOUND);
	assert_int_equal(ra_challenge_sweep(s, 9), TMG_OK);
	assert_int_equal(ra_challenge_get(s, "ab12", &got), TMG_NOT_FOUND);
	assert_int_equal(ra_challenge_add(s, &c), TMG_OK);
	assert_int_equal(ra_challenge_drop(s, "ab1", "ab1g"), TMG_OK);

	assert_int_equal(ra_scep_row_put(s, &row), TMG_OK);
	assert_int_equal(ra_scep_row_put(s, &moved), TMG_OK);
	assert_int_equal(ra_scep_row_get(s, "t", &transaction), TMG_OK);
	assert_string_equal(transaction.app, "A-2");
	assert_int_equal(ra_scep_row_get(s, "u", &transaction), TMG_NOT_FOUND);
}

static void
ask_captchas(ra_store *s)
{
	ra_captcha_row row = { .id = "C-1", .until = 9 };

	assert_int_equal(ra_captcha_put(s, &row), TMG_OK);
	assert_int_equal(ra_captcha_get(s, "C-1", &row), TMG_OK);
	assert_int_equal(ra_captcha_sweep(s, 9), TMG_OK);
	assert_int_equal(ra_captcha_drop(s, "C-1"), TMG_OK);
}

static void
ask_marks(ra_store *s)
{
	ra_mark mark = { "m", 7 };

	assert_int_equal(ra_mark_put(s, &mark), TMG_OK);
	mark.until = 9;
	assert_int_equal(ra_mark_put(s, &mark), TMG_OK);
	assert_int_equal(ra_mark_sweep(s, 8), TMG_OK);
	assert_int_equal(ra_mark_get(s, "m", &mark), TMG_OK);
	assert_int_equal(mark.until, 9);
	assert_int_equal(ra_mark_drop(s, "m"), TMG_OK);
	assert_int_equal(ra_mark_get(s, "m", &mark), TMG_NOT_FOUND);
}

static tmg_rc
any_paper(void *arg, const ra_paper *paper)
{
	(void)arg;
	assert_null(paper->content);
	assert_int_equal(paper->size, 2);
	return TMG_OK;
}

static void
ask_papers(ra_store *s)
{
	static uint8_t bytes[] = { 0xff, 0x00 };
	ra_paper paper = { .app = "A-1", .name = "n", .standing = RA_PAPER_SENT,
		.channel = "upload", .size = 2, .content = bytes, .len = 2 };
	tmg_auto(ra_paper) got = { .content = NULL };

	assert_int_equal(ra_paper_judge(s, &paper), TMG_NOT_FOUND);
	assert_int_equal(ra_paper_put(s, &paper), TMG_OK);
	assert_int_equal(ra_paper_put(s, &paper), TMG_OK);
	strcpy(paper.standing, RA_PAPER_RETURNED);
	strcpy(paper.reason, "why");
	assert_int_equal(ra_paper_judge(s, &paper), TMG_OK);
	assert_int_equal(ra_paper_get(s, "A-1", "n", &got), TMG_OK);
	assert_string_equal(got.standing, RA_PAPER_RETURNED);
	assert_string_equal(got.reason, "why");
	assert_int_equal(got.len, 2);
	assert_memory_equal(got.content, bytes, 2);
	assert_int_equal(ra_paper_each(s, "A-1", any_paper, NULL), TMG_OK);
	assert_int_equal(ra_paper_erase(s, "A-1"), TMG_OK);
	ra_paper_release(&got);
	assert_int_equal(ra_paper_get(s, "A-1", "n", &got), TMG_NOT_FOUND);
}

static void
ask_receipts(ra_store *s)
{
	ra_receipt receipt = { .id = "P-1", .app = "A-1" };

	assert_int_equal(ra_receipt_put(s, &receipt), TMG_OK);
	assert_int_equal(ra_receipt_get(s, "P-1", &receipt), TMG_OK);
	assert_int_equal(ra_receipt_get(s, "P-2", &receipt), TMG_NOT_FOUND);
}

static tmg_rc
any_secret(void *arg, const ra_secret_row *row)
{
	(void)arg;
	assert_string_equal(row->reference, "r");
	return TMG_OK;
}

/* What waits to be confirmed is late, and moves once. */
static void
ask_late(ra_store *s)
{
	static uint8_t der[] = { 0x30, 0x00 };
	ra_cmp_row row = { .id = "l", .state = RA_CMP_TIMED, .app = "A", .asked = "1",
		.until = 3, .answer = der, .len = sizeof(der) };
	ra_cmp_late late;
	size_t count;

	assert_int_equal(ra_cmp_row_add(s, &row), TMG_OK);
	assert_int_equal(ra_cmp_row_all_late(s, 2, &late, 1, &count), TMG_OK);
	assert_int_equal(count, 0);
	assert_int_equal(ra_cmp_row_all_late(s, 3, &late, 1, &count), TMG_OK);
	assert_int_equal(count, 1);
	assert_string_equal(late.id, "l");
	assert_string_equal(late.app, "A");
	assert_int_equal(ra_cmp_row_settle(s, "A", "l", 9), TMG_OK);
	assert_int_equal(ra_cmp_row_settle(s, "B", "other", 9), TMG_OK);
	assert_int_equal(ra_cmp_row_late(s, "l", 4), TMG_OK);
	assert_int_equal(ra_cmp_row_late(s, "l", 4), TMG_OCCUPIED);
	assert_int_equal(ra_cmp_row_step(s, &row, "1"), TMG_OCCUPIED);
	assert_int_equal(ra_cmp_row_sweep(s, 4), TMG_OK);
	assert_int_equal(ra_cmp_row_add(s, &row), TMG_OK);
	assert_int_equal(ra_cmp_row_settle(s, "A", "other", 4), TMG_OK);
	assert_int_equal(ra_cmp_row_late(s, "l", 4), TMG_OCCUPIED);
	/* still there when its own time was over */
	assert_int_equal(ra_cmp_row_sweep(s, 3), TMG_OK);
	strcpy(row.state, RA_CMP_ENDED);
	assert_int_equal(ra_cmp_row_step(s, &row, "1"), TMG_OK);
}

static void
ask_secrets(ra_store *s)
{
	static uint8_t der[] = { 0x30, 0x00 };
	const ra_secret_row row = { .reference = "r", .until = 9, .most = 1,
		.sealed = der, .len = sizeof(der) };
	ra_cmp_row said = { .id = "t", .state = RA_CMP_WAITING, .asked = "1",
		.until = 5, .answer = der, .len = sizeof(der) };
	tmg_auto(ra_secret_row) got = { .sealed = NULL };
	ra_cmp_row found;

	assert_int_equal(ra_secret_add(s, &row), TMG_OK);
	assert_int_equal(ra_secret_use(s, "r"), TMG_OK);
	assert_int_equal(ra_secret_use(s, "r"), TMG_DENIED);
	assert_int_equal(ra_secret_each(s, any_secret, NULL), TMG_OK);
	assert_int_equal(ra_secret_close(s, "r"), TMG_OK);
	assert_int_equal(ra_secret_close(s, "q"), TMG_NOT_FOUND);
	assert_int_equal(ra_secret_get(s, "r", &got), TMG_OK);
	assert_int_equal(got.until, 0);
	assert_int_equal(got.len, 0);

	assert_int_equal(ra_cmp_row_add(s, &said), TMG_OK);
	strcpy(said.state, RA_CMP_ENDED);
	strcpy(said.asked, "2");
	assert_int_equal(ra_cmp_row_step(s, &said, "0"), TMG_OCCUPIED);
	assert_int_equal(ra_cmp_row_step(s, &said, "1"), TMG_OK);
	ask_late(s);
	assert_int_equal(ra_cmp_row_sweep(s, 4), TMG_OK);
	assert_int_equal(ra_cmp_row_get(s, "t", &found), TMG_OK);
	assert_string_equal(found.state, RA_CMP_ENDED);
	ra_cmp_row_release(&found);
	assert_int_equal(ra_cmp_row_sweep(s, 5), TMG_OK);
	assert_int_equal(ra_cmp_row_get(s, "t", &found), TMG_NOT_FOUND);
}

/* Certificate 40 was revoked at 5. */
static void
ask_deputies(ra_store *s)
{
	static uint8_t der[] = { 0x30, 0x00 };
	const ra_cert own = { .serial = "50", .not_before = 1, .not_after = 9 };
	const ra_deputy_row row = { "ocsp", "h", "50" };
	time_t from, ends;
	ra_ocsp_row answer = { .id = "SHA1 40", .serial = "40", .signer = "50",
		.revoked = 5, .reason = 1, .next_update = 9, .der = der,
		.len = sizeof(der) };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_ocsp_row got;

	assert_int_equal(ra_cert_reserve(s, &own), TMG_OK);
	assert_int_equal(ra_deputy_cert(s, "ocsp", "h", &cert), TMG_NOT_FOUND);
	assert_int_equal(ra_deputy_put(s, &row), TMG_OK);
	assert_int_equal(ra_deputy_put(s, &row), TMG_OK);
	assert_int_equal(ra_deputy_cert(s, "ocsp", "h", &cert), TMG_OK);
	assert_int_equal(ra_deputy_last(s, "ocsp", &from, &ends), TMG_OK);
	assert_int_equal(ends, cert.not_after);
	assert_int_equal(ra_deputy_last(s, "cmp", &from, &ends), TMG_NOT_FOUND);
	assert_string_equal(cert.serial, "50");

	assert_int_equal(ra_ocsp_row_put(s, &answer), TMG_OK);
	assert_int_equal(ra_ocsp_row_get(s, "SHA1 40", 8, &got), TMG_OK);
	ra_ocsp_row_release(&got);
	assert_int_equal(ra_ocsp_row_get(s, "SHA1 40", 9, &got), TMG_NOT_FOUND);
	answer.revoked = 0;	/* not what is so */
	assert_int_equal(ra_ocsp_row_put(s, &answer), TMG_OK);
	assert_int_equal(ra_ocsp_row_get(s, "SHA1 40", 8, &got), TMG_NOT_FOUND);
	answer.revoked = 5;
	assert_int_equal(ra_ocsp_row_put(s, &answer), TMG_OK);
	assert_int_equal(ra_cert_revoke(s, "50", 6, 1), TMG_OK);
	assert_int_equal(ra_ocsp_row_get(s, "SHA1 40", 8, &got), TMG_NOT_FOUND);
}

void
ask_everything(ra_store *s)
{
	static uint8_t der[] = { 0x30, 0x00 };
	ra_app app = { .id = "A-1", .state = RA_SUBMITTED, .csr = der,
		.csr_len = sizeof(der) }, got_app;
	const ra_cert cert = { .serial = "40", .app = "A-1" };
	const ra_crl crl = { .number = 1, .der = der, .len = sizeof(der) };
	const ra_user user = { .name = "a", .role = "r", .password = "p",
	    .certificate = "c" };
	const ra_session session = { "s", "A-1", 7 };
	ra_session got_session;
	const ra_answer_row answer = { "A-1", "n", "v" };
	ra_answer_row got_answer;
	const ra_audit entry = { 1, 2, "a", "e", "", "d", "h" };
	tmg_auto(ra_cert) got = { .der = NULL };
	tmg_auto(ra_crl) got_crl = { .der = NULL };
	bool revoked;
	char hash[RA_HASH_TEXT];
	ra_user got_user;
	int64_t n;

	assert_int_equal(ra_app_add(s, &app), TMG_OK);
	assert_int_equal(ra_app_get(s, "A-1", &got_app), TMG_OK);
	ra_app_release(&got_app);
	assert_int_equal(ra_app_find(s, "", "", "", "", &got_app), TMG_OK);
	ra_app_release(&got_app);
	assert_int_equal(ra_app_holder(s, "", &got_app), TMG_OK);
	ra_app_release(&got_app);
	assert_int_equal(ra_app_each(s, RA_NONE, any_app, NULL), TMG_OK);
	assert_int_equal(ra_app_each(s, RA_ISSUED, any_app, NULL), TMG_OK);
	strcpy(app.branch, "here");
	assert_int_equal(ra_app_branch(s, &app), TMG_OK);
	assert_int_equal(ra_app_speak(s, &app), TMG_OK);
	assert_int_equal(ra_app_each_at(s, "here", RA_SUBMITTED, any_app, NULL),
	    TMG_OK);
	assert_int_equal(ra_app_each_since(s, "p", RA_ISSUED, 9, any_app, NULL),
	    TMG_OK);
	assert_int_equal(ra_answer_put(s, &answer), TMG_OK);
	assert_int_equal(ra_answer_put(s, &answer), TMG_OK);
	assert_int_equal(ra_answer_get(s, "A-1", "n", &got_answer), TMG_OK);
	assert_string_equal(got_answer.value, "v");
	assert_int_equal(ra_answer_each(s, "A-1", any_answer, NULL), TMG_OK);
	assert_int_equal(ra_answer_find(s, "v", any_answer, NULL), TMG_OK);
	assert_int_equal(ra_answer_erase(s, "A-1"), TMG_OK);
	assert_int_equal(ra_answer_get(s, "A-1", "n", &got_answer), TMG_NOT_FOUND);
	app.state = RA_APPROVED;
	assert_int_equal(ra_app_move(s, &app,
	    &(ra_standing){ RA_SUBMITTED, 0, RA_NONE }), TMG_OK);
	assert_int_equal(ra_app_request(s, &app), TMG_OK);
	assert_int_equal(ra_app_erase(s, "A-1"), TMG_OK);
	assert_int_equal(ra_app_get(s, "A-1", &got_app), TMG_OK);
	assert_int_equal(got_app.csr_len, 0);
	ra_app_release(&got_app);
	assert_int_equal(ra_cert_reserve(s, &cert), TMG_OK);
	assert_int_equal(ra_cert_finish(s, "40", TMG_VIEW(der)), TMG_OK);
	assert_int_equal(ra_cert_add(s, &(ra_cert){ .serial = "41", .app = "A-2",
	    .der = der, .len = sizeof(der) }), TMG_OK);
	assert_int_equal(ra_cert_add(s, &(ra_cert){ .serial = "41", .app = "A-3",
	    .der = der, .len = sizeof(der) }), TMG_OCCUPIED);
	assert_int_equal(ra_cert_become(s, "40", &(ra_cert){ .serial = "41",
	    .der = der, .len = sizeof(der) }), TMG_MISMATCH);
	assert_int_equal(ra_cert_get(s, "40", &got), TMG_OK);
	ra_cert_release(&got);
	assert_int_equal(ra_cert_of_app(s, "A-1", &got), TMG_OK);
	assert_int_equal(ra_cert_key_revoked(s, app.spki_hash, &revoked), TMG_OK);
	assert_false(revoked);
	assert_int_equal(ra_cert_lift(s, "A-1"), TMG_OCCUPIED);
	assert_int_equal(ra_cert_hold(s, "A-1", 4), TMG_OK);
	assert_int_equal(ra_cert_hold(s, "A-1", 4), TMG_OCCUPIED);
	assert_int_equal(ra_cert_lift(s, "A-1"), TMG_OK);
	assert_int_equal(ra_cert_hold(s, "A-1", 4), TMG_OK);
	assert_int_equal(ra_cert_revoke(s, "40", 5, 1), TMG_OK);
	assert_int_equal(ra_cert_key_revoked(s, app.spki_hash, &revoked), TMG_OK);
	assert_true(revoked);
	assert_int_equal(ra_cert_revoke(s, "40", 6, 4), TMG_OCCUPIED);
	assert_int_equal(ra_cert_lift(s, "A-1"), TMG_OCCUPIED);
	assert_int_equal(ra_cert_each_revoked(s, any_cert, NULL), TMG_OK);
	assert_int_equal(ra_cert_revocations(s, &n), TMG_OK);
	ask_deputies(s);
	ask_secrets(s);
	ask_mails(s);
	ask_errands(s);
	ask_captchas(s);
	ask_challenges(s);
	ask_marks(s);
	ask_receipts(s);
	ask_papers(s);
	assert_int_equal(ra_crl_put(s, &crl), TMG_OK);
	assert_int_equal(ra_crl_outdate(s), TMG_OK);
	assert_int_equal(ra_crl_last(s, &got_crl), TMG_OK);
	assert_int_equal(got_crl.revocations, -1);
	assert_int_equal(ra_user_put(s, &user), TMG_OK);
	assert_int_equal(ra_user_get(s, "a", &got_user), TMG_OK);
	assert_int_equal(ra_user_by_certificate(s, "c", &got_user), TMG_OK);
	assert_int_equal(ra_user_by_certificate(s, "", &got_user), TMG_NOT_FOUND);
	assert_int_equal(ra_user_each(s, any_user, NULL), TMG_OK);
	assert_int_equal(ra_user_each_staff(s, any_user, NULL), TMG_OK);
	assert_int_equal(ra_user_each_told(s, "r", any_user, NULL), TMG_OK);
	assert_int_equal(ra_session_add(s, &session), TMG_OK);
	assert_int_equal(ra_session_get(s, "s", &got_session), TMG_OK);
	assert_string_equal(got_session.subject, "A-1");
	assert_int_equal(ra_session_expire(s, 6), TMG_OK);
	assert_int_equal(ra_session_get(s, "s", &got_session), TMG_OK);
	assert_int_equal(ra_session_expire(s, 7), TMG_OK);
	assert_int_equal(ra_session_get(s, "s", &got_session), TMG_NOT_FOUND);
	assert_int_equal(ra_session_remove(s, "s"), TMG_OK);
	assert_int_equal(ra_audit_put(s, &entry), TMG_OK);
	assert_int_equal(ra_audit_head(s, &n, hash), TMG_OK);
	assert_int_equal(ra_audit_each(s, any_entry, NULL), TMG_OK);
	assert_int_equal(ra_audit_each_of(s, "A-1", any_entry, NULL), TMG_OK);
	assert_int_equal(ra_audit_each_from(s, 1, 2, any_entry, NULL), TMG_OK);
}
