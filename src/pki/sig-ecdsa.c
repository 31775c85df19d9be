/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ECDSA signatures for OpenSSL.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "src/pki/param.h"
#include "src/pki/scope.h"
#include "src/pki/sig.h"

static OSSL_FUNC_signature_sign_init_fn ec_init;
static OSSL_FUNC_signature_sign_fn ec_sign;
static OSSL_FUNC_signature_verify_fn ec_verify;
static OSSL_FUNC_signature_digest_sign_init_fn ec_digest_init;
static OSSL_FUNC_signature_digest_sign_final_fn ec_digest_sign;
static OSSL_FUNC_signature_digest_verify_final_fn ec_digest_verify;
static OSSL_FUNC_signature_get_ctx_params_fn ec_get_params;
static OSSL_FUNC_signature_gettable_ctx_params_fn ec_gettable;
static OSSL_FUNC_signature_set_ctx_params_fn ec_set_params;
static OSSL_FUNC_signature_settable_ctx_params_fn ec_settable;

static const tmg_taker takers[] = {
	{ OSSL_SIGNATURE_PARAM_DIGEST, tmg_sig_take_digest },
};

static int
ec_set_params(void *ctx, const OSSL_PARAM params[])
{
	return tmg_params_take(takers, TMG_COUNT(takers), ctx, params);
}

static int
ec_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	return tmg_sig_begin(ctx, key) && ec_set_params(ctx, params);
}

static int
ec_sign(void *ctx, unsigned char *sig, size_t *len, size_t cap,
    const unsigned char *tbs, size_t tbs_len)
{
	tmg_sig *s = ctx;
	const tmg_sign_spec spec = { .scheme = TMG_SIGN_ECDSA, .hash = s->hash };
	tmg_out out = { sig, cap, 0, false };

	if (sig == NULL) {
		*len = tmg_pkey_size(s->key);
		return 1;
	}
	if (!tmg_pkey_sign(s->key, &spec, (tmg_view){ tbs, tbs_len }, &out))
		return 0;
	*len = out.len;
	return 1;
}

static int
ec_verify(void *ctx, const unsigned char *sig, size_t len,
    const unsigned char *tbs, size_t tbs_len)
{
	const tmg_sig *s = ctx;
	tmg_held(EVP_PKEY_CTX) c =
	    EVP_PKEY_CTX_new_from_pkey(s->libctx, s->key->public, TMG_NOT_OURS);

	return c != NULL && EVP_PKEY_verify_init(c) == 1 &&
	    EVP_PKEY_verify(c, sig, len, tbs, tbs_len) == 1;
}

static int
ec_digest_init(void *ctx, const char *digest, void *key, const OSSL_PARAM params[])
{
	return tmg_sig_digest_begin(ctx, digest, key) && ec_set_params(ctx, params);
}

static int
ec_digest_sign(void *ctx, unsigned char *sig, size_t *len, size_t cap)
{
	return tmg_sig_digest_sign(ctx, ec_sign, sig, len, cap);
}

static int
ec_digest_verify(void *ctx, const unsigned char *sig, size_t len)
{
	return tmg_sig_digest_verify(ctx, ec_verify, sig, len);
}

static bool
give_algid(const void *ctx, OSSL_PARAM *p)
{
	const tmg_sig *s = ctx;
	const tmg_sign_spec spec = { .scheme = TMG_SIGN_ECDSA, .hash = s->hash };

	return tmg_sig_give_algid(&spec, p);
}

static bool
give_size(const void *ctx, OSSL_PARAM *p)
{
	const tmg_sig *s = ctx;

	return OSSL_PARAM_set_size_t(p, tmg_hash_bytes(s->hash)) == 1;
}

static const tmg_giver givers[] = {
	{ OSSL_SIGNATURE_PARAM_ALGORITHM_ID, give_algid },
	{ OSSL_SIGNATURE_PARAM_DIGEST_SIZE, give_size },
	{ OSSL_SIGNATURE_PARAM_DIGEST, tmg_sig_give_digest },
};

static int
ec_get_params(void *ctx, OSSL_PARAM params[])
{
	return tmg_params_give(givers, TMG_COUNT(givers), ctx, params);
}

static const OSSL_PARAM gettable[] = {
	OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, NULL, 0),
	OSSL_PARAM_size_t(OSSL_SIGNATURE_PARAM_DIGEST_SIZE, NULL),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM settable[] = {
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PROPERTIES, NULL, 0),
	OSSL_PARAM_END,
};

TMG_PARAM_LIST(ec_gettable, gettable)
TMG_PARAM_LIST(ec_settable, settable)

const OSSL_DISPATCH tmg_signature_ecdsa[] = {
	TMG_ROW(SIGNATURE_NEWCTX, tmg_sig_new),
	TMG_ROW(SIGNATURE_FREECTX, tmg_sig_free),
	TMG_ROW(SIGNATURE_DUPCTX, tmg_sig_dup),
	TMG_ROW(SIGNATURE_SIGN_INIT, ec_init),
	TMG_ROW(SIGNATURE_SIGN, ec_sign),
	TMG_ROW(SIGNATURE_VERIFY_INIT, ec_init),
	TMG_ROW(SIGNATURE_VERIFY, ec_verify),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_INIT, ec_digest_init),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_UPDATE, tmg_sig_digest_update),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_FINAL, ec_digest_sign),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_INIT, ec_digest_init),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_UPDATE, tmg_sig_digest_update),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_FINAL, ec_digest_verify),
	TMG_ROW(SIGNATURE_GET_CTX_PARAMS, ec_get_params),
	TMG_ROW(SIGNATURE_GETTABLE_CTX_PARAMS, ec_gettable),
	TMG_ROW(SIGNATURE_SET_CTX_PARAMS, ec_set_params),
	TMG_ROW(SIGNATURE_SETTABLE_CTX_PARAMS, ec_settable),
	TMG_ROWS_END,
};
