/* SPDX-License-Identifier: BSD-2-Clause */
/* The desk over a real store and a real CA, with a clock that is moved. */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/ca/pkcs7.h"
#include "tools/ra/ca/policy.h"
#include "tools/ra/desk/desk.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/sql.h"

static tmg_rc
hand_in(struct bench *b, const struct csr *c, const char *owner,
    const char *profile, ra_app *app, ra_cert *cert)
{
	const ra_submission in = { .owner = owner,
		.profile = ra_profiles_find(b->desk.profiles, profile),
		.csr = { c->der, c->len } };

	return ra_desk_submit(&b->desk, &in, app, cert);
}

static void
test_automatic(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, app2 = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, cert2 = { .der = NULL };

	make_csr(&c, "Ғани", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
	assert_int_equal(app.state, RA_ISSUED);
	assert_int_equal(cert.not_after, START + 30 * DAY);
	assert_int_equal(strlen(cert.serial), 32);

	/* again: the same; by another: refused, for the key is taken */
	assert_int_equal(hand_in(b, &c, "a", "auto", &app2, &cert2), TMG_OK);
	assert_string_equal(app.id, app2.id);
	assert_int_equal(cert.len, cert2.len);
	assert_memory_equal(cert.der, cert2.der, cert.len);
	ra_app_release(&app2);
	ra_cert_release(&cert2);
	assert_int_equal(hand_in(b, &c, "b", "auto", &app2, &cert2), TMG_DENIED);
}

/* An authority that looks, while it signs, how much others see by then. */
static struct {
	const ra_ca_ops *real;
	const struct bench *bench;
	size_t begun;
} watch;

static tmg_rc
count(void *arg, const ra_app *app)
{
	(void)app;
	++*(size_t *)arg;
	return TMG_OK;
}

static tmg_rc
watched_issue(ra_ca *ca, const ra_order *order, uint8_t **der, size_t *len,
    tmg_fault *f)
{
	ra_desk other = { .office = NULL };

	assert_int_equal(ra_desk_open(watch.bench->desk.office, &other, f), TMG_OK);
	watch.begun = 0;
	assert_int_equal(ra_app_each(other.store, RA_ISSUING, count,
	    &watch.begun), TMG_OK);
	ra_desk_release(&other);
	return watch.real->issue(ca, order, der, len, f);
}

static tmg_rc
refused_issue(ra_ca *ca, const ra_order *order, uint8_t **der, size_t *len,
    tmg_fault *f)
{
	(void)ca, (void)order, (void)der, (void)len;
	return tmg_raise(f, TMG_E_CRYPTO, 0, "not today");
}

/* One transaction where the authority is in this process; elsewhere the
 * serial number is durable before anybody signs. */
static void
test_at_once(void **state)
{
	struct bench *b = *state;
	auto_csr near = { NULL, { 0 }, 0 }, far = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, app2 = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, cert2 = { .der = NULL };
	ra_ca_ops ops = *b->office.ca->ops;

	watch.real = b->office.ca->ops, watch.bench = b;
	ops.issue = watched_issue;
	b->office.ca->ops = &ops;
	make_csr(&near, "Near", NULL);
	ops.at_once = true;
	assert_int_equal(hand_in(b, &near, "a", "auto", &app, &cert), TMG_OK);
	assert_int_equal(watch.begun, 0);
	make_csr(&far, "Far", NULL);
	ops.at_once = false;
	assert_int_equal(hand_in(b, &far, "a", "auto", &app2, &cert2), TMG_OK);
	assert_int_equal(watch.begun, 1);
	b->office.ca->ops = watch.real;
}

/* What cannot be signed at once is begun, and finished later. */
static void
test_signed_later(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, again = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_ca_ops ops = *b->office.ca->ops;

	watch.real = b->office.ca->ops;
	ops.issue = refused_issue;
	b->office.ca->ops = &ops;
	make_csr(&c, "Later", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_E_CRYPTO);
	assert_string_equal(b->desk.fault.text, "not today");
	b->office.ca->ops = watch.real;
	assert_int_equal(hand_in(b, &c, "a", "auto", &again, &cert), TMG_OK);
	assert_string_equal(again.id, app.id);
}

static void
test_officer(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, app2 = { .id = "" }, app3 = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };

	make_csr(&c, "One", NULL);
	assert_int_equal(hand_in(b, &c, "a", "officer", &app, &cert), TMG_PENDING);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_REJECT, &officer,
	    "no", &app2), TMG_OK);
	ra_app_release(&app);
	assert_int_equal(hand_in(b, &c, "a", "officer", &app, &cert), TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "no"));

	/* the key is free again for a corrected request */
	make_csr(&c, "Two", NULL);
	ra_app_release(&app);
	assert_int_equal(hand_in(b, &c, "a", "officer", &app, &cert), TMG_PENDING);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_CONFIRM, &officer,
	    "", &app3), TMG_OK);
	ra_app_release(&app);
	assert_int_equal(hand_in(b, &c, "a", "officer", &app, &cert), TMG_OK);
	assert_int_equal(ra_desk_decide(&b->desk, "NO-SUCH", RA_EV_CONFIRM, &officer,
	    "", &app3), TMG_NOT_FOUND);
}

