/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation lists: when, by whom, where, and what certificates say of them. */
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"

#define HOUR 3600
#define WORKERS 4

static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };

static void
issue(struct bench *b, struct csr *c, const char *cn, ra_app *app, ra_cert *cert)
{
	make_csr(c, cn, NULL);
	const ra_submission in = { .owner = "a",
		.profile = ra_profiles_find(b->desk.profiles, "auto"),
		.csr = { c->der, c->len } };

	assert_int_equal(ra_desk_submit(&b->desk, &in, app, cert), TMG_OK);
}

static int64_t
number_now(struct bench *b)
{
	tmg_auto(ra_crl) crl = { .number = 0 };

	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	return crl.number;
}

static X509_CRL *
file_now(const struct bench *b)
{
	tmg_auto_free uint8_t *der = NULL;
	const unsigned char *at;
	char path[256];
	X509_CRL *crl;
	size_t len;

	bench_path(b, "list.crl", path);
	assert_int_equal(tmg_file_read(path, 1 << 20, &der, &len), TMG_OK);
	at = der;
	assert_non_null(crl = d2i_X509_CRL(NULL, &at, (long)len));
	return crl;
}

static long
number_of(const X509_CRL *crl)
{
	ASN1_INTEGER *n = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	const long number = ASN1_INTEGER_get(n);

	ASN1_INTEGER_free(n);
	return number;
}

/* Every six hours, valid for a day: 18 hours of overlap. */
static void
test_schedule(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_crl) crl = { .number = 0 };

	bench_config(b)->crl_days = 1;
	bench_config(b)->crl_hours = 6;
	assert_int_equal(ra_desk_crl(&b->desk, &crl), TMG_OK);
	assert_int_equal(crl.next_update, b->now + DAY);
	b->now += 6 * HOUR - 1;
	assert_int_equal(number_now(b), 1);
	b->now += 1;
	assert_int_equal(number_now(b), 2);
	assert_int_equal(number_now(b), 2);
	b->now += 30 * DAY;	/* nobody was there for a month: one, not many */
	assert_int_equal(number_now(b), 3);
}

static void
test_published(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, gone = { .der = NULL };
	auto_csr c = { NULL, { 0 }, 0 };
	int64_t published = 0;
	char path[256];
	X509_CRL *crl;

	snprintf(bench_config(b)->crl_file, sizeof(bench_config(b)->crl_file),
	    "list.crl");
	issue(b, &c, "Crl", &app, &cert);
	assert_int_equal(ra_desk_crl_publish(&b->desk, &published), TMG_OK);
	assert_int_equal(published, 1);
	crl = file_now(b);
	assert_int_equal(number_of(crl), 1);
	assert_int_equal(X509_CRL_verify(crl, X509_get0_pubkey(b->office.ca->cert)), 1);
	X509_CRL_free(crl);

	/* as it is: not written again */
	bench_path(b, "list.crl", path);
	assert_int_equal(remove(path), 0);
	assert_int_equal(ra_desk_crl_publish(&b->desk, &published), TMG_OK);
	assert_int_not_equal(access(path, F_OK), 0);

	assert_int_equal(ra_desk_revoke(&b->desk, app.id, 1, &officer, &gone), TMG_OK);
	assert_int_equal(ra_desk_crl_publish(&b->desk, &published), TMG_OK);
	assert_int_equal(published, 2);
	crl = file_now(b);
	assert_int_equal(number_of(crl), 2);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 1);
	X509_CRL_free(crl);
	remove(path);

	/* where nothing can be written it is said, and tried again */
	snprintf(bench_config(b)->crl_file, sizeof(bench_config(b)->crl_file),
	    "no/such/list.crl");
	published = 0;
	assert_true(ra_desk_crl_publish(&b->desk, &published) != TMG_OK);
	assert_non_null(strstr(b->desk.fault.text, "no/such/list.crl"));
	assert_int_equal(published, 0);
}

struct worker {
	struct bench *b;
	ra_desk desk;
	int64_t number;
	tmg_rc rc;
};

static void *
ask(void *arg)
{
	struct worker *w = arg;
	tmg_auto(ra_crl) crl = { .number = 0 };

	w->rc = ra_desk_crl(&w->desk, &crl);
	w->number = crl.number;
	return NULL;
}

