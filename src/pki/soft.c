/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/soft.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/oaep.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"

/* Where private operations are looked for: never in our own provider. */
#define PROPS "provider!=tamga"

struct tmg_soft {
	tmg_signer signer;
	tmg_fault fault;
	OSSL_LIB_CTX *libctx;
	EVP_PKEY *key;
	uint8_t spki[TMG_SPKI_MAX];
};

static tmg_soft *
soft_of(tmg_signer *s)
{
	return (tmg_soft *)s;		/* its first member */
}

static tmg_rc
refused(tmg_soft *k)
{
	ERR_clear_error();
	return tmg_raise(&k->fault, TMG_E_CRYPTO, 0,
	    _("The software key refused the operation."));
}

static bool
set_pss(EVP_PKEY_CTX *c, const tmg_sign_spec *spec)
{
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(c, tmg_hash_name(spec->mgf), NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, (int)spec->salt_len) == 1;
}

static bool
set_scheme(EVP_PKEY_CTX *c, const tmg_sign_spec *spec)
{
	const char *md = tmg_hash_name(spec->hash);
	OSSL_PARAM digest[] = { OSSL_PARAM_END, OSSL_PARAM_END };
	char name[16] = "";

	if (md != NULL && spec->scheme != TMG_SIGN_ECDSA) {
		strncpy(name, md, sizeof(name) - 1);
		digest[0] = OSSL_PARAM_construct_utf8_string(
		    OSSL_SIGNATURE_PARAM_DIGEST, name, 0);
		if (EVP_PKEY_CTX_set_params(c, digest) != 1)
			return false;
	}
	switch (spec->scheme) {
	case TMG_SIGN_PKCS1:
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
	case TMG_SIGN_PSS:
		return set_pss(c, spec);
	case TMG_SIGN_RAW:
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1;
	case TMG_SIGN_ECDSA:
	case TMG_SIGN_EDDSA:
		break;
	}
	return true;
}

static tmg_rc
finish(tmg_soft *k, bool ok, const uint8_t *bytes, size_t len, tmg_out *out)
{
	if (!ok)
		return refused(k);
	tmg_put(out, (tmg_view){ bytes, len });
	return tmg_out_done(out);
}

static tmg_rc
sign_message(tmg_soft *k, tmg_view message, tmg_out *sig)
{
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();
	uint8_t bytes[TMG_SIG_MAX];
	size_t len = sizeof(bytes);
	const bool ok = c != NULL && EVP_DigestSignInit_ex(c, NULL, NULL,
	    k->libctx, PROPS, k->key, NULL) == 1 &&
	    EVP_DigestSign(c, bytes, &len, message.ptr, message.len) == 1;

	return finish(k, ok, bytes, len, sig);
}

static tmg_rc
soft_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_soft *k = soft_of(s);
	tmg_held(EVP_PKEY_CTX) c = NULL;
	uint8_t bytes[TMG_SIG_MAX];
	size_t len = sizeof(bytes);
	bool ok;

	if (spec->scheme == TMG_SIGN_EDDSA)
		return sign_message(k, input, sig);

	c = EVP_PKEY_CTX_new_from_pkey(k->libctx, k->key, PROPS);
	ok = c != NULL && EVP_PKEY_sign_init(c) == 1 && set_scheme(c, spec) &&
	    EVP_PKEY_sign(c, bytes, &len, input.ptr, input.len) == 1;
	return finish(k, ok, bytes, len, sig);
}

static bool
set_padding(EVP_PKEY_CTX *c, const tmg_decrypt_spec *spec)
{
	switch (spec->padding) {
	case TMG_DECRYPT_PKCS1:
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
	case TMG_DECRYPT_OAEP:
		return tmg_oaep_set(c, spec);
	case TMG_DECRYPT_RAW:
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1;
	}
	return false;
}

static tmg_rc
soft_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	tmg_soft *k = soft_of(s);
	tmg_held(EVP_PKEY_CTX) c = EVP_PKEY_CTX_new_from_pkey(k->libctx, k->key, PROPS);
	uint8_t bytes[TMG_SIG_MAX];
	size_t len = sizeof(bytes);
	const bool ok = c != NULL && EVP_PKEY_decrypt_init(c) == 1 &&
	    set_padding(c, spec) &&
	    EVP_PKEY_decrypt(c, bytes, &len, cipher.ptr, cipher.len) == 1;
	const tmg_rc rc = finish(k, ok, bytes, len, plain);

	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

