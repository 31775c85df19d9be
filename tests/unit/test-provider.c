/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provider over every kind of key and every kind of operation: each costs
 * exactly one use of the private key, each is accepted by OpenSSL's own code.
 */
#include "tests/unit/pki-keys.h"

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <pthread.h>

#include "src/base/fail.h"
#include "src/pki/pkey.h"
#include "src/pki/scope.h"

enum { ROOM = 1024 };

static const uint8_t message[] = "a message of some length, not of a hash's";

/* ---- EVP_DigestSign ----------------------------------------------------- */

static const struct {
	tmg_family family;
	const char *md;
	int padding, salt;
	const char *mgf;
} schemes[] = {
	{ TMG_FAMILY_RSA, "SHA1", RSA_PKCS1_PADDING, 0, NULL },
	{ TMG_FAMILY_RSA, "SHA224", RSA_PKCS1_PADDING, 0, NULL },
	{ TMG_FAMILY_RSA, "SHA256", RSA_PKCS1_PADDING, 0, NULL },
	{ TMG_FAMILY_RSA, "SHA384", RSA_PKCS1_PADDING, 0, NULL },
	{ TMG_FAMILY_RSA, "SHA512", RSA_PKCS1_PADDING, 0, NULL },
	{ TMG_FAMILY_RSA, "SHA1", RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST, NULL },
	{ TMG_FAMILY_RSA, "SHA256", RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST, NULL },
	{ TMG_FAMILY_RSA, "SHA256", RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_MAX, NULL },
	{ TMG_FAMILY_RSA, "SHA256", RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_AUTO, NULL },
	{ TMG_FAMILY_RSA, "SHA384", RSA_PKCS1_PSS_PADDING, 0, NULL },
	{ TMG_FAMILY_RSA, "SHA512", RSA_PKCS1_PSS_PADDING, 17, "SHA256" },
	{ TMG_FAMILY_EC, "SHA1", 0, 0, NULL },
	{ TMG_FAMILY_EC, "SHA224", 0, 0, NULL },
	{ TMG_FAMILY_EC, "SHA256", 0, 0, NULL },
	{ TMG_FAMILY_EC, "SHA384", 0, 0, NULL },
	{ TMG_FAMILY_EC, "SHA512", 0, 0, NULL },
	{ TMG_FAMILY_EC, NULL, 0, 0, NULL },
	{ TMG_FAMILY_RSA, NULL, RSA_PKCS1_PADDING, 0, NULL },
	{ TMG_FAMILY_ED, NULL, 0, 0, NULL },
};

static void
set_scheme(EVP_PKEY_CTX *c, size_t i)
{
	if (schemes[i].family != TMG_FAMILY_RSA)
		return;
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, schemes[i].padding), 1);
	if (schemes[i].padding != RSA_PKCS1_PSS_PADDING)
		return;
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(c, schemes[i].salt), 1);
	if (schemes[i].mgf != NULL)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(c,
		    schemes[i].mgf, NULL), 1);
}

static bool
verifies(struct keys *k, EVP_PKEY *key, size_t scheme, const uint8_t *sig,
    size_t len, const uint8_t *data, size_t data_len)
{
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p;

	assert_int_equal(EVP_DigestVerifyInit_ex(c, &p, schemes[scheme].md,
	    k->libctx, NULL, key, NULL), 1);
	set_scheme(p, scheme);
	return EVP_DigestVerify(c, sig, len, data, data_len) == 1;
}

static void
digest_sign(struct keys *k, size_t kind, size_t scheme)
{
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();
	uint8_t sig[ROOM];
	size_t len = 0;
	EVP_PKEY_CTX *p;

	uses(k, kind);
	assert_int_equal(EVP_DigestSignInit_ex(c, &p, schemes[scheme].md,
	    k->libctx, NULL, k->token[kind], NULL), 1);
	set_scheme(p, scheme);
	assert_int_equal(EVP_DigestSign(c, NULL, &len, message, sizeof(message)), 1);
	assert_int_equal(uses(k, kind), 0);
	assert_true(len > 0 && len <= sizeof(sig));
	assert_int_equal(EVP_DigestSign(c, sig, &len, message, sizeof(message)), 1);
	assert_int_equal(uses(k, kind), 1);

	assert_true(verifies(k, k->soft_key[kind], scheme, sig, len, message, sizeof(message)));
	assert_true(verifies(k, k->token[kind], scheme, sig, len, message, sizeof(message)));
	assert_false(verifies(k, k->token[kind], scheme, sig, len, message, 3));
	assert_int_equal(uses(k, kind), 0);
}

