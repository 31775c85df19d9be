/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proof: the key on the token signs something nobody chose, and the
 * certificate on the token verifies it.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/random.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

#define CHALLENGE 32	/* bytes: at once a message and a SHA-256 digest */

static const struct {
	tmg_family family;
	tmg_sign_spec spec;
} ways[] = {
	{ TMG_FAMILY_RSA, { .scheme = TMG_SIGN_PKCS1, .hash = TMG_HASH_SHA256 } },
	{ TMG_FAMILY_EC, { .scheme = TMG_SIGN_ECDSA, .hash = TMG_HASH_SHA256 } },
	{ TMG_FAMILY_ED, { .scheme = TMG_SIGN_EDDSA } },
};

static const tmg_sign_spec *
way_of(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(ways); i++)
		if (ways[i].family == tmg_alg_get(alg)->family)
			return &ways[i].spec;
	return NULL;
}

static int
verify_digest(OSSL_LIB_CTX *libctx, EVP_PKEY *key, tmg_view input, tmg_view sig)
{
	EVP_PKEY_CTX *op = EVP_PKEY_CTX_new_from_pkey(libctx, key, TMG_SOFTWARE);
	EVP_MD *md = EVP_MD_fetch(libctx, "SHA256", TMG_SOFTWARE);
	const int ok = op != NULL && md != NULL && EVP_PKEY_verify_init(op) == 1 &&
	    (EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_CTX_set_rsa_padding(op, RSA_PKCS1_PADDING) == 1) &&
	    EVP_PKEY_CTX_set_signature_md(op, md) == 1 &&
	    EVP_PKEY_verify(op, sig.ptr, sig.len, input.ptr, input.len) == 1;

	EVP_MD_free(md);
	EVP_PKEY_CTX_free(op);
	return ok;
}

static int
verify_message(OSSL_LIB_CTX *libctx, EVP_PKEY *key, tmg_view input, tmg_view sig)
{
	EVP_MD_CTX *op = EVP_MD_CTX_new();
	const int ok = op != NULL && EVP_DigestVerifyInit_ex(op, NULL, NULL,
	    libctx, TMG_SOFTWARE, key, NULL) == 1 &&
	    EVP_DigestVerify(op, sig.ptr, sig.len, input.ptr, input.len) == 1;

	EVP_MD_CTX_free(op);
	return ok;
}

static bool
verifies(tmg_provision *p, const tmg_sign_spec *how, tmg_view input, tmg_view sig)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(p->ctx);
	EVP_PKEY *key = NULL;
	tmg_view spki;
	const uint8_t *at;
	int ok = 0;

	if (tmg_cert_spki(tmg_blob_view(&p->j.cert), &spki) == TMG_OK) {
		at = spki.ptr;
		key = d2i_PUBKEY_ex(NULL, &at, (long)spki.len, libctx,
		    TMG_SOFTWARE);
	}
	if (key != NULL)
		ok = how->scheme == TMG_SIGN_EDDSA ?
		    verify_message(libctx, key, input, sig) :
		    verify_digest(libctx, key, input, sig);
	EVP_PKEY_free(key);
	return ok != 0;
}

static tmg_rc
sign(tmg_provision *p, const tmg_sign_spec **how, tmg_view input, tmg_out *sig)
{
	tmg_signer *signer;
	tmg_rc rc;

	if ((rc = tmg_key_signer(p->key, &signer)))
		return tmg_work_token_said(p, rc);
	*how = way_of(signer->alg);
	if (*how == NULL)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("this type of key cannot sign"));
	signer->limit = signer->used + 1;
	rc = tmg_signer_sign(signer, *how, input, sig);
	signer->limit = 0;
	if (rc != TMG_OK)
		return tmg_fault_copy(&p->fault, signer->fault, rc);
	return TMG_OK;
}

/* 32 bytes that nobody chose; or that stand for what the authority is to be
 * told, so that telling it costs no signature of its own. */
static tmg_rc
choose_input(tmg_provision *p, bool proves, uint8_t input[CHALLENGE])
{
	uint8_t store[TMG_PROOF_MAX];
	tmg_out text = TMG_OUT(store);
	tmg_rc rc;

	if (!proves && getrandom(input, CHALLENGE, 0) != CHALLENGE)
		return tmg_raise(&p->fault, TMG_E_IO, 0, _("no random numbers: %s"),
		    strerror(errno));
	if (!proves)
		return TMG_OK;
	if ((rc = tmg_work_authority(p)))
		return rc;
	if ((rc = tmg_authority_proof(p->authority, p->j.ticket,
	    tmg_blob_view(&p->j.cert), &text)))
		return tmg_work_authority_said(p, rc);
	return EVP_Digest(store, text.len, input, NULL, EVP_sha256(), NULL) == 1 ?
	    TMG_OK : tmg_raise(&p->fault, TMG_E_CRYPTO, 0, _("hashing failed"));
}

static tmg_rc
tell(tmg_provision *p, bool proves, tmg_view sig)
{
	const tmg_rc rc = !proves ? TMG_OK :
	    tmg_authority_installed(p->authority, p->j.ticket, sig);

	return rc == TMG_OK ? TMG_OK : tmg_work_authority_said(p, rc);
}

static tmg_rc
finish(tmg_provision *p)
{
	tmg_rc rc = tmg_replace(p);

	if (rc == TMG_OK)
		rc = tmg_swap(p);
	return rc == TMG_OK ? tmg_work_reached(p, TMG_STEP_DONE) : rc;
}

tmg_rc
tmg_step_prove(tmg_provision *p)
{
	const bool proves = tmg_authority_proves(&(tmg_authority_spec){
	    .uri = p->j.authority, .bindings = p->who.bindings });
	uint8_t challenge[CHALLENGE], store[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store);
	const tmg_sign_spec *how = NULL;
	tmg_rc rc;

	if (p->j.moving || tmg_swap_begun(p))	/* proven before the keys began to move */
		return finish(p);
	if ((rc = choose_input(p, proves, challenge)) ||
	    (rc = tmg_work_token(p)) ||
	    (rc = tmg_work_login_user(p)) ||
	    (rc = sign(p, &how, TMG_VIEW(challenge), &sig)))
		return rc;
	if (!verifies(p, how, TMG_VIEW(challenge), tmg_out_view(&sig)))
		return tmg_advise(&p->fault, TMG_TRY_DELETE_CERT,
		    tmg_raise(&p->fault, TMG_MISMATCH, 0, _("the certificate in slot "
			"%s of %s does not fit the key there; delete it and enroll "
			"again"), tmg_work_made_in(p), p->j.label));
	if ((rc = tell(p, proves, tmg_out_view(&sig))))
		return rc;
	return finish(p);
}
