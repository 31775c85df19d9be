/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our library is the first user of OpenSSL in this process: afterwards the
 * default context still finds everything in the provider "default", and
 * ordinary keys work as if we were not there.  A process of its own.
 */
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/pki/soft.h"
#include "tamga/openssl.h"

#define CHECK(x) do { if (!(x)) { \
	fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); exit(1); } } while (0)

static void
token_signs(tmg_ctx *ctx, tmg_alg alg, const char *md)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	tmg_soft *soft;
	EVP_PKEY *key;
	uint8_t sig[1024];
	size_t len = sizeof(sig);

	CHECK(tmg_soft_generate(ctx, alg, &soft) == TMG_OK);
	CHECK(tmg_openssl_key(ctx, tmg_soft_signer(soft), &key) == TMG_OK);
	CHECK(EVP_DigestSignInit_ex(c, NULL, md, tmg_openssl_libctx(ctx), NULL, key, NULL) == 1);
	CHECK(EVP_DigestSign(c, sig, &len, sig, 10) == 1);
	CHECK(tmg_soft_signer(soft)->used == 1);
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	tmg_soft_free(&soft);
}

static void
fetches_are_default(OSSL_LIB_CTX *libctx)
{
	static const char *const kinds[] = { "RSA", "EC", "ED25519", "X25519" };
	static const char *const signatures[] = { "RSA", "ECDSA", "ED25519" };

	for (size_t i = 0; i < 4; i++) {
		EVP_KEYMGMT *m = EVP_KEYMGMT_fetch(libctx, kinds[i], NULL);

		CHECK(m != NULL && strcmp(OSSL_PROVIDER_get0_name(
		    EVP_KEYMGMT_get0_provider(m)), "default") == 0);
		EVP_KEYMGMT_free(m);
	}
	for (size_t i = 0; i < 3; i++) {
		EVP_SIGNATURE *s = EVP_SIGNATURE_fetch(libctx, signatures[i], NULL);

		CHECK(s != NULL && strcmp(OSSL_PROVIDER_get0_name(
		    EVP_SIGNATURE_get0_provider(s)), "default") == 0);
		EVP_SIGNATURE_free(s);
	}
}

static void
ordinary_key_works(const char *type, const char *group, const char *md)
{
	EVP_PKEY *key = group != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, type, group)
	    : EVP_PKEY_Q_keygen(NULL, NULL, type, (size_t)2048);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t sig[1024];
	size_t len = sizeof(sig);

	CHECK(key != NULL);
	CHECK(strcmp(OSSL_PROVIDER_get0_name(EVP_PKEY_get0_provider(key)), "default") == 0);
	CHECK(EVP_DigestSignInit_ex(c, NULL, md, NULL, NULL, key, NULL) == 1);
	CHECK(EVP_DigestSign(c, sig, &len, sig, 10) == 1);
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
}

int
main(void)
{
	tmg_ctx *ctx;

	CHECK(tmg_ctx_new(&ctx) == TMG_OK);
	token_signs(ctx, TMG_ALG_P256, "SHA256");
	token_signs(ctx, TMG_ALG_RSA2048, "SHA256");

	CHECK(OSSL_PROVIDER_available(NULL, "tamga") == 0);
	fetches_are_default(NULL);
	fetches_are_default(tmg_openssl_libctx(ctx));
	ordinary_key_works("EC", "P-256", "SHA256");
	ordinary_key_works("RSA", NULL, "SHA256");
	token_signs(ctx, TMG_ALG_P384, "SHA384");
	tmg_ctx_free(&ctx);
	fetches_are_default(NULL);
	return 0;
}
