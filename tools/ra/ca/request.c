/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/request.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/name.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"
#include "tamga/csr.h"
#include "tools/ra/ca/crmf.h"

void
ra_request_release(ra_request *request)
{
	X509_REQ_free(request->req);
	EVP_PKEY_free(request->key);
	GENERAL_NAMES_free(request->san);
	free(request->made);
	*request = (ra_request){ .alg = TMG_ALG_NONE };
}

tmg_rc
ra_name_text(const X509_NAME *name, char *text, size_t cap)
{
	tmg_out o = { (uint8_t *)text, cap - 1, 0, false };
	const tmg_rc rc = tmg_name_text(name, &o);

	text[o.len] = '\0';
	return rc;
}

static void
scope_free_openssl(char **p)
{
	OPENSSL_free(*p);
}

static void
scope_free_bn(BIGNUM **p)
{
	BN_free(*p);
}

tmg_rc
ra_serial_text(const ASN1_INTEGER *serial, char text[TMG_SERIAL_MAX])
{
	__attribute__((__cleanup__(scope_free_bn)))
	    BIGNUM *bn = ASN1_INTEGER_to_BN(serial, NULL);
	__attribute__((__cleanup__(scope_free_openssl)))
	    char *hex = bn != NULL ? BN_bn2hex(bn) : NULL;

	if (hex == NULL)
		return TMG_E_CRYPTO;
	return snprintf(text, TMG_SERIAL_MAX, "%s", hex) < TMG_SERIAL_MAX ?
	    TMG_OK : TMG_E_SPACE;
}

/* One key, one encoding: else the same key could be handed in twice and look
 * like two.  Of a kind that we have not, what libcrypto makes of it must be
 * what was sent. */
static bool
is_canonical(const ra_request *r)
{
	__attribute__((__cleanup__(scope_free_openssl))) char *again = NULL;
	unsigned char *bytes = NULL;
	int len;

	if (r->alg != TMG_ALG_NONE)
		return tmg_spki_proper(r->spki) == TMG_OK;
	len = i2d_PUBKEY(r->key, &bytes);
	again = (char *)bytes;
	return len > 0 && tmg_view_equal(r->spki, (tmg_view){ bytes, (size_t)len });
}

static tmg_rc
hash_key(ra_request *r, tmg_fault *f)
{
	tmg_rc rc;

	if (!is_canonical(r)) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's public key is not in its one proper encoding (DER, uncompressed point)"));
	}
	if ((rc = ra_sha256_text(r->spki, r->spki_hash)))
		return tmg_raise(f, rc, 0, _("hashing the request failed"));
	return TMG_OK;
}

/* subjectAltName among the requested extensions, RFC 2985 5.4.2. */
static tmg_rc
read_san(ra_request *r, tmg_fault *f)
{
	STACK_OF(X509_EXTENSION) *exts = X509_REQ_get_extensions(r->req);
	int crit = 0;

	r->san = X509V3_get_d2i(exts, NID_subject_alt_name, &crit, NULL);
	sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	if (r->san == NULL && tmg_lacked_memory(0))
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	ERR_clear_error();
	if (r->san == NULL && crit != -1)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's subjectAltName cannot be read"));
	return TMG_OK;
}

static tmg_rc
read_key(tmg_ctx *ctx, ra_request *r, tmg_fault *f)
{
	tmg_rc rc = TMG_E_MALFORMED;

	if (tmg_csr_spki(r->pkcs10, &r->spki) == TMG_OK &&
	    !tmg_is_fault(tmg_spki_alg(r->spki, &r->alg)))
		rc = tmg_public_key_again(ctx, r->spki, &r->key);
	ERR_clear_error();
	if (rc == TMG_E_NOMEM)
		return tmg_raise(f, rc, 0, _("out of memory"));
	return rc == TMG_OK ? rc : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the request's public key cannot be read"));
}