static void
test_digest_sign(void **state)
{
	for (size_t kind = 0; kind < KINDS; kind++)
		for (size_t s = 0; s < TMG_COUNT(schemes); s++)
			if (schemes[s].family == tmg_alg_get(key_kinds[kind].alg)->family)
				digest_sign(*state, kind, s);
}

/* Fed in pieces, finished twice: EVP_DigestSignFinal() works on a copy. */
static void
test_digest_sign_streamed(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();
		uint8_t sig[ROOM];
		size_t len = sizeof(sig);

		if (usual_md(kind) == NULL)
			continue;
		uses(k, kind);
		assert_int_equal(EVP_DigestSignInit_ex(c, NULL, "SHA256", k->libctx,
		    NULL, k->token[kind], NULL), 1);
		for (size_t i = 0; i < sizeof(message); i++)
			assert_int_equal(EVP_DigestSignUpdate(c, message + i, 1), 1);
		for (int twice = 0; twice < 2; twice++) {
			len = sizeof(sig);
			assert_int_equal(EVP_DigestSignFinal(c, sig, &len), 1);
			assert_int_equal(uses(k, kind), 1);
		}
		assert_int_equal(EVP_DigestVerifyInit_ex(c, NULL, "SHA256",
		    k->libctx, NULL, k->soft_key[kind], NULL), 1);
		assert_int_equal(EVP_DigestVerify(c, sig, len, message,
		    sizeof(message)), 1);
	}
}

static void
test_raw_sign(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		const bool rsa = tmg_alg_get(key_kinds[kind].alg)->family == TMG_FAMILY_RSA;
		const int paddings[] = { RSA_PKCS1_PADDING, RSA_NO_PADDING };

		if (usual_md(kind) == NULL)
			continue;
		for (size_t i = 0; i < (rsa ? 2 : 1); i++) {
			tmg_held(EVP_PKEY_CTX) c =
			    EVP_PKEY_CTX_new_from_pkey(k->libctx, k->token[kind], NULL);
			tmg_held(EVP_PKEY_CTX) v =
			    EVP_PKEY_CTX_new_from_pkey(k->libctx, k->soft_key[kind], NULL);
			uint8_t tbs[ROOM], sig[ROOM];
			size_t n = rsa && i == 1 ? tmg_alg_bytes(key_kinds[kind].alg) : 20;
			size_t len = sizeof(sig);

			memset(tbs, 0x17, sizeof(tbs));
			uses(k, kind);
			assert_int_equal(EVP_PKEY_sign_init(c), 1);
			assert_int_equal(EVP_PKEY_verify_init(v), 1);
			if (rsa) {
				assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, paddings[i]), 1);
				assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(v, paddings[i]), 1);
			}
			assert_int_equal(EVP_PKEY_sign(c, sig, &len, tbs, n), 1);
			assert_int_equal(uses(k, kind), 1);
			assert_int_equal(EVP_PKEY_verify(v, sig, len, tbs, n), 1);
		}
	}
}

/* ---- papers --------------------------------------------------------------- */

static void
test_certificate_and_request(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		tmg_held(X509) cert = NULL;
		tmg_held(X509_REQ) req = X509_REQ_new_ex(k->libctx, NULL);

		uses(k, kind);
		cert = make_cert(k->libctx, k->token[kind], k->soft_key[kind], "x",
		    usual_md(kind));
		assert_int_equal(uses(k, kind), 1);
		assert_int_equal(X509_verify(cert, k->soft_key[kind]), 1);
		assert_int_equal(X509_check_private_key(cert, k->token[kind]), 1);
		assert_int_not_equal(X509_check_private_key(cert,
		    k->token[(kind + 1) % KINDS]), 1);

		/* also with the token's key as the public one, in memory */
		assert_int_equal(X509_REQ_set_pubkey(req, k->token[kind]), 1);
		assert_true(X509_REQ_sign(req, k->token[kind], usual_md(kind)) > 0);
		assert_int_equal(uses(k, kind), 1);
		assert_int_equal(X509_REQ_verify(req, k->token[kind]), 1);
		assert_int_equal(X509_REQ_verify(req, k->soft_key[kind]), 1);
		assert_int_equal(uses(k, kind), 0);
	}
}

