/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests are put together without the provider: the bytes to be signed go
 * to the signer, the signature into the request.
 */
#include "tamga/csr.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"
#include "src/pki/algid.h"
#include "src/pki/extensions.h"
#include "src/pki/form.h"
#include "src/pki/name.h"
#include "src/pki/request.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tamga/cert.h"

enum {
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	TAG_ATTRIBUTES = 0xa0,	/* RFC 2986 4.1: attributes [0] */
	DIGEST_MAX = 64,
	CHALLENGE_MAX = 255,	/* RFC 2985, upper bound of challengePassword */
};

static void
tmg_request_release(tmg_request *r)
{
	sk_X509_EXTENSION_pop_free(r->extensions, X509_EXTENSION_free);
	X509_REQ_free(r->req);
}

/* What fits the strength of a key: RFC 5480 4 for curves. */
static tmg_hash
usual_hash(tmg_alg alg)
{
	const tmg_alg_row *row = tmg_alg_get(alg);

	if (row->family == TMG_FAMILY_ED)
		return TMG_HASH_NONE;
	if (row->family == TMG_FAMILY_RSA || row->bits <= 256)
		return TMG_HASH_SHA256;
	return row->bits <= 384 ? TMG_HASH_SHA384 : TMG_HASH_SHA512;
}

static tmg_rc
choose_scheme(tmg_request *r)
{
	switch (tmg_alg_get(r->signer->alg)->family) {
	case TMG_FAMILY_RSA:
		if (r->spec->pss && r->signer->pads)
			return tmg_raise(r->f, TMG_UNSUPPORTED, 0, "%s",
			    _("This key signs by PKCS #1 v1.5 alone, and the request shall be signed by RSASSA-PSS."));
		r->sign.scheme = r->spec->pss ? TMG_SIGN_PSS : TMG_SIGN_PKCS1;
		break;
	case TMG_FAMILY_EC:
		r->sign.scheme = TMG_SIGN_ECDSA;
		break;
	case TMG_FAMILY_ED:
		r->sign.scheme = TMG_SIGN_EDDSA;
		break;
	case TMG_FAMILY_X:
	case TMG_FAMILY_NONE:
		return tmg_raise(r->f, TMG_UNSUPPORTED, 0,
		    _("A key of type %s cannot sign a request."),
		    tmg_alg_get(r->signer->alg)->name);
	}
	r->sign.hash = r->spec->hash;
	return TMG_OK;
}

/* After the authority was heard. */
static void
complete_scheme(tmg_request *r)
{
	if (r->sign.scheme == TMG_SIGN_EDDSA)
		r->sign.hash = TMG_HASH_NONE;
	else if (r->sign.hash == TMG_HASH_NONE)
		r->sign.hash = usual_hash(r->signer->alg);
	if (r->sign.scheme == TMG_SIGN_PSS) {
		r->sign.mgf = r->sign.hash;
		r->sign.salt_len = tmg_hash_bytes(r->sign.hash);
	}
}

static tmg_rc
set_subject(tmg_request *r)
{
	tmg_held(X509_NAME) name = NULL;
	tmg_rc rc;

	if ((rc = tmg_name_parse(r->spec->subject != NULL ? r->spec->subject : "",
	    &name, r->f)))
		return rc;
	return X509_REQ_set_subject_name(r->req, name) == 1 ? TMG_OK : TMG_E_NOMEM;
}

/* The software half: with the token's, verifying in memory would go astray. */
static tmg_rc
set_key(tmg_request *r)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_rc rc;

	if ((rc = tmg_public_key(tmg_ctx_libctx(r->ctx), r->signer->spki, &key)))
		return tmg_raise(r->f, rc, 0, _("The key's public half cannot be read."));
	return X509_REQ_set_pubkey(r->req, key) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

static tmg_rc
add_challenge(tmg_request *r)
{
	const char *challenge = r->spec->challenge;
	int ok;

	if (challenge == NULL)
		return TMG_OK;
	if (challenge[0] == '\0' || strlen(challenge) > CHALLENGE_MAX)
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("A challenge password has 1 to %d characters."), CHALLENGE_MAX);
	ERR_set_mark();
	ok = X509_REQ_add1_attr_by_NID(r->req, NID_pkcs9_challengePassword,
	    MBSTRING_UTF8, (const uint8_t *)challenge, -1);
	ERR_pop_to_mark();
	return ok == 1 ? TMG_OK : tmg_raise(r->f, TMG_E_USAGE, 0,
	    _("The challenge password is not UTF-8."));
}

