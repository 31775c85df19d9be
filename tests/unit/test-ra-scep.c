/* SPDX-License-Identifier: BSD-2-Clause */
/* SCEP with a clock: challenges that expire, a server's certificate that is
 * renewed, a transaction and its key.  What is said to whom is in
 * tests/interop/ra-scep.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/ca/spoken.h"
#include "tools/ra/desk/challenge.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/scep/scep.h"
#include "src/pki/scep-message.h"

#define HOUR 3600

static const tmg_scep_allow strict = { false, false };

struct world {
	struct bench *b;
	OSSL_LIB_CTX *libctx;
	EVP_PKEY *key;			/* that signs messages */
	X509 *cert;
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *bench;
	tmg_fault f = { .rc = TMG_OK };

	bench_set_up(&bench);
	w->b = bench;
	w->libctx = tmg_ctx_libctx(w->b->ctx);
	snprintf(w->b->office.config.scep.deputy.key, RA_TEXT_MAX, "scep.key");
	w->b->office.config.scep.deputy.days = 1;
	if (ra_deputies_open(&w->b->office, &f) != TMG_OK)
		fail_msg("%s", f.text);
	w->key = ra_make_key(w->b->ctx, TMG_ALG_RSA2048);
	w->cert = X509_new_ex(w->libctx, NULL);
	assert_int_equal(X509_set_pubkey(w->cert, w->key), 1);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(w->cert), w->b->now));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(w->cert), w->b->now));
	assert_true(X509_sign(w->cert, w->key, EVP_sha256()) > 0);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *bench = w->b;
	char path[256];

	bench_path(w->b, "scep.key", path);
	remove(path);
	EVP_PKEY_free(w->key);
	X509_free(w->cert);
	ra_deputies_release(&w->b->office);
	bench_tear_down(&bench);
	free(w);
	return 0;
}

/* ---- challenges ---- */

static const ra_profile *
profile(const struct world *w, const char *name)
{
	return ra_profiles_find(w->b->desk.profiles, name);
}

static void
new_challenge(struct world *w, int hours, char text[RA_CODE_MAX],
    ra_challenge *c)
{
	assert_int_equal(ra_challenge_new(&w->b->desk, profile(w, "auto"), "",
	    hours, "operator:o", text, c), TMG_OK);
}

static tmg_rc
find(struct world *w, const char *text, ra_challenge *c)
{
	long wait_s;

	return ra_challenge_find(&w->b->desk, "192.0.2.1", tmg_view_str(text), c,
	    &wait_s);
}

static void
test_challenges(void **state)
{
	struct world *w = *state;
	char text[RA_CODE_MAX], small[RA_CODE_MAX], id[RA_CHALLENGE_ID];
	ra_challenge c, got;

	new_challenge(w, 2, text, &c);
	for (size_t i = 0; i < sizeof(small); i++)
		small[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 :
		    text[i]);
	assert_null(strstr(c.hash, text));
	assert_int_equal(find(w, text, &got), TMG_OK);
	assert_int_equal(find(w, small, &got), TMG_OK);
	assert_string_equal(got.profile, "auto");
	assert_int_equal(strncmp(got.owner, "challenge-", 10), 0);
	assert_int_equal(find(w, "", &got), TMG_DENIED);
	assert_int_equal(find(w, c.hash, &got), TMG_DENIED);

	w->b->now += 2 * HOUR - 1;
	assert_int_equal(find(w, text, &got), TMG_OK);
	w->b->now += 1;
	assert_int_equal(find(w, text, &got), TMG_DENIED);

	new_challenge(w, 2, text, &c);
	ra_challenge_id(&c, id);
	assert_int_equal(ra_challenge_withdraw(&w->b->desk, id, "operator:o"), TMG_OK);
	assert_int_equal(ra_challenge_withdraw(&w->b->desk, id, "operator:o"),
	    TMG_NOT_FOUND);
	assert_int_equal(find(w, text, &got), TMG_DENIED);
	assert_int_equal(ra_challenge_withdraw(&w->b->desk, "", "operator:o"),
	    TMG_NOT_FOUND);
}

static void
test_guessing_ends(void **state)
{
	struct world *w = *state;
	char text[RA_CODE_MAX];
	ra_challenge c, got;
	long wait_s;

	new_challenge(w, 2, text, &c);
	for (int i = 0; i < 30; i++)
		assert_int_equal(find(w, "AAAA-AAAA-AAAA-AAAA", &got), TMG_DENIED);
	assert_int_equal(find(w, text, &got), TMG_BUSY);
	assert_int_equal(ra_challenge_find(&w->b->desk, "192.0.2.2",
	    tmg_view_str(text), &got, &wait_s), TMG_OK);
	w->b->now += 10;
	assert_int_equal(find(w, text, &got), TMG_OK);
}