/* RSASSA-PSS in a certificate: the parameters stand in its algorithm. */
static void
test_pss_certificate(void **state)
{
	struct keys *k = *state;
	static const struct { const char *md, *mgf; int salt; } rows[] = {
		{ "SHA1", NULL, 20 }, { "SHA256", NULL, RSA_PSS_SALTLEN_DIGEST },
		{ "SHA384", "SHA256", 10 }, { "SHA512", NULL, RSA_PSS_SALTLEN_MAX },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_held(X509) cert = X509_dup(k->cert[0]);
		tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();
		EVP_PKEY_CTX *p;

		uses(k, 0);
		assert_int_equal(EVP_DigestSignInit_ex(c, &p, rows[i].md, k->libctx,
		    NULL, k->token[0], NULL), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(p, rows[i].salt), 1);
		if (rows[i].mgf != NULL)
			assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(p, rows[i].mgf, NULL), 1);
		assert_true(X509_sign_ctx(cert, c) > 0);
		assert_int_equal(uses(k, 0), 1);
		assert_int_equal(X509_get_signature_nid(cert), NID_rsassaPss);
		assert_int_equal(X509_verify(cert, k->soft_key[0]), 1);
	}
}

static void
test_cms_sign(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (int pss = 0; pss < (kind < 2 ? 2 : 1); pss++) {
			tmg_held(BIO) in = BIO_new_mem_buf(message, sizeof(message));
			tmg_held(CMS_ContentInfo) cms = CMS_sign_ex(NULL, NULL, NULL, in,
			    CMS_BINARY | CMS_PARTIAL, k->libctx, NULL);
			const unsigned flags = CMS_BINARY | (pss ? CMS_KEY_PARAM : 0u);
			/* RFC 8419 2.3: Ed25519 in CMS goes with SHA-512 */
			const EVP_MD *md = usual_md(kind) != NULL ? EVP_sha256() : EVP_sha512();
			CMS_SignerInfo *si;

			if (usual_md(kind) == NULL)
				continue;
			uses(k, kind);
			si = CMS_add1_signer(cms, k->cert[kind], k->token[kind], md, flags);
			assert_non_null(si);
			if (pss) {
				EVP_PKEY_CTX *p = CMS_SignerInfo_get0_pkey_ctx(si);

				assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(p,
				    RSA_PKCS1_PSS_PADDING), 1);
				assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(p,
				    RSA_PSS_SALTLEN_DIGEST), 1);
			}
			assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
			assert_int_equal(uses(k, kind), 1);
			/* the very object, whose signer info holds the token's key */
			assert_int_equal(CMS_verify(cms, NULL, NULL, NULL, NULL,
			    CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY), 1);
			assert_int_equal(uses(k, kind), 0);
		}
	}
}

static void
test_cms_decrypt(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (int oaep = 0; oaep < (kind < 2 ? 2 : 1); oaep++) {
			tmg_held(BIO) in = BIO_new_mem_buf(message, sizeof(message));
			tmg_held(BIO) out = BIO_new(BIO_s_mem());
			tmg_held(CMS_ContentInfo) cms = NULL;
			CMS_RecipientInfo *ri;
			char *got;

			if (usual_md(kind) == NULL)
				continue;
			cms = CMS_encrypt_ex(NULL, in, EVP_aes_128_cbc(),
			    CMS_BINARY | CMS_PARTIAL, k->libctx, NULL);
			assert_non_null(cms);
			ri = CMS_add1_recipient_cert(cms, k->cert[kind],
			    CMS_BINARY | (oaep ? CMS_KEY_PARAM : 0u));
			assert_non_null(ri);
			if (oaep)
				assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(
				    CMS_RecipientInfo_get0_pkey_ctx(ri),
				    RSA_PKCS1_OAEP_PADDING), 1);
			assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);

			uses(k, kind);
			assert_int_equal(CMS_decrypt(cms, k->token[kind],
			    k->cert[kind], NULL, out, CMS_BINARY), 1);
			assert_int_equal(uses(k, kind), 1);
			assert_int_equal(BIO_get_mem_data(out, &got), sizeof(message));
			assert_memory_equal(got, message, sizeof(message));
		}
	}
}

/* ---- decryption and agreement --------------------------------------------- */

