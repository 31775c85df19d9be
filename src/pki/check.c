/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/check.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "src/pki/pkey.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

/* What is checked, and the operation it is checked with. */
struct check {
	OSSL_LIB_CTX *libctx;
	EVP_PKEY *key;
	EVP_PKEY_CTX *op;
	const tmg_sign_spec *spec;
	tmg_view input, sig;
};

static tmg_rc
verdict(int verified)
{
	return verified == 1 ? TMG_OK : TMG_MISMATCH;
}

static bool
set_hash(const struct check *c)
{
	tmg_held(EVP_MD) md = NULL;

	if (c->spec->hash == TMG_HASH_NONE)
		return true;
	md = EVP_MD_fetch(c->libctx, tmg_hash_name(c->spec->hash), TMG_NOT_OURS);
	return md != NULL && EVP_PKEY_CTX_set_signature_md(c->op, md) == 1;
}

static bool
set_pss(const struct check *c)
{
	tmg_held(EVP_MD) mgf = EVP_MD_fetch(c->libctx,
	    tmg_hash_name(c->spec->mgf), TMG_NOT_OURS);

	return mgf != NULL && EVP_PKEY_CTX_set_rsa_mgf1_md(c->op, mgf) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(c->op, (int)c->spec->salt_len) == 1;
}

static tmg_rc
check_pkcs1(const struct check *c)
{
	if (EVP_PKEY_verify_init(c->op) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c->op, RSA_PKCS1_PADDING) != 1 ||
	    !set_hash(c))
		return TMG_E_CRYPTO;
	return verdict(EVP_PKEY_verify(c->op, c->sig.ptr, c->sig.len,
	    c->input.ptr, c->input.len));
}

static tmg_rc
check_pss(const struct check *c)
{
	if (EVP_PKEY_verify_init(c->op) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c->op, RSA_PKCS1_PSS_PADDING) != 1 ||
	    !set_hash(c) || !set_pss(c))
		return TMG_E_CRYPTO;
	return verdict(EVP_PKEY_verify(c->op, c->sig.ptr, c->sig.len,
	    c->input.ptr, c->input.len));
}

/* RSAVP1 gives back what was signed. */
static tmg_rc
check_raw(const struct check *c)
{
	uint8_t store[TMG_SIG_MAX];
	size_t len = sizeof(store);

	if (EVP_PKEY_verify_recover_init(c->op) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c->op, RSA_NO_PADDING) != 1)
		return TMG_E_CRYPTO;
	return verdict(EVP_PKEY_verify_recover(c->op, store, &len, c->sig.ptr,
	    c->sig.len) == 1 &&
	    tmg_view_equal((tmg_view){ store, len }, c->input));
}

static tmg_rc
check_ecdsa(const struct check *c)
{
	if (EVP_PKEY_verify_init(c->op) != 1)
		return TMG_E_CRYPTO;
	return verdict(EVP_PKEY_verify(c->op, c->sig.ptr, c->sig.len,
	    c->input.ptr, c->input.len));
}

static tmg_rc
check_eddsa(const struct check *c)
{
	tmg_held(EVP_MD_CTX) md = EVP_MD_CTX_new();

	if (md == NULL || EVP_DigestVerifyInit_ex(md, NULL, NULL, c->libctx,
	    TMG_NOT_OURS, c->key, NULL) != 1)
		return TMG_E_CRYPTO;
	return verdict(EVP_DigestVerify(md, c->sig.ptr, c->sig.len,
	    c->input.ptr, c->input.len));
}

static tmg_rc (*const checks[])(const struct check *c) = {
	[TMG_SIGN_PKCS1] = check_pkcs1,
	[TMG_SIGN_PSS] = check_pss,
	[TMG_SIGN_RAW] = check_raw,
	[TMG_SIGN_ECDSA] = check_ecdsa,
	[TMG_SIGN_EDDSA] = check_eddsa,
};

static tmg_rc
check(OSSL_LIB_CTX *libctx, tmg_view spki, const tmg_sign_spec *spec,
    tmg_view input, tmg_view sig)
{
	const unsigned char *at = spki.ptr;
	tmg_held(EVP_PKEY) key = d2i_PUBKEY_ex(NULL, &at, (long)spki.len, libctx,
	    TMG_NOT_OURS);
	tmg_held(EVP_PKEY_CTX) op = NULL;

	if (key == NULL)
		return TMG_E_MALFORMED;
	op = EVP_PKEY_CTX_new_from_pkey(libctx, key, TMG_NOT_OURS);
	if (op == NULL)
		return TMG_E_NOMEM;
	return checks[spec->scheme](&(struct check){ .libctx = libctx,
	    .key = key, .op = op, .spec = spec, .input = input, .sig = sig });
}

tmg_rc
tmg_signature_check(OSSL_LIB_CTX *libctx, tmg_view spki,
    const tmg_sign_spec *spec, tmg_view input, tmg_view sig)
{
	const unsigned long before = ERR_peek_error();
	bool lacked;
	tmg_rc rc;

	ERR_set_mark();
	rc = check(libctx, spki, spec, input, sig);
	lacked = rc != TMG_OK && tmg_lacked_memory(before);
	ERR_pop_to_mark();
	return lacked ? TMG_E_NOMEM : rc;
}
