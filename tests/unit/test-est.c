/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EST client against a server that misbehaves on demand.
 */
#include "tests/unit/test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

#include "src/base/fail.h"
#include "src/pki/soft.h"
#include "tests/unit/est-world.h"

static est_world world;
static tmg_signer *late_key;	/* what signs for late_sign() in the end */

/* Opens, or fails the test with the words of the refusal. */
static tmg_authority *
open_authority(const tmg_authority_spec *spec)
{
	tmg_authority *a = NULL;
	tmg_fault f = { 0 };

	if (tmg_authority_open(world.ctx, spec, &f, &a) != TMG_OK)
		fail_msg("%s: %s", spec->uri, f.text);
	return a;
}

static tmg_authority_spec
spec_for(const char *listener, const char *label)
{
	return (tmg_authority_spec){ .uri = est_world_uri(&world, listener, label),
		.anchors = world.root };
}

/* One verb, its verdict and a part of its words. */
static void
expect(tmg_authority *a, tmg_rc have, tmg_rc want, const char *says)
{
	const char *text = tmg_authority_fault(a)->text;

	if (have != want || (says != NULL && strstr(text, says) == NULL))
		fail_msg("%s instead of %s \"%s\": %s", tmg_rc_name(have),
		    tmg_rc_name(want), says != NULL ? says : "", text);
}

static tmg_rc
submit(tmg_authority *a, tmg_decision *d)
{
	return tmg_authority_submit(a, world.csr, false, d);
}

static void
every_good_answer_is_read(void **state)
{
	static const struct { const char *label; size_t count; } rows[] = {
		{ "", 1 }, { "line", 1 }, { "wrapped", 1 }, { "crlf", 1 }, { "der", 1 },
		{ "charset", 1 }, { "chain", 2 }, { "http10", 1 }, { "chunkless", 1 },
	};
	tmg_view spki;
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_authority_spec spec = spec_for("good", rows[i].label);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
		uint8_t *have = NULL;
		int n;

		expect(a, submit(a, &d), TMG_OK, NULL);
		assert_int_equal(tmg_certs_count(d.certs), rows[i].count);
		assert_int_equal(tmg_cert_spki(tmg_certs_get(d.certs, 0), &spki), TMG_OK);
		n = i2d_PUBKEY(world.key, &have);
		assert_view_equal(spki, ((tmg_view){ have, (size_t)n }));
		OPENSSL_free(have);
		tmg_certs_free(&d.certs);
	}
}

static void
every_bad_answer_is_told_apart(void **state)
{
	static const struct {
		const char *label;
		tmg_rc rc;
		const char *says;
	} rows[] = {
		{ "otherkey", TMG_MISMATCH, "for another key" },
		{ "otherroot", TMG_MISMATCH, "" },
		{ "cut", TMG_E_MALFORMED, "cannot be read" },
		{ "empty", TMG_E_MALFORMED, "cannot be read" },
		{ "nobase64", TMG_E_MALFORMED, "cannot be read" },
		{ "html", TMG_E_MALFORMED, "web page" },
		{ "multipart", TMG_E_MALFORMED, "multipart/mixed" },
		{ "wrongtype", TMG_E_MALFORMED, "application/octet-stream" },
		{ "notype", TMG_E_MALFORMED, "\"\" instead of" },
		{ "truncated", TMG_E_IO, "cut off" },
		{ "huge", TMG_E_MALFORMED, "longer than 1048576" },
		{ "hugechunks", TMG_E_MALFORMED, "longer than 1048576" },
		{ "400", TMG_DENIED, "the key is too small second line" },
		{ "401", TMG_DENIED, "user name and password" },
		{ "403", TMG_DENIED, "Айгүл [31mmay not" },
		{ "404", TMG_NOT_FOUND, "path label" },
		{ "gone", TMG_NOT_FOUND, "given up" },
		{ "500", TMG_E_IO, "failed inside" },
		{ "503", TMG_E_IO, "backup runs" },
		{ "teapot", TMG_E_MALFORMED, "299" },
		{ "redirect", TMG_E_MALFORMED, "https://elsewhere.test/est" },
		{ "close", TMG_E_IO, "without an answer" },
		{ "garbage", TMG_E_MALFORMED, "not HTTP" },
	};
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_authority_spec spec = spec_for("good", rows[i].label);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, submit(a, &d), rows[i].rc, rows[i].says);
		assert_null(d.certs);
	}
}