static void
decrypt_with(struct keys *k, size_t kind, int padding, const char *md,
    const char *mgf, const char *label)
{
	EVP_PKEY *keys[] = { k->soft_key[kind], k->token[kind] };
	uint8_t cipher[ROOM], plain[ROOM];
	size_t cipher_len, plain_len;

	/* encrypted by either, decrypted by the token */
	for (size_t who = 0; who < 2; who++) {
		EVP_PKEY *pair[] = { keys[who], k->token[kind] };

		cipher_len = sizeof(cipher);
		plain_len = 0;
		for (size_t side = 0; side < 2; side++) {
			tmg_held(EVP_PKEY_CTX) c =
			    EVP_PKEY_CTX_new_from_pkey(k->libctx, pair[side], NULL);

			assert_int_equal(side == 0 ? EVP_PKEY_encrypt_init(c)
			    : EVP_PKEY_decrypt_init(c), 1);
			assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(c, padding), 1);
			if (md != NULL)
				assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md_name(c, md, NULL), 1);
			if (mgf != NULL)
				assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(c, mgf, NULL), 1);
			if (label != NULL)
				assert_int_equal(EVP_PKEY_CTX_set0_rsa_oaep_label(c,
				    OPENSSL_strdup(label), (int)strlen(label)), 1);
			if (side == 0) {
				assert_int_equal(EVP_PKEY_encrypt(c, cipher, &cipher_len,
				    message, sizeof(message)), 1);
				uses(k, kind);
				continue;
			}
			assert_int_equal(EVP_PKEY_decrypt(c, NULL, &plain_len, cipher, cipher_len), 1);
			assert_int_equal(uses(k, kind), 0);
			assert_int_equal(EVP_PKEY_decrypt(c, plain, &plain_len, cipher, cipher_len), 1);
			assert_int_equal(uses(k, kind), 1);
		}
		assert_int_equal(plain_len, sizeof(message));
		assert_memory_equal(plain, message, sizeof(message));
	}
}

static void
test_rsa_decrypt(void **state)
{
	static const char *const mds[] = { "SHA1", "SHA224", "SHA256", "SHA384", "SHA512" };

	for (size_t kind = 0; kind < 2; kind++) {
		decrypt_with(*state, kind, RSA_PKCS1_PADDING, NULL, NULL, NULL);
		decrypt_with(*state, kind, RSA_PKCS1_OAEP_PADDING, NULL, NULL, NULL);
		for (size_t i = 0; i < TMG_COUNT(mds); i++) {
			decrypt_with(*state, kind, RSA_PKCS1_OAEP_PADDING, mds[i], NULL, NULL);
			decrypt_with(*state, kind, RSA_PKCS1_OAEP_PADDING, mds[i], "SHA1", "label");
		}
	}
}

static void
agree(tmg_ctx *ctx, tmg_alg alg)
{
	OSSL_LIB_CTX *libctx = tmg_openssl_libctx(ctx);
	tmg_soft *mine, *theirs;
	tmg_held(EVP_PKEY) token = NULL;
	tmg_held(EVP_PKEY_CTX) a = NULL;
	tmg_held(EVP_PKEY_CTX) b = NULL;
	uint8_t x[ROOM], y[ROOM];
	size_t n = 0, m = sizeof(y);

	assert_int_equal(tmg_soft_generate(ctx, alg, &mine), TMG_OK);
	assert_int_equal(tmg_soft_generate(ctx, alg, &theirs), TMG_OK);
	assert_int_equal(tmg_openssl_key(ctx, tmg_soft_signer(mine), &token), TMG_OK);
	a = EVP_PKEY_CTX_new_from_pkey(libctx, token, NULL);
	b = EVP_PKEY_CTX_new_from_pkey(libctx, tmg_soft_key(theirs), NULL);
	assert_int_equal(EVP_PKEY_derive_init(a), 1);
	assert_int_equal(EVP_PKEY_derive_init(b), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(a, tmg_soft_key(theirs)), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(b, tmg_soft_key(mine)), 1);
	assert_int_equal(EVP_PKEY_derive(a, NULL, &n), 1);
	assert_int_equal(tmg_soft_signer(mine)->used, 0);
	assert_int_equal(EVP_PKEY_derive(a, x, &n), 1);
	assert_int_equal(tmg_soft_signer(mine)->used, 1);
	assert_int_equal(EVP_PKEY_derive(b, y, &m), 1);
	assert_int_equal(n, m);
	assert_int_equal(n, tmg_alg_bytes(alg));
	assert_memory_equal(x, y, n);
	tmg_soft_free(&mine);
	tmg_soft_free(&theirs);
}

