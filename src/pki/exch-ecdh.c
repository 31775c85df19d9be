/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key agreement for OpenSSL: ECDH, plain or through the X9.63 KDF as CMS
 * wants it (RFC 5753 7.2), and X25519 (RFC 7748).
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <strings.h>

#include "src/pki/param.h"
#include "src/pki/pkey.h"
#include "src/pki/scope.h"

static OSSL_FUNC_keyexch_newctx_fn exch_new;
static OSSL_FUNC_keyexch_freectx_fn exch_free;
static OSSL_FUNC_keyexch_dupctx_fn exch_dup;
static OSSL_FUNC_keyexch_init_fn exch_init;
static OSSL_FUNC_keyexch_set_peer_fn exch_set_peer;
static OSSL_FUNC_keyexch_derive_fn exch_derive;
static OSSL_FUNC_keyexch_set_ctx_params_fn ecdh_set_params;
static OSSL_FUNC_keyexch_settable_ctx_params_fn ecdh_settable;
static OSSL_FUNC_keyexch_get_ctx_params_fn ecdh_get_params;
static OSSL_FUNC_keyexch_gettable_ctx_params_fn ecdh_gettable;

enum {
	POINT_MAX = 133,	/* an uncompressed point of P-521 */
	SECRET_MAX = 66,	/* a coordinate of P-521 */
	UKM_MAX = 1024,		/* bytes of shared information */
};

typedef struct exch {
	OSSL_LIB_CTX *libctx;
	tmg_pkey *key;
	tmg_pkey *peer;
	bool kdf;		/* X9.63 rather than the bare coordinate */
	char digest[TMG_PARAM_WORD];
	size_t out_len;
	uint8_t ukm[UKM_MAX];
	size_t ukm_len;
} exch;

static void *
exch_new(void *provctx)
{
	const tmg_provider *provider = provctx;
	exch *x = calloc(1, sizeof(*x));

	if (x != NULL)
		x->libctx = provider->libctx;
	return x;
}

static void
exch_free(void *ctx)
{
	exch *x = ctx;

	if (x == NULL)
		return;
	tmg_pkey_unref(x->key);
	tmg_pkey_unref(x->peer);
	free(x);
}

static void *
exch_dup(void *ctx)
{
	const exch *from = ctx;
	exch *to = malloc(sizeof(*to));

	if (to == NULL)
		return NULL;
	*to = *from;
	to->key = tmg_pkey_ref(from->key);
	to->peer = tmg_pkey_ref(from->peer);
	return to;
}

static int
exch_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	exch *x = ctx;

	tmg_pkey_unref(x->key);
	x->key = tmg_pkey_ref(key);
	x->kdf = false;
	x->ukm_len = 0;
	return x->key != NULL && x->key->public != NULL &&
	    (params == NULL || ecdh_set_params(x, params));
}

static int
exch_set_peer(void *ctx, void *key)
{
	exch *x = ctx;
	tmg_pkey *peer = key;

	if (peer == NULL || !peer->whole || x->key == NULL ||
	    EVP_PKEY_parameters_eq(x->key->public, peer->public) == 0)
		return 0;
	tmg_pkey_unref(x->peer);
	x->peer = tmg_pkey_ref(peer);
	return 1;
}

/* x-coordinate, or X25519's answer, of our private and their public half. */
static bool
agree(const exch *x, uint8_t *secret, size_t cap, size_t *len)
{
	tmg_out out = { secret, cap, 0, false };
	uint8_t *point = NULL;
	size_t n;
	bool ok;

	if (x->peer == NULL)
		return false;
	n = EVP_PKEY_get1_encoded_public_key(x->peer->public, &point);
	ok = n > 0 && tmg_pkey_derive(x->key, (tmg_view){ point, n }, &out);
	OPENSSL_free(point);
	*len = out.len;
	return ok;
}

/* ANSI X9.63 KDF; ukm is the ECC-CMS-SharedInfo of RFC 5753 7.2. */
static bool
stretch(exch *x, uint8_t *secret, size_t len, uint8_t *out)
{
	tmg_held(EVP_KDF) kdf = EVP_KDF_fetch(x->libctx, OSSL_KDF_NAME_X963KDF, NULL);
	tmg_held(EVP_KDF_CTX) c = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM params[4], *p = params;

	*p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, x->digest, 0);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, len);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, x->ukm, x->ukm_len);
	*p = OSSL_PARAM_construct_end();
	return c != NULL && EVP_KDF_derive(c, out, x->out_len, params) == 1;
}

static size_t
secret_size(const exch *x)
{
	return ((size_t)EVP_PKEY_get_bits(x->key->public) + 7) / 8;
}

static int
exch_derive(void *ctx, unsigned char *out, size_t *len, size_t cap)
{
	exch *x = ctx;
	const size_t want = x->kdf ? x->out_len : secret_size(x);
	uint8_t secret[SECRET_MAX];
	size_t n;
	int ok;

	if (out == NULL) {
		*len = want;
		return 1;
	}
	if (cap < want)
		return 0;

	/* what is not as long as the curve's coordinates is no secret of it */
	ok = agree(x, secret, sizeof(secret), &n) && n == secret_size(x);
	if (ok && x->kdf)
		ok = stretch(x, secret, n, out);
	else if (ok)
		memcpy(out, secret, n);
	explicit_bzero(secret, sizeof(secret));
	*len = want;
	return ok;
}

/* Cards do plain ECDH; on curves of cofactor 1 both modes are the same. */
static bool
take_mode(void *ctx, const OSSL_PARAM *p)
{
	int mode;

	(void)ctx;
	return OSSL_PARAM_get_int(p, &mode) == 1 && mode >= -1 && mode <= 1;
}

