/* SPDX-License-Identifier: BSD-2-Clause */
/* The responder: what is said, what is signed and how often, what is refused. */
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/ocsp/ocsp.h"
#include "tools/ra/ocsp/question.h"
#include "tools/ra/store/deputy.h"

#define HOUR 3600

static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };

/* ---- a key that counts ---- */

struct counting {
	ra_keeper base;
	ra_keeper *held;
	int count;
};

static tmg_rc
count_sign(ra_keeper *base, ra_sign_fn *fn, void *what, tmg_fault *f)
{
	struct counting *c = (struct counting *)(void *)base;

	c->count++;
	return c->held->ops->sign(c->held, fn, what, f);
}

static const ra_keeper_ops counting_ops = { true, count_sign, NULL, NULL };

struct world {
	struct bench *b;
	struct counting counting;
	X509 *cert;
	ra_app app;
};

static void
issue(struct bench *b, const char *cn, ra_app *app, X509 **cert)
{
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_cert) got = { .der = NULL };
	const unsigned char *at;

	make_csr(&c, cn, NULL);
	const ra_submission in = { .owner = "a",
		.profile = ra_profiles_find(b->desk.profiles, "auto"),
		.csr = { c.der, c.len } };

	assert_int_equal(ra_desk_submit(&b->desk, &in, app, &got), TMG_OK);
	at = got.der;
	assert_non_null(*cert = d2i_X509(NULL, &at, (long)got.len));
}

static void
open_responder(struct world *w)
{
	ra_deputy **deputy = &w->b->office.deputy[RA_DEPUTY_OCSP];
	tmg_fault f = { .rc = TMG_OK };

	if (ra_deputies_open(&w->b->office, &f) != TMG_OK)
		fail_msg("%s", f.text);
	w->counting = (struct counting){ { &counting_ops,
		(*deputy)->keeper->public }, (*deputy)->keeper, 0 };
	(*deputy)->keeper = &w->counting.base;
}

static void
close_responder(struct world *w)
{
	w->b->office.deputy[RA_DEPUTY_OCSP]->keeper = w->counting.held;
	ra_deputies_release(&w->b->office);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *bench;

	bench_set_up(&bench);
	w->b = bench;
	snprintf(w->b->office.config.ocsp.deputy.key, RA_TEXT_MAX, "ocsp.key");
	open_responder(w);
	issue(w->b, "One", &w->app, &w->cert);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *bench = w->b;
	char path[256];

	close_responder(w);
	bench_path(w->b, "ocsp.key", path);
	remove(path);
	X509_free(w->cert);
	ra_app_release(&w->app);
	bench_tear_down(&bench);
	free(w);
	return 0;
}

/* ---- asking ---- */

static OCSP_REQUEST *
question(const struct world *w, const EVP_MD *md, const X509 *cert, int nonce)
{
	OCSP_REQUEST *req = OCSP_REQUEST_new();

	assert_non_null(OCSP_request_add0_id(req, OCSP_cert_to_id(md, cert,
	    w->b->office.ca->cert)));
	if (nonce > 0)
		assert_int_equal(OCSP_request_add1_nonce(req, NULL, nonce), 1);
	return req;
}

/* Owns req.  The reply is the caller's. */
static void
post(struct world *w, OCSP_REQUEST *req, ra_reply *reply)
{
	unsigned char *der = NULL;
	const int len = i2d_OCSP_REQUEST(req, &der);
	const ra_call call = { .content_type = "application/ocsp-request",
		.body = { der, (size_t)len } };

	ra_ocsp_post(&w->b->desk, &call, reply);
	OPENSSL_free(der);
	OCSP_REQUEST_free(req);
}

static int
status_of(const ra_reply *reply)
{
	const unsigned char *at = reply->body;
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &at, (long)reply->len);
	const int status = r != NULL ? OCSP_response_status(r) : -1;

	assert_int_equal(reply->status, HTTP_OK);
	assert_string_equal(reply->type, "application/ocsp-response");
	OCSP_RESPONSE_free(r);
	return status;
}

struct said {
	int status, reason;
	long since;			/* seconds of the bench's clock; 0 not said */
};