/* The peer's bytes as a key of the same kind as ours. */
static tmg_rc
peer_key(tmg_soft *k, tmg_view peer, EVP_PKEY **key)
{
	uint8_t spki[TMG_SPKI_MAX];
	tmg_out made = TMG_OUT(spki);
	tmg_rc rc;

	rc = tmg_alg_get(k->signer.alg)->family == TMG_FAMILY_EC
	    ? tmg_spki_ec(k->signer.alg, peer, &made)
	    : tmg_spki_raw(k->signer.alg, peer, &made);
	return rc ? rc : tmg_public_key(k->libctx, tmg_out_view(&made), key);
}

static tmg_rc
soft_derive(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	tmg_soft *k = soft_of(s);
	tmg_held(EVP_PKEY_CTX) c = NULL;
	tmg_held(EVP_PKEY) other = NULL;
	uint8_t bytes[TMG_SIG_MAX];
	size_t len = sizeof(bytes);
	tmg_rc rc;
	bool ok;

	if ((rc = peer_key(k, peer, &other)))
		return tmg_raise(&k->fault, rc, 0, _("The other side's key is none."));

	c = EVP_PKEY_CTX_new_from_pkey(k->libctx, k->key, PROPS);
	ok = c != NULL && EVP_PKEY_derive_init(c) == 1 &&
	    EVP_PKEY_derive_set_peer(c, other) == 1 &&
	    EVP_PKEY_derive(c, bytes, &len) == 1;
	rc = finish(k, ok, bytes, len, secret);
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

static const tmg_signer_ops soft_ops = {
	.sign = soft_sign,
	.decrypt = soft_decrypt,
	.derive = soft_derive,
};

static tmg_rc
take_spki(tmg_soft *k)
{
	uint8_t *p = k->spki;
	const int len = i2d_PUBKEY(k->key, NULL);

	if (len <= 0 || (size_t)len > sizeof(k->spki) ||
	    i2d_PUBKEY(k->key, &p) != len)
		return TMG_E_MALFORMED;
	k->signer.spki = (tmg_view){ k->spki, (size_t)len };
	return tmg_spki_alg(k->signer.spki, &k->signer.alg);
}

tmg_rc
tmg_soft_new(tmg_ctx *ctx, EVP_PKEY *key, tmg_soft **soft)
{
	tmg_soft *k;
	tmg_rc rc;

	*soft = NULL;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return TMG_E_NOMEM;

	EVP_PKEY_up_ref(key);
	k->key = key;
	k->libctx = tmg_ctx_libctx(ctx);
	k->signer.ops = &soft_ops;
	k->signer.fault = &k->fault;
	if ((rc = take_spki(k))) {
		tmg_soft_free(&k);
		return rc;
	}
	*soft = k;
	return TMG_OK;
}

static EVP_PKEY *
generate(OSSL_LIB_CTX *libctx, const tmg_alg_row *row)
{
	switch (row->family) {
	case TMG_FAMILY_RSA:
		return EVP_PKEY_Q_keygen(libctx, PROPS, "RSA", (size_t)row->bits);
	case TMG_FAMILY_EC:
		return EVP_PKEY_Q_keygen(libctx, PROPS, "EC", row->group);
	case TMG_FAMILY_ED:
	case TMG_FAMILY_X:
		return EVP_PKEY_Q_keygen(libctx, PROPS, row->group);
	case TMG_FAMILY_NONE:
		break;
	}
	return NULL;
}

tmg_rc
tmg_soft_generate(tmg_ctx *ctx, tmg_alg alg, tmg_soft **soft)
{
	tmg_held(EVP_PKEY) key = generate(tmg_ctx_libctx(ctx), tmg_alg_get(alg));

	*soft = NULL;
	if (key == NULL) {
		ERR_clear_error();
		return TMG_UNSUPPORTED;
	}
	return tmg_soft_new(ctx, key, soft);
}

void
tmg_soft_free(tmg_soft **soft)
{
	if (soft == NULL || *soft == NULL)
		return;
	EVP_PKEY_free((*soft)->key);
	free(*soft);
	*soft = NULL;
}

tmg_signer *
tmg_soft_signer(tmg_soft *soft)
{
	return &soft->signer;
}

EVP_PKEY *
tmg_soft_key(tmg_soft *soft)
{
	return soft->key;
}
