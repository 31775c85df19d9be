/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys for OpenSSL: everything public is answered by the software half,
 * everything private is refused.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "src/pki/pkey.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

enum {
	GROUP_NAME = 64,	/* bytes of a curve's name */
};

/* Dispatch tables forget types; these do not. */
static OSSL_FUNC_keymgmt_new_fn rsa_new, ec_new, ed25519_new, x25519_new;
static OSSL_FUNC_keymgmt_free_fn key_free;
static OSSL_FUNC_keymgmt_has_fn key_has;
static OSSL_FUNC_keymgmt_match_fn key_match;
static OSSL_FUNC_keymgmt_validate_fn key_validate;
static OSSL_FUNC_keymgmt_import_fn key_import;
static OSSL_FUNC_keymgmt_export_fn key_export;
static OSSL_FUNC_keymgmt_get_params_fn key_get_params;
static OSSL_FUNC_keymgmt_gettable_params_fn rsa_gettable, ec_gettable, raw_gettable;
static OSSL_FUNC_keymgmt_set_params_fn key_set_params;
static OSSL_FUNC_keymgmt_settable_params_fn key_settable;
static OSSL_FUNC_keymgmt_import_types_fn rsa_types_of, ec_types_of, raw_types_of;
static OSSL_FUNC_keymgmt_dup_fn key_dup;
static OSSL_FUNC_keymgmt_query_operation_name_fn ec_operation;

static void *
rsa_new(void *provctx)
{
	return tmg_pkey_new(provctx, "RSA");
}

static void *
ec_new(void *provctx)
{
	return tmg_pkey_new(provctx, "EC");
}

static void *
ed25519_new(void *provctx)
{
	return tmg_pkey_new(provctx, "ED25519");
}

static void *
x25519_new(void *provctx)
{
	return tmg_pkey_new(provctx, "X25519");
}

static void
key_free(void *keydata)
{
	tmg_pkey_unref(keydata);
}

static int
key_has(const void *keydata, int selection)
{
	const tmg_pkey *key = keydata;

	if (key == NULL || key->public == NULL)
		return 0;
	if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 && key->signer == NULL)
		return 0;
	return (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) == 0 || key->whole;
}

static int
key_match(const void *a, const void *b, int selection)
{
	const tmg_pkey *x = a, *y = b;

	if (x->public == NULL || y->public == NULL)
		return 0;
	if ((selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0)
		return EVP_PKEY_parameters_eq(x->public, y->public) == 1;
	/* who has the same public half has the same private one */
	return EVP_PKEY_eq(x->public, y->public) == 1;
}

/* A public key, or parameters only, made of OpenSSL's own data. */
static EVP_PKEY *
public_from(const tmg_pkey *key, int selection, const OSSL_PARAM params[])
{
	tmg_held(EVP_PKEY_CTX) c =
	    EVP_PKEY_CTX_new_from_name(key->libctx, key->type, TMG_NOT_OURS);
	tmg_auto_free OSSL_PARAM *mine = NULL;
	EVP_PKEY *made = NULL;
	size_t n = 0;

	while (params[n].key != NULL)
		n++;
	mine = calloc(n + 1, sizeof(*mine));	/* fromdata wants them not const */
	if (mine == NULL || c == NULL || EVP_PKEY_fromdata_init(c) != 1)
		return NULL;
	memcpy(mine, params, (n + 1) * sizeof(*mine));
	if (EVP_PKEY_fromdata(c, &made, selection, mine) != 1)
		return NULL;
	return made;
}

static int
import_signer(tmg_pkey *key, const OSSL_PARAM *p)
{
	const void *signer = NULL;
	EVP_PKEY *public;
	size_t len;

	if (OSSL_PARAM_get_octet_ptr(p, &signer, &len) != 1 || signer == NULL)
		return 0;
	if (tmg_public_key(key->libctx, ((const tmg_signer *)signer)->spki,
	    &public) != TMG_OK)
		return 0;
	if (!EVP_PKEY_is_a(public, key->type)) {
		EVP_PKEY_free(public);
		return 0;
	}
	memcpy(&key->signer, &signer, sizeof(signer));	/* theirs, not const */
	key->public = public;
	key->whole = true;
	return 1;
}

static int
key_import(void *keydata, int selection, const OSSL_PARAM params[])
{
	const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, TMG_PARAM_SIGNER);
	tmg_pkey *key = keydata;

	if (key == NULL || key->public != NULL)
		return 0;
	if (p != NULL)
		return import_signer(key, p);
	/* libcrypto gives all of a peer's key; its private half is left behind */
	key->public = public_from(key,
	    selection & ~OSSL_KEYMGMT_SELECT_PRIVATE_KEY, params);
	key->whole = (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0;
	return key->public != NULL;
}

/* Whoever asks for any private part gets nothing at all, so
 * that libcrypto comes back to our own operations. */
static int
key_export(void *keydata, int selection, OSSL_CALLBACK *cb, void *arg)
{
	const tmg_pkey *key = keydata;
	OSSL_PARAM *params = NULL;
	int ok;

	if (key == NULL || key->public == NULL ||
	    (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0)
		return 0;
	if (EVP_PKEY_todata(key->public, selection, &params) != 1)
		return 0;
	ok = cb(params, arg);
	OSSL_PARAM_free(params);
	return ok;
}

static int
key_get_params(void *keydata, OSSL_PARAM params[])
{
	const tmg_pkey *key = keydata;

	return key != NULL && key->public != NULL &&
	    EVP_PKEY_get_params(key->public, params) == 1;
}

/* CMS gives a peer its point this way; a token's key never changes. */
static int
key_set_params(void *keydata, const OSSL_PARAM params[])
{
	tmg_pkey *key = keydata;
	const OSSL_PARAM *p =
	    OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY);

	if (p == NULL)
		return 1;
	if (key == NULL || key->public == NULL || key->signer != NULL ||
	    EVP_PKEY_set1_encoded_public_key(key->public, p->data, p->data_size) != 1)
		return 0;
	key->whole = true;
	return 1;
}

static EVP_PKEY *
parameters_of(const tmg_pkey *key)
{
	char group[GROUP_NAME];
	size_t len;
	OSSL_PARAM params[2] = { OSSL_PARAM_END, OSSL_PARAM_END };

	if (EVP_PKEY_get_group_name(key->public, group, sizeof(group), &len) != 1)
		return NULL;
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	    group, 0);
	return public_from(key, OSSL_KEYMGMT_SELECT_ALL_PARAMETERS, params);
}

