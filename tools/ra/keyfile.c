/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/keyfile.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

void
ra_keyfile_release(ra_keyfile *file)
{
	EVP_PKEY_free(file->key);
	OPENSSL_free(file->der);
}

/* ---- what it may be ---- */

static EVP_PKEY *
of_cert(X509 *cert)
{
	EVP_PKEY *key = cert != NULL ? X509_get_pubkey(cert) : NULL;

	X509_free(cert);
	return key;
}

static EVP_PKEY *
of_request(X509_REQ *request)
{
	EVP_PKEY *key = request != NULL ? X509_REQ_get_pubkey(request) : NULL;

	X509_REQ_free(request);
	return key;
}

static EVP_PKEY *
cert_pem(BIO *bio)
{
	return of_cert(PEM_read_bio_X509(bio, NULL, NULL, NULL));
}

static EVP_PKEY *
cert_der(BIO *bio)
{
	return of_cert(d2i_X509_bio(bio, NULL));
}

static EVP_PKEY *
request_pem(BIO *bio)
{
	return of_request(PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL));
}

static EVP_PKEY *
request_der(BIO *bio)
{
	return of_request(d2i_X509_REQ_bio(bio, NULL));
}

static EVP_PKEY *
public_pem(BIO *bio)
{
	return PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
}

static EVP_PKEY *
public_der(BIO *bio)
{
	return d2i_PUBKEY_bio(bio, NULL);
}

/* Nobody is asked: who has the passphrase can print the public half. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static EVP_PKEY *
private_pem(BIO *bio)
{
	return PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
}

static EVP_PKEY *
private_der(BIO *bio)
{
	return d2i_PrivateKey_bio(bio, NULL);
}

static EVP_PKEY *(*const ways[])(BIO *bio) = { cert_pem, request_pem, public_pem,
	private_pem, cert_der, request_der, public_der, private_der };

static EVP_PKEY *
read_any(BIO *bio)
{
	EVP_PKEY *key = NULL;

	for (size_t i = 0; i < TMG_COUNT(ways) && key == NULL; i++)
		key = BIO_seek(bio, 0) == 0 ? ways[i](bio) : NULL;
	ERR_clear_error();
	return key;
}

/* ---- reading ---- */

/* A point may be written in several ways; requests are taken in one. */
static bool
encode(ra_keyfile *file)
{
	int len;

	if (EVP_PKEY_is_a(file->key, "EC") && EVP_PKEY_set_utf8_string_param(file->key,
	    OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") != 1)
		return false;
	len = i2d_PUBKEY(file->key, &file->der);
	file->spki = (tmg_view){ file->der, len > 0 ? (size_t)len : 0 };
	return len > 0;
}

tmg_rc
ra_keyfile_read(const char *path, ra_keyfile *file, tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new_file(path, "r");

	*file = (ra_keyfile){ .key = NULL };
	if (bio == NULL) {
		ERR_clear_error();
		return tmg_raise(f, TMG_NOT_FOUND, 0, "%s: %s", path, strerror(errno));
	}
	if ((file->key = read_any(bio)) == NULL || !encode(file)) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: no certificate, request or unencrypted key, in PEM or DER"),
		    path);
	}
	return TMG_OK;
}