static void
pending_tells_when_to_come_again(void **state)
{
	static const struct { const char *label; long low, high; } rows[] = {
		{ "pend5", 5, 5 }, { "penddate", 80, 90 }, { "pendnone", -1, -1 },
	};
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_authority_spec spec = spec_for("good", rows[i].label);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, submit(a, &d), TMG_PENDING, "waits for a decision");
		assert_in_range(d.retry_after_s + 1, rows[i].low + 1, rows[i].high + 1);
		assert_string_equal(d.ticket, "");
		assert_null(d.certs);
		expect(a, tmg_authority_poll(a, world.csr, false, d.ticket, &d),
		    TMG_PENDING, "waits for a decision");
	}
}

static void
wants_are_fetched_once_and_checked(void **state)
{
	static const struct {
		const char *label;
		tmg_rc rc;
		size_t len;
		const char *says;
	} rows[] = {
		{ "attrs", TMG_OK, 13, NULL }, { "attrs204", TMG_OK, 0, NULL },
		{ "attrs404", TMG_OK, 0, NULL }, { "attrsempty", TMG_OK, 0, NULL },
		{ "attrsbad", TMG_E_MALFORMED, 0, "CsrAttrs" },
		{ "attrshtml", TMG_E_MALFORMED, 0, "web page" },
	};
	tmg_view wants, again;
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_authority_spec spec = spec_for("good", rows[i].label);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, tmg_authority_wants(a, &wants), rows[i].rc, rows[i].says);
		if (rows[i].rc)
			continue;
		assert_int_equal(wants.len, rows[i].len);
		assert_int_equal(tmg_authority_wants(a, &again), TMG_OK);
		assert_ptr_equal(again.ptr, wants.ptr);
		/* It was asked for a challenge password and our request has none. */
		if (rows[i].len > 0)
			expect(a, submit(a, &d), TMG_UNSUPPORTED, "challenge password");
	}
}

static void
ca_certificates_are_checked_and_all_kept(void **state)
{
	const tmg_authority_spec spec = spec_for("good", "");
	tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
	const tmg_certs *certs = NULL, *again = NULL;

	(void)state;
	expect(a, tmg_authority_cacerts(a, &certs), TMG_OK, NULL);
	assert_int_equal(tmg_certs_count(certs), 2);
	assert_int_equal(tmg_authority_cacerts(a, &again), TMG_OK);
	assert_ptr_equal(again, certs);

	const tmg_authority_spec foreign = spec_for("good", "foreign");
	tmg_auto_ptr(tmg_authority) b = open_authority(&foreign);

	expect(b, tmg_authority_cacerts(b, &certs), TMG_MISMATCH, "leads to one you trust");
}

static void
a_fingerprint_stands_for_the_anchor(void **state)
{
	char print[96], wrong[96];
	tmg_authority_spec spec = spec_for("good", "");
	const tmg_certs *certs = NULL;
	tmg_decision d;

	(void)state;
	est_world_fingerprint(world.root, print);
	spec.anchors = NULL;
	spec.fingerprint = print;
	spec.uri = est_world_uri(&world, "good", "basic");
	spec.user = "user";
	spec.password = tmg_view_str("secret");
	/* The password is asked for everywhere but in the bootstrap's own way. */
	tmg_auto_ptr(tmg_authority) guarded = open_authority(&spec);

	expect(guarded, submit(guarded, &d), TMG_DENIED, "");

	spec.uri = est_world_uri(&world, "good", "");
	tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

	expect(a, submit(a, &d), TMG_OK, NULL);
	tmg_certs_free(&d.certs);

	memcpy(wrong, print, sizeof(wrong));
	wrong[0] = wrong[0] == '0' ? '1' : '0';
	spec.fingerprint = wrong;
	tmg_auto_ptr(tmg_authority) b = open_authority(&spec);

	expect(b, tmg_authority_cacerts(b, &certs), TMG_MISMATCH, "fingerprint you gave");

	/* The CA is right, but this server's certificate comes from another. */
	spec.fingerprint = print;
	spec.uri = est_world_uri(&world, "untrusted", "");
	tmg_auto_ptr(tmg_authority) c = open_authority(&spec);

	expect(c, submit(c, &d), TMG_MISMATCH, "CN=Other Root");

	spec.fingerprint = "abc";
	tmg_auto_ptr(tmg_authority) e = open_authority(&spec);

	expect(e, tmg_authority_cacerts(e, &certs), TMG_E_USAGE, "64 hexadecimal");
}

