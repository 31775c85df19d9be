/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EST client against a server that misbehaves on demand.
 */
#include "tests/unit/est-calls.h"

#include <openssl/x509.h>
#include <stdio.h>

#include "src/base/fail.h"

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
		{ "sha1", TMG_MISMATCH, "weak" },
		{ "ended", TMG_MISMATCH, "expired" },
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
		{ "pendlong", 366 * 86400, 366 * 86400 },
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
		/* 30 where nothing is said */
		assert_in_range(end.tv_sec - begin.tv_sec, 0, 25);
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
		cmocka_unit_test(revoking_is_not_in_est),
	};

	return est_calls_run(tests);
}