static bool
take_kdf(void *ctx, const OSSL_PARAM *p)
{
	exch *x = ctx;
	char word[TMG_PARAM_WORD];

	if (!tmg_param_text(p, word, sizeof(word)))
		return false;
	x->kdf = strcasecmp(word, OSSL_KDF_NAME_X963KDF) == 0;
	return x->kdf || word[0] == '\0';
}

static bool
take_digest(void *ctx, const OSSL_PARAM *p)
{
	exch *x = ctx;

	return tmg_param_text(p, x->digest, sizeof(x->digest));
}

static bool
take_size(void *ctx, const OSSL_PARAM *p)
{
	exch *x = ctx;

	return OSSL_PARAM_get_size_t(p, &x->out_len) == 1;
}

static bool
take_ukm(void *ctx, const OSSL_PARAM *p)
{
	exch *x = ctx;
	void *ukm = x->ukm;

	return OSSL_PARAM_get_octet_string(p, &ukm, sizeof(x->ukm), &x->ukm_len) == 1;
}

static const tmg_taker takers[] = {
	{ OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE, take_mode },
	{ OSSL_EXCHANGE_PARAM_KDF_TYPE, take_kdf },
	{ OSSL_EXCHANGE_PARAM_KDF_DIGEST, take_digest },
	{ OSSL_EXCHANGE_PARAM_KDF_OUTLEN, take_size },
	{ OSSL_EXCHANGE_PARAM_KDF_UKM, take_ukm },
};

static int
ecdh_set_params(void *ctx, const OSSL_PARAM params[])
{
	return tmg_params_take(takers, TMG_COUNT(takers), ctx, params);
}

static bool
give_mode(const void *ctx, OSSL_PARAM *p)
{
	(void)ctx;
	return OSSL_PARAM_set_int(p, 0) == 1;
}

static bool
give_kdf(const void *ctx, OSSL_PARAM *p)
{
	const exch *x = ctx;

	return OSSL_PARAM_set_utf8_string(p, x->kdf ? OSSL_KDF_NAME_X963KDF : "") == 1;
}

static bool
give_digest(const void *ctx, OSSL_PARAM *p)
{
	const exch *x = ctx;

	return OSSL_PARAM_set_utf8_string(p, x->digest) == 1;
}

static bool
give_size(const void *ctx, OSSL_PARAM *p)
{
	const exch *x = ctx;

	return OSSL_PARAM_set_size_t(p, x->out_len) == 1;
}

static bool
give_ukm(const void *ctx, OSSL_PARAM *p)
{
	const exch *x = ctx;

	return OSSL_PARAM_set_octet_ptr(p, x->ukm, x->ukm_len) == 1;
}

static const tmg_giver givers[] = {
	{ OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE, give_mode },
	{ OSSL_EXCHANGE_PARAM_KDF_TYPE, give_kdf },
	{ OSSL_EXCHANGE_PARAM_KDF_DIGEST, give_digest },
	{ OSSL_EXCHANGE_PARAM_KDF_OUTLEN, give_size },
	{ OSSL_EXCHANGE_PARAM_KDF_UKM, give_ukm },
};

static int
ecdh_get_params(void *ctx, OSSL_PARAM params[])
{
	return tmg_params_give(givers, TMG_COUNT(givers), ctx, params);
}

static const OSSL_PARAM settable[] = {
	OSSL_PARAM_int(OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE, NULL),
	OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_TYPE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_DIGEST_PROPS, NULL, 0),
	OSSL_PARAM_size_t(OSSL_EXCHANGE_PARAM_KDF_OUTLEN, NULL),
	OSSL_PARAM_octet_string(OSSL_EXCHANGE_PARAM_KDF_UKM, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM gettable[] = {
	OSSL_PARAM_int(OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE, NULL),
	OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_TYPE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_DIGEST, NULL, 0),
	OSSL_PARAM_size_t(OSSL_EXCHANGE_PARAM_KDF_OUTLEN, NULL),
	OSSL_PARAM_octet_ptr(OSSL_EXCHANGE_PARAM_KDF_UKM, NULL, 0),
	OSSL_PARAM_END,
};

TMG_PARAM_LIST(ecdh_settable, settable)
TMG_PARAM_LIST(ecdh_gettable, gettable)

#define EXCHANGE_ROWS \
	TMG_ROW(KEYEXCH_NEWCTX, exch_new), \
	TMG_ROW(KEYEXCH_FREECTX, exch_free), \
	TMG_ROW(KEYEXCH_DUPCTX, exch_dup), \
	TMG_ROW(KEYEXCH_INIT, exch_init), \
	TMG_ROW(KEYEXCH_SET_PEER, exch_set_peer), \
	TMG_ROW(KEYEXCH_DERIVE, exch_derive)

const OSSL_DISPATCH tmg_exchange_x25519[] = { EXCHANGE_ROWS, TMG_ROWS_END };
const OSSL_DISPATCH tmg_exchange_ecdh[] = {
	EXCHANGE_ROWS,
	TMG_ROW(KEYEXCH_SET_CTX_PARAMS, ecdh_set_params),
	TMG_ROW(KEYEXCH_SETTABLE_CTX_PARAMS, ecdh_settable),
	TMG_ROW(KEYEXCH_GET_CTX_PARAMS, ecdh_get_params),
	TMG_ROW(KEYEXCH_GETTABLE_CTX_PARAMS, ecdh_gettable),
	TMG_ROWS_END,
};