/* Verified as a client does, to the authority alone. */
static OCSP_BASICRESP *
basic_of(const struct world *w, const ra_reply *reply)
{
	const unsigned char *at = reply->body;
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &at, (long)reply->len);
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(r);
	X509_STORE *store = X509_STORE_new();

	assert_non_null(basic);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), w->b->now);
	X509_STORE_add_cert(store, w->b->office.ca->cert);
	assert_int_equal(OCSP_basic_verify(basic, NULL, store, 0), 1);
	X509_STORE_free(store);
	OCSP_RESPONSE_free(r);
	return basic;
}

static time_t
seconds(const ASN1_GENERALIZEDTIME *t)
{
	struct tm tm;

	assert_int_equal(ASN1_TIME_to_tm(t, &tm), 1);
	return timegm(&tm);
}

static struct said
said_of(const struct world *w, const ra_reply *reply, const EVP_MD *md,
    const X509 *cert)
{
	OCSP_BASICRESP *basic = basic_of(w, reply);
	OCSP_CERTID *id = OCSP_cert_to_id(md, cert, w->b->office.ca->cert);
	ASN1_GENERALIZEDTIME *since = NULL, *from = NULL, *to = NULL;
	struct said said = { .reason = -9 };

	assert_int_equal(OCSP_resp_find_status(basic, id, &said.status,
	    &said.reason, &since, &from, &to), 1);
	said.since = since != NULL ? (long)seconds(since) : 0;
	assert_int_equal(seconds(to) - seconds(from),
	    bench_config(w->b)->ocsp.hours * HOUR);
	OCSP_CERTID_free(id);
	OCSP_BASICRESP_free(basic);
	return said;
}

static struct said
ask(struct world *w, const EVP_MD *md, const X509 *cert)
{
	tmg_auto(ra_reply) reply = { .status = 0 };

	post(w, question(w, md, cert, 0), &reply);
	return said_of(w, &reply, md, cert);
}

/* ---- what is said ---- */

static void
test_life(void **state)
{
	struct world *w = *state;
	struct bench *b = w->b;
	tmg_auto(ra_cert) gone = { .der = NULL };
	struct said said = ask(w, EVP_sha1(), w->cert);

	assert_int_equal(said.status, V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(ask(w, EVP_sha256(), w->cert).status,
	    V_OCSP_CERTSTATUS_GOOD);

	/* on hold, at once */
	b->now += 10;
	assert_int_equal(ra_cert_hold(b->desk.store, w->app.id, b->now), TMG_OK);
	said = ask(w, EVP_sha1(), w->cert);
	assert_int_equal(said.status, V_OCSP_CERTSTATUS_REVOKED);
	assert_int_equal(said.reason, OCSP_REVOKED_STATUS_CERTIFICATEHOLD);
	assert_int_equal(said.since, b->now);
	assert_int_equal(ra_cert_lift(b->desk.store, w->app.id), TMG_OK);
	assert_int_equal(ask(w, EVP_sha1(), w->cert).status,
	    V_OCSP_CERTSTATUS_GOOD);

	/* for good */
	b->now += 10;
	assert_int_equal(ra_desk_revoke(&b->desk, w->app.id, 1, &officer, &gone),
	    TMG_OK);
	said = ask(w, EVP_sha256(), w->cert);
	assert_int_equal(said.status, V_OCSP_CERTSTATUS_REVOKED);
	assert_int_equal(said.reason, OCSP_REVOKED_STATUS_KEYCOMPROMISE);
	assert_int_equal(said.since, b->now);
}

/* No reason is said where none was given. */
static void
test_unspecified(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_cert) gone = { .der = NULL };

	assert_int_equal(ra_desk_revoke(&w->b->desk, w->app.id, 0, &officer, &gone),
	    TMG_OK);
	assert_int_equal(ask(w, EVP_sha1(), w->cert).reason,
	    OCSP_REVOKED_STATUS_NOSTATUS);
}

/* A number set aside is nobody's yet, and one never given is unknown. */
static void
test_unknown(void **state)
{
	struct world *w = *state;
	X509 *other = X509_dup(w->cert);
	ra_cert reserved = { .serial = "4400" };
	int count;

	ASN1_INTEGER_set(X509_get_serialNumber(other), 0x4400);
	assert_int_equal(ask(w, EVP_sha1(), other).status,
	    V_OCSP_CERTSTATUS_UNKNOWN);
	assert_int_equal(ra_cert_reserve(w->b->desk.store, &reserved), TMG_OK);
	count = w->counting.count;
	assert_int_equal(ask(w, EVP_sha1(), other).status,
	    V_OCSP_CERTSTATUS_UNKNOWN);
	/* nothing is kept of what has no end */
	assert_int_equal(w->counting.count, count + 1);
	X509_free(other);
}

