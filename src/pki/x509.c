/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/x509.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/x509_vfy.h>

#include "src/base/ctx.h"
#include "src/pki/curve.h"
#include "src/pki/pkey.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

enum { AUTH_LEVEL = 1 };	/* no SHA-1 signatures, no RSA below 1024 */

/* Takes empty. */
static tmg_rc
parse_into(X509 *empty, tmg_view der, X509 **cert)
{
	const unsigned long before = ERR_peek_error();
	const uint8_t *p = der.ptr;
	tmg_held(X509) made = empty;

	*cert = NULL;
	if (made == NULL)
		return TMG_E_NOMEM;
	if (der.len > INT32_MAX)
		return TMG_E_MALFORMED;

	ERR_set_mark();
	if (d2i_X509(&made, &p, (long)der.len) == NULL || p != der.ptr + der.len) {
		const bool lacked = tmg_lacked_memory(before);

		ERR_pop_to_mark();
		return lacked ? TMG_E_NOMEM : TMG_E_MALFORMED;
	}
	ERR_pop_to_mark();
	*cert = made;
	made = NULL;
	return TMG_OK;
}

tmg_rc
tmg_x509_parse(OSSL_LIB_CTX *libctx, tmg_view der, X509 **cert)
{
	return parse_into(X509_new_ex(libctx, NULL), der, cert);
}

tmg_rc
tmg_x509_keyless(tmg_ctx *ctx, tmg_view der, X509 **cert)
{
	OSSL_LIB_CTX *before = OSSL_LIB_CTX_set0_default(tmg_ctx_barectx(ctx));
	const tmg_rc rc = parse_into(X509_new(), der, cert);

	OSSL_LIB_CTX_set0_default(before);
	return rc;
}

/* To libcrypto no time is the present one. */
tmg_rc
tmg_x509_time(const ASN1_TIME *asn1, time_t *at)
{
	struct tm tm;

	if (asn1 == NULL || ASN1_TIME_to_tm(asn1, &tm) != 1)
		return TMG_E_MALFORMED;
	*at = timegm(&tm);
	return TMG_OK;
}

tmg_rc
tmg_x509_stack(OSSL_LIB_CTX *libctx, const tmg_certs *certs,
    STACK_OF(X509) **stack)
{
	tmg_held_certs made = sk_X509_new_null();
	const size_t n = certs != NULL ? tmg_certs_count(certs) : 0;
	X509 *cert;
	tmg_rc rc;

	*stack = NULL;
	if (made == NULL)
		return TMG_E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if ((rc = tmg_x509_parse(libctx, tmg_certs_get(certs, i), &cert)))
			return rc;
		if (sk_X509_push(made, cert) <= 0) {
			X509_free(cert);
			return TMG_E_NOMEM;
		}
	}
	*stack = made;
	made = NULL;
	return TMG_OK;
}

/* By its parts: libcrypto's decoders look through all they know, each time. */
static EVP_PKEY *
point_key(OSSL_LIB_CTX *libctx, tmg_alg alg, tmg_view point)
{
	tmg_held(EVP_PKEY_CTX) make = EVP_PKEY_CTX_new_from_name(libctx, "EC",
	    TMG_NOT_OURS);
	EVP_PKEY *key = NULL;
	OSSL_PARAM parts[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    (char *)(uintptr_t)tmg_alg_get(alg)->group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)(uintptr_t)point.ptr, point.len),
		OSSL_PARAM_construct_end(),
	};

	if (make == NULL || EVP_PKEY_fromdata_init(make) != 1 ||
	    EVP_PKEY_fromdata(make, &key, EVP_PKEY_PUBLIC_KEY, parts) != 1)
		return NULL;
	return key;
}

/* A point on a curve that was made before. */
static EVP_PKEY *
point_on(const EVP_PKEY *curve, tmg_view point)
{
	tmg_held(EVP_PKEY) made = EVP_PKEY_dup((EVP_PKEY *)(uintptr_t)curve);
	EVP_PKEY *key = made;

	if (made == NULL || EVP_PKEY_set1_encoded_public_key(made, point.ptr,
	    point.len) != 1)
		return NULL;
	made = NULL;
	return key;
}

static EVP_PKEY *
any_key(OSSL_LIB_CTX *libctx, tmg_view spki)
{
	const uint8_t *p = spki.ptr;

	return d2i_PUBKEY_ex(NULL, &p, (long)spki.len, libctx, NULL);
}

/* ctx: NULL, or the one whose curves may be used. */
static EVP_PKEY *
make_key(OSSL_LIB_CTX *libctx, tmg_ctx *ctx, tmg_alg alg, tmg_view spki)
{
	const EVP_PKEY *curve;
	tmg_view bits;

	if (tmg_alg_get(alg)->family != TMG_FAMILY_EC ||
	    tmg_spki_proper(spki) != TMG_OK || tmg_spki_bits(spki, &bits) != TMG_OK)
		return any_key(libctx, spki);
	curve = ctx != NULL ? tmg_curve(ctx, alg) : NULL;
	return curve != NULL ? point_on(curve, bits) :
	    point_key(libctx, alg, bits);
}

static tmg_rc
read_key(OSSL_LIB_CTX *libctx, tmg_ctx *ctx, tmg_view spki, EVP_PKEY **key)
{
	const unsigned long before = ERR_peek_error();
	bool lacked;
	tmg_alg alg;

	*key = NULL;
	if (spki.len > TMG_SPKI_MAX ||
	    tmg_is_fault(tmg_spki_alg(spki, &alg)))
		return TMG_E_MALFORMED;

	ERR_set_mark();
	*key = make_key(libctx, ctx, alg, spki);
	lacked = tmg_lacked_memory(before);
	ERR_pop_to_mark();
	if (*key != NULL)
		return TMG_OK;
	return lacked ? TMG_E_NOMEM : TMG_E_MALFORMED;
}

tmg_rc
tmg_public_key(OSSL_LIB_CTX *libctx, tmg_view spki, EVP_PKEY **key)
{
	return read_key(libctx, NULL, spki, key);
}

tmg_rc
tmg_public_key_again(tmg_ctx *ctx, tmg_view spki, EVP_PKEY **key)
{
	return read_key(tmg_ctx_libctx(ctx), ctx, spki, key);
}

/* Whatever was given ends a chain, root or not: the user chose it. */
tmg_rc
tmg_x509_store(tmg_ctx *ctx, const STACK_OF(X509) *anchors, X509_STORE **out)
{
	tmg_held(X509_STORE) store = X509_STORE_new();
	X509_VERIFY_PARAM *param;

	if (store == NULL)
		return TMG_E_NOMEM;
	for (int i = 0; i < sk_X509_num(anchors); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(anchors, i)) != 1)
			return TMG_E_CRYPTO;

	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(param, tmg_ctx_now(ctx));
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	*out = store;
	store = NULL;
	return TMG_OK;
}