static tmg_rc
add_attestation(tmg_request *r)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_auto_free uint8_t *der = NULL;
	size_t total = 0;
	tmg_rc rc;

	if (r->spec->attestation_count == 0)
		return TMG_OK;
	if ((rc = tmg_certs_new(&certs)))
		return rc;
	for (size_t i = 0; i < r->spec->attestation_count; i++) {
		if ((rc = tmg_certs_add(certs, r->spec->attestation[i])))
			return tmg_raise(r->f, TMG_E_USAGE, 0,
			    _("Certificate %zu of the attestation cannot be read."), i + 1);
		total += r->spec->attestation[i].len;
	}
	der = malloc(total + 8);
	if (der == NULL)
		return TMG_E_NOMEM;

	tmg_out out = { der, total + 8, 0, false };

	tmg_tlv_put_head(&out, DER_SEQUENCE, total);
	for (size_t i = 0; i < r->spec->attestation_count; i++)
		tmg_put(&out, r->spec->attestation[i]);
	if (out.full || out.len > TMG_CSR_MAX)
		return TMG_E_SPACE;
	return X509_REQ_add1_attr_by_txt(r->req, TMG_OID_ATTESTATION,
	    V_ASN1_SEQUENCE, out.ptr, (int)out.len) == 1 ? TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
add_extensions(tmg_request *r)
{
	if (sk_X509_EXTENSION_num(r->extensions) <= 0)
		return TMG_OK;
	return X509_REQ_add_extensions(r->req, r->extensions) == 1 ? TMG_OK
	    : TMG_E_NOMEM;
}

static tmg_rc
digest(tmg_request *r, const uint8_t *tbs, size_t len, uint8_t *out, size_t *n)
{
	return EVP_Q_digest(tmg_ctx_libctx(r->ctx), tmg_hash_name(r->sign.hash),
	    NULL, tbs, len, out, n) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

static tmg_rc
set_algorithm(tmg_request *r)
{
	uint8_t der[TMG_ALGID_MAX];
	tmg_out out = TMG_OUT(der);
	const uint8_t *p = der;
	X509_ALGOR *alg;
	tmg_rc rc;
	int ok;

	if ((rc = tmg_algid(&r->sign, &out)))
		return rc;
	alg = d2i_X509_ALGOR(NULL, &p, (long)out.len);
	ok = alg != NULL ? X509_REQ_set1_signature_algo(r->req, alg) : 0;
	X509_ALGOR_free(alg);
	return ok == 1 ? TMG_OK : TMG_E_CRYPTO;
}

static tmg_rc
set_signature(X509_REQ *req, tmg_view sig)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();

	if (bits == NULL ||
	    ASN1_STRING_set(bits, sig.ptr, (int)sig.len) != 1) {
		ASN1_BIT_STRING_free(bits);
		return TMG_E_NOMEM;
	}
	/* no unused bits: a signature is whole bytes */
	bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
	bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	X509_REQ_set0_signature(req, bits);
	return TMG_OK;
}

static tmg_rc
sign(tmg_request *r)
{
	tmg_held_bytes tbs = NULL;
	uint8_t hash[DIGEST_MAX], bytes[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(bytes);
	tmg_view input;
	size_t n;
	tmg_rc rc;
	int len;

	if ((rc = set_algorithm(r)))
		return rc;
	len = i2d_re_X509_REQ_tbs(r->req, &tbs);
	if (len <= 0)
		return TMG_E_NOMEM;
	input = (tmg_view){ tbs, (size_t)len };
	if (r->sign.hash != TMG_HASH_NONE) {
		if ((rc = digest(r, tbs, (size_t)len, hash, &n)))
			return rc;
		input = (tmg_view){ hash, n };
	}
	if ((rc = tmg_signer_sign(r->signer, &r->sign, input, &sig)))
		return tmg_fault_copy(r->f, r->signer->fault, rc);
	return set_signature(r->req, tmg_out_view(&sig));
}

/* A token that signs with another key than it says is found out here. */
static tmg_rc
check(tmg_request *r)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(r->ctx);
	EVP_PKEY *key = X509_REQ_get0_pubkey(r->req);
	int ok;

	ERR_set_mark();
	ok = key != NULL ? X509_REQ_verify_ex(r->req, key, libctx, NULL) : 0;
	ERR_pop_to_mark();
	return ok == 1 ? TMG_OK : tmg_raise(r->f, TMG_E_CRYPTO, 0,
	    _("The request's signature does not belong to its public key: the token's certificate or metadata tell of another key."));
}

static tmg_rc
fill(tmg_request *r)
{
	tmg_rc rc;

	if ((rc = choose_scheme(r)) ||
	    (rc = set_subject(r)) ||
	    (rc = set_key(r)) ||
	    (rc = tmg_extensions_of(r->spec, &r->extensions, r->f)) ||
	    (rc = tmg_request_apply(r, r->spec->ca_wants)) ||
	    (rc = add_extensions(r)) ||
	    (rc = add_challenge(r)) ||
	    (rc = add_attestation(r)))
		return rc;
	complete_scheme(r);
	return TMG_OK;
}

static tmg_rc
give(tmg_request *r, tmg_out *out)
{
	tmg_held_bytes der = NULL;
	const int len = i2d_X509_REQ(r->req, &der);

	if (len <= 0)
		return TMG_E_NOMEM;
	tmg_put(out, (tmg_view){ der, (size_t)len });
	return tmg_out_done(out);
}

