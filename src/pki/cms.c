/* SPDX-License-Identifier: BSD-2-Clause */
#include "tamga/cms.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tamga/openssl.h"

enum {
	FLAGS = CMS_BINARY,		/* content is bytes, not lines */
};

/*
 * A signer that remembers what the real one answered: libcrypto says only
 * that something failed, and a cancelled PIN must not look like a bad message.
 */
typedef struct watched {
	tmg_signer signer;		/* first: ops get this */
	tmg_signer *real;
	tmg_rc rc;
} watched;

static tmg_rc
watched_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	watched *w = (watched *)s;

	return w->rc = tmg_signer_sign(w->real, spec, input, sig);
}

static tmg_rc
watched_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	watched *w = (watched *)s;

	return w->rc = tmg_signer_decrypt(w->real, spec, cipher, plain);
}

static tmg_rc
watched_derive(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	watched *w = (watched *)s;

	return w->rc = tmg_signer_derive(w->real, peer, secret);
}

static const tmg_signer_ops watched_ops = {
	.sign = watched_sign,
	.decrypt = watched_decrypt,
	.derive = watched_derive,
};

static watched
watch(tmg_signer *real)
{
	return (watched){
		.signer = {
			.ops = &watched_ops, .fault = real->fault,
			.alg = real->alg, .spki = real->spki,
		},
		.real = real,
	};
}

/* Why it failed: the key's own words if it was asked and refused, else ours. */
static tmg_rc
failed(const watched *w, tmg_fault *f, const char *words)
{
	if (w->rc != TMG_OK && w->rc != TMG_E_MALFORMED)
		return tmg_fault_copy(f, w->real->fault, w->rc);
	return tmg_raise(f, TMG_E_CRYPTO, 0, "%s", words);
}

static BIO *
reader_of(tmg_view v)
{
	if (v.len > INT32_MAX)
		return NULL;
	return BIO_new_mem_buf(v.len > 0 ? (const void *)v.ptr : "", (int)v.len);
}

static tmg_rc
drain(BIO *from, tmg_out *out)
{
	char *bytes;
	const long len = BIO_get_mem_data(from, &bytes);

	if (out == NULL || len <= 0)
		return TMG_OK;
	tmg_put(out, (tmg_view){ (const uint8_t *)bytes, (size_t)len });
	return tmg_out_done(out);
}

static tmg_rc
same_key(const tmg_signer *signer, tmg_view cert, tmg_fault *f)
{
	tmg_view spki;
	tmg_rc rc;

	if ((rc = tmg_cert_spki(cert, &spki)))
		return tmg_raise(f, rc, 0, _("The certificate cannot be read."));
	if (!tmg_view_equal(spki, signer->spki))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("The certificate is for another key than the one that is to be used."));
	return TMG_OK;
}

static const EVP_MD *
digest_for(tmg_alg alg)
{
	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA || tmg_alg_get(alg)->bits <= 256)
		return EVP_sha256();
	return tmg_alg_get(alg)->bits <= 384 ? EVP_sha384() : EVP_sha512();
}

/* Everything but the signature. */
static tmg_rc
prepare(tmg_ctx *ctx, EVP_PKEY *key, tmg_view cert, const tmg_certs *chain,
    tmg_alg alg, BIO *in, bool detached, CMS_ContentInfo **out)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(ctx);
	const unsigned flags = FLAGS | (detached ? CMS_DETACHED : 0u);
	tmg_held(X509) leaf = NULL;
	tmg_held_certs more = NULL;
	tmg_held(CMS_ContentInfo) cms = NULL;
	tmg_rc rc;

	if ((rc = tmg_x509_parse(libctx, cert, &leaf)) ||
	    (rc = tmg_x509_stack(libctx, chain, &more)))
		return rc;
	cms = CMS_sign_ex(NULL, NULL, more, in, flags | CMS_PARTIAL, libctx, NULL);
	if (cms == NULL ||
	    CMS_add1_signer(cms, leaf, key, digest_for(alg), flags | CMS_CADES) == NULL)
		return TMG_E_CRYPTO;
	*out = cms;
	cms = NULL;
	return TMG_OK;
}

