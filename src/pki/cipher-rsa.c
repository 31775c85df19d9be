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
#include <strings.h>

#include "src/pki/pkey.h"
#include "src/pki/scope.h"
#include "src/pki/sig.h"

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
	WORD = 50,		/* bytes of a parameter's text */
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

static const struct {
	int number;
	const char *name;
	tmg_padding ours;
} paddings[] = {
	{ RSA_PKCS1_PADDING, OSSL_PKEY_RSA_PAD_MODE_PKCSV15, TMG_DECRYPT_PKCS1 },
	{ RSA_PKCS1_OAEP_PADDING, OSSL_PKEY_RSA_PAD_MODE_OAEP, TMG_DECRYPT_OAEP },
	{ RSA_NO_PADDING, OSSL_PKEY_RSA_PAD_MODE_NONE, TMG_DECRYPT_RAW },
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
		*spec = (tmg_decrypt_spec){ .padding = paddings[i].ours };
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

static bool
set_oaep(EVP_PKEY_CTX *p, const cipher *c)
{
	void *label = NULL;

	if (EVP_PKEY_CTX_set_rsa_oaep_md_name(p, tmg_hash_name(oaep_hash(c)), NULL) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(p, tmg_hash_name(oaep_mgf(c)), NULL) != 1)
		return false;
	if (c->label_len == 0)
		return true;
	label = OPENSSL_memdup(c->label, c->label_len);
	if (label != NULL &&
	    EVP_PKEY_CTX_set0_rsa_oaep_label(p, label, (int)c->label_len) == 1)
		return true;
	OPENSSL_free(label);
	return false;
}

static int
rsa_encrypt(void *ctx, unsigned char *out, size_t *len, size_t cap,
    const unsigned char *in, size_t in_len)
{
	const cipher *c = ctx;
	tmg_held(EVP_PKEY_CTX) p =
	    EVP_PKEY_CTX_new_from_pkey(c->libctx, c->key->public, TMG_NOT_OURS);

	*len = out == NULL ? 0 : cap;
	return p != NULL && EVP_PKEY_encrypt_init(p) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(p, c->padding) == 1 &&
	    (c->padding != RSA_PKCS1_OAEP_PADDING || set_oaep(p, c)) &&
	    EVP_PKEY_encrypt(p, out, len, in, in_len) == 1;
}

static bool
take_padding(cipher *c, const OSSL_PARAM *p)
{
	char word[WORD] = "";
	int number = 0;

	if (p->data_type == OSSL_PARAM_UTF8_STRING) {
		if (!tmg_param_text(p, word, sizeof(word)))
			return false;
	} else if (OSSL_PARAM_get_int(p, &number) != 1) {
		return false;
	}
	for (size_t i = 0; i < TMG_COUNT(paddings); i++) {
		if (paddings[i].number == number || (number == 0 &&
		    strcasecmp(paddings[i].name, word) == 0)) {
			c->padding = paddings[i].number;
			return true;
		}
	}
	return false;
}

static bool
take_hash(cipher *c, const OSSL_PARAM *p)
{
	char word[WORD];

	return tmg_param_text(p, word, sizeof(word)) &&
	    tmg_hash_parse(word, &c->hash) == TMG_OK;
}

static bool
take_mgf(cipher *c, const OSSL_PARAM *p)
{
	char word[WORD];

	return tmg_param_text(p, word, sizeof(word)) &&
	    tmg_hash_parse(word, &c->mgf) == TMG_OK;
}

static bool
take_label(cipher *c, const OSSL_PARAM *p)
{
	void *label = c->label;

	return OSSL_PARAM_get_octet_string(p, &label, sizeof(c->label),
	    &c->label_len) == 1;
}

static const struct {
	const char *key;
	bool (*take)(cipher *c, const OSSL_PARAM *p);
} takers[] = {
	{ OSSL_ASYM_CIPHER_PARAM_PAD_MODE, take_padding },
	{ OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, take_hash },
	{ OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, take_mgf },
	{ OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, take_label },
};

static int
rsa_set_params(void *ctx, const OSSL_PARAM params[])
{
	if (params == NULL)
		return 1;
	for (size_t i = 0; i < TMG_COUNT(takers); i++) {
		const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, takers[i].key);

		if (p != NULL && !takers[i].take(ctx, p))
			return 0;
	}
	return 1;
}

static bool
give_padding(const cipher *c, OSSL_PARAM *p)
{
	if (p->data_type != OSSL_PARAM_UTF8_STRING)
		return OSSL_PARAM_set_int(p, c->padding) == 1;
	for (size_t i = 0; i < TMG_COUNT(paddings); i++)
		if (paddings[i].number == c->padding)
			return OSSL_PARAM_set_utf8_string(p, paddings[i].name) == 1;
	return false;
}

static int
rsa_get_params(void *ctx, OSSL_PARAM params[])
{
	const cipher *c = ctx;
	OSSL_PARAM *p;

	p = OSSL_PARAM_locate(params, OSSL_ASYM_CIPHER_PARAM_PAD_MODE);
	if (p != NULL && !give_padding(c, p))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST);
	if (p != NULL && OSSL_PARAM_set_utf8_string(p, tmg_hash_name(oaep_hash(c))) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST);
	if (p != NULL && OSSL_PARAM_set_utf8_string(p, tmg_hash_name(oaep_mgf(c))) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL);
	return p == NULL || OSSL_PARAM_set_octet_ptr(p, c->label, c->label_len) == 1;
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

static const OSSL_PARAM *
rsa_gettable(void *ctx, void *provctx)
{
	(void)ctx;
	(void)provctx;
	return gettable;
}

static const OSSL_PARAM *
rsa_settable(void *ctx, void *provctx)
{
	(void)ctx;
	(void)provctx;
	return settable;
}

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
