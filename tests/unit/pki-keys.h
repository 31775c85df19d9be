/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of src/pki share: a context, one software key of each kind,
 * an OpenSSL key of our provider over it, a self-signed certificate for it.
 */
#ifndef TMG_TEST_PKI_KEYS_H
#define TMG_TEST_PKI_KEYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "src/base/scope.h"
#include "src/pki/soft.h"
#include "tamga/openssl.h"

static const struct {
	const char *name;
	tmg_alg alg;
} key_kinds[] = {
	{ "RSA-2048", TMG_ALG_RSA2048 },
	{ "RSA-3072", TMG_ALG_RSA3072 },
	{ "P-256", TMG_ALG_P256 },
	{ "P-384", TMG_ALG_P384 },
	{ "Ed25519", TMG_ALG_ED25519 },
};

#define KINDS TMG_COUNT(key_kinds)

struct keys {
	tmg_ctx *ctx;
	OSSL_LIB_CTX *libctx;
	tmg_soft *soft[KINDS];
	tmg_signer *signer[KINDS];
	EVP_PKEY *token[KINDS];		/* our provider's */
	EVP_PKEY *soft_key[KINDS];	/* OpenSSL's own, borrowed */
	X509 *cert[KINDS];		/* self-signed by soft_key */
};

static inline X509 *
make_cert(OSSL_LIB_CTX *libctx, EVP_PKEY *signer, EVP_PKEY *public,
    const char *cn, const EVP_MD *md)
{
	X509 *cert = X509_new_ex(libctx, NULL);
	X509_NAME *name = X509_get_subject_name(cert);

	assert_int_equal(X509_set_version(cert, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 7), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(cert, name), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), -60));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(cert), 86400));
	assert_int_equal(X509_set_pubkey(cert, public), 1);
	assert_true(X509_sign(cert, signer, md) > 0);
	return cert;
}

static inline const EVP_MD *
usual_md(size_t kind)
{
	return tmg_alg_get(key_kinds[kind].alg)->family == TMG_FAMILY_ED ? NULL
	    : EVP_sha256();
}

static inline int
keys_setup(void **state)
{
	struct keys *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	assert_int_equal(tmg_ctx_new(&k->ctx), TMG_OK);
	k->libctx = tmg_openssl_libctx(k->ctx);
	for (size_t i = 0; i < KINDS; i++) {
		assert_int_equal(tmg_soft_generate(k->ctx, key_kinds[i].alg,
		    &k->soft[i]), TMG_OK);
		k->signer[i] = tmg_soft_signer(k->soft[i]);
		k->soft_key[i] = tmg_soft_key(k->soft[i]);
		assert_int_equal(tmg_openssl_key(k->ctx, k->signer[i],
		    &k->token[i]), TMG_OK);
		k->cert[i] = make_cert(k->libctx, k->soft_key[i], k->soft_key[i],
		    key_kinds[i].name, usual_md(i));
	}
	*state = k;
	return 0;
}

static inline int
keys_teardown(void **state)
{
	struct keys *k = *state;

	for (size_t i = 0; i < KINDS; i++) {
		X509_free(k->cert[i]);
		EVP_PKEY_free(k->token[i]);
		tmg_soft_free(&k->soft[i]);
	}
	tmg_ctx_free(&k->ctx);
	free(k);
	return 0;
}

/* Private-key operations since the last call. */
static inline unsigned
uses(struct keys *k, size_t kind)
{
	const unsigned used = k->signer[kind]->used;

	k->signer[kind]->used = 0;
	return used;
}

#endif