/* ---- how often it is signed ---- */

static void
test_once(void **state)
{
	struct world *w = *state;
	const int before = w->counting.count;

	for (int i = 0; i < 100; i++)
		assert_int_equal(ask(w, EVP_sha1(), w->cert).status,
		    V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(w->counting.count, before + 1);
	for (int i = 0; i < 3; i++) {
		tmg_auto(ra_reply) reply = { .status = 0 };

		post(w, question(w, EVP_sha1(), w->cert, 16), &reply);
	}
	assert_int_equal(w->counting.count, before + 4);
	/* where nonces are left out, RFC 6960 lets them be: the same again */
	bench_config(w->b)->ocsp.nonces = false;
	for (int i = 0; i < 3; i++) {
		tmg_auto(ra_reply) reply = { .status = 0 };

		post(w, question(w, EVP_sha1(), w->cert, 16), &reply);
	}
	assert_int_equal(w->counting.count, before + 4);
	/* another process on the store */
	close_responder(w);
	open_responder(w);
	assert_int_equal(ask(w, EVP_sha1(), w->cert).status,
	    V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(w->counting.count, 0);
}

static void
test_until(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_reply) reply = { .status = 0 }, later = { .status = 0 };

	post(w, question(w, EVP_sha1(), w->cert, 0), &reply);
	assert_int_equal(reply.fresh.from, w->b->now);
	assert_int_equal(reply.fresh.until, w->b->now + 24 * HOUR);
	assert_int_equal(reply.fresh.max_age_s, 18 * HOUR);
	w->b->now += 18 * HOUR - 1;
	post(w, question(w, EVP_sha1(), w->cert, 0), &later);
	assert_int_equal(later.fresh.max_age_s, 1);
	assert_int_equal(w->counting.count, 1);
	ra_reply_release(&later);
	w->b->now += 1;
	post(w, question(w, EVP_sha1(), w->cert, 0), &later);
	assert_int_equal(later.fresh.from, w->b->now);
	assert_int_equal(w->counting.count, 2);
}

/* ---- nonces ---- */

static void
test_nonce(void **state)
{
	static const int lengths[] = { 1, 16, 32, 128 };
	struct world *w = *state;

	for (size_t i = 0; i < TMG_COUNT(lengths); i++) {
		tmg_auto(ra_reply) reply = { .status = 0 };
		OCSP_REQUEST *req = question(w, EVP_sha1(), w->cert, lengths[i]);
		OCSP_REQUEST *again = question(w, EVP_sha1(), w->cert, 0);
		OCSP_BASICRESP *basic;

		OCSP_REQUEST_add_ext(again, OCSP_REQUEST_get_ext(req, 0), -1);
		post(w, req, &reply);
		basic = basic_of(w, &reply);
		assert_int_equal(OCSP_check_nonce(again, basic), 1);
		assert_int_equal(reply.fresh.until, 0);
		OCSP_BASICRESP_free(basic);
		OCSP_REQUEST_free(again);
	}
	for (int len = 129; len < 2000; len += 600) {
		tmg_auto(ra_reply) reply = { .status = 0 };

		post(w, question(w, EVP_sha1(), w->cert, len), &reply);
		assert_int_equal(status_of(&reply),
		    OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	}
}

/* ---- what is refused ---- */

static void
add_other(OCSP_REQUEST *req, const struct world *w, const EVP_MD *md, long serial)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	X509_NAME *name = X509_NAME_new();

	(void)w;
	ASN1_INTEGER_set(n, serial);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"Somebody else", -1, -1, 0);
	assert_non_null(OCSP_request_add0_id(req, OCSP_cert_id_new(md, name,
	    X509_get0_pubkey_bitstr(w->cert), n)));
	X509_NAME_free(name);
	ASN1_INTEGER_free(n);
}

static void
test_issuers(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_reply) other = { .status = 0 }, both = { .status = 0 },
	    hash = { .status = 0 };
	OCSP_REQUEST *req = OCSP_REQUEST_new();

	add_other(req, w, EVP_sha1(), 7);
	post(w, req, &other);
	assert_int_equal(status_of(&other), OCSP_RESPONSE_STATUS_UNAUTHORIZED);
	assert_int_equal(w->counting.count, 0);

	req = question(w, EVP_sha256(), w->cert, 0);
	add_other(req, w, EVP_sha1(), 7);
	post(w, req, &both);
	assert_int_equal(status_of(&both), OCSP_RESPONSE_STATUS_UNAUTHORIZED);
	assert_int_equal(w->counting.count, 0);

	/* a hash that names nobody here */
	post(w, question(w, EVP_md5(), w->cert, 0), &hash);
	assert_int_equal(status_of(&hash), OCSP_RESPONSE_STATUS_UNAUTHORIZED);
}

