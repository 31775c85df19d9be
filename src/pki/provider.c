/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our OpenSSL provider: builtin, in the context's own library context only,
 * loaded when somebody first wants a token key there.
 */
#include "tamga/openssl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/pkey.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

#define PROPS "provider=" TMG_PROVIDER

/* Names are OpenSSL's own: with others SSL_CTX_use_PrivateKey() does not know
 * what kind of certificate it has. */
#define RSA_NAMES "RSA:rsaEncryption:1.2.840.113549.1.1.1"
#define EC_NAMES "EC:id-ecPublicKey:1.2.840.10045.2.1"
#define ED25519_NAMES "ED25519:1.3.101.112"
#define X25519_NAMES "X25519:1.3.101.110"

static const OSSL_ALGORITHM keymgmts[] = {
	{ RSA_NAMES, PROPS, tmg_keymgmt_rsa, "RSA key of a token" },
	{ EC_NAMES, PROPS, tmg_keymgmt_ec, "EC key of a token" },
	{ ED25519_NAMES, PROPS, tmg_keymgmt_ed25519, "Ed25519 key of a token" },
	{ X25519_NAMES, PROPS, tmg_keymgmt_x25519, "X25519 key of a token" },
	{ NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM signatures[] = {
	{ RSA_NAMES, PROPS, tmg_signature_rsa, "RSA signature by a token" },
	{ "ECDSA", PROPS, tmg_signature_ecdsa, "ECDSA by a token" },
	{ ED25519_NAMES, PROPS, tmg_signature_eddsa, "Ed25519 by a token" },
	{ NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM ciphers[] = {
	{ RSA_NAMES, PROPS, tmg_cipher_rsa, "RSA decryption by a token" },
	{ NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM exchanges[] = {
	{ "ECDH", PROPS, tmg_exchange_ecdh, "ECDH by a token" },
	{ X25519_NAMES, PROPS, tmg_exchange_x25519, "X25519 by a token" },
	{ NULL, NULL, NULL, NULL },
};

static const struct {
	int operation;
	const OSSL_ALGORITHM *rows;
} operations[] = {
	{ OSSL_OP_KEYMGMT, keymgmts },
	{ OSSL_OP_SIGNATURE, signatures },
	{ OSSL_OP_ASYM_CIPHER, ciphers },
	{ OSSL_OP_KEYEXCH, exchanges },
};

static OSSL_FUNC_provider_teardown_fn teardown;
static OSSL_FUNC_provider_query_operation_fn query;
static OSSL_FUNC_provider_gettable_params_fn gettable;
static OSSL_FUNC_provider_get_params_fn get_params;
static OSSL_provider_init_fn init;

static void
teardown(void *provctx)
{
	free(provctx);
}

static const OSSL_ALGORITHM *
query(void *provctx, int operation, int *no_cache)
{
	(void)provctx;
	*no_cache = 0;
	for (size_t i = 0; i < TMG_COUNT(operations); i++)
		if (operations[i].operation == operation)
			return operations[i].rows;
	return NULL;
}

static const OSSL_PARAM param_table[] = {
	OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, NULL, 0),
	OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, NULL),
	OSSL_PARAM_END,
};

static const OSSL_PARAM *
gettable(void *provctx)
{
	(void)provctx;
	return param_table;
}

static int
get_params(void *provctx, OSSL_PARAM params[])
{
	OSSL_PARAM *p;

	(void)provctx;
	p = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_NAME);
	if (p != NULL && OSSL_PARAM_set_utf8_ptr(p, TMG_PROVIDER) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_STATUS);
	return p == NULL || OSSL_PARAM_set_int(p, 1) == 1;
}

static const OSSL_DISPATCH dispatch[] = {
	TMG_ROW(PROVIDER_TEARDOWN, teardown),
	TMG_ROW(PROVIDER_QUERY_OPERATION, query),
	TMG_ROW(PROVIDER_GETTABLE_PARAMS, gettable),
	TMG_ROW(PROVIDER_GET_PARAMS, get_params),
	TMG_ROWS_END,
};

/* For a builtin provider the core's context is the library context itself. */
static OSSL_LIB_CTX *
core_libctx(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in)
{
	for (; in->function_id != 0; in++)
		if (in->function_id == OSSL_FUNC_CORE_GET_LIBCTX)
			return (OSSL_LIB_CTX *)OSSL_FUNC_core_get_libctx(in)(core);
	return NULL;
}

static int
init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provctx)
{
	tmg_provider *p = malloc(sizeof(*p));

	if (p == NULL)
		return 0;
	p->libctx = core_libctx(core, in);
	if (p->libctx == NULL) {
		free(p);
		return 0;
	}
	*out = dispatch;
	*provctx = p;
	return 1;
}

/* Ordinary keys in this context stay with the default provider. */
static OSSL_PROVIDER *
load(OSSL_LIB_CTX *libctx)
{
	if (OSSL_PROVIDER_add_builtin(libctx, TMG_PROVIDER, init) != 1 ||
	    EVP_set_default_properties(libctx, "?" TMG_NOT_OURS) != 1)
		return NULL;
	return OSSL_PROVIDER_load(libctx, TMG_PROVIDER);
}

static bool
loaded(tmg_ctx *ctx)
{
	void **slot = tmg_ctx_provider_slot(ctx);
	bool ok;

	pthread_mutex_lock(tmg_ctx_mutex(ctx));
	if (*slot == NULL)
		*slot = load(tmg_ctx_libctx(ctx));
	ok = *slot != NULL;
	pthread_mutex_unlock(tmg_ctx_mutex(ctx));
	return ok;
}

OSSL_LIB_CTX *
tmg_openssl_libctx(tmg_ctx *ctx)
{
	return tmg_ctx_libctx(ctx);
}

static const char *const type_names[] = {
	[TMG_FAMILY_RSA] = "RSA",
	[TMG_FAMILY_EC] = "EC",
	[TMG_FAMILY_ED] = "ED25519",
	[TMG_FAMILY_X] = "X25519",
};

tmg_rc
tmg_openssl_key(tmg_ctx *ctx, tmg_signer *signer, EVP_PKEY **key)
{
	const char *type = type_names[tmg_alg_get(signer->alg)->family];
	OSSL_PARAM params[2];
	void *ptr = signer;
	tmg_held(EVP_PKEY_CTX) c = NULL;
	tmg_alg alg;

	*key = NULL;
	if (type == NULL || tmg_spki_alg(signer->spki, &alg) != TMG_OK ||
	    alg != signer->alg)
		return tmg_raise(signer->fault, TMG_E_MALFORMED, 0,
		    _("The key's public half cannot be read."));
	if (!loaded(ctx))
		return tmg_raise(signer->fault, TMG_E_CRYPTO, 0,
		    _("OpenSSL did not take the token's keys: is it version 3?"));

	params[0] = OSSL_PARAM_construct_octet_ptr(TMG_PARAM_SIGNER, &ptr, sizeof(ptr));
	params[1] = OSSL_PARAM_construct_end();
	c = EVP_PKEY_CTX_new_from_name(tmg_ctx_libctx(ctx), type, PROPS);
	if (c == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, key, EVP_PKEY_KEYPAIR, params) != 1)
		return tmg_raise(signer->fault, TMG_E_CRYPTO, 0,
		    _("OpenSSL did not take the token's key."));
	return TMG_OK;
}
