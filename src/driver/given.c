/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/given.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

/* Kind, size and curve, by the public half. */
static bool
is_of(const EVP_PKEY *key, tmg_alg alg)
{
	uint8_t bytes[TMG_SPKI_MAX], *p = bytes;
	const int len = i2d_PUBKEY(key, NULL);
	tmg_alg found;

	return len > 0 && (size_t)len <= sizeof(bytes) &&
	    i2d_PUBKEY(key, &p) == len &&
	    tmg_spki_alg((tmg_view){ bytes, (size_t)len }, &found) == TMG_OK &&
	    found == alg;
}

static bool
has_third_prime(const EVP_PKEY *key)
{
	BIGNUM *third = NULL;
	const bool has = EVP_PKEY_get_bn_param(key,
	    OSSL_PKEY_PARAM_RSA_FACTOR3, &third) == 1;

	BN_clear_free(third);
	return has;
}

static bool
is_whole(tmg_backend *b, EVP_PKEY *key)
{
	tmg_held(EVP_PKEY_CTX) c = EVP_PKEY_CTX_new_from_pkey(
	    tmg_ctx_libctx(b->ctx), key, NULL);

	return c != NULL && EVP_PKEY_pairwise_check(c) == 1;
}

static tmg_rc
check(tmg_backend *b, const char *who, tmg_alg alg, EVP_PKEY *key)
{
	if (!is_of(key, alg))
		return tmg_raise(&b->fault, TMG_MISMATCH, 0,
		    _("%s: the key is not of the kind %s"), who,
		    tmg_alg_get(alg)->name);
	if (has_third_prime(key))
		return tmg_raise(&b->fault, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes RSA keys of two primes only"), who);
	if (!is_whole(b, key))
		return tmg_raise(&b->fault, TMG_E_MALFORMED, 0,
		    _("%s: the parts of this private key do not belong together; "
		    "nothing was imported"), who);
	return TMG_OK;
}

static tmg_rc
read_and_check(tmg_backend *b, const char *who, tmg_alg alg, tmg_view pkcs8,
    EVP_PKEY **key)
{
	const unsigned char *der = pkcs8.ptr;
	tmg_held(EVP_PKEY) read = d2i_AutoPrivateKey_ex(NULL, &der,
	    (long)pkcs8.len, tmg_ctx_libctx(b->ctx), NULL);
	tmg_rc rc;

	if (read == NULL || der != pkcs8.ptr + pkcs8.len)
		return tmg_raise(&b->fault, TMG_E_MALFORMED, 0,
		    _("%s: this is not a private key that can be read (PKCS #8, DER, "
		    "not encrypted)"), who);
	if ((rc = check(b, who, alg, read)))
		return rc;
	*key = read;
	read = NULL;
	return TMG_OK;
}

/* libcrypto's own words about it are of no use to anybody. */
tmg_rc
tmg_given_key(tmg_backend *b, const char *who, tmg_alg alg, tmg_view pkcs8,
    EVP_PKEY **key)
{
	tmg_rc rc;

	*key = NULL;
	ERR_set_mark();
	rc = read_and_check(b, who, alg, pkcs8, key);
	ERR_pop_to_mark();
	return rc;
}