tmg_rc
tmg_csr_make(tmg_ctx *ctx, const tmg_csr_spec *spec, tmg_signer *signer,
    tmg_out *der, tmg_fault *f)
{
	tmg_auto(tmg_request) r = { ctx, spec, signer, NULL, NULL, { 0 }, f };
	tmg_rc rc;

	r.req = X509_REQ_new_ex(tmg_ctx_libctx(ctx), NULL);
	if (r.req == NULL)
		return TMG_E_NOMEM;
	if ((rc = fill(&r)) || (rc = sign(&r)) || (rc = check(&r)) ||
	    (rc = give(&r, der)))
		return tmg_pass(f, rc);
	return TMG_OK;
}

tmg_rc
tmg_csr_draft(tmg_ctx *ctx, const tmg_csr_spec *spec, tmg_signer *signer,
    tmg_out *der, tmg_fault *f)
{
	tmg_auto(tmg_request) r = { ctx, spec, signer, NULL, NULL, { 0 }, f };
	tmg_rc rc;

	r.req = X509_REQ_new_ex(tmg_ctx_libctx(ctx), NULL);
	if (r.req == NULL)
		return TMG_E_NOMEM;
	if ((rc = fill(&r)) || (rc = set_algorithm(&r)) ||
	    (rc = set_signature(r.req, (tmg_view){ NULL, 0 })) ||
	    (rc = give(&r, der)))
		return tmg_pass(f, rc);
	return TMG_OK;
}

tmg_rc
tmg_csr_verify(tmg_ctx *ctx, tmg_view der)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(ctx);
	tmg_held(X509_REQ) req = X509_REQ_new_ex(libctx, NULL);
	const unsigned long before = ERR_peek_error();
	const uint8_t *p = der.ptr;
	EVP_PKEY *key;
	tmg_rc rc = TMG_OK;

	if (req == NULL)
		return TMG_E_NOMEM;
	if (der.len > TMG_CSR_MAX)
		return TMG_E_MALFORMED;
	ERR_set_mark();
	if (d2i_X509_REQ(&req, &p, (long)der.len) == NULL || p != der.ptr + der.len)
		rc = TMG_E_MALFORMED;
	else if ((key = X509_REQ_get0_pubkey(req)) == NULL ||
	    X509_REQ_verify_ex(req, key, libctx, NULL) != 1)
		rc = TMG_MISMATCH;
	if (rc != TMG_OK && tmg_lacked_memory(before))
		rc = TMG_E_NOMEM;
	ERR_pop_to_mark();
	return rc;
}

tmg_rc
tmg_csr_spki(tmg_view der, tmg_view *spki)
{
	tmg_form form;
	tmg_rc rc;

	if ((rc = tmg_form_pkcs10(der, &form)))
		return rc;
	*spki = form.spki;
	return TMG_OK;
}

tmg_rc
tmg_csr_has_key(tmg_view der, tmg_view spki)
{
	tmg_view key;
	tmg_form form;
	tmg_rc rc;

	if ((rc = tmg_form_read(der, &form)) ||
	    (rc = tmg_tlv_expect(&spki, DER_SEQUENCE, &key)))
		return rc;
	return tmg_view_equal(form.key, key) ? TMG_OK : TMG_MISMATCH;
}

tmg_rc
tmg_csr_subject(tmg_view der, tmg_out *text)
{
	tmg_form form;
	tmg_rc rc;

	if ((rc = tmg_form_read(der, &form)))
		return rc;
	return tmg_name_text_der(form.subject, text);
}

static bool
is_attestation(tmg_view oid)
{
	ASN1_OBJECT *ours = OBJ_txt2obj(TMG_OID_ATTESTATION, 1);
	const bool same = ours != NULL && tmg_view_equal(oid,
	    (tmg_view){ OBJ_get0_data(ours), OBJ_length(ours) });

	ASN1_OBJECT_free(ours);
	return same;
}

static tmg_rc
add_chain(tmg_view values, tmg_certs *certs)
{
	tmg_view list, cert;
	tmg_rc rc;

	if (tmg_tlv_find(values, DER_SEQUENCE, &list) != TMG_OK || list.len == 0)
		return TMG_E_MALFORMED;
	while (list.len > 0) {
		if ((rc = tmg_tlv_expect_whole(&list, DER_SEQUENCE, &cert)) ||
		    (rc = tmg_certs_add(certs, cert)))
			return rc;
	}
	return TMG_OK;
}

tmg_rc
tmg_csr_attestation(tmg_view der, tmg_certs *certs)
{
	tmg_view attributes, oid, values;
	tmg_form form;
	tmg_tlv t;
	tmg_rc rc;

	if ((rc = tmg_form_read(der, &form)))
		return rc;
	if ((rc = tmg_tlv_find(form.attributes, TAG_ATTRIBUTES, &attributes)))
		return rc;
	while ((rc = tmg_tlv_next(&attributes, &t)) == TMG_OK) {
		if (tmg_tlv_find(t.value, DER_OID, &oid) == TMG_OK &&
		    is_attestation(oid) &&
		    tmg_tlv_find(t.value, DER_SET, &values) == TMG_OK)
			return add_chain(values, certs);
	}
	return rc;
}
