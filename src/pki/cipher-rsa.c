/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA encryption for OpenSSL: decryption by the signer, encryption by the
 * software half.
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "src/pki/oaep.h"
#include "src/pki/param.h"
#include "src/pki/pkey.h"
#include "src/pki/scope.h"

static OSSL_FUNC_asym_cipher_newctx_fn rsa_new;
static OSSL_FUNC_asym_cipher_freectx_fn rsa_free;
static OSSL_FUNC_asym_cipher_dupctx_fn rsa_dup;
static OSSL_FUNC_asym_cipher_decrypt_init_fn rsa_init;
static OSSL_FUNC_asym_cipher_decrypt_fn rsa_decrypt;
static OSSL_FUNC_asym_cipher_encrypt_fn rsa_encrypt;
static OSSL_FUNC_asym_cipher_get_ctx_params_fn rsa_get_params;
static OSSL_FUNC_asym_cipher_gettable_ctx_params_fn rsa_gettable;
static OSSL_FUNC_asym_cipher_set_ctx_params_fn rsa_set_params;
static OSSL_FUNC_asym_cipher_settable_ctx_params_fn rsa_settable;

enum {
	LABEL_MAX = 1024,	/* bytes of an OAEP label */
};

typedef struct cipher {
	tmg_pkey *key;
	OSSL_LIB_CTX *libctx;
	int padding;		/* OpenSSL's number */
	tmg_hash hash;		/* OAEP; NONE is SHA-1, RFC 8017 A.2.1 */
	tmg_hash mgf;		/* OAEP; NONE is the same as hash */
	uint8_t label[LABEL_MAX];
	size_t label_len;
} cipher;

static const tmg_choice paddings[] = {
	{ RSA_PKCS1_PADDING, OSSL_PKEY_RSA_PAD_MODE_PKCSV15 },
	{ RSA_PKCS1_OAEP_PADDING, OSSL_PKEY_RSA_PAD_MODE_OAEP },
	{ RSA_NO_PADDING, OSSL_PKEY_RSA_PAD_MODE_NONE },
};

/* What each of them is to a signer. */
static const tmg_padding ours[TMG_COUNT(paddings)] = {
	TMG_DECRYPT_PKCS1, TMG_DECRYPT_OAEP, TMG_DECRYPT_RAW,
};

static void *
rsa_new(void *provctx)
{
	const tmg_provider *provider = provctx;
	cipher *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->libctx = provider->libctx;
	c->padding = RSA_PKCS1_PADDING;
	return c;
}

static void
rsa_free(void *ctx)
{
	cipher *c = ctx;

	if (c == NULL)
		return;
	tmg_pkey_unref(c->key);
	free(c);
}

static void *
rsa_dup(void *ctx)
{
	const cipher *from = ctx;
	cipher *to = malloc(sizeof(*to));

	if (to == NULL)
		return NULL;
	*to = *from;
	to->key = tmg_pkey_ref(from->key);
	return to;
}

static int
rsa_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	cipher *c = ctx;

	if (key != NULL) {
		tmg_pkey_unref(c->key);
		c->key = tmg_pkey_ref(key);
	}
	return c->key != NULL && c->key->public != NULL && rsa_set_params(c, params);
}

static tmg_hash
oaep_hash(const cipher *c)
{
	return c->hash != TMG_HASH_NONE ? c->hash : TMG_HASH_SHA1;
}

static tmg_hash
oaep_mgf(const cipher *c)
{
	return c->mgf != TMG_HASH_NONE ? c->mgf : oaep_hash(c);
}

static bool
make_spec(const cipher *c, tmg_decrypt_spec *spec)
{
	for (size_t i = 0; i < TMG_COUNT(paddings); i++) {
		if (paddings[i].number != c->padding)
			continue;
		*spec = (tmg_decrypt_spec){ .padding = ours[i] };
		if (spec->padding == TMG_DECRYPT_OAEP) {
			spec->hash = oaep_hash(c);
			spec->mgf = oaep_mgf(c);
			spec->label = (tmg_view){ c->label, c->label_len };
		}
		return true;
	}
	return false;
}

/* A caller's buffer may be just as long as the message it expects. */
static int
rsa_decrypt(void *ctx, unsigned char *out, size_t *len, size_t cap,
    const unsigned char *in, size_t in_len)
{
	const cipher *c = ctx;
	uint8_t block[TMG_SIG_MAX];
	tmg_out plain = TMG_OUT(block);
	tmg_decrypt_spec spec;
	int ok;

	if (out == NULL) {
		*len = tmg_pkey_size(c->key);
		return 1;
	}
	ok = make_spec(c, &spec) &&
	    tmg_pkey_decrypt(c->key, &spec, (tmg_view){ in, in_len }, &plain) &&
	    plain.len <= cap;
	if (ok) {
		memcpy(out, block, plain.len);
		*len = plain.len;
	}
	explicit_bzero(block, sizeof(block));
	return ok;
}

