/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who the EST client is in TLS.
 */
#include "tests/unit/est-calls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

#include "src/base/fail.h"
#include "src/pki/soft.h"

static tmg_signer *late_key;	/* what signs for late_sign() in the end */

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

/* What a server is given: on a busy machine it takes a while, too. */
enum {
	SERVER_S = 10,
};

/* A person who types a PIN inside the handshake, and takes longer than that. */
static tmg_rc
late_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	const struct timespec typing = { SERVER_S, 500000000 };

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
	spec.timeout_s = SERVER_S;
	tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
	expect(a, submit(a, &d), TMG_OK, NULL);
	tmg_certs_free(&d.certs);
}

/* A card that pads: of RSA it knows PKCS #1 v1.5. */
static tmg_rc
padding_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	if (spec->scheme != TMG_SIGN_PKCS1)
		return tmg_raise(s->fault, TMG_UNSUPPORTED, 0,
		    "the card does not sign so");
	return tmg_signer_sign(late_key, spec, input, sig);
}

static void
a_key_that_pads_is_asked_for_what_it_can(void **state)
{
	static const tmg_signer_ops ops = {
		.sign = padding_sign,
		.decrypt = tmg_signer_no_decrypt,
		.derive = tmg_signer_no_derive,
	};
	static const struct {
		const char *listener;
		bool told;		/* that it pads */
		tmg_rc rc;
		unsigned signatures;
		const char *says;
	} rows[] = {
		{ "need", true, TMG_OK, 1, NULL },
		{ "need12", true, TMG_OK, 1, NULL },
		{ "may12", true, TMG_OK, 1, NULL },
		{ "need13", true, TMG_UNSUPPORTED, 0, "PKCS #1 v1.5 alone" },
		{ "need", false, TMG_UNSUPPORTED, 1, "does not sign so" },
	};
	tmg_auto(identity) id = load_identity("r");
	const tmg_signer *real = tmg_soft_signer(id.soft);

	(void)state;
	late_key = tmg_soft_signer(id.soft);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault words = { 0 };
		tmg_signer s = { .ops = &ops, .fault = &words, .alg = real->alg,
			.spki = real->spki, .pads = rows[i].told };
		tmg_authority_spec spec = spec_as(rows[i].listener, "", &id);
		tmg_decision d = { .certs = NULL };

		spec.signer = &s;
		tmg_auto_ptr(tmg_authority) a = open_authority(&spec);
		expect(a, submit(a, &d), rows[i].rc, rows[i].says);
		tmg_certs_free(&d.certs);
		assert_int_equal(s.used, rows[i].signatures);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_renewal_costs_one_tls_signature),
		cmocka_unit_test(closed_connections_cost_no_further_signature),
		cmocka_unit_test(who_should_not_be_there_gets_no_signature),
		cmocka_unit_test(each_authority_speaks_as_its_own_identity),
		cmocka_unit_test(a_missing_or_foreign_identity_is_explained),
		cmocka_unit_test(the_signers_own_reason_survives_tls),
		cmocka_unit_test(a_key_that_pads_is_asked_for_what_it_can),
		cmocka_unit_test(typing_a_pin_is_not_the_servers_time),
	};

	return est_calls_run(tests);
}
