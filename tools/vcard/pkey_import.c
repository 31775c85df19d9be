/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys brought from outside.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include "src/base/scope.h"
#include "tools/vcard/pkey.h"

enum {
	CURVE25519_LEN = 32,
	NUMBER_MAX = 512,
	USUAL_EXPONENT = 65537,
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
	BIGNUM *e, *p, *q;		/* as they came */
	BIGNUM *n, *d, *dp, *dq, *qinv;	/* made of them */
};

/* NULL: not given, or no number. */
static BIGNUM *
number(tmg_view v)
{
	return v.len > 0 && v.len <= NUMBER_MAX ? BN_bin2bn(v.ptr, (int)v.len, NULL) : NULL;
}

static void
rsa_release(struct rsa *r)
{
	BIGNUM **all[] = { &r->p, &r->q, &r->dp, &r->dq, &r->qinv, &r->n, &r->e, &r->d };

	for (size_t i = 0; i < TMG_COUNT(all); i++)
		free_bn(all[i]);
}

static bool
less_one(BIGNUM **to, const BIGNUM *prime)
{
	return (*to = BN_dup(prime)) != NULL && BN_sub_word(*to, 1);
}

/* n = pq; d = 1/e mod (p-1)(q-1); its remainders, and 1/q mod p */
static bool
complete(struct rsa *r, BN_CTX *ctx)
{
	scoped(free_bn) BIGNUM *p1 = NULL, *q1 = NULL, *phi = BN_new();

	r->n = BN_new();
	r->dp = BN_new();
	r->dq = BN_new();
	return less_one(&p1, r->p) && less_one(&q1, r->q) && phi != NULL && r->n != NULL &&
	    r->dp != NULL && r->dq != NULL &&
	    BN_mul(r->n, r->p, r->q, ctx) && BN_mul(phi, p1, q1, ctx) &&
	    (r->d = BN_mod_inverse(NULL, r->e, phi, ctx)) != NULL &&
	    BN_mod(r->dp, r->d, p1, ctx) && BN_mod(r->dq, r->d, q1, ctx) &&
	    (r->qinv = BN_mod_inverse(NULL, r->q, r->p, ctx)) != NULL;
}

/* What came must be what follows from the primes. */
static bool
agrees(const struct rsa *r, const vc_rsa_parts *parts)
{
	const struct { tmg_view given; const BIGNUM *made; } all[] = {
		{ parts->n, r->n }, { parts->dp, r->dp }, { parts->dq, r->dq },
		{ parts->qinv, r->qinv },
	};

	for (size_t i = 0; i < TMG_COUNT(all); i++) {
		scoped(free_bn) BIGNUM *given = number(all[i].given);

		if (all[i].given.len > 0 && (given == NULL || BN_cmp(given, all[i].made) != 0))
			return false;
	}
	return true;
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

static bool
take_parts(struct rsa *r, const vc_rsa_parts *parts)
{
	r->p = number(parts->p);
	r->q = number(parts->q);
	r->e = parts->e.len > 0 ? number(parts->e) : BN_new();
	if (r->p == NULL || r->q == NULL || r->e == NULL ||
	    (parts->e.len == 0 && !BN_set_word(r->e, USUAL_EXPONENT)))
		return false;
	return BN_is_odd(r->p) && BN_is_odd(r->q) && BN_is_odd(r->e) && !BN_is_one(r->e);
}

tmg_rc
vc_pkey_of_rsa(tmg_alg alg, OSSL_LIB_CTX *lib, const vc_rsa_parts *parts, EVP_PKEY **pkey)
{
	__attribute__((__cleanup__(rsa_release))) struct rsa r = { 0 };
	scoped(free_bn_ctx) BN_CTX *ctx = BN_CTX_new_ex(lib);
	scoped(free_build) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	tmg_rc rc;

	*pkey = NULL;
	if (ctx == NULL || bld == NULL)
		return TMG_E_NOMEM;
	if (!take_parts(&r, parts) || !complete(&r, ctx) || !agrees(&r, parts) ||
	    (unsigned)BN_num_bits(r.n) != tmg_alg_get(alg)->bits)
		return TMG_E_MALFORMED;
	if ((rc = rsa_params(&r, bld)))
		return rc;
	return from_params(lib, "RSA", bld, pkey);
}

/* ---- EC ----------------------------------------------------------------------- */
static EC_GROUP *
group_of(const char *name, OSSL_LIB_CTX *lib)
{
	const int nist = EC_curve_nist2nid(name);

	return EC_GROUP_new_by_curve_name_ex(lib, NULL,
	    nist != NID_undef ? nist : OBJ_sn2nid(name));
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
import_ec(const char *name, OSSL_LIB_CTX *lib, tmg_view scalar, EVP_PKEY **pkey)
{
	scoped(free_bn) BIGNUM *d = number(scalar);
	scoped(free_group) EC_GROUP *group = group_of(name, lib);
	scoped(free_build) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	uint8_t point[160];
	tmg_rc rc;

	if (group == NULL || bld == NULL)
		return TMG_E_NOMEM;
	if (d == NULL || BN_is_zero(d) || BN_cmp(d, EC_GROUP_get0_order(group)) >= 0)
		return TMG_E_MALFORMED;
	if ((rc = ec_params(group, name, d, bld, point, sizeof(point))))
		return rc;
	return from_params(lib, "EC", bld, pkey);
}

tmg_rc
vc_pkey_of_scalar(tmg_alg alg, OSSL_LIB_CTX *lib, tmg_view scalar, EVP_PKEY **pkey)
{
	const tmg_alg_row *row = tmg_alg_get(alg);

	*pkey = NULL;
	if (row->family == TMG_FAMILY_EC)
		return import_ec(row->group, lib, scalar, pkey);
	if (scalar.len != CURVE25519_LEN)
		return TMG_E_MALFORMED;
	*pkey = EVP_PKEY_new_raw_private_key_ex(lib, row->group, NULL, scalar.ptr, scalar.len);
	return *pkey != NULL ? TMG_OK : TMG_E_CRYPTO;
}