static void
test_agreement(void **state)
{
	static const tmg_alg algs[] = {
		TMG_ALG_P256, TMG_ALG_P384, TMG_ALG_P521, TMG_ALG_X25519, TMG_ALG_BP256,
	};
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		agree(k->ctx, algs[i]);
}

/* ---- what must be refused --------------------------------------------------- */

static tmg_rc
derive_too_much(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	static const uint8_t many[66];

	(void)s;
	(void)peer;
	tmg_put(secret, TMG_VIEW(many));
	return tmg_out_done(secret);
}

/* A token that answers with more than a coordinate must not be believed: the
 * caller's buffer is as long as one. */
static void
test_long_secret(void **state)
{
	static const tmg_signer_ops ops = { tmg_signer_no_sign,
	    tmg_signer_no_decrypt, derive_too_much };
	struct keys *k = *state;
	tmg_auto_ptr(tmg_soft) soft = NULL;
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(EVP_PKEY) peer = EVP_PKEY_Q_keygen(k->libctx, NULL, "EC", "P-256");
	tmg_held(EVP_PKEY_CTX) c = NULL;
	tmg_fault fault = { 0 };
	tmg_signer odd;
	uint8_t secret[32];
	size_t len = sizeof(secret);

	assert_int_equal(tmg_soft_generate(k->ctx, TMG_ALG_P256, &soft), TMG_OK);
	odd = (tmg_signer){ .ops = &ops, .fault = &fault, .alg = TMG_ALG_P256,
	    .spki = tmg_soft_signer(soft)->spki };
	assert_int_equal(tmg_openssl_key(k->ctx, &odd, &key), TMG_OK);
	c = EVP_PKEY_CTX_new_from_pkey(k->libctx, key, NULL);
	assert_int_equal(EVP_PKEY_derive_init(c), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(c, peer), 1);
	assert_int_not_equal(EVP_PKEY_derive(c, secret, &len), 1);
}

/* A copy is the same key of the same token, used in the same turn. */
static void
test_copy(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		tmg_held(EVP_PKEY) copy = EVP_PKEY_dup(k->token[kind]);

		assert_non_null(copy);
		assert_int_equal(EVP_PKEY_eq(copy, k->token[kind]), 1);
	}
}

static void
test_private_export(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		tmg_held(BIO) out = BIO_new(BIO_s_mem());
		OSSL_PARAM *params = NULL;
		char *text;

		assert_int_not_equal(PEM_write_bio_PrivateKey_ex(out, k->token[kind],
		    NULL, NULL, 0, NULL, NULL, k->libctx, NULL), 1);
		assert_true(BIO_get_mem_data(out, &text) == 0);
		assert_int_not_equal(EVP_PKEY_todata(k->token[kind],
		    EVP_PKEY_KEYPAIR, &params), 1);
		assert_null(params);
		assert_int_equal(EVP_PKEY_todata(k->token[kind],
		    EVP_PKEY_PUBLIC_KEY, &params), 1);
		OSSL_PARAM_free(params);
		assert_int_equal(PEM_write_bio_PUBKEY_ex(out, k->token[kind],
		    k->libctx, NULL), 1);
		assert_int_equal(EVP_PKEY_eq(k->token[kind], k->soft_key[kind]), 1);
		assert_int_equal(EVP_PKEY_eq(k->soft_key[kind], k->token[kind]), 1);
		assert_int_equal(EVP_PKEY_get_bits(k->token[kind]),
		    EVP_PKEY_get_bits(k->soft_key[kind]));
		assert_string_equal(OSSL_PROVIDER_get0_name(
		    EVP_PKEY_get0_provider(k->token[kind])), "tamga");
		assert_string_equal(OSSL_PROVIDER_get0_name(
		    EVP_PKEY_get0_provider(k->soft_key[kind])), "default");
	}
}

/* A signer whose person always says no. */
struct refuser {
	tmg_signer signer;
	tmg_fault fault;
	unsigned asked;
};

static tmg_rc
refuse_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	struct refuser *r = (struct refuser *)s;

	(void)spec;
	(void)input;
	(void)sig;
	r->asked++;
	return tmg_raise(&r->fault, TMG_CANCELLED, 0, "no PIN was given");
}

static const tmg_signer_ops refuser_ops = {
	refuse_sign, tmg_signer_no_decrypt, tmg_signer_no_derive,
};