/* ---- messages ---- */

/* A request for key's name, with a challenge in it. */
static void
request(struct csr *c, const char *name, const char *challenge)
{
	const unsigned char *from = c->der;
	unsigned char *at = c->der;

	make_csr(c, name, NULL);
	tmg_auto(ra_X509_REQ) req = d2i_X509_REQ(NULL, &from, (long)c->len);

	assert_int_equal(X509_REQ_add1_attr_by_NID(req,
	    NID_pkcs9_challengePassword, MBSTRING_ASC,
	    (const unsigned char *)challenge, -1), 1);
	assert_true(X509_REQ_sign(req, c->key, EVP_sha256()) > 0);
	c->len = (size_t)i2d_X509_REQ(req, &at);
}

static X509 *
server(struct world *w)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	const unsigned char *at;

	assert_int_equal(ra_deputy_now(&w->b->desk,
	    w->b->office.deputy[RA_DEPUTY_SCEP], &cert), TMG_OK);
	at = cert.der;
	return d2i_X509(NULL, &at, (long)cert.len);
}

static void
message(struct world *w, int type, tmg_view content, X509 *to,
    tmg_scep_bytes *der)
{
	const tmg_scep_header header = { .type = type, .transaction = "T",
		.sender = { true, { 7 } }, .signed_at = w->b->now };
	const tmg_scep_sender self = { .cert = w->cert, .key = w->key };
	tmg_scep_bytes sealed;
	tmg_fault f = { .rc = TMG_OK };

	assert_int_equal(tmg_scep_seal(w->libctx, content, to, "AES-256-CBC",
	    &sealed, &f), TMG_OK);
	assert_int_equal(tmg_scep_write(w->libctx, &header, &self,
	    tmg_scep_view(&sealed), der, &f), TMG_OK);
	tmg_scep_bytes_release(&sealed);
}

/* What is answered: a status, and a certs-only file when that is a success. */
static int
hand_in(struct world *w, tmg_view der, tmg_scep_bytes *certs)
{
	ra_posted query = { .count = 1, .row = { { .name = "operation",
	    .value = "PKIOperation" } } };
	const ra_call call = { .method = "POST", .path = "/scep",
		.peer = "192.0.2.1", .query = &query, .body = der };
	tmg_auto(ra_reply) reply = { .status = 0 };
	const tmg_scep_cipher *cipher;
	tmg_scep_message m;
	tmg_fault f = { .rc = TMG_OK };
	int status;

	ra_scep_post(&w->b->desk, &call, &reply);
	assert_int_equal(reply.status, HTTP_OK);
	assert_int_equal(tmg_scep_read(w->libctx, (tmg_view){ reply.body,
	    reply.len }, NULL, &m, &f), TMG_OK);
	assert_int_equal(tmg_scep_verify(&m, &strict, &f), TMG_OK);
	status = m.header.status;
	*certs = (tmg_scep_bytes){ NULL, 0 };
	if (status == TMG_SCEP_SUCCESS) {
		assert_int_equal(tmg_scep_open(w->libctx, tmg_scep_view(&m.content),
		    w->cert, w->key, &strict, &cipher, certs, &f), TMG_OK);
		assert_string_equal(cipher->name, "AES-256-CBC");
	}
	tmg_scep_message_release(&m);
	return status;
}

static void
test_server_is_renewed(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_X509) first = server(w);
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_scep_bytes der, certs, again;
	char text[RA_CODE_MAX];
	ra_challenge ch;

	new_challenge(w, 48, text, &ch);
	request(&c, "Renewed server", text);
	message(w, TMG_SCEP_PKCS_REQ, (tmg_view){ c.der, c.len }, first, &der);
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &certs), TMG_SCEP_SUCCESS);

	/* another certificate for the same key: what was encrypted to the one
	 * before is read, and what was answered is answered again */
	w->b->now += 17 * HOUR;
	tmg_auto(ra_X509) second = server(w);

	assert_int_not_equal(X509_cmp(first, second), 0);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(first),
	    X509_get0_pubkey(second)), 1);
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &again), TMG_SCEP_SUCCESS);
	assert_true(tmg_view_equal(tmg_scep_view(&certs), tmg_scep_view(&again)));
	tmg_scep_bytes_release(&again);

	w->b->now += 8 * HOUR;	/* it was signed more than a day ago */
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &again), TMG_SCEP_FAILURE);
	tmg_scep_bytes_release(&certs);
	tmg_scep_bytes_release(&der);
}

