/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys from outside, where the card takes any: they go onto the token
 * and nowhere else, and nothing is kept of them here.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "pkcs11/create.h"
#include "pkcs11/place.h"
#include "pkcs11/public.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"
#include "src/token/token.h"

static const tmg_p11_rule rules[] = {
	P11_RULES_COMMON,
	{ CKA_KEY_TYPE, P11_ULONG }, { CKA_ID, P11_BYTES },
	{ CKA_SUBJECT, P11_BYTES }, { CKA_START_DATE, P11_DATE },
	{ CKA_END_DATE, P11_DATE }, { CKA_DERIVE, P11_BOOL },
	{ CKA_SENSITIVE, P11_BOOL }, { CKA_EXTRACTABLE, P11_BOOL },
	{ CKA_DECRYPT, P11_BOOL }, { CKA_SIGN, P11_BOOL },
	{ CKA_SIGN_RECOVER, P11_BOOL }, { CKA_UNWRAP, P11_BOOL },
	{ CKA_WRAP_WITH_TRUSTED, P11_BOOL }, { CKA_ALWAYS_AUTHENTICATE, P11_BOOL },
	{ CKA_PUBLIC_KEY_INFO, P11_BYTES },
	{ CKA_MODULUS, P11_BYTES }, { CKA_PUBLIC_EXPONENT, P11_BYTES },
	{ CKA_PRIVATE_EXPONENT, P11_BYTES }, { CKA_PRIME_1, P11_BYTES },
	{ CKA_PRIME_2, P11_BYTES }, { CKA_EXPONENT_1, P11_BYTES },
	{ CKA_EXPONENT_2, P11_BYTES }, { CKA_COEFFICIENT, P11_BYTES },
	{ CKA_EC_PARAMS, P11_BYTES }, { CKA_EC_POINT, P11_BYTES },
	{ CKA_VALUE, P11_BYTES },
};

static tmg_view
bytes_of(const tmg_p11_wish *w, CK_ATTRIBUTE_TYPE type)
{
	return tmg_p11_template_bytes(w->templ, w->count, type);
}

static OSSL_LIB_CTX *
libctx_of(const tmg_p11_wish *w)
{
	return tmg_ctx_libctx(w->hold->seat->ctx);
}

/* ---- its parts ----------------------------------------------------------- */

TMG_SCOPE_OF(OSSL_PARAM_BLD)
TMG_SCOPE_OF(OSSL_PARAM)

/* What an OSSL_PARAM_BLD points to; numbers are wiped when they go. */
struct numbers {
	BIGNUM *rows[8];
	size_t count;
	uint8_t point[133];		/* P-521's */
};

static void
numbers_release(struct numbers *n)
{
	for (size_t i = 0; i < n->count; i++)
		BN_clear_free(n->rows[i]);
}

#define auto_numbers __attribute__((__cleanup__(numbers_release))) struct numbers

static bool
push(OSSL_PARAM_BLD *b, struct numbers *n, const char *name, tmg_view v)
{
	BIGNUM *number = BN_secure_new();

	if (number == NULL || v.len == 0 || v.len > TMG_SIG_MAX ||
	    BN_bin2bn(v.ptr, (int)v.len, number) == NULL) {
		BN_clear_free(number);
		return false;
	}
	n->rows[n->count++] = number;
	return OSSL_PARAM_BLD_push_BN(b, name, number) == 1;
}

static EVP_PKEY *
assemble(const tmg_p11_wish *w, const char *type, OSSL_PARAM_BLD *b)
{
	tmg_held(OSSL_PARAM) params = OSSL_PARAM_BLD_to_param(b);
	tmg_held(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(libctx_of(w), type,
	    NULL);
	EVP_PKEY *key = NULL;

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		return NULL;
	return key;
}

/* All eight numbers: a card wants the primes, and a person has them. */
static CK_RV
read_rsa(const tmg_p11_wish *w, EVP_PKEY **key)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		const char *name;
	} parts[] = {
		{ CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N },
		{ CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E },
		{ CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D },
		{ CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2 },
		{ CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		{ CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2 },
		{ CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
	};
	tmg_held(OSSL_PARAM_BLD) b = OSSL_PARAM_BLD_new();
	auto_numbers n = { .count = 0 };

	if (b == NULL)
		return CKR_HOST_MEMORY;
	for (size_t i = 0; i < TMG_COUNT(parts); i++) {
		if (bytes_of(w, parts[i].type).len == 0)
			return CKR_TEMPLATE_INCOMPLETE;
		if (!push(b, &n, parts[i].name, bytes_of(w, parts[i].type)))
			return CKR_ATTRIBUTE_VALUE_INVALID;
	}
	*key = assemble(w, "RSA", b);
	return *key != NULL ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* The point that belongs to the number: cards check the pair. */
static bool
push_point(const tmg_p11_wish *w, OSSL_PARAM_BLD *b, const char *group,
    struct numbers *n)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name_ex(libctx_of(w), NULL,
	    EC_curve_nist2nid(group));
	EC_POINT *p = g != NULL ? EC_POINT_new(g) : NULL;
	size_t len = 0;

	if (p != NULL && EC_POINT_mul(g, p, n->rows[0], NULL, NULL, NULL) == 1)
		len = EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED,
		    n->point, sizeof(n->point), NULL);
	EC_POINT_free(p);
	EC_GROUP_free(g);
	return len > 0 && OSSL_PARAM_BLD_push_octet_string(b,
	    OSSL_PKEY_PARAM_PUB_KEY, n->point, len) == 1;
}