static void
test_refusal(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		struct refuser r = {
			.signer = { &refuser_ops, &r.fault, key_kinds[kind].alg,
			    k->signer[kind]->spki, 0, 0,
			    false },
		};
		tmg_held(EVP_PKEY) token = NULL;
		tmg_held(X509) cert = X509_dup(k->cert[kind]);

		assert_int_equal(tmg_openssl_key(k->ctx, &r.signer, &token), TMG_OK);
		assert_int_equal(X509_sign(cert, token, usual_md(kind)), 0);
		assert_int_equal(r.asked, 1);
		assert_int_equal(r.fault.rc, TMG_CANCELLED);
		assert_string_equal(r.fault.text, "no PIN was given");
	}
}

static void
test_limit(void **state)
{
	struct keys *k = *state;
	tmg_held(X509) cert = X509_dup(k->cert[2]);

	uses(k, 2);
	k->signer[2]->limit = 1;
	assert_true(X509_sign(cert, k->token[2], EVP_sha256()) > 0);
	assert_int_equal(X509_sign(cert, k->token[2], EVP_sha256()), 0);
	assert_int_equal(k->signer[2]->fault->rc, TMG_DENIED);
	assert_int_equal(uses(k, 2), 1);
	k->signer[2]->limit = 0;
}

static void
test_foreign_public_half(void **state)
{
	struct keys *k = *state;
	tmg_fault fault = { .rc = TMG_OK };
	tmg_signer s = *k->signer[2];
	EVP_PKEY *key = NULL;

	s.fault = &fault;
	s.alg = TMG_ALG_P384;		/* not what its spki says */
	assert_int_equal(tmg_openssl_key(k->ctx, &s, &key), TMG_E_MALFORMED);
	assert_null(key);
	assert_true(fault.text[0] != '\0');
	s.spki.len -= 1;
	assert_int_equal(tmg_openssl_key(k->ctx, &s, &key), TMG_E_MALFORMED);
}

/* ---- threads ---------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 25 };

struct worker {
	struct keys *k;
	size_t kind;
	unsigned good;
};

static void *
work(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		EVP_MD_CTX *c = EVP_MD_CTX_new();
		uint8_t sig[ROOM];
		size_t len = sizeof(sig);
		const uint8_t text[] = { (uint8_t)i, (uint8_t)w->kind, 3 };

		if (EVP_DigestSignInit_ex(c, NULL, "SHA256", w->k->libctx, NULL,
		    w->k->token[w->kind], NULL) == 1 &&
		    EVP_DigestSign(c, sig, &len, text, sizeof(text)) == 1 &&
		    EVP_DigestVerifyInit_ex(c, NULL, "SHA256", w->k->libctx, NULL,
		    w->k->soft_key[w->kind], NULL) == 1 &&
		    EVP_DigestVerify(c, sig, len, text, sizeof(text)) == 1)
			w->good++;
		EVP_MD_CTX_free(c);
	}
	return NULL;
}

static void
test_threads(void **state)
{
	struct keys *k = *state;
	static const size_t kinds[THREADS] = { 0, 0, 2, 2 };
	struct worker w[THREADS];
	pthread_t t[THREADS];

	uses(k, 0);
	uses(k, 2);
	for (size_t i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ k, kinds[i], 0 };
		assert_int_equal(pthread_create(&t[i], NULL, work, &w[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].good, ROUNDS);
	}
	assert_int_equal(uses(k, 0), 2 * ROUNDS);
	assert_int_equal(uses(k, 2), 2 * ROUNDS);
}

/* The program we live in has its own OpenSSL, which must not hear of us. */
static void
test_default_context_untouched(void **state)
{
	(void)state;
	assert_int_equal(OSSL_PROVIDER_available(NULL, TMG_PROVIDER), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest_sign),
		cmocka_unit_test(test_digest_sign_streamed),
		cmocka_unit_test(test_raw_sign),
		cmocka_unit_test(test_certificate_and_request),
		cmocka_unit_test(test_pss_certificate),
		cmocka_unit_test(test_cms_sign),
		cmocka_unit_test(test_cms_decrypt),
		cmocka_unit_test(test_rsa_decrypt),
		cmocka_unit_test(test_agreement),
		cmocka_unit_test(test_private_export),
		cmocka_unit_test(test_long_secret),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_foreign_public_half),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_default_context_untouched),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