static tmg_rc
put_cms(CMS_ContentInfo *cms, tmg_out *der)
{
	uint8_t *bytes = NULL;
	const int len = i2d_CMS_ContentInfo(cms, &bytes);

	if (len <= 0)
		return TMG_E_NOMEM;
	tmg_put(der, (tmg_view){ bytes, (size_t)len });
	OPENSSL_free(bytes);
	return tmg_out_done(der);
}

static tmg_rc
sign(tmg_ctx *ctx, watched *w, tmg_view cert, const tmg_certs *chain,
    tmg_view content, bool detached, tmg_out *der, tmg_fault *f)
{
	const unsigned flags = FLAGS | (detached ? CMS_DETACHED : 0u);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(BIO) in = reader_of(content);
	tmg_held(CMS_ContentInfo) cms = NULL;
	tmg_rc rc;

	if (in == NULL)
		return TMG_E_NOMEM;
	if ((rc = tmg_openssl_key(ctx, &w->signer, &key)))
		return tmg_fault_copy(f, w->real->fault, rc);
	if ((rc = prepare(ctx, key, cert, chain, w->real->alg, in, detached, &cms)))
		return tmg_raise(f, rc, 0, _("The message could not be prepared for signing."));
	if (CMS_final(cms, in, NULL, flags) != 1)
		return failed(w, f, _("The message could not be signed."));
	return put_cms(cms, der);
}

tmg_rc
tmg_cms_sign(tmg_ctx *ctx, tmg_signer *signer, tmg_view cert,
    const tmg_certs *chain, tmg_view content, bool detached, tmg_out *der,
    tmg_fault *f)
{
	const tmg_family family = tmg_alg_get(signer->alg)->family;
	watched w = watch(signer);
	tmg_rc rc;

	if (family != TMG_FAMILY_RSA && family != TMG_FAMILY_EC)
		return tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("Messages cannot be signed with a key of type %s: take RSA or EC."),
		    tmg_alg_get(signer->alg)->name);
	if ((rc = same_key(signer, cert, f)))
		return rc;

	ERR_set_mark();
	rc = sign(ctx, &w, cert, chain, content, detached, der, f);
	ERR_pop_to_mark();
	return tmg_pass(f, rc);
}

static tmg_rc
parse(tmg_ctx *ctx, tmg_view der, int type, CMS_ContentInfo **out, tmg_fault *f)
{
	const uint8_t *p = der.ptr;
	tmg_held(CMS_ContentInfo) cms =
	    CMS_ContentInfo_new_ex(tmg_ctx_libctx(ctx), NULL);

	if (cms == NULL)
		return TMG_E_NOMEM;
	if (der.len > INT32_MAX ||
	    d2i_CMS_ContentInfo(&cms, &p, (long)der.len) == NULL ||
	    p != der.ptr + der.len ||
	    OBJ_obj2nid(CMS_get0_type(cms)) != type)
		return tmg_raise(f, TMG_E_MALFORMED, 0, type == NID_pkcs7_signed
		    ? _("This is no signed message (CMS).")
		    : _("This is no encrypted message (CMS)."));
	*out = cms;
	cms = NULL;
	return TMG_OK;
}

static bool
is_for(CMS_RecipientInfo *ri, X509 *cert)
{
	STACK_OF(CMS_RecipientEncryptedKey) *keys;

	if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_TRANS)
		return CMS_RecipientInfo_ktri_cert_cmp(ri, cert) == 0;
	if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE)
		return false;
	keys = CMS_RecipientInfo_kari_get0_reks(ri);
	for (int i = 0; i < sk_CMS_RecipientEncryptedKey_num(keys); i++)
		if (CMS_RecipientEncryptedKey_cert_cmp(
		    sk_CMS_RecipientEncryptedKey_value(keys, i), cert) == 0)
			return true;
	return false;
}

static bool
is_addressed(CMS_ContentInfo *cms, X509 *cert)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);

	for (int i = 0; i < sk_CMS_RecipientInfo_num(all); i++)
		if (is_for(sk_CMS_RecipientInfo_value(all, i), cert))
			return true;
	return false;
}

