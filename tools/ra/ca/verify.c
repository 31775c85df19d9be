/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/verify.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "tools/ra/ca/keeper.h"
#include "tools/ra/store/digest.h"

RA_SCOPE(X509_ALGOR, X509_ALGOR_free)
RA_SCOPE(ASN1_TYPE, ASN1_TYPE_free)
RA_SCOPE(ASN1_BIT_STRING, ASN1_BIT_STRING_free)

static bool
set_bits(ASN1_BIT_STRING *into, tmg_view bits)
{
	if (into == NULL || ASN1_STRING_set(into, bits.ptr, (int)bits.len) != 1)
		return false;
	into->flags = (into->flags & ~7L) | ASN1_STRING_FLAG_BITS_LEFT;
	return true;
}

bool
ra_verify(tmg_ctx *ctx, EVP_PKEY *key, tmg_view algorithm, tmg_view bits,
    tmg_view data)
{
	const unsigned char *at = algorithm.ptr;
	tmg_auto(ra_X509_ALGOR) alg = d2i_X509_ALGOR(NULL, &at,
	    (long)algorithm.len);
	const bool whole = at == algorithm.ptr + algorithm.len;
	tmg_auto(ra_ASN1_BIT_STRING) signature = ASN1_BIT_STRING_new();
	tmg_auto(ra_ASN1_TYPE) object = NULL;
	bool good;

	at = data.ptr;
	object = d2i_ASN1_TYPE(NULL, &at, (long)data.len);
	good = alg != NULL && whole && object != NULL && set_bits(signature, bits) &&
	    ASN1_item_verify_ex(ASN1_ITEM_rptr(ASN1_ANY), alg, signature, object,
	    NULL, key, tmg_ctx_libctx(ctx), NULL) == 1;
	ERR_clear_error();
	return good;
}

/* RSA's has a NULL behind it, others have nothing (RFC 4055 5, RFC 5758 3.2). */
tmg_rc
ra_verify_algorithm(const EVP_PKEY *key, tmg_out *der)
{
	const EVP_MD *md = ra_keeper_hash(key);
	const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	tmg_auto(ra_X509_ALGOR) alg = X509_ALGOR_new();
	unsigned char *bytes = NULL;
	int nid = NID_undef, len;

	if (alg == NULL || OBJ_find_sigid_by_algs(&nid,
	    md != NULL ? EVP_MD_get_type(md) : NID_undef,
	    EVP_PKEY_get_base_id(key)) != 1 ||
	    X509_ALGOR_set0(alg, OBJ_nid2obj(nid), rsa ? V_ASN1_NULL : V_ASN1_UNDEF,
	    NULL) != 1 || (len = i2d_X509_ALGOR(alg, &bytes)) <= 0) {
		ERR_clear_error();
		return TMG_E_CRYPTO;
	}
	tmg_put(der, (tmg_view){ bytes, (size_t)len });
	OPENSSL_free(bytes);
	return der->full ? TMG_E_SPACE : TMG_OK;
}