/* A request that nobody takes uses nothing up; another one may follow. */
static void
test_refused_first(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_X509) own = server(w);
	auto_csr bad = { NULL, { 0 }, 0 };
	auto_csr good = { NULL, { 0 }, 0 };
	tmg_scep_bytes der, certs;
	char text[RA_CODE_MAX];
	ra_challenge ch, got;

	new_challenge(w, 1, text, &ch);
	request(&bad, "CN=x,L=not allowed", text);
	message(w, TMG_SCEP_PKCS_REQ, (tmg_view){ bad.der, bad.len }, own, &der);
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &certs), TMG_SCEP_FAILURE);
	tmg_scep_bytes_release(&der);
	assert_int_equal(find(w, text, &got), TMG_OK);
	assert_string_equal(got.app, "");

	request(&good, "Good", text);
	message(w, TMG_SCEP_PKCS_REQ, (tmg_view){ good.der, good.len }, own, &der);
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &certs), TMG_SCEP_SUCCESS);
	tmg_scep_bytes_release(&der);
	tmg_scep_bytes_release(&certs);
	assert_int_equal(find(w, text, &got), TMG_OK);
	assert_string_not_equal(got.app, "");
}

/* Whoever served it: the store knows, and a copy of the office does not. */
static void
test_another_process(void **state)
{
	struct world *w = *state;
	tmg_auto(ra_X509) own = server(w);
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_scep_bytes der, certs;
	char text[RA_CODE_MAX];
	ra_challenge ch;
	tmg_fault f = { .rc = TMG_OK };

	assert_int_equal(ra_challenge_new(&w->b->desk, profile(w, "officer"),
	    "anna", 1, "operator:o", text, &ch), TMG_OK);
	request(&c, "Waits", text);
	message(w, TMG_SCEP_PKCS_REQ, (tmg_view){ c.der, c.len }, own, &der);
	/* the address names another profile by default: the challenge's counts */
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &certs), TMG_SCEP_PENDING);

	ra_deputies_release(&w->b->office);
	bench_close(w->b);
	bench_open(w->b);
	snprintf(w->b->office.config.scep.deputy.key, RA_TEXT_MAX, "scep.key");
	w->b->office.config.scep.deputy.days = 1;
	assert_int_equal(ra_deputies_open(&w->b->office, &f), TMG_OK);
	tmg_auto(ra_X509) same = server(w);

	assert_int_equal(X509_cmp(own, same), 0);
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &certs), TMG_SCEP_PENDING);
	tmg_scep_bytes_release(&der);

	tmg_scep_bytes names;

	assert_int_equal(tmg_scep_names_write(X509_get_subject_name(
	    w->b->office.ca->cert), X509_get_subject_name(own), &names), TMG_OK);
	message(w, TMG_SCEP_CERT_POLL, tmg_scep_view(&names), own, &der);
	assert_int_equal(hand_in(w, tmg_scep_view(&der), &certs), TMG_SCEP_FAILURE);
	tmg_scep_bytes_release(&der);
	tmg_scep_bytes_release(&names);
}

/* ---- what is said in a request ---- */

static const struct {
	const char *challenge;	/* NULL: none */
	int beside;		/* attributes of other kinds, in front */
} said[] = {
	{ NULL, 0 }, { NULL, 2 }, { "", 0 }, { "a", 0 }, { "anna:secret", 2 },
};

/* That there is something is told as libcrypto tells it. */
static void
test_said_at_all(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < TMG_COUNT(said); i++) {
		tmg_auto(ra_X509_REQ) req = X509_REQ_new();
		unsigned char *der = NULL;

		assert_int_equal(X509_REQ_set_pubkey(req, w->key), 1);
		for (int k = 0; k < said[i].beside; k++)
			assert_int_equal(X509_REQ_add1_attr_by_NID(req, k == 0 ?
			    NID_pkcs9_unstructuredName : NID_description,
			    V_ASN1_UTF8STRING, (const unsigned char *)"b", 1), 1);
		if (said[i].challenge != NULL)
			assert_int_equal(X509_REQ_add1_attr_by_NID(req,
			    NID_pkcs9_challengePassword, V_ASN1_UTF8STRING,
			    (const unsigned char *)said[i].challenge,
			    (int)strlen(said[i].challenge)), 1);
		assert_true(X509_REQ_sign(req, w->key, EVP_sha256()) > 0);

		const int len = i2d_X509_REQ(req, &der);

		assert_true(len > 0);
		if (ra_spoken_any((tmg_view){ der, (size_t)len }) !=
		    (said[i].challenge != NULL))
			fail_msg("row %zu", i);
		for (size_t cut = 0; cut < (size_t)len; cut++)
			assert_false(ra_spoken_any((tmg_view){ der, cut }));
		OPENSSL_free(der);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_challenges, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_guessing_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_server_is_renewed, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_refused_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_process, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_said_at_all, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