static tmg_rc
decrypt(tmg_ctx *ctx, watched *w, tmg_view cert, tmg_view der, tmg_out *plain,
    tmg_fault *f)
{
	tmg_held(CMS_ContentInfo) cms = NULL;
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(X509) leaf = NULL;
	tmg_held(BIO) out = BIO_new(BIO_s_mem());
	tmg_rc rc;

	if (out == NULL)
		return TMG_E_NOMEM;
	if ((rc = parse(ctx, der, NID_pkcs7_enveloped, &cms, f)) ||
	    (rc = tmg_x509_parse(tmg_ctx_libctx(ctx), cert, &leaf)))
		return rc;
	if (!is_addressed(cms, leaf))
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("The message was not encrypted for this certificate."));
	if ((rc = tmg_openssl_key(ctx, &w->signer, &key)))
		return tmg_fault_copy(f, w->real->fault, rc);
	/* a key that refused is replaced by a random one in there (RFC 3218), whose
	 * padding may be right */
	if (CMS_decrypt(cms, key, leaf, NULL, out, FLAGS) != 1 || w->rc != TMG_OK)
		return failed(w, f, _("The message could not be decrypted."));
	return drain(out, plain);
}

tmg_rc
tmg_cms_decrypt(tmg_ctx *ctx, tmg_signer *signer, tmg_view cert, tmg_view cms,
    tmg_out *plain, tmg_fault *f)
{
	watched w = watch(signer);
	tmg_rc rc;

	if ((rc = same_key(signer, cert, f)))
		return rc;
	ERR_set_mark();
	rc = decrypt(ctx, &w, cert, cms, plain, f);
	ERR_pop_to_mark();
	return tmg_pass(f, rc);
}

/* Every signer leads to an anchor through what the message brought along. */
static tmg_rc
check_signers(tmg_ctx *ctx, CMS_ContentInfo *cms, const tmg_certs *anchors,
    tmg_certs *signers, tmg_fault *f)
{
	STACK_OF(X509) *who = CMS_get0_signers(cms);
	tmg_held_certs brought = CMS_get1_certs(cms);
	tmg_auto_ptr(tmg_certs) others = NULL;
	tmg_auto_ptr(tmg_certs) found = NULL;
	tmg_rc rc = TMG_OK;

	if ((rc = tmg_certs_new(&others)) == TMG_OK)
		rc = tmg_certs_new(&found);
	for (int i = 0; i < sk_X509_num(brought) && rc == TMG_OK; i++)
		rc = tmg_certs_add_x509(others, sk_X509_value(brought, i));
	for (int i = 0; i < sk_X509_num(who) && rc == TMG_OK; i++)
		rc = tmg_certs_add_x509(found, sk_X509_value(who, i));
	sk_X509_free(who);	/* the stack is ours, its certificates are not */

	/* a signature was verified: without anybody who made it, memory ran out */
	if (rc == TMG_OK && tmg_certs_count(found) == 0)
		rc = TMG_E_NOMEM;
	for (size_t i = 0; rc == TMG_OK && i < tmg_certs_count(found); i++) {
		if (anchors != NULL)
			rc = tmg_certs_verify(ctx, tmg_certs_get(found, i), others,
			    anchors, NULL, f);
		if (rc == TMG_OK && signers != NULL)
			rc = tmg_certs_add(signers, tmg_certs_get(found, i));
	}
	return rc;
}

static tmg_rc
verify(tmg_ctx *ctx, tmg_view der, tmg_view content, const tmg_certs *anchors,
    tmg_certs *signers, tmg_out *out, tmg_fault *f)
{
	tmg_held(CMS_ContentInfo) cms = NULL;
	tmg_held(BIO) in = content.len > 0 ? reader_of(content) : NULL;
	tmg_held(BIO) got = BIO_new(BIO_s_mem());
	tmg_rc rc;

	if (got == NULL || (content.len > 0 && in == NULL))
		return TMG_E_NOMEM;
	if ((rc = parse(ctx, der, NID_pkcs7_signed, &cms, f)))
		return rc;
	if (CMS_verify(cms, NULL, NULL, in, got, FLAGS | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("The signature is wrong: the content is not what was signed, or it is missing."));
	if ((rc = check_signers(ctx, cms, anchors, signers, f)))
		return rc;
	return drain(got, out);
}

tmg_rc
tmg_cms_verify(tmg_ctx *ctx, tmg_view cms, tmg_view content,
    const tmg_certs *anchors, tmg_certs *signers, tmg_out *out, tmg_fault *f)
{
	tmg_rc rc;

	ERR_set_mark();
	rc = verify(ctx, cms, content, anchors, signers, out, f);
	ERR_pop_to_mark();
	return tmg_pass(f, rc);
}
