/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys brought from outside: Yubico's import command.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/piv_alg.h"

enum {
	FIELD_P = 0x01,
	FIELD_Q = 0x02,
	FIELD_DP = 0x03,
	FIELD_DQ = 0x04,
	FIELD_QINV = 0x05,
	FIELD_SCALAR = 0x06,
	FIELD_ED25519 = 0x07,
	FIELD_X25519 = 0x08,
	CURVE25519_LEN = 32,
	PUBLIC_EXPONENT = 65537,	/* the command has no field for another */
};

static void
free_bn_ctx(BN_CTX **ctx)
{
	BN_CTX_free(*ctx);
}

static void
free_build(OSSL_PARAM_BLD **bld)
{
	OSSL_PARAM_BLD_free(*bld);
}

static void
free_params(OSSL_PARAM **params)
{
	OSSL_PARAM_free(*params);
}

static void
free_ctx(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static void
free_group(EC_GROUP **group)
{
	EC_GROUP_free(*group);
}

static void
free_point(EC_POINT **point)
{
	EC_POINT_free(*point);
}

static void
free_bn(BIGNUM **n)
{
	BN_clear_free(*n);
}
#define scoped(f) __attribute__((__cleanup__(f)))

static tmg_rc
from_params(OSSL_LIB_CTX *lib, const char *type, OSSL_PARAM_BLD *bld, EVP_PKEY **pkey)
{
	scoped(free_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	scoped(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(lib, type, NULL);

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1)
		return TMG_E_CRYPTO;
	return EVP_PKEY_fromdata(ctx, pkey, EVP_PKEY_KEYPAIR, params) == 1 ?
	    TMG_OK : TMG_E_MALFORMED;
}

/* ---- RSA --------------------------------------------------------------------- */
struct rsa {
	BIGNUM *p, *q, *dp, *dq, *qinv;	/* as they came */
	BIGNUM *n, *e, *d;		/* made of them */
};

static BIGNUM *
field(tmg_view fields, uint32_t tag)
{
	tmg_view v;

	if (tmg_tlv_find(fields, tag, &v) != TMG_OK || v.len == 0 || v.len > 256)
		return NULL;
	return BN_bin2bn(v.ptr, (int)v.len, NULL);
}

static void
rsa_release(struct rsa *r)
{
	BIGNUM **all[] = { &r->p, &r->q, &r->dp, &r->dq, &r->qinv, &r->n, &r->e, &r->d };

	for (size_t i = 0; i < TMG_COUNT(all); i++)
		free_bn(all[i]);
}

/* n = pq; d = 1/e mod (p-1)(q-1) */
static bool
complete(struct rsa *r, BN_CTX *ctx)
{
	scoped(free_bn) BIGNUM *p1 = BN_dup(r->p), *q1 = BN_dup(r->q), *phi = BN_new();

	r->n = BN_new();
	r->e = BN_new();
	return p1 != NULL && q1 != NULL && phi != NULL && r->n != NULL && r->e != NULL &&
	    BN_mul(r->n, r->p, r->q, ctx) && BN_sub_word(p1, 1) && BN_sub_word(q1, 1) &&
	    BN_mul(phi, p1, q1, ctx) && BN_set_word(r->e, PUBLIC_EXPONENT) &&
	    (r->d = BN_mod_inverse(NULL, r->e, phi, ctx)) != NULL;
}

/* The exponents that came must be those of the primes. */
static bool
agrees(const struct rsa *r, BN_CTX *ctx)
{
	const struct { const BIGNUM *prime, *exponent; } half[] = {
		{ r->p, r->dp }, { r->q, r->dq },
	};
	scoped(free_bn) BIGNUM *t = BN_new();

	for (size_t i = 0; i < TMG_COUNT(half); i++) {
		scoped(free_bn) BIGNUM *less = BN_dup(half[i].prime);

		if (t == NULL || less == NULL || !BN_sub_word(less, 1) ||
		    !BN_mod(t, r->d, less, ctx) || BN_cmp(t, half[i].exponent) != 0)
			return false;
	}
	return BN_mod_mul(t, r->q, r->qinv, r->p, ctx) && BN_is_one(t);
}

static tmg_rc
rsa_params(const struct rsa *r, OSSL_PARAM_BLD *bld)
{
	const struct { const char *name; const BIGNUM *n; } all[] = {
		{ OSSL_PKEY_PARAM_RSA_N, r->n }, { OSSL_PKEY_PARAM_RSA_E, r->e },
		{ OSSL_PKEY_PARAM_RSA_D, r->d },
		{ OSSL_PKEY_PARAM_RSA_FACTOR1, r->p },
		{ OSSL_PKEY_PARAM_RSA_FACTOR2, r->q },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT1, r->dp },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT2, r->dq },
		{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, r->qinv },
	};

	for (size_t i = 0; i < TMG_COUNT(all); i++)
		if (OSSL_PARAM_BLD_push_BN(bld, all[i].name, all[i].n) != 1)
			return TMG_E_CRYPTO;
	return TMG_OK;
}