/* Ended right after the serial number was set aside: another process, later,
 * issues under exactly that number, and once. */
static void
test_half_done(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, decided = { .id = "" }, again = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_cert reserved = { .serial = "40AABBCCDDEEFF00112233445566778A",
		.not_before = START, .not_after = START + DAY };
	ra_audit_report report;
	unsigned finished = 0;

	make_csr(&c, "Half", NULL);
	assert_int_equal(hand_in(b, &c, "a", "officer", &app, &cert), TMG_PENDING);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_CONFIRM, &officer,
	    "", &decided), TMG_OK);
	bench_reserve(b, &decided, &reserved);
	bench_close(b);

	bench_open(b);
	assert_int_equal(ra_desk_recover(&b->desk, 0, &finished), TMG_OK);
	assert_int_equal(finished, 1);
	assert_int_equal(ra_desk_recover(&b->desk, 0, &finished), TMG_OK);
	assert_int_equal(finished, 0);
	assert_int_equal(hand_in(b, &c, "a", "officer", &again, &cert), TMG_OK);
	assert_string_equal(cert.serial, reserved.serial);
	assert_int_equal(ra_audit_verify(b->desk.store, "", &report, &b->desk.fault),
	    TMG_OK);
}

/* The officer's command and the applicant who asks again both looked before
 * either of them acted: one certificate, and both get it. */
static void
test_carried_on_twice(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, one = { .id = "" }, two = { .id = "" },
	    three = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, first = { .der = NULL },
	    second = { .der = NULL }, gone = { .der = NULL }, none = { .der = NULL };

	make_csr(&c, "Twice", NULL);
	assert_int_equal(hand_in(b, &c, "a", "officer", &app, &cert), TMG_PENDING);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_CONFIRM, &officer,
	    "", &one), TMG_OK);
	assert_int_equal(ra_app_get(b->desk.store, one.id, &two), TMG_OK);
	assert_int_equal(ra_app_get(b->desk.store, one.id, &three), TMG_OK);
	assert_int_equal(two.state, RA_APPROVED);

	assert_int_equal(ra_desk_progress(&b->desk, &one, &first), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &two, &second), TMG_OK);
	assert_view_equal(((tmg_view){ first.der, first.len }),
	    ((tmg_view){ second.der, second.len }));

	/* and one who slept until it was revoked gets nothing */
	assert_int_equal(ra_desk_revoke(&b->desk, one.id, 1, &officer, &gone),
	    TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &three, &none), TMG_DENIED);
}

/* No certificate outlives the authority's own, and after it none is made. */
static void
test_authority_ends(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 }, late = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, none = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	const unsigned char *at;
	time_t end;

	assert_int_equal(ra_ca_end(b->office.ca, &end), TMG_OK);
	b->now = end - 60;
	make_csr(&c, "Last", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
	assert_int_equal(cert.not_after, end);
	at = cert.der;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert.len);

	assert_int_equal(ASN1_TIME_compare(X509_get0_notAfter(x),
	    X509_get0_notAfter(b->office.ca->cert)), 0);

	b->now = end;
	make_csr(&late, "Late", NULL);
	ra_cert_release(&cert);
	assert_int_equal(hand_in(b, &late, "a", "auto", &none, &cert),
	    TMG_UNSUPPORTED);
	assert_non_null(strstr(b->desk.fault.text, "expired"));
	assert_null(cert.der);
}

/* RFC 5280 4.1.2.6: without a subject the alternative name is critical, and
 * without both nobody is named. */
