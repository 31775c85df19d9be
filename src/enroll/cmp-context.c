/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is believed and how messages are protected, as libcrypto's context.
 */
#include <openssl/x509v3.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/enroll/cmp.h"
#include "src/pki/name.h"
#include "src/pki/x509.h"
#include "tamga/openssl.h"

tmg_cmp_seal
tmg_cmp_seal_of(const tmg_authority *a)
{
	if (a->spec.user != NULL && a->spec.password.len > 0)
		return TMG_CMP_MAC;
	return a->spec.signer != NULL ? TMG_CMP_SIGNATURE : TMG_CMP_OPEN;
}

/* libcrypto 3.0 hands every key a digest to sign messages with, which Ed25519 has
 * not; requests for such a key it can make. */
static tmg_rc
signs_messages(tmg_authority *a)
{
	if (tmg_alg_get(a->spec.signer->alg)->family != TMG_FAMILY_ED)
		return TMG_OK;
	return tmg_advise(&a->fault, TMG_TRY_CREDENTIAL,
	    tmg_authority_raise(a, TMG_UNSUPPORTED,
		_("%s: messages of CMP cannot be signed by a key of Ed25519 here: give a "
		"reference as user name and its secret as password"), a->uri.where));
}

tmg_rc
tmg_cmp_identified(tmg_authority *a)
{
	const tmg_cmp_seal seal = tmg_cmp_seal_of(a);

	if (seal != TMG_CMP_OPEN)
		return seal == TMG_CMP_SIGNATURE ? signs_messages(a) : TMG_OK;
	return tmg_advise(&a->fault, TMG_TRY_CREDENTIAL,
	    tmg_authority_raise(a, TMG_DENIED,
		_("%s: it wants to know who you are: give the reference as user name "
		"and the secret as password"), a->uri.where));
}

static tmg_rc
failed(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_CRYPTO,
	    _("%s: libcrypto cannot speak CMP with what was given"), a->uri.where);
}

/*
 * Who may sign answers: a CA, or who is named one in its certificate (RFC 9810
 * 4.5).  Any other certificate below the anchors is a subscriber's.
 */
static bool
is_authority(X509 *cert)
{
	EXTENDED_KEY_USAGE *uses;
	bool found = X509_check_ca(cert) != 0;

	if (found)
		return true;
	uses = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
		const int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, i));

		found = found || nid == NID_cmcCA || nid == NID_cmcRA;
	}
	EXTENDED_KEY_USAGE_free(uses);
	return found;
}

static int
judge_signer(int ok, X509_STORE_CTX *c)
{
	bool *stranger = X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(c), 0);

	if (ok == 0 || X509_STORE_CTX_get_error_depth(c) > 0 ||
	    is_authority(X509_STORE_CTX_get_current_cert(c)))
		return ok;
	if (stranger != NULL)
		*stranger = true;
	X509_STORE_CTX_set_error(c, X509_V_ERR_INVALID_PURPOSE);
	return 0;
}

static tmg_rc
take_name(tmg_authority *a, OSSL_CMP_CTX *ctx, const char *text,
    int (*set)(OSSL_CMP_CTX *ctx, const X509_NAME *name))
{
	tmg_held(X509_NAME) name = NULL;
	tmg_rc rc;

	if (text == NULL)
		return TMG_OK;
	if ((rc = tmg_name_parse(text, &name, &a->fault)))
		return tmg_pass(&a->fault, rc);
	return set(ctx, name) == 1 ? TMG_OK : failed(a);
}

/* A person who names the sender answers for who that is. */
static tmg_rc
believe(tmg_authority *a, OSSL_CMP_CTX *ctx)
{
	const tmg_cmp *cmp = a->state;
	tmg_held(X509_STORE) store = NULL;
	tmg_held_certs anchors = NULL;
	tmg_rc rc;

	if ((rc = tmg_x509_stack(tmg_ctx_libctx(a->ctx), a->anchors, &anchors)) ||
	    (rc = tmg_x509_store(a->ctx, anchors, &store)))
		return failed(a);
	if (cmp->sender == NULL)
		X509_STORE_set_verify_cb(store, judge_signer);
	if (OSSL_CMP_CTX_set0_trustedStore(ctx, store) != 1)
		return failed(a);
	store = NULL;
	if (OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_UNPROTECTED_ERRORS,
	    cmp->believes_unprotected) != 1)
		return failed(a);
	return take_name(a, ctx, cmp->sender, OSSL_CMP_CTX_set1_expected_sender);
}