static tmg_rc
import_rsa(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey)
{
	__attribute__((__cleanup__(rsa_release))) struct rsa r = {
		.p = field(fields, FIELD_P), .q = field(fields, FIELD_Q),
		.dp = field(fields, FIELD_DP), .dq = field(fields, FIELD_DQ),
		.qinv = field(fields, FIELD_QINV),
	};
	scoped(free_bn_ctx) BN_CTX *ctx = BN_CTX_new_ex(lib);
	scoped(free_build) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	tmg_rc rc;

	if (ctx == NULL || bld == NULL)
		return TMG_E_NOMEM;
	if (r.p == NULL || r.q == NULL || r.dp == NULL || r.dq == NULL ||
	    r.qinv == NULL || BN_is_zero(r.p) || BN_is_zero(r.q) ||
	    !complete(&r, ctx) || !agrees(&r, ctx) ||
	    (unsigned)BN_num_bits(r.n) != tmg_alg_get(alg->alg)->bits)
		return TMG_E_MALFORMED;
	if ((rc = rsa_params(&r, bld)))
		return rc;
	return from_params(lib, alg->type, bld, pkey);
}

/* ---- EC ----------------------------------------------------------------------- */
static EC_GROUP *
group_of(const vc_alg *alg, OSSL_LIB_CTX *lib)
{
	return EC_GROUP_new_by_curve_name_ex(lib, NULL,
	    alg->alg == TMG_ALG_P256 ? NID_X9_62_prime256v1 : NID_secp384r1);
}

static tmg_rc
ec_params(const EC_GROUP *group, const char *name, const BIGNUM *d,
    OSSL_PARAM_BLD *bld, uint8_t *point, size_t cap)
{
	scoped(free_point) EC_POINT *q = EC_POINT_new(group);
	size_t len;

	if (q == NULL || EC_POINT_mul(group, q, d, NULL, NULL, NULL) != 1 ||
	    (len = EC_POINT_point2oct(group, q, POINT_CONVERSION_UNCOMPRESSED,
	    point, cap, NULL)) == 0)
		return TMG_E_CRYPTO;
	if (OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, name, 0) != 1 ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, len) != 1)
		return TMG_E_CRYPTO;
	return TMG_OK;
}

static tmg_rc
import_ec(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey)
{
	scoped(free_bn) BIGNUM *d = field(fields, FIELD_SCALAR);
	scoped(free_group) EC_GROUP *group = group_of(alg, lib);
	scoped(free_build) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	uint8_t point[160];
	tmg_rc rc;

	if (group == NULL || bld == NULL)
		return TMG_E_NOMEM;
	if (d == NULL || BN_is_zero(d) || BN_cmp(d, EC_GROUP_get0_order(group)) >= 0)
		return TMG_E_MALFORMED;
	if ((rc = ec_params(group, tmg_alg_get(alg->alg)->group, d, bld, point, sizeof(point))))
		return rc;
	return from_params(lib, alg->type, bld, pkey);
}

static tmg_rc
import_25519(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey)
{
	const uint32_t tag = alg->alg == TMG_ALG_ED25519 ? FIELD_ED25519 : FIELD_X25519;
	tmg_view v;

	if (tmg_tlv_find(fields, tag, &v) != TMG_OK || v.len != CURVE25519_LEN)
		return TMG_E_MALFORMED;
	*pkey = EVP_PKEY_new_raw_private_key_ex(lib, alg->type, NULL, v.ptr, v.len);
	return *pkey != NULL ? TMG_OK : TMG_E_CRYPTO;
}

tmg_rc
vc_alg_import(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey)
{
	*pkey = NULL;
	switch (tmg_alg_get(alg->alg)->family) {
	case TMG_FAMILY_RSA:
		return import_rsa(alg, lib, fields, pkey);
	case TMG_FAMILY_EC:
		return import_ec(alg, lib, fields, pkey);
	case TMG_FAMILY_ED:
	case TMG_FAMILY_X:
		return import_25519(alg, lib, fields, pkey);
	default:
		return TMG_E_MALFORMED;
	}
}
