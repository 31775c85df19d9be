/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS client authentication with a token's key in an SSL_CTX of the default
 * context, as curl has it: exactly one signature a handshake, over key types
 * and versions, in memory.
 */
#include "tests/unit/pki-keys.h"

#include <openssl/core_names.h>
#include <openssl/ssl.h>

#include "src/base/fail.h"
#include "src/pki/scope.h"

struct side {
	SSL_CTX *ctx;
	SSL *ssl;
};

static int
accept_any(X509_STORE_CTX *c, void *arg)
{
	(void)c;
	(void)arg;
	return 1;
}

static struct side
server(struct keys *k, int version)
{
	struct side s = { SSL_CTX_new(TLS_server_method()), NULL };
	/* the default context's own copy of a P-256 key */
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *cert = make_cert(NULL, key, key, "server", EVP_sha256());

	(void)k;
	assert_int_equal(SSL_CTX_use_certificate(s.ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s.ctx, key), 1);
	SSL_CTX_set_verify(s.ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(s.ctx, accept_any, NULL);
	SSL_CTX_set_min_proto_version(s.ctx, version);
	SSL_CTX_set_max_proto_version(s.ctx, version);
	s.ssl = SSL_new(s.ctx);
	SSL_set_accept_state(s.ssl);
	X509_free(cert);
	EVP_PKEY_free(key);
	return s;
}

static struct side
client(X509 *cert, EVP_PKEY *key)
{
	struct side s = { SSL_CTX_new(TLS_client_method()), NULL };

	SSL_CTX_set_verify(s.ctx, SSL_VERIFY_NONE, NULL);
	assert_int_equal(SSL_CTX_use_certificate(s.ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s.ctx, key), 1);
	assert_int_equal(SSL_CTX_check_private_key(s.ctx), 1);
	s.ssl = SSL_new(s.ctx);
	SSL_set_connect_state(s.ssl);
	return s;
}

static void
side_release(struct side *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
}

static void
wire(struct side *a, struct side *b)
{
	BIO *x, *y;

	assert_int_equal(BIO_new_bio_pair(&x, 0, &y, 0), 1);
	SSL_set_bio(a->ssl, x, x);
	SSL_set_bio(b->ssl, y, y);
}

static bool
shake(struct side *a, struct side *b)
{
	for (int i = 0; i < 20; i++) {
		const int x = SSL_do_handshake(a->ssl);
		const int y = SSL_do_handshake(b->ssl);

		if (x == 1 && y == 1)
			return true;
		if ((x < 0 && SSL_get_error(a->ssl, x) == SSL_ERROR_SSL) ||
		    (y < 0 && SSL_get_error(b->ssl, y) == SSL_ERROR_SSL))
			return false;
	}
	return false;
}

static const struct {
	int version;
	const char *name;
} versions[] = {
	{ TLS1_2_VERSION, "TLSv1.2" }, { TLS1_3_VERSION, "TLSv1.3" },
};

static void
test_handshakes(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (size_t v = 0; v < TMG_COUNT(versions); v++) {
			__attribute__((__cleanup__(side_release))) struct side s =
			    server(k, versions[v].version);
			__attribute__((__cleanup__(side_release))) struct side c =
			    client(k->cert[kind], k->token[kind]);
			X509 *seen;

			wire(&s, &c);
			uses(k, kind);
			assert_true(shake(&c, &s));
			assert_int_equal(uses(k, kind), 1);
			assert_string_equal(SSL_get_version(c.ssl), versions[v].name);
			seen = SSL_get0_peer_certificate(s.ssl);
			assert_non_null(seen);
			assert_int_equal(X509_cmp(seen, k->cert[kind]), 0);
		}
	}
}

/* RSA in TLS 1.2: both paddings, whichever the other side likes. */
static void
test_rsa_paddings(void **state)
{
	static const struct { const char *sigalgs; int type; } rows[] = {
		{ "RSA+SHA256", EVP_PKEY_RSA }, { "RSA+SHA512", EVP_PKEY_RSA },
		{ "rsa_pss_rsae_sha256", EVP_PKEY_RSA_PSS },
		{ "rsa_pss_rsae_sha512", EVP_PKEY_RSA_PSS },
	};
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		__attribute__((__cleanup__(side_release))) struct side s =
		    server(k, TLS1_2_VERSION);
		__attribute__((__cleanup__(side_release))) struct side c =
		    client(k->cert[0], k->token[0]);
		char list[32];		/* the macro takes it for not const */
		int type = 0;

		snprintf(list, sizeof(list), "%s", rows[i].sigalgs);
		assert_int_equal(SSL_set1_client_sigalgs_list(s.ssl, list), 1);
		wire(&s, &c);
		uses(k, 0);
		assert_true(shake(&c, &s));
		assert_int_equal(uses(k, 0), 1);
		assert_int_equal(SSL_get_peer_signature_type_nid(s.ssl, &type), 1);
		assert_int_equal(type, rows[i].type);
	}
}

static tmg_rc
refuse(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	(void)spec;
	(void)input;
	(void)sig;
	return tmg_raise(s->fault, TMG_CANCELLED, 0, "no PIN was given");
}

static void
test_refused_pin(void **state)
{
	static const tmg_signer_ops ops = {
		refuse, tmg_signer_no_decrypt, tmg_signer_no_derive,
	};
	struct keys *k = *state;

	for (size_t v = 0; v < TMG_COUNT(versions); v++) {
		tmg_fault f = { .rc = TMG_OK };
		tmg_signer no = { &ops, &f, key_kinds[2].alg, k->signer[2]->spki, 0, 0, false };
		tmg_held(EVP_PKEY) key = NULL;

		assert_int_equal(tmg_openssl_key(k->ctx, &no, &key), TMG_OK);

		__attribute__((__cleanup__(side_release))) struct side s =
		    server(k, versions[v].version);
		__attribute__((__cleanup__(side_release))) struct side c =
		    client(k->cert[2], key);

		wire(&s, &c);
		assert_false(shake(&c, &s));
		assert_int_equal(no.used, 1);
		assert_int_equal(f.rc, TMG_CANCELLED);
		assert_string_equal(f.text, "no PIN was given");
	}
}

/* The certificate of another key is found out before the token signs. */
static void
test_mismatch(void **state)
{
	struct keys *k = *state;
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	uses(k, 2);
	assert_int_equal(SSL_CTX_use_certificate(c, k->cert[3]), 1);
	(void)!SSL_CTX_use_PrivateKey(c, k->token[2]);
	assert_int_not_equal(SSL_CTX_check_private_key(c), 1);
	assert_int_equal(uses(k, 2), 0);
	SSL_CTX_free(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_rsa_paddings),
		cmocka_unit_test(test_refused_pin),
		cmocka_unit_test(test_mismatch),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
