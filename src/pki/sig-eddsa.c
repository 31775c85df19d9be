/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ed25519 for OpenSSL: one shot, the message itself (RFC 8032 5.1).
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "src/pki/param.h"
#include "src/pki/scope.h"
#include "src/pki/sig.h"

static OSSL_FUNC_signature_digest_sign_init_fn ed_init;
static OSSL_FUNC_signature_digest_sign_fn ed_sign;
static OSSL_FUNC_signature_digest_verify_fn ed_verify;
static OSSL_FUNC_signature_get_ctx_params_fn ed_get_params;
static OSSL_FUNC_signature_gettable_ctx_params_fn ed_gettable;

static int
ed_init(void *ctx, const char *digest, void *key, const OSSL_PARAM params[])
{
	(void)params;
	return (digest == NULL || digest[0] == '\0') && tmg_sig_begin(ctx, key);
}

static int
ed_sign(void *ctx, unsigned char *sig, size_t *len, size_t cap,
    const unsigned char *tbs, size_t tbs_len)
{
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_EDDSA };
	tmg_sig *s = ctx;
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
ed_verify(void *ctx, const unsigned char *sig, size_t len,
    const unsigned char *tbs, size_t tbs_len)
{
	const tmg_sig *s = ctx;
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();

	return c != NULL && EVP_DigestVerifyInit_ex(c, NULL, NULL, s->libctx,
	    TMG_NOT_OURS, s->key->public, NULL) == 1 &&
	    EVP_DigestVerify(c, sig, len, tbs, tbs_len) == 1;
}

static bool
give_algid(const void *ctx, OSSL_PARAM *p)
{
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_EDDSA };

	(void)ctx;
	return tmg_sig_give_algid(&spec, p);
}

static const tmg_giver givers[] = {
	{ OSSL_SIGNATURE_PARAM_ALGORITHM_ID, give_algid },
};

static int
ed_get_params(void *ctx, OSSL_PARAM params[])
{
	return tmg_params_give(givers, TMG_COUNT(givers), ctx, params);
}

static const OSSL_PARAM gettable[] = {
	OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, NULL, 0),
	OSSL_PARAM_END,
};

TMG_PARAM_LIST(ed_gettable, gettable)

const OSSL_DISPATCH tmg_signature_eddsa[] = {
	TMG_ROW(SIGNATURE_NEWCTX, tmg_sig_new),
	TMG_ROW(SIGNATURE_FREECTX, tmg_sig_free),
	TMG_ROW(SIGNATURE_DUPCTX, tmg_sig_dup),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_INIT, ed_init),
	TMG_ROW(SIGNATURE_DIGEST_SIGN, ed_sign),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_INIT, ed_init),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY, ed_verify),
	TMG_ROW(SIGNATURE_GET_CTX_PARAMS, ed_get_params),
	TMG_ROW(SIGNATURE_GETTABLE_CTX_PARAMS, ed_gettable),
	TMG_ROWS_END,
};