static int
rsa_encrypt(void *ctx, unsigned char *out, size_t *len, size_t cap,
    const unsigned char *in, size_t in_len)
{
	const cipher *c = ctx;
	tmg_held(EVP_PKEY_CTX) p =
	    EVP_PKEY_CTX_new_from_pkey(c->libctx, c->key->public, TMG_NOT_OURS);
	tmg_decrypt_spec spec;

	*len = out == NULL ? 0 : cap;
	return p != NULL && make_spec(c, &spec) && EVP_PKEY_encrypt_init(p) == 1 &&
	    (spec.padding == TMG_DECRYPT_OAEP ? tmg_oaep_set(p, &spec)
	    : EVP_PKEY_CTX_set_rsa_padding(p, c->padding) == 1) &&
	    EVP_PKEY_encrypt(p, out, len, in, in_len) == 1;
}

static bool
take_padding(void *ctx, const OSSL_PARAM *p)
{
	cipher *c = ctx;

	return tmg_choice_take(paddings, TMG_COUNT(paddings), p, &c->padding);
}

static bool
take_hash(void *ctx, const OSSL_PARAM *p)
{
	cipher *c = ctx;

	return tmg_param_hash(p, &c->hash);
}

static bool
take_mgf(void *ctx, const OSSL_PARAM *p)
{
	cipher *c = ctx;

	return tmg_param_hash(p, &c->mgf);
}

static bool
take_label(void *ctx, const OSSL_PARAM *p)
{
	cipher *c = ctx;
	void *label = c->label;

	return OSSL_PARAM_get_octet_string(p, &label, sizeof(c->label),
	    &c->label_len) == 1;
}

static const tmg_taker takers[] = {
	{ OSSL_ASYM_CIPHER_PARAM_PAD_MODE, take_padding },
	{ OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, take_hash },
	{ OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, take_mgf },
	{ OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, take_label },
};

static int
rsa_set_params(void *ctx, const OSSL_PARAM params[])
{
	return tmg_params_take(takers, TMG_COUNT(takers), ctx, params);
}

static bool
give_padding(const void *ctx, OSSL_PARAM *p)
{
	const cipher *c = ctx;

	return tmg_choice_give(paddings, TMG_COUNT(paddings), c->padding, p);
}

static bool
give_hash(const void *ctx, OSSL_PARAM *p)
{
	return tmg_param_give_hash(oaep_hash(ctx), p);
}

static bool
give_mgf(const void *ctx, OSSL_PARAM *p)
{
	return tmg_param_give_hash(oaep_mgf(ctx), p);
}

static bool
give_label(const void *ctx, OSSL_PARAM *p)
{
	const cipher *c = ctx;

	return OSSL_PARAM_set_octet_ptr(p, c->label, c->label_len) == 1;
}

static const tmg_giver givers[] = {
	{ OSSL_ASYM_CIPHER_PARAM_PAD_MODE, give_padding },
	{ OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, give_hash },
	{ OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, give_mgf },
	{ OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, give_label },
};

static int
rsa_get_params(void *ctx, OSSL_PARAM params[])
{
	return tmg_params_give(givers, TMG_COUNT(givers), ctx, params);
}

static const OSSL_PARAM gettable[] = {
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, NULL, 0),
	OSSL_PARAM_octet_ptr(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM settable[] = {
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST_PROPS, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST_PROPS, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, NULL, 0),
	OSSL_PARAM_END,
};

TMG_PARAM_LIST(rsa_gettable, gettable)
TMG_PARAM_LIST(rsa_settable, settable)

const OSSL_DISPATCH tmg_cipher_rsa[] = {
	TMG_ROW(ASYM_CIPHER_NEWCTX, rsa_new),
	TMG_ROW(ASYM_CIPHER_FREECTX, rsa_free),
	TMG_ROW(ASYM_CIPHER_DUPCTX, rsa_dup),
	TMG_ROW(ASYM_CIPHER_DECRYPT_INIT, rsa_init),
	TMG_ROW(ASYM_CIPHER_DECRYPT, rsa_decrypt),
	TMG_ROW(ASYM_CIPHER_ENCRYPT_INIT, rsa_init),
	TMG_ROW(ASYM_CIPHER_ENCRYPT, rsa_encrypt),
	TMG_ROW(ASYM_CIPHER_GET_CTX_PARAMS, rsa_get_params),
	TMG_ROW(ASYM_CIPHER_GETTABLE_CTX_PARAMS, rsa_gettable),
	TMG_ROW(ASYM_CIPHER_SET_CTX_PARAMS, rsa_set_params),
	TMG_ROW(ASYM_CIPHER_SETTABLE_CTX_PARAMS, rsa_settable),
	TMG_ROWS_END,
};