/* Two of ours, named by two hashes: both in one answer. */
static void
test_two(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_reply) reply = { .status = 0 };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) gone = { .der = NULL };
	tmg_auto(ra_X509) two = NULL;
	OCSP_REQUEST *req = question(w, EVP_sha256(), w->cert, 0);

	issue(w->b, "Two", &app, &two);
	assert_int_equal(ra_desk_revoke(&w->b->desk, app.id, 4, &officer, &gone),
	    TMG_OK);
	assert_non_null(OCSP_request_add0_id(req, OCSP_cert_to_id(EVP_sha1(), two,
	    w->b->office.ca->cert)));
	post(w, req, &reply);
	assert_int_equal(said_of(w, &reply, EVP_sha256(), w->cert).status,
	    V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(said_of(w, &reply, EVP_sha1(), two).reason,
	    OCSP_REVOKED_STATUS_SUPERSEDED);
	assert_int_equal(reply.fresh.until, 0);
}

static void
test_many(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_reply) reply = { .status = 0 };
	OCSP_REQUEST *req = question(w, EVP_sha1(), w->cert, 0);

	for (int i = 1; i <= RA_OCSP_ASKED_MAX; i++)
		add_other(req, w, EVP_sha1(), i);
	post(w, req, &reply);
	assert_int_equal(status_of(&reply), OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	assert_int_equal(w->counting.count, 0);
}

/* Critical and not known: RFC 6960 4.4. */
static void
test_critical(void **state)
{
	struct world *w = *state;

	for (int crit = 0; crit < 2; crit++) {
		for (int inner = 0; inner < 2; inner++) {
			tmg_auto(ra_reply) reply = { .status = 0 };
			OCSP_REQUEST *req = question(w, EVP_sha1(), w->cert, 0);
			ASN1_INTEGER *n = ASN1_INTEGER_new();

			if (inner)
				OCSP_ONEREQ_add1_ext_i2d(OCSP_request_onereq_get0(req, 0),
				    NID_crl_number, n, crit, 0);
			else
				OCSP_REQUEST_add1_ext_i2d(req, NID_crl_number, n, crit, 0);
			ASN1_INTEGER_free(n);
			post(w, req, &reply);
			assert_int_equal(status_of(&reply), crit ?
			    OCSP_RESPONSE_STATUS_MALFORMEDREQUEST :
			    OCSP_RESPONSE_STATUS_SUCCESSFUL);
		}
	}
}