static void
test_no_subject(void **state)
{
	struct bench *b = *state;
	ra_profile nameless = *ra_profiles_find(b->desk.profiles, "auto");
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, app2 = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_submission in = { .owner = "a", .profile = &nameless };
	const unsigned char *at;
	int crit = -1;

	nameless.subject_required.count = 0;
	make_csr(&c, NULL, NULL);
	in.csr = (tmg_view){ c.der, c.len };
	assert_int_equal(ra_desk_submit(&b->desk, &in, &app, &cert), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "nobody"));

	make_csr(&c, NULL, "DNS:a.example");
	in.csr = (tmg_view){ c.der, c.len };
	assert_int_equal(ra_desk_submit(&b->desk, &in, &app2, &cert), TMG_OK);
	at = cert.der;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert.len);
	tmg_auto(ra_GENERAL_NAMES) san =
	    X509_get_ext_d2i(x, NID_subject_alt_name, &crit, NULL);

	assert_non_null(san);
	assert_int_equal(crit, 1);
}

static tmg_rc
says_busy(ra_store *s, void *rows)
{
	(void)s;
	(void)rows;
	return TMG_BUSY;
}

/* A store that cannot answer has not said "no". */
static void
test_store_busy(void **state)
{
	struct bench *b = *state;
	ra_store_ops busy = *b->desk.store->ops;
	const ra_store_ops *kept = b->desk.store->ops;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, who = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, known = { .der = NULL };
	const ra_credentials anna = { "1.2.3.4", "anna", tmg_view_str("richtig!"), NULL };
	ra_user user;
	long wait;

	make_csr(&c, "Busy", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
	busy.next = says_busy;
	b->desk.store->ops = &busy;
	assert_int_equal(ra_desk_recognise(&b->desk, (tmg_view){ cert.der, cert.len },
	    false, &known, &who), TMG_BUSY);
	for (int i = 0; i < 6; i++)
		assert_int_equal(ra_gate_enter(b->office.gate, b->desk.store, b->now,
		    &anna, &user, &wait), TMG_E_IO);
	b->desk.store->ops = kept;
	assert_int_equal(ra_gate_enter(b->office.gate, b->desk.store, b->now, &anna,
	    &user, &wait), TMG_DENIED);
}

static void
test_recognise(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 }, d = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, who = { .id = "" }, next = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, known = { .der = NULL },
	    fresh = { .der = NULL }, gone = { .der = NULL };
	ra_submission in = { .owner = "a", .previous = &cert, .previous_app = &app };
	tmg_view der;

	make_csr(&c, "Rec", "email:a@example.kz");
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
	der = (tmg_view){ cert.der, cert.len };
	assert_int_equal(ra_desk_recognise(&b->desk, der, false, &known, &who), TMG_OK);
	assert_string_equal(who.owner, "a");
	ra_cert_release(&known);
	ra_app_release(&who);

	/* one bit of it is another: not what was issued */
	cert.der[cert.len - 1] ^= 1;
	assert_int_equal(ra_desk_recognise(&b->desk, der, false, &known, &who),
	    TMG_DENIED);
	cert.der[cert.len - 1] ^= 1;
	ra_cert_release(&known);
	assert_int_equal(ra_desk_recognise(&b->desk, (tmg_view){ der.ptr, 20 }, false,
	    &known, &who), TMG_DENIED);

	/* renewed: same names, new key */
	in.profile = ra_profiles_find(b->desk.profiles, "auto");
	make_csr(&d, "Rec", "email:a@example.kz");
	in.csr = (tmg_view){ d.der, d.len };
	assert_int_equal(ra_desk_submit(&b->desk, &in, &next, &fresh), TMG_OK);
	assert_string_equal(next.previous, cert.serial);
	ra_app_release(&next);
	make_csr(&d, "Rec", "email:b@example.kz");
	in.csr = (tmg_view){ d.der, d.len };
	assert_int_equal(ra_desk_submit(&b->desk, &in, &next, &known), TMG_MISMATCH);

	/* time passes: expired; goes back: not valid yet */
	b->now = START + 30 * DAY + 1;
	assert_int_equal(ra_desk_recognise(&b->desk, der, false, &known, &who),
	    TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "expired"));
	ra_cert_release(&known);

	/* for its renewal, as long after its end as the profile says */
	assert_int_equal(ra_desk_recognise(&b->desk, der, true, &known, &who),
	    TMG_DENIED);
	ra_cert_release(&known);
	((ra_profile *)(uintptr_t)in.profile)->renewal_grace_days = 3;
	assert_int_equal(ra_desk_recognise(&b->desk, der, true, &known, &who), TMG_OK);
	ra_cert_release(&known);
	ra_app_release(&who);
	assert_int_equal(ra_desk_recognise(&b->desk, der, false, &known, &who),
	    TMG_DENIED);
	ra_cert_release(&known);
	b->now = START + 33 * DAY + 1;
	assert_int_equal(ra_desk_recognise(&b->desk, der, true, &known, &who),
	    TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "expired"));
	ra_cert_release(&known);
	b->now = START - DAY;
	assert_int_equal(ra_desk_recognise(&b->desk, der, false, &known, &who),
	    TMG_DENIED);
	ra_cert_release(&known);

	b->now = START;
	assert_int_equal(ra_desk_revoke(&b->desk, app.id, 1, &officer, &gone), TMG_OK);
	assert_int_equal(ra_desk_recognise(&b->desk, der, false, &known, &who),
	    TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "revoked"));
	ra_cert_release(&known);
	b->now = START + 31 * DAY;
	assert_int_equal(ra_desk_recognise(&b->desk, der, true, &known, &who),
	    TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "revoked"));
	ra_cert_release(&known);
	b->now = START;
	ra_cert_release(&gone);
	assert_int_equal(ra_desk_revoke(&b->desk, app.id, 1, &officer, &gone),
	    TMG_OCCUPIED);
}

