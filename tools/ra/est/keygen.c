/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys made by the authority, RFC 7030 4.4, for profiles that allow it.  What
 * came as a request says whom for and of what kind; the key is made here, goes
 * out once and is kept nowhere.
 */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/pki/scope.h"
#include "src/pki/soft.h"
#include "tools/ra/ca/pkcs7.h"
#include "tools/ra/est/est.h"

/* No line of base64 begins with it. */
#define BOUNDARY "=_key-and-certificate"
#define TYPE "multipart/mixed; boundary=\"" BOUNDARY "\""
#define HEADS_MAX 512u		/* all that stands between the parts */

/* RFC 7030 4.4.1: whoever asks for an encrypted key must not get it bare. */
static const char *const encrypted[] = {
	"1.2.840.113549.1.9.15",	/* smimeCapabilities */
	"1.2.840.113549.1.9.16.2.37",	/* id-aa-decryptKeyID */
	"1.2.840.113549.1.9.16.2.54",	/* id-aa-asymmDecryptKeyID */
};

static tmg_rc
check_bare(ra_desk *d, const ra_request *theirs)
{
	for (size_t i = 0; i < TMG_COUNT(encrypted); i++) {
		ASN1_OBJECT *oid = OBJ_txt2obj(encrypted[i], 1);
		const int at = oid != NULL ?
		    X509_REQ_get_attr_by_OBJ(theirs->req, oid, -1) : 0;

		ASN1_OBJECT_free(oid);
		if (at >= 0)
			return tmg_raise(&d->fault, TMG_MISMATCH, 0,
			    _("keys are not encrypted for the client here, beyond TLS"));
	}
	return TMG_OK;
}

/* ---- the request, with a key of ours --------------------------------------- */

static bool
take_names(X509_REQ *ours, const X509_REQ *theirs)
{
	STACK_OF(X509_EXTENSION) *asked = X509_REQ_get_extensions((X509_REQ *)
	    (uintptr_t)theirs);
	const bool taken = X509_REQ_set_subject_name(ours,
	    X509_REQ_get_subject_name(theirs)) == 1 &&
	    (sk_X509_EXTENSION_num(asked) <= 0 ||
	    X509_REQ_add_extensions(ours, asked) == 1);

	sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
	return taken;
}

static tmg_rc
sign_for(ra_desk *d, const ra_request *theirs, EVP_PKEY *key, tmg_out *der)
{
	tmg_held(X509_REQ) req = X509_REQ_new_ex(tmg_ctx_libctx(d->office->ctx), NULL);
	const bool digests = tmg_alg_get(theirs->alg)->family != TMG_FAMILY_ED;
	unsigned char *at = der->ptr;
	int len = 0;

	if (req != NULL && X509_REQ_set_version(req, X509_REQ_VERSION_1) == 1 &&
	    take_names(req, theirs->req) && X509_REQ_set_pubkey(req, key) == 1 &&
	    X509_REQ_sign(req, key, digests ? EVP_sha256() : NULL) > 0 &&
	    (len = i2d_X509_REQ(req, NULL)) > 0 && (size_t)len <= der->cap)
		der->len = (size_t)i2d_X509_REQ(req, &at);
	ERR_clear_error();
	return der->len > 0 ? TMG_OK : tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
	    _("libcrypto refused to make the request"));
}

static tmg_rc
make_key(ra_desk *d, const ra_request *theirs, tmg_soft **key)
{
	if (theirs->alg == TMG_ALG_NONE)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("no keys of this kind are made here"));
	return tmg_soft_generate(d->office->ctx, theirs->alg, key) == TMG_OK ? TMG_OK :
	    tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		_("libcrypto refused to make a key"));
}

/* ---- the answer -------------------------------------------------------------- */

static void
put_part(tmg_out *o, const char *type, tmg_view bytes)
{
	tmg_put_str(o, "--" BOUNDARY "\r\nContent-Type: ");
	tmg_put_str(o, type);
	tmg_put_str(o, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	tmg_base64_put(o, bytes, 0);
	tmg_put_str(o, "\r\n");
}

static void
answer(ra_reply *reply, tmg_view key, tmg_view cert)
{
	const size_t certs_cap = cert.len + RA_CERTS_ONLY_MORE;
	tmg_auto_free uint8_t *store = malloc(certs_cap);
	tmg_out certs = { store, certs_cap, 0, false };
	const size_t cap = TMG_BASE64_LEN(key.len) + TMG_BASE64_LEN(certs_cap) + HEADS_MAX;
	tmg_out o = { malloc(cap), cap, 0, false };

	if (store != NULL && o.ptr != NULL && ra_certs_only(cert, &certs) == TMG_OK) {
		put_part(&o, "application/pkcs8", key);
		put_part(&o, "application/pkcs7-mime; smime-type=certs-only",
		    tmg_out_view(&certs));
		tmg_put_str(&o, "--" BOUNDARY "--\r\n");
	}
	if (o.len > 0 && !o.full)
		ra_reply_bytes(reply, TYPE, tmg_out_view(&o));
	else
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	reply->secret = true;
	if (o.ptr != NULL)
		explicit_bzero(o.ptr, cap);
	free(o.ptr);
}

/* PKCS #8, not encrypted (RFC 5958); wiped when it is out. */
static void
answer_with(ra_reply *reply, EVP_PKEY *key, const ra_cert *cert)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	const int len = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : 0;

	if (len > 0)
		answer(reply, (tmg_view){ der, (size_t)len },
		    (tmg_view){ cert->der, cert->len });
	else
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
	PKCS8_PRIV_KEY_INFO_free(info);
}

/* ---- the verb ------------------------------------------------------------------ */

static tmg_rc
read_theirs(ra_desk *d, tmg_view body, tmg_out *der, ra_request *theirs)
{
	tmg_rc rc;

	if ((rc = ra_est_body(body, der, &d->fault)) ||
	    (rc = ra_request_read(d->office->ctx, tmg_out_view(der), theirs, &d->fault)))
		return rc;
	return check_bare(d, theirs);
}

void
ra_est_make_key(ra_desk *d, tmg_view body, ra_submission *in, ra_reply *reply)
{
	tmg_auto_free uint8_t *theirs_der = malloc(RA_CSR_MAX);
	tmg_auto_free uint8_t *ours_der = malloc(RA_CSR_MAX);
	tmg_out asked = { theirs_der, RA_CSR_MAX, 0, false };
	tmg_out made = { ours_der, RA_CSR_MAX, 0, false };
	tmg_auto(ra_request) theirs = { .alg = TMG_ALG_NONE };
	tmg_auto_ptr(tmg_soft) key = NULL;
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc;

	if (theirs_der == NULL || ours_der == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	if ((rc = read_theirs(d, body, &asked, &theirs)) == TMG_OK &&
	    (rc = make_key(d, &theirs, &key)) == TMG_OK &&
	    (rc = sign_for(d, &theirs, tmg_soft_key(key), &made)) == TMG_OK) {
		in->csr = tmg_out_view(&made);
		rc = ra_desk_submit(d, in, &app, &cert);
	}
	if (rc == TMG_OK)
		answer_with(reply, tmg_soft_key(key), &cert);
	else
		ra_reply_fault(reply, d, rc);
}
