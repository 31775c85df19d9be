/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA signatures for OpenSSL: PKCS#1 v1.5 and PSS, over digests or (without
 * one) over whatever the caller padded.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/pki/param.h"
#include "src/pki/scope.h"
#include "src/pki/sig.h"

static OSSL_FUNC_signature_sign_init_fn rsa_init;
static OSSL_FUNC_signature_sign_fn rsa_sign;
static OSSL_FUNC_signature_verify_fn rsa_verify;
static OSSL_FUNC_signature_verify_recover_fn rsa_recover;
static OSSL_FUNC_signature_digest_sign_init_fn rsa_digest_init;
static OSSL_FUNC_signature_digest_sign_final_fn rsa_digest_sign;
static OSSL_FUNC_signature_digest_verify_final_fn rsa_digest_verify;
static OSSL_FUNC_signature_get_ctx_params_fn rsa_get_params;
static OSSL_FUNC_signature_gettable_ctx_params_fn rsa_gettable;
static OSSL_FUNC_signature_set_ctx_params_fn rsa_set_params;
static OSSL_FUNC_signature_settable_ctx_params_fn rsa_settable;

static const tmg_choice paddings[] = {
	{ RSA_PKCS1_PADDING, OSSL_PKEY_RSA_PAD_MODE_PKCSV15 },
	{ RSA_PKCS1_PSS_PADDING, OSSL_PKEY_RSA_PAD_MODE_PSS },
	{ RSA_NO_PADDING, OSSL_PKEY_RSA_PAD_MODE_NONE },
};

static const tmg_choice salts[] = {
	{ RSA_PSS_SALTLEN_DIGEST, OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST },
	{ RSA_PSS_SALTLEN_AUTO, OSSL_PKEY_RSA_PSS_SALT_LEN_AUTO },
	{ RSA_PSS_SALTLEN_MAX, OSSL_PKEY_RSA_PSS_SALT_LEN_MAX },
};

/* Bytes of salt that the modulus leaves room for: RFC 8017 9.1.1, step 3. */
static size_t
salt_room(const tmg_sig *s)
{
	const size_t em = ((size_t)EVP_PKEY_get_bits(s->key->public) + 6) / 8;
	const size_t need = tmg_hash_bytes(s->hash) + 2;

	return em > need ? em - need : 0;
}

static size_t
salt_len(const tmg_sig *s)
{
	if (s->salt >= 0)
		return (size_t)s->salt;
	return s->salt == RSA_PSS_SALTLEN_DIGEST ? tmg_hash_bytes(s->hash)
	    : salt_room(s);
}

static bool
make_spec(const tmg_sig *s, tmg_sign_spec *spec)
{
	*spec = (tmg_sign_spec){ .hash = s->hash };
	switch (s->padding) {
	case RSA_PKCS1_PADDING:
		spec->scheme = TMG_SIGN_PKCS1;
		return true;
	case RSA_PKCS1_PSS_PADDING:
		spec->scheme = TMG_SIGN_PSS;
		spec->mgf = s->mgf != TMG_HASH_NONE ? s->mgf : s->hash;
		spec->salt_len = salt_len(s);
		return s->hash != TMG_HASH_NONE;
	case RSA_NO_PADDING:
		spec->scheme = TMG_SIGN_RAW;
		return s->hash == TMG_HASH_NONE;
	}
	return false;
}

static int
rsa_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	return tmg_sig_begin(ctx, key) && rsa_set_params(ctx, params);
}

static int
rsa_sign(void *ctx, unsigned char *sig, size_t *len, size_t cap,
    const unsigned char *tbs, size_t tbs_len)
{
	tmg_sig *s = ctx;
	tmg_out out = { sig, cap, 0, false };
	tmg_sign_spec spec;

	if (sig == NULL) {
		*len = tmg_pkey_size(s->key);
		return 1;
	}
	if (!make_spec(s, &spec) ||
	    !tmg_pkey_sign(s->key, &spec, (tmg_view){ tbs, tbs_len }, &out))
		return 0;
	*len = out.len;
	return 1;
}

