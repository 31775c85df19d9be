/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/request.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

void
ra_request_release(ra_request *request)
{
	X509_REQ_free(request->req);
	GENERAL_NAMES_free(request->san);
	*request = (ra_request){ .alg = TMG_ALG_NONE };
}

tmg_rc
ra_name_text(const X509_NAME *name, char *text, size_t cap)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());
	char *data;
	long len;

	if (bio == NULL || X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return TMG_E_CRYPTO;
	len = BIO_get_mem_data(bio, &data);
	if (len < 0 || (size_t)len >= cap)
		return TMG_E_SPACE;
	memcpy(text, data, (size_t)len);
	text[len] = '\0';
	return TMG_OK;
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

static bool
key_fits(const EVP_PKEY *key, const tmg_alg_row *row)
{
	char group[64];
	size_t len;

	switch (row->family) {
	case TMG_FAMILY_RSA:
		return EVP_PKEY_is_a(key, "RSA") &&
		    EVP_PKEY_get_bits(key) == (int)row->bits;
	case TMG_FAMILY_EC:
		return EVP_PKEY_is_a(key, "EC") &&
		    EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1 &&
		    OBJ_txt2nid(group) != NID_undef &&
		    (OBJ_txt2nid(group) == OBJ_txt2nid(row->group) ||
		     OBJ_txt2nid(group) == EC_curve_nist2nid(row->group));
	default:
		return row->group != NULL && EVP_PKEY_is_a(key, row->group);
	}
}

static tmg_alg
key_alg(const EVP_PKEY *key)
{
	for (tmg_alg alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if (key_fits(key, tmg_alg_get(alg)))
			return alg;
	return TMG_ALG_NONE;
}

static tmg_rc
hash_spki(ra_request *r)
{
	__attribute__((__cleanup__(scope_free_openssl))) char *der = NULL;
	unsigned char *bytes = NULL;
	const int len = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(r->req), &bytes);

	der = (char *)bytes;
	if (len <= 0)
		return TMG_E_CRYPTO;
	return ra_sha256_text((tmg_view){ bytes, (size_t)len }, r->spki_hash);
}

/* subjectAltName among the requested extensions, RFC 2985 5.4.2. */
static tmg_rc
read_san(ra_request *r, tmg_fault *f)
{
	STACK_OF(X509_EXTENSION) *exts = X509_REQ_get_extensions(r->req);
	int crit = 0;

	r->san = X509V3_get_d2i(exts, NID_subject_alt_name, &crit, NULL);
	sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	ERR_clear_error();
	if (r->san == NULL && crit != -1)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's subjectAltName cannot be read"));
	return TMG_OK;
}

static tmg_rc
check_possession(const ra_request *r, tmg_fault *f)
{
	const int valid = r->key != NULL ? X509_REQ_verify(r->req, r->key) : 0;

	ERR_clear_error();
	if (r->key == NULL)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's public key cannot be read"));
	if (valid != 1)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's signature does not fit its public key: no proof that the private key is there"));
	return TMG_OK;
}

static tmg_rc
parse(tmg_ctx *ctx, ra_request *r, tmg_fault *f)
{
	const unsigned char *at = r->der.ptr;

	r->req = X509_REQ_new_ex(tmg_ctx_libctx(ctx), NULL);
	if (r->req == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (r->der.len > RA_CSR_MAX ||
	    d2i_X509_REQ(&r->req, &at, (long)r->der.len) == NULL ||
	    at != r->der.ptr + r->der.len) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("not a certification request (PKCS#10, DER)"));
	}
	return TMG_OK;
}

static tmg_rc
read_facts(ra_request *r, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = ra_sha256_text(r->der, r->csr_hash)) || (rc = hash_spki(r)))
		return tmg_raise(f, rc, 0, _("hashing the request failed"));
	if (ra_name_text(X509_REQ_get_subject_name(r->req), r->subject,
	    sizeof(r->subject))) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request's subject cannot be read or is too long"));
	}
	r->alg = key_alg(r->key);
	ERR_clear_error();
	return read_san(r, f);
}

tmg_rc
ra_request_read(tmg_ctx *ctx, tmg_view der, ra_request *request, tmg_fault *f)
{
	tmg_rc rc;

	*request = (ra_request){ .der = der };
	if ((rc = parse(ctx, request, f)))
		return rc;
	request->key = X509_REQ_get0_pubkey(request->req);
	if ((rc = check_possession(request, f)))
		return rc;
	return read_facts(request, f);
}