static void
unreachable_servers_are_told_apart(void **state)
{
	static const struct {
		const char *listener, *label;
		tmg_rc rc;
		const char *says;
	} rows[] = {
		{ "wrong", "", TMG_MISMATCH, "not for \"127.0.0.1\" but for DNS:elsewhere.test" },
		{ "expired", "", TMG_MISMATCH, "expired on" },
		{ "untrusted", "", TMG_MISMATCH, "\"CN=Other Root\"" },
		{ "old", "", TMG_UNSUPPORTED, "TLS 1.2" },
		{ "closed", "", TMG_E_IO, "" },
		{ "silent", "", TMG_E_IO, "within 2 seconds" },
		{ "good", "slow", TMG_E_IO, "within 2 seconds" },
	};
	struct timespec begin, end;
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_authority_spec spec = spec_for(rows[i].listener, rows[i].label);

		spec.timeout_s = 2;
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		clock_gettime(CLOCK_MONOTONIC, &begin);
		expect(a, submit(a, &d), rows[i].rc, rows[i].says);
		clock_gettime(CLOCK_MONOTONIC, &end);
		assert_in_range(end.tv_sec - begin.tv_sec, 0, 4);
	}
}

static void
addresses_that_lead_nowhere_are_told_apart(void **state)
{
	char https_to_plain[64];
	const struct { const char *uri; tmg_rc rc; const char *says; } rows[] = {
		/* Its words depend on the resolver: none, or none in time. */
		{ "est+https://no-such-host.invalid/", TMG_E_IO, NULL },
		{ "est+https://127.0.0.1:1/", TMG_E_IO, "nobody answers" },
		{ https_to_plain, TMG_UNSUPPORTED, "does not speak TLS" },
	};
	const tmg_certs *certs;

	(void)state;
	snprintf(https_to_plain, sizeof(https_to_plain), "est+https%s",
	    est_world_uri(&world, "plain", "") + strlen("est+http"));
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_authority_spec spec = { .uri = rows[i].uri,
			.anchors = world.root };
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, tmg_authority_cacerts(a, &certs), rows[i].rc, rows[i].says);
	}
}

static void
passwords_and_tokens_are_sent_as_asked(void **state)
{
	static const struct {
		const char *label, *user, *password, *bearer;
		tmg_rc rc;
		const char *says;
	} rows[] = {
		{ "basic", "user", "secret", "", TMG_OK, NULL },
		{ "basic", "user", "wrong", "", TMG_DENIED, "does not accept this user name" },
		{ "basic", NULL, "", "", TMG_DENIED, "give a user name and password" },
		{ "digest", "user", "secret", "", TMG_OK, NULL },
		{ "digest", "user", "wrong", "", TMG_DENIED, "digest, please" },
		{ "bearer", NULL, "", "t0ken", TMG_OK, NULL },
		{ "bearer", NULL, "", "stale", TMG_DENIED, "does not accept your token" },
	};
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_authority_spec spec = spec_for("good", rows[i].label);

		spec.user = rows[i].user;
		spec.password = tmg_view_str(rows[i].password);
		spec.bearer = tmg_view_str(rows[i].bearer);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, submit(a, &d), rows[i].rc, rows[i].says);
		tmg_certs_free(&d.certs);
	}
	assert_non_null(strstr(world.log, "http > Authorization: (secret)"));
	assert_non_null(strstr(world.log, "http > POST /.well-known/est/basic/simpleenroll"));
	assert_null(strstr(world.log, "dXNlcjpzZWNyZXQ"));	/* user:secret */
	assert_null(strstr(world.log, "t0ken"));
	assert_null(strstr(world.log, "response="));
}