static void
test_crl(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, gone = { .der = NULL };
	tmg_auto(ra_crl) crl = { .number = 0 };

	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	assert_int_equal(crl.number, 1);
	ra_crl_release(&crl);
	b->now += DAY;
	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	assert_int_equal(crl.number, 1);
	ra_crl_release(&crl);
	b->now += 3 * DAY;
	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	assert_int_equal(crl.number, 2);
	ra_crl_release(&crl);

	make_csr(&c, "Crl", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
	assert_int_equal(ra_desk_revoke(&b->desk, cert.serial, 4, &officer, &gone),
	    TMG_OK);
	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	assert_int_equal(crl.number, 3);
	assert_int_equal(crl.revocations, 1);
}

/* The number of a serial's entry on the newest list, 0 none; hold: on hold. */
static int
listed(struct bench *b, const char *serial, bool *hold)
{
	tmg_auto(ra_crl) crl = { .number = 0 };
	const unsigned char *at;
	X509_REVOKED *entry = NULL;
	BIGNUM *number = NULL;
	int found, crit = 0;

	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	at = crl.der;
	X509_CRL *list = d2i_X509_CRL(NULL, &at, (long)crl.len);
	assert_non_null(list);
	assert_true(BN_hex2bn(&number, serial) > 0);
	ASN1_INTEGER *value = BN_to_ASN1_INTEGER(number, NULL);
	found = X509_CRL_get0_by_serial(list, &entry, value);
	if (found != 0) {
		ASN1_ENUMERATED *e = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason,
		    &crit, NULL);

		*hold = e != NULL && ASN1_ENUMERATED_get(e) == RA_CERT_HOLD;
		ASN1_ENUMERATED_free(e);
	}
	ASN1_INTEGER_free(value);
	BN_free(number);
	X509_CRL_free(list);
	return found;
}

static void
decide(struct bench *b, const char *id, ra_event event)
{
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	tmg_auto(ra_app) app = { .id = "" };

	if (ra_desk_decide(&b->desk, id, event, &officer, "a reason", &app))
		fail_msg("%s: %s", ra_event_name(event), b->desk.fault.text);
}

/* On hold at once, off it at once; another one revoked meanwhile changes how
 * many there are to what it was, and is on the list all the same. */
static void
test_hold(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 }, d = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, other = { .id = "" }, who = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, known = { .der = NULL },
	    second = { .der = NULL }, gone = { .der = NULL }, gone2 = { .der = NULL };
	bool hold = false;

	make_csr(&c, "Held", NULL);
	make_csr(&d, "Other", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
	assert_int_equal(hand_in(b, &d, "a", "auto", &other, &second), TMG_OK);
	assert_int_equal(listed(b, cert.serial, &hold), 0);
	decide(b, app.id, RA_EV_SUSPEND);
	assert_int_not_equal(listed(b, cert.serial, &hold), 0);
	assert_true(hold);
	assert_int_equal(ra_desk_recognise(&b->desk, (tmg_view){ cert.der, cert.len },
	    false, &known, &who), TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "suspended"));

	decide(b, app.id, RA_EV_RESUME);
	assert_int_equal(ra_desk_revoke(&b->desk, other.id, 1, &officer, &gone),
	    TMG_OK);
	assert_int_equal(listed(b, cert.serial, &hold), 0);
	assert_int_not_equal(listed(b, second.serial, &hold), 0);
	assert_false(hold);

	/* a suspended one can be revoked for good, and not resumed then */
	decide(b, app.id, RA_EV_SUSPEND);
	assert_int_not_equal(listed(b, cert.serial, &hold), 0);
	assert_true(hold);
	assert_int_equal(ra_desk_revoke(&b->desk, app.id, 1, &officer, &gone2),
	    TMG_OK);
	assert_int_not_equal(listed(b, cert.serial, &hold), 0);
	assert_false(hold);
	ra_app_release(&who);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_RESUME, &officer,
	    "", &who), TMG_MISMATCH);
}