static CK_RV
read_ec(const tmg_p11_wish *w, tmg_alg alg, EVP_PKEY **key)
{
	const char *group = tmg_alg_get(alg)->group;
	tmg_held(OSSL_PARAM_BLD) b = OSSL_PARAM_BLD_new();
	auto_numbers n = { .count = 0 };

	if (b == NULL)
		return CKR_HOST_MEMORY;
	if (!push(b, &n, OSSL_PKEY_PARAM_PRIV_KEY, bytes_of(w, CKA_VALUE)) ||
	    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, group,
		0) != 1 || !push_point(w, b, group, &n))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*key = assemble(w, "EC", b);
	return *key != NULL ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
read_raw(const tmg_p11_wish *w, tmg_alg alg, EVP_PKEY **key)
{
	const tmg_view v = bytes_of(w, CKA_VALUE);

	*key = EVP_PKEY_new_raw_private_key_ex(libctx_of(w),
	    tmg_alg_get(alg)->group, NULL, v.ptr, v.len);
	return *key != NULL ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
read_curve(const tmg_p11_wish *w, CK_KEY_TYPE type, EVP_PKEY **key)
{
	tmg_alg alg;
	CK_RV rv;

	if (bytes_of(w, CKA_EC_PARAMS).len == 0 || bytes_of(w, CKA_VALUE).len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	if ((rv = tmg_p11_curve(bytes_of(w, CKA_EC_PARAMS), &alg)))
		return rv;
	if (tmg_p11_key_type(alg) != type)
		return CKR_TEMPLATE_INCONSISTENT;
	return type == CKK_EC ? read_ec(w, alg, key) : read_raw(w, alg, key);
}

static CK_RV
read_key(const tmg_p11_wish *w, EVP_PKEY **key)
{
	CK_KEY_TYPE type;
	CK_RV rv;

	if (tmg_p11_template_ulong(w->templ, w->count, CKA_KEY_TYPE, &type))
		return CKR_TEMPLATE_INCOMPLETE;
	ERR_set_mark();
	rv = type == CKK_RSA ? read_rsa(w, key)
	    : type == CKK_EC || type == CKK_EC_EDWARDS || type == CKK_EC_MONTGOMERY
	    ? read_curve(w, type, key) : CKR_ATTRIBUTE_VALUE_INVALID;
	ERR_pop_to_mark();
	return rv;
}

/* ---- importing ----------------------------------------------------------- */

static CK_RV
public_of(const EVP_PKEY *key, tmg_out *spki, tmg_alg *alg)
{
	const int len = i2d_PUBKEY(key, NULL);
	uint8_t *at = spki->ptr;

	if (len <= 0 || (size_t)len > spki->cap || i2d_PUBKEY(key, &at) != len)
		return CKR_KEY_SIZE_RANGE;
	spki->len = (size_t)len;
	return tmg_spki_alg(tmg_out_view(spki), alg) == TMG_OK
	    ? CKR_OK : CKR_KEY_SIZE_RANGE;
}

static tmg_rc
import(tmg_token *token, const tmg_keyspec *spec, const EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	const int len = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	tmg_rc rc = TMG_E_CRYPTO;

	PKCS8_PRIV_KEY_INFO_free(info);
	if (len > 0)
		rc = tmg_key_import(token, spec, (tmg_view){ der, (size_t)len });
	OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
	return rc;
}

static CK_RV
import_rv(tmg_p11_slot *slot, tmg_rc rc)
{
	if (rc == TMG_E_MALFORMED || rc == TMG_UNSUPPORTED)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return tmg_p11_write_rv(slot, rc);
}

/* A card that does not tell of its keys is told the public half. */
static CK_RV
put(const tmg_p11_wish *w, const EVP_PKEY *key, tmg_p11_object *o)
{
	tmg_p11_slot *slot = w->hold->slot;
	tmg_keyspec spec = { .alg = TMG_ALG_NONE };
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	CK_RV rv;

	if ((rv = public_of(key, &spki, &spec.alg)) ||
	    (rv = tmg_p11_place_find(slot, w->templ, w->count, &o->key)) ||
	    (rv = tmg_p11_place_ready(slot, o->key, w->templ, w->count)))
		return rv;
	spec.slot = tmg_key_slot(o->key)->ref;
	if ((rv = import_rv(slot, import(slot->token, &spec, key))))
		return rv;
	return tmg_p11_write_rv(slot,
	    tmg_key_set_public(o->key, tmg_out_view(&spki)));
}

static CK_RV
check(const tmg_p11_wish *w)
{
	if (!w->token ||
	    !tmg_p11_template_says(w->templ, w->count, CKA_SENSITIVE, true) ||
	    tmg_p11_template_says(w->templ, w->count, CKA_EXTRACTABLE, false))
		return CKR_TEMPLATE_INCONSISTENT;
	return tmg_token_info(w->hold->slot->token)->can & TMG_CAN_IMPORT
	    ? CKR_OK : CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_RV
make(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	tmg_p11_object o = { .class = CKO_PRIVATE_KEY };
	tmg_held(EVP_PKEY) key = NULL;
	CK_RV rv;

	if ((rv = tmg_p11_may_write(w->hold)) || (rv = check(w)) ||
	    (rv = read_key(w, &key)) || (rv = put(w, key, &o)))
		return rv;
	tmg_p11_place_note(w->hold->slot, o.key);
	*made = tmg_p11_objects_handle(&w->hold->slot->objects, &o);
	if (*made == CK_INVALID_HANDLE)
		return CKR_HOST_MEMORY;
	return tmg_p11_wish_name(w, &(tmg_p11_object){ .class = CKO_PUBLIC_KEY,
	    .key = o.key });
}

const tmg_p11_maker tmg_p11_make_private = {
	CKO_PRIVATE_KEY, rules, TMG_COUNT(rules), make,
};