/* RFC 6960 4.1.1: v1, be it written or not; there is no other. */
static void
test_version(void **state)
{
	struct world *w = *state;
	OCSP_REQUEST *req = question(w, EVP_sha1(), w->cert, 0);
	unsigned char *der = NULL;
	const int len = i2d_OCSP_REQUEST(req, &der);

	/* two heads of two octets each, and the five of the version between */
	assert_in_range(len, 20, 120);
	for (uint8_t version = 0; version < 3; version++) {
		tmg_auto(ra_reply) reply = { .status = 0 };
		uint8_t said[160] = { 0x30, (uint8_t)(der[1] + 5), 0x30, (uint8_t)(der[3] + 5),
			0xa0, 3, 2, 1, version };
		ra_call call = { .content_type = "application/ocsp-request",
			.body = { said, (size_t)len + 5 } };

		memcpy(said + 9, der + 4, (size_t)len - 4);
		ra_ocsp_post(&w->b->desk, &call, &reply);
		assert_int_equal(status_of(&reply), version == 0 ?
		    OCSP_RESPONSE_STATUS_SUCCESSFUL : OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	}
	OPENSSL_free(der);
	OCSP_REQUEST_free(req);
}

/* Every cut and every changed octet gives an answer, and never a good one about
 * a certificate that was not asked about. */
static void
test_malformed(void **state)
{
	struct world *w = *state;
	OCSP_REQUEST *req = question(w, EVP_sha1(), w->cert, 16);
	unsigned char *der = NULL;
	const int len = i2d_OCSP_REQUEST(req, &der);
	ra_call call = { .content_type = "application/ocsp-request",
		.body = { der, 0 } };

	for (int n = 0; n < len; n++) {
		tmg_auto(ra_reply) reply = { .status = 0 };

		call.body.len = (size_t)n;
		ra_ocsp_post(&w->b->desk, &call, &reply);
		assert_int_equal(status_of(&reply),
		    OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	}
	for (int n = 0; n < len; n++) {
		tmg_auto(ra_reply) reply = { .status = 0 };

		der[n] ^= 0x11;
		call.body.len = (size_t)len;
		ra_ocsp_post(&w->b->desk, &call, &reply);
		assert_true(status_of(&reply) >= 0);
		der[n] ^= 0x11;
	}
	{
		tmg_auto(ra_reply) reply = { .status = 0 };

		call.content_type = "application/octet-stream";
		ra_ocsp_post(&w->b->desk, &call, &reply);
		assert_int_equal(reply.status, HTTP_UNSUPPORTED_TYPE);
	}
	OPENSSL_free(der);
	OCSP_REQUEST_free(req);
}

/* ---- the responder itself ---- */

static void
test_renewed(void **state)
{
	struct world *w = *state;
	const ra_deputy *deputy = w->b->office.deputy[RA_DEPUTY_OCSP];
	tmg_auto(ra_cert) first = { .der = NULL }, same = { .der = NULL },
	    second = { .der = NULL }, gone = { .der = NULL };
	tmg_auto(ra_reply) reply = { .status = 0 };
	tmg_auto(ra_cert) none = { .der = NULL };
	char path[256];
	const unsigned char *at;

	assert_int_equal(ra_deputy_now(&w->b->desk, deputy, &first), TMG_OK);
	at = first.der;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)first.len);

	assert_int_equal(X509_get_extended_key_usage(x), XKU_OCSP_SIGN);
	assert_true(X509_get_ext_by_NID(x, NID_id_pkix_OCSP_noCheck, -1) >= 0);
	w->b->now += 19 * DAY;
	assert_int_equal(ra_deputy_now(&w->b->desk, deputy, &same), TMG_OK);
	assert_string_equal(same.serial, first.serial);
	w->b->now += 2 * DAY;
	assert_int_equal(ra_deputy_now(&w->b->desk, deputy, &second), TMG_OK);
	assert_string_not_equal(second.serial, first.serial);
	assert_int_equal(ask(w, EVP_sha1(), w->cert).status,
	    V_OCSP_CERTSTATUS_GOOD);

	/* revoked: what it signed is told no more, and it signs no more */
	assert_int_equal(ra_desk_revoke(&w->b->desk, second.serial, 1, &officer,
	    &gone), TMG_OK);
	post(w, question(w, EVP_sha1(), w->cert, 0), &reply);
	assert_int_equal(status_of(&reply), OCSP_RESPONSE_STATUS_INTERNALERROR);
	assert_int_equal(ra_deputy_now(&w->b->desk, deputy, &none), TMG_DENIED);
	/* until it has another key */
	close_responder(w);
	bench_path(w->b, "ocsp.key", path);
	assert_int_equal(remove(path), 0);
	open_responder(w);
	assert_int_equal(ask(w, EVP_sha1(), w->cert).status,
	    V_OCSP_CERTSTATUS_GOOD);
}

/* One that others can read is not used. */
static void
test_key_file(void **state)
{
	struct world *w = *state;
	tmg_fault f = { .rc = TMG_OK };
	struct { ra_deputy *deputy; } kept = { w->b->office.deputy[RA_DEPUTY_OCSP] };
	char path[256];

	bench_path(w->b, "ocsp.key", path);
	assert_int_equal(chmod(path, 0644), 0);
	w->b->office.deputy[RA_DEPUTY_OCSP] = NULL;
	assert_int_equal(ra_deputies_open(&w->b->office, &f), TMG_DENIED);
	ra_deputies_release(&w->b->office);
	w->b->office.deputy[RA_DEPUTY_OCSP] = kept.deputy;
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		STORED(test_life),
		STORED(test_unspecified),
		STORED(test_unknown),
		STORED(test_once),
		STORED(test_until),
		STORED(test_nonce),
		STORED(test_issuers),
		STORED(test_two),
		STORED(test_many),
		STORED(test_critical),
		STORED(test_malformed),
		STORED(test_version),
		STORED(test_renewed),
		STORED(test_key_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