/* ---- who we are in TLS --------------------------------------------------- */

typedef struct identity {
	tmg_soft *soft;
	tmg_certs *certs;
} identity;

static void
identity_release(identity *id)
{
	tmg_soft_free(&id->soft);
	tmg_certs_free(&id->certs);
}

static identity
load_identity(const char *name)
{
	identity id = { NULL, NULL };
	size_t len = 0;
	char *pem = est_world_file(&world, name, ".pem", &len);
	BIO *bio;
	EVP_PKEY *key;

	assert_non_null(pem);
	assert_int_equal(tmg_certs_new(&id.certs), TMG_OK);
	assert_int_equal(tmg_certs_add_pem(id.certs, (tmg_view){ (uint8_t *)pem, len }),
	    TMG_OK);
	free(pem);
	pem = est_world_file(&world, name, ".key", &len);
	bio = BIO_new_mem_buf(pem, (int)len);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	assert_non_null(key);
	assert_int_equal(tmg_soft_new(world.ctx, key, &id.soft), TMG_OK);
	EVP_PKEY_free(key);
	BIO_free(bio);
	free(pem);
	return id;
}

static tmg_authority_spec
spec_as(const char *listener, const char *label, const identity *id)
{
	tmg_authority_spec spec = spec_for(listener, label);

	spec.signer = tmg_soft_signer(id->soft);
	spec.cert = tmg_certs_get(id->certs, 0);
	return spec;
}

static void
a_whole_renewal_costs_one_tls_signature(void **state)
{
	static const char *const listeners[] = { "need12", "need13", "may12", "may13" };
	static const char *const names[] = { "a", "r" };
	const tmg_certs *certs;
	tmg_view wants;
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(listeners) * TMG_COUNT(names); i++) {
		tmg_auto(identity) id = load_identity(names[i % 2]);
		const tmg_authority_spec spec = spec_as(listeners[i / 2], "attrs204", &id);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, tmg_authority_cacerts(a, &certs), TMG_OK, NULL);
		expect(a, tmg_authority_wants(a, &wants), TMG_OK, NULL);
		expect(a, tmg_authority_submit(a, world.csr, true, &d), TMG_OK, NULL);
		tmg_certs_free(&d.certs);
		assert_int_equal(spec.signer->used, 1);
	}
}

/* A server that closes after each answer costs no more. */
static void
closed_connections_cost_no_further_signature(void **state)
{
	tmg_auto(identity) id = load_identity("a");
	const tmg_authority_spec spec = spec_as("may13", "http10", &id);
	tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
	const tmg_certs *certs;
	tmg_view wants;
	tmg_decision d;

	(void)state;
	expect(a, tmg_authority_cacerts(a, &certs), TMG_OK, NULL);
	expect(a, tmg_authority_submit(a, world.csr, true, &d), TMG_OK, NULL);
	tmg_certs_free(&d.certs);
	expect(a, tmg_authority_wants(a, &wants), TMG_OK, NULL);
	assert_int_equal(spec.signer->used, 1);
}

/* The same server by its name, which the certificate must carry. */
static const char *
named_uri(const char *by_address, char *uri, size_t cap)
{
	static const char address[] = "127.0.0.1";
	const char *host = strstr(by_address, address);

	assert_non_null(host);
	snprintf(uri, cap, "%.*slocalhost%s", (int)(host - by_address), by_address,
	    host + strlen(address));
	return uri;
}

static void
who_should_not_be_there_gets_no_signature(void **state)
{
	static const struct {
		const char *listener;
		bool named;
		tmg_rc rc;
		unsigned signatures;
		const char *says;
	} rows[] = {
		{ "wrong", false, TMG_MISMATCH, 0, "elsewhere.test" },
		{ "wrong", true, TMG_MISMATCH, 0, "not for \"localhost\"" },
		{ "expired", false, TMG_MISMATCH, 0, "expired" },
		{ "untrusted", false, TMG_MISMATCH, 0, "Other Root" },
		{ "may13", true, TMG_OK, 1, NULL },
	};
	char uri[128];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(identity) id = load_identity("a");
		tmg_authority_spec spec = spec_as(rows[i].listener, "", &id);
		tmg_decision d = { .certs = NULL };

		if (rows[i].named)
			spec.uri = named_uri(spec.uri, uri, sizeof(uri));
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, submit(a, &d), rows[i].rc, rows[i].says);
		tmg_certs_free(&d.certs);
		assert_int_equal(spec.signer->used, rows[i].signatures);
	}
}