/* ---- policy ---- */

static const struct {
	const char *cn, *san;
	tmg_rc rc;
} asked[] = {
	{ "Айгүл Серікқызы", NULL, TMG_OK },
	{ "Əliyev", "email:a@b.az", TMG_OK },
	{ "a", "DNS:a.example,email:a@b", TMG_OK },
	{ "a", "IP:192.0.2.1", TMG_MISMATCH },
	{ "a", "URI:http://x", TMG_MISMATCH },
	{ "a\nb", NULL, TMG_MISMATCH },
	{ "a\x01", NULL, TMG_MISMATCH },
	{ "a\xe2\x80\xae" "b", NULL, TMG_MISMATCH },	/* right-to-left override */
	{ "a\xef\xbb\xbf", NULL, TMG_MISMATCH },	/* byte order mark */
};

static void
test_policy(void **state)
{
	struct bench *b = *state;
	const ra_profile *p = ra_profiles_find(b->desk.profiles, "auto");

	for (size_t i = 0; i < TMG_COUNT(asked); i++) {
		auto_csr c = { NULL, { 0 }, 0 };
		tmg_auto(ra_request) r = { .alg = TMG_ALG_NONE };
		tmg_fault f = { .rc = TMG_OK };

		make_csr(&c, asked[i].cn, asked[i].san);
		assert_int_equal(ra_request_read(b->ctx, (tmg_view){ c.der, c.len },
		    &r, &f), TMG_OK);
		if (ra_policy_check(p, &r, &f) != asked[i].rc)
			fail_msg("row %zu: %s", i, f.text);
	}
}

/* Every request with one byte changed or cut off is refused, not crashed on. */
static void
test_broken_requests(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_fault f;

	make_csr(&c, "Broken", "email:a@b");
	for (size_t i = 0; i < c.len; i++) {
		tmg_auto(ra_request) r = { .alg = TMG_ALG_NONE };
		tmg_auto(ra_request) cut = { .alg = TMG_ALG_NONE };

		assert_int_equal(ra_request_read(b->ctx, (tmg_view){ c.der, i }, &cut,
		    &f), TMG_MISMATCH);
		c.der[i] ^= 0x04;
		assert_int_equal(ra_request_read(b->ctx, (tmg_view){ c.der, c.len },
		    &r, &f), TMG_MISMATCH);
		c.der[i] ^= 0x04;
	}
}

/* The same key written in another way is not another key: refused. */
static void
test_one_encoding(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };

	make_csr(&c, "Point", NULL);
	assert_int_equal(EVP_PKEY_set_utf8_string_param(c.key,
	    "point-format", "compressed"), 1);
	make_csr(&c, "Point", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "uncompressed"));
	assert_int_equal(EVP_PKEY_set_utf8_string_param(c.key,
	    "point-format", "uncompressed"), 1);
	make_csr(&c, "Point", NULL);
	assert_int_equal(hand_in(b, &c, "a", "auto", &app, &cert), TMG_OK);
}

static void
test_certs_only(void **state)
{
	struct bench *b = *state;
	unsigned char *der = NULL;
	const int len = i2d_X509(b->office.ca->cert, &der);
	uint8_t store[4096];
	tmg_out o = TMG_OUT(store);
	const unsigned char *at = store;
	PKCS7 *p7;

	assert_int_equal(ra_certs_only((tmg_view){ der, (size_t)len }, &o), TMG_OK);
	p7 = d2i_PKCS7(NULL, &at, (long)o.len);
	assert_non_null(p7);
	assert_ptr_equal(at, store + o.len);
	assert_int_equal(sk_X509_num(p7->d.sign->cert), 1);
	assert_int_equal(X509_cmp(sk_X509_value(p7->d.sign->cert, 0),
	    b->office.ca->cert), 0);
	PKCS7_free(p7);
	OPENSSL_free(der);
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, \
    bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		STORED(test_automatic),
		STORED(test_at_once),
		STORED(test_signed_later),
		STORED(test_officer),
		STORED(test_half_done),
		STORED(test_carried_on_twice),
		STORED(test_authority_ends),
		STORED(test_no_subject),
		STORED(test_store_busy),
		STORED(test_recognise),
		STORED(test_crl),
		STORED(test_hold),
		STORED(test_policy),
		STORED(test_broken_requests),
		STORED(test_one_encoding),
		STORED(test_certs_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