/* Several desks, each with its own connection, as processes have: one list. */
static void
test_many_make_one(void **state)
{
	struct bench *b = *state;
	struct worker workers[WORKERS];
	pthread_t threads[WORKERS];

	for (int64_t round = 1; round <= 5; round++) {
		tmg_fault f = { .rc = TMG_OK };

		for (size_t i = 0; i < WORKERS; i++) {
			workers[i] = (struct worker){ .b = b };
			assert_int_equal(ra_desk_open(&b->office, &workers[i].desk, &f),
			    TMG_OK);
		}
		for (size_t i = 0; i < WORKERS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, ask,
			    &workers[i]), 0);
		for (size_t i = 0; i < WORKERS; i++) {
			pthread_join(threads[i], NULL);
			assert_int_equal(workers[i].rc, TMG_OK);
			assert_int_equal(workers[i].number, round);
			ra_desk_release(&workers[i].desk);
		}
		b->now += 4 * DAY;
	}
}

/* What the certificate says of where to look. */
static void
test_points(void **state)
{
	static const struct {
		ra_points points;
		const char *crl, *info;
	} rows[] = {
		{ { "", "", "" }, NULL, NULL },
		{ { "http://c.example/l.crl", "", "" }, "http://c.example/l.crl", NULL },
		{ { "", "http://c.example/ca.cer", "" }, NULL, "CA Issuers" },
		{ { "", "", "http://o.example" }, NULL, "OCSP" },
		{ { "http://c.example/l.crl", "http://c.example/ca.cer",
		    "http://o.example" }, "http://c.example/l.crl", "CA Issuers" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_app) app = { .id = "" };
		tmg_auto(ra_cert) cert = { .der = NULL };
		auto_csr c = { NULL, { 0 }, 0 };
		tmg_auto(ra_BIO) out = BIO_new(BIO_s_mem());
		char *text;

		bench_config(b)->points = rows[i].points;
		issue(b, &c, "P", &app, &cert);
		const unsigned char *at = cert.der;
		tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert.len);

		assert_int_equal(X509_print(out, x), 1);
		BIO_write(out, "", 1);
		BIO_get_mem_data(out, &text);
		if (rows[i].crl != NULL ? strstr(text, rows[i].crl) == NULL :
		    X509_get_ext_by_NID(x, NID_crl_distribution_points, -1) >= 0)
			fail_msg("row %zu: %s", i, text);
		if (rows[i].info != NULL ? strstr(text, rows[i].info) == NULL :
		    X509_get_ext_by_NID(x, NID_info_access, -1) >= 0)
			fail_msg("row %zu: %s", i, text);
	}
}

/* What ra.conf may say of it. */
static void
test_settings(void **state)
{
	static const char least[] = "store = \"s\"; profiles = \"p\";\n"
	    "default_profile = \"d\"; tls: { certificate = \"c\"; key = \"k\"; };\n"
	    "ca: { certificate = \"c\"; key = \"k\"; %s };\ncrl: { %s };\n";
	static const struct {
		const char *ca, *crl;
		tmg_rc rc;
	} rows[] = {
		{ "", "", TMG_OK },
		{ "", "days = 1; every_hours = 23;", TMG_OK },
		{ "", "days = 1; every_hours = 24;", TMG_MISMATCH },
		{ "issuer_url = \"http://a/ca.cer\";", "file = \"x.crl\";", TMG_OK },
		{ "issuer_url = \"http://a/,URI:http://b\";", "", TMG_MISMATCH },
		{ "ocsp_url = \"http://a/;OCSP\";", "", TMG_MISMATCH },
		{ "ocsp_url = \"ldap://a\";", "", TMG_MISMATCH },
	};
	static ra_config config;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { .rc = TMG_OK };
		char text[1024];

		snprintf(text, sizeof(text), least, rows[i].ca, rows[i].crl);
		if (ra_config_parse("t", text, &config, &f) != rows[i].rc)
			fail_msg("row %zu: %s", i, f.text);
	}
}

/* The example of the manual page is one. */
static void
test_example(void **state)
{
	const char *top = getenv("top_srcdir");
	tmg_auto_free uint8_t *page = NULL;
	static ra_config config;
	tmg_fault f = { .rc = TMG_OK };
	char path[4096];
	char *from, *to;
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/man/tamga-ra.conf.5",
	    top != NULL ? top : ".");
	assert_int_equal(tmg_file_read(path, 1 << 18, &page, &len), TMG_OK);
	assert_non_null(from = strstr((char *)page, ".Bd -literal\n"));
	from += strlen(".Bd -literal\n");
	assert_non_null(to = strstr(from, "\n.Ed"));
	*to = '\0';
	if (ra_config_parse("example", from, &config, &f) != TMG_OK)
		fail_msg("%s", f.text);
	assert_string_equal(config.user, "tamga-ra");
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, \
    bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		STORED(test_schedule),
		STORED(test_published),
		STORED(test_many_make_one),
		STORED(test_points),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