static tmg_rc
seal_mac(tmg_authority *a, OSSL_CMP_CTX *ctx)
{
	const tmg_cmp *cmp = a->state;
	const char *user = a->spec.user;
	const tmg_view secret = a->spec.password;

	if (OSSL_CMP_CTX_set1_referenceValue(ctx, (const uint8_t *)user,
	    (int)strlen(user)) != 1 ||
	    OSSL_CMP_CTX_set1_secretValue(ctx, secret.ptr, (int)secret.len) != 1 ||
	    OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_MAC_ALGNID, cmp->mac) != 1)
		return failed(a);
	return TMG_OK;
}

static tmg_rc
seal_signature(tmg_authority *a, OSSL_CMP_CTX *ctx)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(a->ctx);
	tmg_cmp *cmp = a->state;
	tmg_held_certs chain = NULL;
	tmg_held(X509) cert = NULL;
	tmg_rc rc;

	if (cmp->key == NULL) {
		tmg_guard_init(&cmp->guard, a->spec.signer);
		if ((rc = tmg_openssl_key(a->ctx, &cmp->guard.base, &cmp->key)))
			return failed(a);
	}
	if (tmg_x509_parse(libctx, a->spec.cert, &cert) ||
	    tmg_x509_stack(libctx, a->spec.chain, &chain) ||
	    OSSL_CMP_CTX_set1_cert(ctx, cert) != 1 ||
	    OSSL_CMP_CTX_set1_pkey(ctx, cmp->key) != 1)
		return failed(a);
	/* an empty list would leave the context without one to add to */
	if (sk_X509_num(chain) > 0 && OSSL_CMP_CTX_set1_untrusted(ctx, chain) != 1)
		return failed(a);
	return TMG_OK;
}

static tmg_rc
seal_open(tmg_authority *a, OSSL_CMP_CTX *ctx)
{
	static const char nobody[] = "tamga";	/* libcrypto wants a sender */

	return OSSL_CMP_CTX_set1_referenceValue(ctx, (const uint8_t *)nobody,
	    (int)strlen(nobody)) == 1 &&
	    OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_UNPROTECTED_SEND, 1) == 1 ?
	    TMG_OK : failed(a);
}

static tmg_rc (*const seals[])(tmg_authority *a, OSSL_CMP_CTX *ctx) = {
	[TMG_CMP_MAC] = seal_mac,
	[TMG_CMP_SIGNATURE] = seal_signature,
	[TMG_CMP_OPEN] = seal_open,
};

tmg_rc
tmg_cmp_context(tmg_authority *a, tmg_cmp_seal seal, unsigned signatures,
    OSSL_CMP_CTX **out)
{
	tmg_cmp *cmp = a->state;
	tmg_held(OSSL_CMP_CTX) ctx = OSSL_CMP_CTX_new(tmg_ctx_libctx(a->ctx), NULL);
	const int digest = cmp->digest != NID_undef ? cmp->digest : NID_sha256;
	tmg_rc rc;

	/* its log would go to the terminal */
	if (ctx == NULL ||
	    OSSL_CMP_CTX_set_log_verbosity(ctx, OSSL_CMP_LOG_EMERG) != 1 ||
	    OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_DIGEST_ALGNID, digest) != 1)
		return failed(a);
	if ((rc = believe(a, ctx)) ||
	    (rc = take_name(a, ctx, cmp->recipient, OSSL_CMP_CTX_set1_recipient)) ||
	    (rc = seals[seal](a, ctx)))
		return rc;
	cmp->guard.watch = (tmg_http_watch){ .left = signatures };
	*out = ctx;
	ctx = NULL;
	return TMG_OK;
}

tmg_rc
tmg_cmp_reference(tmg_authority *a, bool renews, OSSL_CMP_CTX *ctx)
{
	tmg_held(X509) cert = NULL;

	if (!renews)
		return TMG_OK;
	return tmg_x509_parse(tmg_ctx_libctx(a->ctx), a->spec.cert, &cert) == TMG_OK &&
	    OSSL_CMP_CTX_set1_oldCert(ctx, cert) == 1 ? TMG_OK : failed(a);
}