/* A context of the software half with our parameters. */
static EVP_PKEY_CTX *
public_ctx(const tmg_sig *s, int (*init)(EVP_PKEY_CTX *))
{
	tmg_held(EVP_PKEY_CTX) c =
	    EVP_PKEY_CTX_new_from_pkey(s->libctx, s->key->public, TMG_NOT_OURS);
	EVP_PKEY_CTX *made;

	if (c == NULL || init(c) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c, s->padding) != 1 ||
	    (s->md != NULL && EVP_PKEY_CTX_set_signature_md(c, s->md) != 1))
		return NULL;
	if (s->padding == RSA_PKCS1_PSS_PADDING &&
	    (EVP_PKEY_CTX_set_rsa_pss_saltlen(c, s->salt) != 1 ||
	    (s->mgf != TMG_HASH_NONE && EVP_PKEY_CTX_set_rsa_mgf1_md_name(c,
	    tmg_hash_name(s->mgf), NULL) != 1)))
		return NULL;
	made = c;
	c = NULL;
	return made;
}

static int
rsa_verify(void *ctx, const unsigned char *sig, size_t len,
    const unsigned char *tbs, size_t tbs_len)
{
	tmg_held(EVP_PKEY_CTX) c = public_ctx(ctx, EVP_PKEY_verify_init);

	return c != NULL && EVP_PKEY_verify(c, sig, len, tbs, tbs_len) == 1;
}

static int
rsa_recover(void *ctx, unsigned char *out, size_t *len, size_t cap,
    const unsigned char *sig, size_t sig_len)
{
	tmg_held(EVP_PKEY_CTX) c = public_ctx(ctx, EVP_PKEY_verify_recover_init);

	*len = cap;
	return c != NULL && EVP_PKEY_verify_recover(c, out, len, sig, sig_len) == 1;
}

static int
rsa_digest_init(void *ctx, const char *digest, void *key, const OSSL_PARAM params[])
{
	return tmg_sig_digest_begin(ctx, digest, key) && rsa_set_params(ctx, params);
}

static int
rsa_digest_sign(void *ctx, unsigned char *sig, size_t *len, size_t cap)
{
	return tmg_sig_digest_sign(ctx, rsa_sign, sig, len, cap);
}

static int
rsa_digest_verify(void *ctx, const unsigned char *sig, size_t len)
{
	return tmg_sig_digest_verify(ctx, rsa_verify, sig, len);
}

static bool
take_padding(void *ctx, const OSSL_PARAM *p)
{
	tmg_sig *s = ctx;

	return tmg_choice_take(paddings, TMG_COUNT(paddings), p, &s->padding);
}

/* A length, or one of OpenSSL's ways to find it. */
static bool
take_salt(void *ctx, const OSSL_PARAM *p)
{
	tmg_sig *s = ctx;
	char word[TMG_PARAM_WORD];
	char *end;
	long n;

	if (p->data_type != OSSL_PARAM_UTF8_STRING)
		return OSSL_PARAM_get_int(p, &s->salt) == 1 &&
		    s->salt >= RSA_PSS_SALTLEN_MAX;
	if (!tmg_param_text(p, word, sizeof(word)))
		return false;
	if (tmg_choice_find(salts, TMG_COUNT(salts), word, &s->salt))
		return true;
	n = strtol(word, &end, 10);
	if (end == word || *end != '\0' || n < 0 || n > TMG_SIG_MAX)
		return false;
	s->salt = (int)n;
	return true;
}

static bool
take_mgf(void *ctx, const OSSL_PARAM *p)
{
	tmg_sig *s = ctx;

	return tmg_param_hash(p, &s->mgf);
}

static const tmg_taker takers[] = {
	{ OSSL_SIGNATURE_PARAM_DIGEST, tmg_sig_take_digest },
	{ OSSL_SIGNATURE_PARAM_PAD_MODE, take_padding },
	{ OSSL_SIGNATURE_PARAM_PSS_SALTLEN, take_salt },
	{ OSSL_SIGNATURE_PARAM_MGF1_DIGEST, take_mgf },
};