static tmg_rc
check_possession(tmg_ctx *ctx, ra_request *r, tmg_fault *f)
{
	ra_crmf crmf;
	const bool valid = r->made == NULL ?
	    X509_REQ_verify_ex(r->req, r->key, tmg_ctx_libctx(ctx), NULL) == 1 :
	    ra_crmf_read(r->der, &crmf) == TMG_OK &&
	    ra_crmf_proven(ctx, &crmf, r->key);

	ERR_clear_error();
	r->unproven = !valid;
	return valid ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the request's signature does not fit its public key: no proof that the private key is there"));
}

/* libcrypto would look through all its decoders for one that makes a key of the
 * public key in it; ours is made of its parts, in read_key(). */
bool
ra_request_parts(tmg_ctx *ctx, tmg_view pkcs10, X509_REQ **req)
{
	OSSL_LIB_CTX *before = OSSL_LIB_CTX_set0_default(tmg_ctx_barectx(ctx));
	const unsigned char *at = pkcs10.ptr;
	const bool parsed = d2i_X509_REQ(req, &at, (long)pkcs10.len) != NULL;

	OSSL_LIB_CTX_set0_default(before);
	return parsed && at == pkcs10.ptr + pkcs10.len;
}

/* CRMF is read as the PKCS#10 that would ask for the same: all that is said of
 * requests is then said once. */
static tmg_rc
translate(ra_request *r, tmg_fault *f)
{
	ra_crmf crmf;
	size_t len;

	r->pkcs10 = r->der;
	if (!ra_crmf_is(r->der))
		return TMG_OK;
	if (ra_crmf_read(r->der, &crmf))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("not a certification request (CRMF, DER)"));
	if (ra_crmf_pkcs10(&crmf, &r->made, &len))
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	r->pkcs10 = (tmg_view){ r->made, len };
	return TMG_OK;
}

static tmg_rc
parse(tmg_ctx *ctx, ra_request *r, tmg_fault *f)
{
	r->req = X509_REQ_new_ex(tmg_ctx_libctx(ctx), NULL);
	if (r->req == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (r->der.len > RA_CSR_MAX || !ra_request_parts(ctx, r->pkcs10, &r->req)) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("not a certification request (PKCS#10, DER)"));
	}
	if (X509_REQ_get_version(r->req) != X509_REQ_VERSION_1)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's version is not 0, the only one there is (RFC 2986 4.1)"));
	return TMG_OK;
}

/* A proof is signed anew whenever a request is made again: what is asked for is
 * what tells one from another. */
static tmg_view
named_by(const ra_request *r)
{
	ra_crmf crmf;

	return r->made != NULL && ra_crmf_read(r->der, &crmf) == TMG_OK ?
	    crmf.request : r->der;
}

static tmg_rc
read_facts(ra_request *r, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = ra_sha256_text(named_by(r), r->csr_hash)))
		return tmg_raise(f, rc, 0, _("hashing the request failed"));
	if ((rc = hash_key(r, f)))
		return rc;
	if (ra_name_text(X509_REQ_get_subject_name(r->req), r->subject,
	    sizeof(r->subject))) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's subject cannot be read or is too long"));
	}
	r->has_challenge = X509_REQ_get_attr_by_NID(r->req,
	    NID_pkcs9_challengePassword, -1) >= 0;
	return read_san(r, f);
}

static tmg_rc
read_once(tmg_ctx *ctx, tmg_view der, ra_request *request, tmg_fault *f)
{
	tmg_rc rc;

	*request = (ra_request){ .der = der };
	ERR_clear_error();
	if ((rc = translate(request, f)) || (rc = parse(ctx, request, f)) ||
	    (rc = read_key(ctx, request, f)) ||
	    (rc = check_possession(ctx, request, f)))
		return rc;
	return read_facts(request, f);
}

/* libcrypto 3.0 forgets why it could not make a key of what it read: when it
 * lacked memory it looks as if the request were wrong.  What is wrong is so
 * twice, and only then the applicant is told. */
tmg_rc
ra_request_read(tmg_ctx *ctx, tmg_view der, ra_request *request, tmg_fault *f)
{
	const tmg_rc rc = read_once(ctx, der, request, f);

	if (rc != TMG_MISMATCH)
		return rc;
	ra_request_release(request);
	return read_once(ctx, der, request, f);
}
