/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key and certificate of our side of a transaction (RFC 8894 2.3).  The textbook signs
 * with the key that the certificate is for; a key that cannot decrypt has a stand-in
 * in software, RSA-2048, which is of no worth once the certificate is there.
 */
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/scep.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"
#include "tamga/openssl.h"

enum {
	DER_OCTET_STRING = 0x04,
	DER_SEQUENCE = 0x30,
	BITS = 2048,
	DAY = 86400,
	VALID_DAYS = 365,	/* officers take their time */
};

void
tmg_scep_self_release(tmg_scep_self *self)
{
	X509_free(self->cert);
	EVP_PKEY_free(self->key);
	*self = (tmg_scep_self){ .cert = NULL };
}

static tmg_rc
failed(tmg_authority *a, const tmg_scep_self *self)
{
	ERR_clear_error();
	if (self->signer != NULL && self->signer->fault->rc != TMG_OK)
		return tmg_fault_copy(&a->fault, self->signer->fault,
		    self->signer->fault->rc);
	return tmg_authority_raise(a, TMG_E_CRYPTO,
	    _("%s: no certificate to sign SCEP messages with could be made"), a->uri.where);
}

/* ---- a certificate for one transaction ----------------------------------- */

static bool
set_serial(OSSL_LIB_CTX *libctx, X509 *cert)
{
	uint64_t n;

	return RAND_bytes_ex(libctx, (uint8_t *)&n, sizeof(n), 0) == 1 &&
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), n | 1) == 1;
}

static bool
add_usage(X509 *cert)
{
	X509_EXTENSION *usage = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage,
	    "critical,digitalSignature,keyEncipherment");
	const bool ok = usage != NULL && X509_add_ext(cert, usage, -1) == 1;

	X509_EXTENSION_free(usage);
	return ok;
}

static tmg_rc
make_cert(tmg_authority *a, const X509_NAME *subject, EVP_PKEY *public,
    tmg_scep_self *self)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(a->ctx);
	const time_t now = tmg_ctx_now(a->ctx);
	X509 *cert = X509_new_ex(libctx, NULL);
	tmg_held(EVP_MD) md = EVP_MD_fetch(libctx, "SHA256", NULL);

	self->cert = cert;
	if (cert == NULL || md == NULL || X509_set_version(cert, X509_VERSION_3) != 1 ||
	    !set_serial(libctx, cert) || X509_set_subject_name(cert, subject) != 1 ||
	    X509_set_issuer_name(cert, subject) != 1 ||
	    ASN1_TIME_set(X509_getm_notBefore(cert), now - DAY) == NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(cert), now + VALID_DAYS * DAY) == NULL ||
	    X509_set_pubkey(cert, public) != 1 || !add_usage(cert) ||
	    X509_sign(cert, self->key, md) <= 0)
		return failed(a, self);
	return TMG_OK;
}

static tmg_rc
parse_request(tmg_authority *a, tmg_view csr, X509_REQ **req)
{
	const uint8_t *p = csr.ptr;

	*req = X509_REQ_new_ex(tmg_ctx_libctx(a->ctx), NULL);
	if (*req != NULL && d2i_X509_REQ(req, &p, (long)csr.len) != NULL)
		return TMG_OK;
	ERR_clear_error();
	return tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: the request cannot be read"), a->uri.where);
}

/* ---- what is kept -------------------------------------------------------- */

tmg_rc
tmg_scep_kept_read(tmg_view kept, tmg_view *cert, tmg_view *key)
{
	tmg_rc rc;

	*key = (tmg_view){ NULL, 0 };
	if ((rc = tmg_tlv_expect_whole(&kept, DER_SEQUENCE, cert)))
		return rc;
	if (kept.len > 0 && (rc = tmg_tlv_expect(&kept, DER_OCTET_STRING, key)))
		return rc;
	return kept.len == 0 ? TMG_OK : TMG_E_MALFORMED;
}