static void
each_authority_speaks_as_its_own_identity(void **state)
{
	static const char *const listeners[] = { "need12", "need13" };
	static const struct { const char *name, *says; } rows[] = {
		{ "a", "you are Client A" }, { "b", "you are Client B" },
	};
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(listeners) * TMG_COUNT(rows); i++) {
		tmg_auto(identity) id = load_identity(rows[i % 2].name);
		const tmg_authority_spec spec = spec_as(listeners[i / 2], "whoami", &id);
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

		expect(a, submit(a, &d), TMG_DENIED, rows[i % 2].says);
		assert_int_equal(spec.signer->used, 1);
	}
}

static void
a_missing_or_foreign_identity_is_explained(void **state)
{
	tmg_auto(identity) a = load_identity("a");
	tmg_auto(identity) b = load_identity("b");
	tmg_auto(identity) r = load_identity("r");
	tmg_authority_spec spec = spec_for("need12", "");
	tmg_decision d;

	(void)state;
	tmg_auto_ptr(tmg_authority) none12 = open_authority(&spec);
	expect(none12, submit(none12, &d), TMG_DENIED, "client certificate");

	spec = spec_for("need13", "");
	tmg_auto_ptr(tmg_authority) none13 = open_authority(&spec);
	expect(none13, submit(none13, &d), TMG_DENIED, "client certificate");
	expect(none13, tmg_authority_submit(none13, world.csr, true, &d), TMG_E_USAGE,
	    "authenticated by the certificate");

	/* A certificate of another key of the same and of another type. */
	spec = spec_as("need12", "", &a);
	spec.cert = tmg_certs_get(b.certs, 0);
	tmg_auto_ptr(tmg_authority) other = open_authority(&spec);
	expect(other, submit(other, &d), TMG_MISMATCH, "another key");
	spec.cert = tmg_certs_get(r.certs, 0);
	tmg_auto_ptr(tmg_authority) type = open_authority(&spec);
	expect(type, submit(type, &d), TMG_MISMATCH, "another key");
	assert_int_equal(spec.signer->used, 0);
}

/* A signer that says no, in its own words. */
static tmg_rc
no_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	(void)spec, (void)input, (void)sig;
	return tmg_raise(s->fault, TMG_CANCELLED, 0, "PIN entry was cancelled");
}

static void
the_signers_own_reason_survives_tls(void **state)
{
	static const char *const listeners[] = { "need12", "need13" };
	static const tmg_signer_ops ops = {
		.sign = no_sign,
		.decrypt = tmg_signer_no_decrypt,
		.derive = tmg_signer_no_derive,
	};
	tmg_auto(identity) id = load_identity("a");
	const tmg_signer *real = tmg_soft_signer(id.soft);
	tmg_decision d;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(listeners); i++) {
		tmg_fault words = { 0 };
		tmg_signer s = { .ops = &ops, .fault = &words, .alg = real->alg,
			.spki = real->spki };
		tmg_authority_spec spec = spec_as(listeners[i], "", &id);

		spec.signer = &s;
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
		expect(a, submit(a, &d), TMG_CANCELLED, "PIN entry was cancelled");
		assert_int_equal(s.used, 1);	/* one try, no more */
	}
}

/* A person who types a PIN inside the handshake, and takes their time. */
static tmg_rc
late_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	const struct timespec typing = { 2, 500000000 };

	(void)s;
	nanosleep(&typing, NULL);
	return tmg_signer_sign(late_key, spec, input, sig);
}