static void *
key_dup(const void *keydata, int selection)
{
	const tmg_pkey *from = keydata;
	tmg_provider provider = { from->libctx };
	tmg_pkey *to;

	/* a token's key never changes, and its signer takes one turn at a time */
	if (from->signer != NULL && (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0) {
		memcpy(&to, &keydata, sizeof(to));
		return tmg_pkey_ref(to);
	}
	to = tmg_pkey_new(&provider, from->type);
	if (to == NULL || from->public == NULL)
		return to;
	to->whole = (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0 && from->whole;
	to->public = to->whole ? EVP_PKEY_dup(from->public) : parameters_of(from);
	if (to->public == NULL) {
		tmg_pkey_unref(to);
		return NULL;
	}
	return to;
}

static int
key_validate(const void *keydata, int selection, int checktype)
{
	const tmg_pkey *key = keydata;
	tmg_held(EVP_PKEY_CTX) c = NULL;

	if (key == NULL || key->public == NULL)
		return 0;
	c = EVP_PKEY_CTX_new_from_pkey(key->libctx, key->public, TMG_NOT_OURS);
	if (c == NULL)
		return 0;
	if ((selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0)
		return EVP_PKEY_param_check(c) == 1;
	return (checktype == OSSL_KEYMGMT_VALIDATE_QUICK_CHECK
	    ? EVP_PKEY_public_check_quick(c) : EVP_PKEY_public_check(c)) == 1;
}

static const char *
ec_operation(int operation)
{
	return operation == OSSL_OP_KEYEXCH ? "ECDH" : "ECDSA";
}

#define COMMON_PARAMS \
	OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL), \
	OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL), \
	OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL), \
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0), \
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, NULL, 0)

static const OSSL_PARAM rsa_params[] = {
	COMMON_PARAMS,
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM ec_params[] = {
	COMMON_PARAMS,
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_FIELD_TYPE, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_P, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_A, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_B, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_EC_GENERATOR, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_ORDER, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_COFACTOR, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_X, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_Y, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM raw_params[] = {
	COMMON_PARAMS,
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM settable_params[] = {
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
	OSSL_PARAM_END,
};

/* What import and export speak of, by selection. */
static const OSSL_PARAM no_types[] = { OSSL_PARAM_END };

static const OSSL_PARAM rsa_types[] = {
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM ec_types[] = {
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM raw_types[] = {
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_END,
};

/* The functions of one kind of key that answer with its tables. */
#define TABLES_OF(kind, params, types) \
	static const OSSL_PARAM * \
	kind##_gettable(void *provctx) \
	{ \
		(void)provctx; \
		return params; \
	} \
	static const OSSL_PARAM * \
	kind##_types_of(int selection) \
	{ \
		return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 \
		    ? no_types : types; \
	}

TABLES_OF(rsa, rsa_params, rsa_types)
TABLES_OF(ec, ec_params, ec_types)
TABLES_OF(raw, raw_params, raw_types)

static const OSSL_PARAM *
key_settable(void *provctx)
{
	(void)provctx;
	return settable_params;
}

#define KEYMGMT_ROWS(kind, shape) \
	TMG_ROW(KEYMGMT_NEW, kind##_new), \
	TMG_ROW(KEYMGMT_FREE, key_free), \
	TMG_ROW(KEYMGMT_HAS, key_has), \
	TMG_ROW(KEYMGMT_MATCH, key_match), \
	TMG_ROW(KEYMGMT_VALIDATE, key_validate), \
	TMG_ROW(KEYMGMT_IMPORT, key_import), \
	TMG_ROW(KEYMGMT_IMPORT_TYPES, shape##_types_of), \
	TMG_ROW(KEYMGMT_EXPORT, key_export), \
	TMG_ROW(KEYMGMT_EXPORT_TYPES, shape##_types_of), \
	TMG_ROW(KEYMGMT_GET_PARAMS, key_get_params), \
	TMG_ROW(KEYMGMT_GETTABLE_PARAMS, shape##_gettable), \
	TMG_ROW(KEYMGMT_SET_PARAMS, key_set_params), \
	TMG_ROW(KEYMGMT_SETTABLE_PARAMS, key_settable), \
	TMG_ROW(KEYMGMT_DUP, key_dup)

const OSSL_DISPATCH tmg_keymgmt_rsa[] = { KEYMGMT_ROWS(rsa, rsa), TMG_ROWS_END };
const OSSL_DISPATCH tmg_keymgmt_ec[] = {
	KEYMGMT_ROWS(ec, ec),
	TMG_ROW(KEYMGMT_QUERY_OPERATION_NAME, ec_operation),
	TMG_ROWS_END,
};
const OSSL_DISPATCH tmg_keymgmt_ed25519[] = { KEYMGMT_ROWS(ed25519, raw), TMG_ROWS_END };
const OSSL_DISPATCH tmg_keymgmt_x25519[] = { KEYMGMT_ROWS(x25519, raw), TMG_ROWS_END };