static tmg_rc
keep_parts(tmg_authority *a, tmg_view cert, tmg_view key)
{
	const size_t cap = cert.len + tmg_tlv_size(DER_OCTET_STRING, key.len);
	tmg_out o = { malloc(cap), cap, 0, false };
	tmg_rc rc;

	if (o.ptr == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	tmg_put(&o, cert);
	if (key.len > 0)
		tmg_tlv_put(&o, DER_OCTET_STRING, key);
	rc = tmg_authority_keep(a, tmg_out_view(&o));
	explicit_bzero(o.ptr, cap);
	free(o.ptr);
	return rc;
}

/* Before anything is sent: whoever goes on elsewhere opens the answer with it. */
static tmg_rc
keep(tmg_authority *a, const tmg_scep_self *self)
{
	tmg_held_bytes cert = NULL;
	__attribute__((__cleanup__(tmg_scep_bytes_release)))
	    tmg_scep_bytes key = { NULL, 0 };
	const int len = i2d_X509(self->cert, &cert);
	int n = 0;

	if (self->signer == NULL && (n = i2d_PrivateKey(self->key, &key.ptr)) > 0)
		key.len = (size_t)n;
	if (len <= 0 || n < 0)
		return failed(a, self);
	return keep_parts(a, (tmg_view){ cert, (size_t)len }, tmg_scep_view(&key));
}

/* ---- the three of them --------------------------------------------------- */

static tmg_rc
use_signer(tmg_authority *a, tmg_signer *signer, tmg_scep_self *self)
{
	self->signer = signer;
	*signer->fault = (tmg_fault){ .rc = TMG_OK };
	return tmg_openssl_key(a->ctx, signer, &self->key) ? failed(a, self) : TMG_OK;
}

/* The certificate that is renewed: RFC 8894 3.3.1.2; who does not know
 * RenewalReq knows a PKCSReq that is signed so. */
static tmg_rc
by_renewed(tmg_authority *a, tmg_scep_self *self)
{
	const tmg_scep *scep = a->state;

	self->type = (scep->caps & TMG_SCEP_CAP_RENEWAL) != 0 ?
	    TMG_SCEP_RENEWAL_REQ : TMG_SCEP_PKCS_REQ;
	if (tmg_x509_parse(tmg_ctx_libctx(a->ctx), a->spec.cert, &self->cert))
		return tmg_authority_raise(a, TMG_E_MALFORMED, "%s",
		    _("the certificate that is to be renewed cannot be read"));
	return use_signer(a, a->spec.signer, self);
}

/* Who passes on what somebody else asks for: no key of his is to be had. */
static bool
is_registrar(const tmg_authority *a, bool renews)
{
	return !renews && a->spec.signer != NULL && a->spec.key == NULL;
}

/* Its messages are its own, and so are the answers. */
static tmg_rc
by_registrar(tmg_authority *a, tmg_scep_self *self)
{
	if (tmg_alg_get(a->spec.signer->alg)->family != TMG_FAMILY_RSA)
		return tmg_authority_raise(a, TMG_UNSUPPORTED,
		    _("%s: SCEP's answers are encrypted to who asks: a registration "
		    "authority needs an RSA key for it"), a->uri.where);
	if (tmg_x509_parse(tmg_ctx_libctx(a->ctx), a->spec.cert, &self->cert))
		return tmg_authority_raise(a, TMG_E_MALFORMED, "%s",
		    _("the registration authority's certificate cannot be read"));
	return use_signer(a, a->spec.signer, self);
}

static tmg_rc
by_token(tmg_authority *a, const X509_REQ *req, tmg_scep_self *self)
{
	tmg_held(EVP_PKEY) public = NULL;
	tmg_signer *signer = NULL;
	tmg_rc rc;

	if ((rc = tmg_authority_key(a, &signer)) || (rc = use_signer(a, signer, self)))
		return tmg_pass(&a->fault, rc);
	if (self->cert != NULL)
		return TMG_OK;
	if (tmg_public_key(tmg_ctx_libctx(a->ctx), signer->spki, &public))
		return failed(a, self);
	if ((rc = make_cert(a, X509_REQ_get_subject_name(req), public, self)))
		return rc;
	return keep(a, self);
}

static tmg_rc
by_software(tmg_authority *a, const X509_REQ *req, tmg_scep_self *self)
{
	tmg_rc rc;

	self->key = EVP_PKEY_Q_keygen(tmg_ctx_libctx(a->ctx), NULL, "RSA", (size_t)BITS);
	if (self->key == NULL)
		return failed(a, self);
	if ((rc = make_cert(a, X509_REQ_get_subject_name(req), self->key, self)))
		return rc;
	return keep(a, self);
}

/* What an earlier process, or an earlier question, left. */
static tmg_rc
recall(tmg_authority *a, tmg_scep_self *self)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(a->ctx);
	tmg_view cert, key;
	const uint8_t *p;

	if (tmg_scep_kept_read(tmg_authority_kept(a), &cert, &key) ||
	    tmg_x509_parse(libctx, cert, &self->cert))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: what was kept of this enrollment cannot be read"), a->uri.where);
	if (key.len == 0)
		return by_token(a, NULL, self);
	p = key.ptr;
	self->key = d2i_AutoPrivateKey_ex(NULL, &p, (long)key.len, libctx, NULL);
	return self->key != NULL ? TMG_OK : failed(a, self);
}

/* Whether the key that the request is for does the messages, too. */
static bool
is_token_able(const tmg_scep *scep, tmg_view csr)
{
	tmg_view spki;
	tmg_alg alg = TMG_ALG_NONE;

	if (scep->transport == TMG_SCEP_BY_KEY && tmg_csr_spki(csr, &spki) == TMG_OK)
		(void)!tmg_spki_alg(spki, &alg);
	return scep->transport == TMG_SCEP_BY_TOKEN ||
	    tmg_alg_get(alg)->family == TMG_FAMILY_RSA;
}

tmg_rc
tmg_scep_self_find(tmg_authority *a, tmg_view csr, bool renews, tmg_scep_self *self)
{
	tmg_held(X509_REQ) req = NULL;
	tmg_rc rc;

	*self = (tmg_scep_self){ .type = TMG_SCEP_PKCS_REQ };
	if (renews && tmg_alg_get(a->spec.signer->alg)->family == TMG_FAMILY_RSA)
		return by_renewed(a, self);
	if (is_registrar(a, renews))
		return by_registrar(a, self);
	if (tmg_authority_kept(a).len > 0)
		return recall(a, self);
	if ((rc = parse_request(a, csr, &req)))
		return rc;
	if (renews && X509_REQ_get_attr_by_NID(req, NID_pkcs9_challengePassword, -1) < 0)
		return tmg_authority_raise(a, TMG_UNSUPPORTED,
		    _("%s: SCEP renews with an RSA key; this one's certificate is asked for "
		    "anew, with a challenge password (--challenge-file)"), a->uri.where);
	return is_token_able(a->state, csr) ? by_token(a, req, self) :
	    by_software(a, req, self);
}
