/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request made once with a software key of the same kind: every name,
 * extension and wish of the authority is tried before the token is touched.
 */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/work.h"

typedef struct soft_key {
	tmg_signer signer;		/* first */
	tmg_fault fault;
	OSSL_LIB_CTX *libctx;
	EVP_PKEY *key;
	uint8_t spki[TMG_SPKI_MAX];
} soft_key;

static void
soft_key_release(soft_key *s)
{
	EVP_PKEY_free(s->key);
}

static int
choose_hash(soft_key *s, EVP_PKEY_CTX *op, tmg_hash hash)
{
	EVP_MD *md;
	int ok;

	if (hash == TMG_HASH_NONE)
		return 1;
	md = EVP_MD_fetch(s->libctx, tmg_hash_name(hash), TMG_SOFTWARE);
	ok = md != NULL && EVP_PKEY_CTX_set_signature_md(op, md) == 1;
	EVP_MD_free(md);
	return ok;
}

static int
choose_padding(soft_key *s, EVP_PKEY_CTX *op, const tmg_sign_spec *spec)
{
	if (spec->scheme == TMG_SIGN_ECDSA)
		return 1;
	if (spec->scheme == TMG_SIGN_PKCS1)
		return EVP_PKEY_CTX_set_rsa_padding(op, RSA_PKCS1_PADDING) == 1 &&
		    choose_hash(s, op, spec->hash);
	return EVP_PKEY_CTX_set_rsa_padding(op, RSA_PKCS1_PSS_PADDING) == 1 &&
	    choose_hash(s, op, spec->hash) &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(op, tmg_hash_name(spec->mgf), NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(op, (int)spec->salt_len) == 1;
}

static int
sign_digest(soft_key *s, const tmg_sign_spec *spec, tmg_view input,
    uint8_t *sig, size_t *len)
{
	EVP_PKEY_CTX *op = EVP_PKEY_CTX_new_from_pkey(s->libctx, s->key,
	    TMG_SOFTWARE);
	const int ok = op != NULL && EVP_PKEY_sign_init(op) == 1 &&
	    choose_padding(s, op, spec) &&
	    EVP_PKEY_sign(op, sig, len, input.ptr, input.len) == 1;

	EVP_PKEY_CTX_free(op);
	return ok;
}

static int
sign_message(soft_key *s, tmg_view input, uint8_t *sig, size_t *len)
{
	EVP_MD_CTX *op = EVP_MD_CTX_new();
	const int ok = op != NULL && EVP_DigestSignInit_ex(op, NULL, NULL,
	    s->libctx, TMG_SOFTWARE, s->key, NULL) == 1 &&
	    EVP_DigestSign(op, sig, len, input.ptr, input.len) == 1;

	EVP_MD_CTX_free(op);
	return ok;
}

static tmg_rc
soft_sign(tmg_signer *signer, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	soft_key *s = (soft_key *)signer;
	uint8_t bytes[TMG_SIG_MAX];
	size_t len = sizeof(bytes);
	const int ok = spec->scheme == TMG_SIGN_EDDSA ?
	    sign_message(s, input, bytes, &len) :
	    sign_digest(s, spec, input, bytes, &len);

	if (!ok)
		return tmg_raise(&s->fault, TMG_E_CRYPTO, 0,
		    _("libcrypto refused to sign the rehearsed request"));
	tmg_put(sig, (tmg_view){ bytes, len });
	return tmg_out_done(sig);
}

static const tmg_signer_ops soft_ops = {
	.sign = soft_sign,
	.decrypt = tmg_signer_no_decrypt,
	.derive = tmg_signer_no_derive,
};

static EVP_PKEY *
make_key(OSSL_LIB_CTX *libctx, const tmg_alg_row *row)
{
	switch (row->family) {
	case TMG_FAMILY_RSA:
		/* its length changes nothing in the request but its length */
		return EVP_PKEY_Q_keygen(libctx, TMG_SOFTWARE, "RSA", (size_t)2048);
	case TMG_FAMILY_EC:
		return EVP_PKEY_Q_keygen(libctx, TMG_SOFTWARE, "EC", row->group);
	case TMG_FAMILY_ED:
		return EVP_PKEY_Q_keygen(libctx, TMG_SOFTWARE, "ED25519");
	case TMG_FAMILY_X:
	case TMG_FAMILY_NONE:
		break;
	}
	return NULL;
}

static tmg_rc
soft_key_make(tmg_provision *p, soft_key *s)
{
	uint8_t *at = s->spki;
	tmg_alg alg;
	int len;

	*s = (soft_key){ .libctx = tmg_ctx_libctx(p->ctx) };
	if (tmg_alg_parse(p->j.alg, &alg) != TMG_OK)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("\"%s\" is no type of key"), p->j.alg);
	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA)
		alg = TMG_ALG_RSA2048;
	s->key = make_key(s->libctx, tmg_alg_get(alg));
	len = s->key != NULL ? i2d_PUBKEY(s->key, NULL) : 0;
	if (len <= 0 || len > (int)sizeof(s->spki) || i2d_PUBKEY(s->key, &at) != len)
		return tmg_raise(&p->fault, TMG_E_CRYPTO, 0,
		    _("libcrypto refused to make a key of the type %s"), p->j.alg);
	s->signer = (tmg_signer){
		.ops = &soft_ops, .fault = &s->fault, .alg = alg,
		.spki = { s->spki, (size_t)len },
	};
	return TMG_OK;
}

tmg_rc
tmg_rehearse(tmg_provision *p, tmg_out *csr)
{
	__attribute__((__cleanup__(soft_key_release))) soft_key s = { .key = NULL };
	const tmg_csr_spec spec = tmg_work_csr_spec(p);
	tmg_rc rc;

	if ((rc = soft_key_make(p, &s)))
		return rc;
	return tmg_csr_make(p->ctx, &spec, &s.signer, csr, &p->fault);
}