static int
rsa_set_params(void *ctx, const OSSL_PARAM params[])
{
	return tmg_params_take(takers, TMG_COUNT(takers), ctx, params);
}

static bool
give_algid(const void *ctx, OSSL_PARAM *p)
{
	tmg_sign_spec spec;

	return make_spec(ctx, &spec) && tmg_sig_give_algid(&spec, p);
}

static bool
give_padding(const void *ctx, OSSL_PARAM *p)
{
	const tmg_sig *s = ctx;

	return tmg_choice_give(paddings, TMG_COUNT(paddings), s->padding, p);
}

static bool
give_mgf(const void *ctx, OSSL_PARAM *p)
{
	const tmg_sig *s = ctx;

	return tmg_param_give_hash(s->mgf != TMG_HASH_NONE ? s->mgf : s->hash, p);
}

static bool
give_salt(const void *ctx, OSSL_PARAM *p)
{
	const tmg_sig *s = ctx;
	char number[16];

	if (p->data_type != OSSL_PARAM_UTF8_STRING || s->salt < 0)
		return tmg_choice_give(salts, TMG_COUNT(salts), s->salt, p);
	snprintf(number, sizeof(number), "%d", s->salt);
	return OSSL_PARAM_set_utf8_string(p, number) == 1;
}

static const tmg_giver givers[] = {
	{ OSSL_SIGNATURE_PARAM_ALGORITHM_ID, give_algid },
	{ OSSL_SIGNATURE_PARAM_DIGEST, tmg_sig_give_digest },
	{ OSSL_SIGNATURE_PARAM_PAD_MODE, give_padding },
	{ OSSL_SIGNATURE_PARAM_PSS_SALTLEN, give_salt },
	{ OSSL_SIGNATURE_PARAM_MGF1_DIGEST, give_mgf },
};

static int
rsa_get_params(void *ctx, OSSL_PARAM params[])
{
	return tmg_params_give(givers, TMG_COUNT(givers), ctx, params);
}

static const OSSL_PARAM gettable[] = {
	OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM settable[] = {
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PROPERTIES, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_PROPERTIES, NULL, 0),
	OSSL_PARAM_END,
};

TMG_PARAM_LIST(rsa_gettable, gettable)
TMG_PARAM_LIST(rsa_settable, settable)

const OSSL_DISPATCH tmg_signature_rsa[] = {
	TMG_ROW(SIGNATURE_NEWCTX, tmg_sig_new),
	TMG_ROW(SIGNATURE_FREECTX, tmg_sig_free),
	TMG_ROW(SIGNATURE_DUPCTX, tmg_sig_dup),
	TMG_ROW(SIGNATURE_SIGN_INIT, rsa_init),
	TMG_ROW(SIGNATURE_SIGN, rsa_sign),
	TMG_ROW(SIGNATURE_VERIFY_INIT, rsa_init),
	TMG_ROW(SIGNATURE_VERIFY, rsa_verify),
	TMG_ROW(SIGNATURE_VERIFY_RECOVER_INIT, rsa_init),
	TMG_ROW(SIGNATURE_VERIFY_RECOVER, rsa_recover),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_INIT, rsa_digest_init),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_UPDATE, tmg_sig_digest_update),
	TMG_ROW(SIGNATURE_DIGEST_SIGN_FINAL, rsa_digest_sign),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_INIT, rsa_digest_init),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_UPDATE, tmg_sig_digest_update),
	TMG_ROW(SIGNATURE_DIGEST_VERIFY_FINAL, rsa_digest_verify),
	TMG_ROW(SIGNATURE_GET_CTX_PARAMS, rsa_get_params),
	TMG_ROW(SIGNATURE_GETTABLE_CTX_PARAMS, rsa_gettable),
	TMG_ROW(SIGNATURE_SET_CTX_PARAMS, rsa_set_params),
	TMG_ROW(SIGNATURE_SETTABLE_CTX_PARAMS, rsa_settable),
	TMG_ROWS_END,
};