static void
typing_a_pin_is_not_the_servers_time(void **state)
{
	static const tmg_signer_ops ops = {
		.sign = late_sign,
		.decrypt = tmg_signer_no_decrypt,
		.derive = tmg_signer_no_derive,
	};
	tmg_auto(identity) id = load_identity("a");
	tmg_authority_spec spec = spec_as("need13", "", &id);
	tmg_fault words = { 0 };
	tmg_signer slow = { .ops = &ops, .fault = &words, .alg = spec.signer->alg,
		.spki = spec.signer->spki };
	tmg_decision d;

	(void)state;
	late_key = spec.signer;
	spec.signer = &slow;
	spec.timeout_s = 2;
	tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
	expect(a, submit(a, &d), TMG_OK, NULL);
	tmg_certs_free(&d.certs);
}

static void
wrong_specifications_do_not_open(void **state)
{
	const struct { tmg_authority_spec spec; tmg_rc rc; const char *says; } rows[] = {
		{ { .uri = "nosuch+https://ra.example/", .anchors = world.root },
		  TMG_UNSUPPORTED, "\"nosuch\"" },
		{ { .uri = "est+http://ra.example/", .anchors = world.root },
		  TMG_E_USAGE, "est+https://" },
		{ { .uri = "https://ra.example/", .anchors = world.root },
		  TMG_E_USAGE, "est+https" },
		{ { .uri = "est+https://u:p@ra.example/", .anchors = world.root },
		  TMG_E_USAGE, "does not belong" },
		{ { .uri = "est+https://ra.example/a/b", .anchors = world.root },
		  TMG_E_USAGE, "label" },
		{ { .uri = "est+https://ra.example/cacerts", .anchors = world.root },
		  TMG_E_USAGE, "label" },
		{ { .uri = "est+https://ra.example/" }, TMG_E_USAGE, "whom to believe" },
		{ { .uri = "est+https://ra.example/", .anchors = world.root,
		  .fingerprint = "00" }, TMG_E_USAGE, "whom to believe" },
		{ { .uri = "est+https://ra.example/", .anchors = world.root,
		  .cert = BYTES("x") }, TMG_E_USAGE, "other way round" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_authority *a = NULL;
		tmg_fault f = { 0 };
		const tmg_rc rc = tmg_authority_open(world.ctx, &rows[i].spec, &f, &a);

		if (rc != rows[i].rc || strstr(f.text, rows[i].says) == NULL)
			fail_msg("%s: %s, %s", rows[i].spec.uri, tmg_rc_name(rc), f.text);
		assert_null(a);
	}
}

static void
revoking_is_not_in_est(void **state)
{
	const tmg_authority_spec spec = spec_for("good", "");
	tmg_auto_ptr(tmg_authority) a = open_authority(&spec);

	(void)state;
	expect(a, tmg_authority_revoke(a, tmg_certs_get(world.root, 0), 0),
	    TMG_UNSUPPORTED, "officers");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_specifications_do_not_open),
		cmocka_unit_test(every_good_answer_is_read),
		cmocka_unit_test(every_bad_answer_is_told_apart),
		cmocka_unit_test(pending_tells_when_to_come_again),
		cmocka_unit_test(wants_are_fetched_once_and_checked),
		cmocka_unit_test(ca_certificates_are_checked_and_all_kept),
		cmocka_unit_test(a_fingerprint_stands_for_the_anchor),
		cmocka_unit_test(unreachable_servers_are_told_apart),
		cmocka_unit_test(addresses_that_lead_nowhere_are_told_apart),
		cmocka_unit_test(passwords_and_tokens_are_sent_as_asked),
		cmocka_unit_test(a_whole_renewal_costs_one_tls_signature),
		cmocka_unit_test(closed_connections_cost_no_further_signature),
		cmocka_unit_test(who_should_not_be_there_gets_no_signature),
		cmocka_unit_test(each_authority_speaks_as_its_own_identity),
		cmocka_unit_test(a_missing_or_foreign_identity_is_explained),
		cmocka_unit_test(the_signers_own_reason_survives_tls),
		cmocka_unit_test(typing_a_pin_is_not_the_servers_time),
		cmocka_unit_test(revoking_is_not_in_est),
	};
	int failed;

	if (!est_world_start(&world)) {
		print_message("skipped: python3 or openssl(1) is not installed\n");
		est_world_stop(&world);
		return 77;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	est_world_stop(&world);
	return failed;
}
