/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/make.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define DAY 86400
#define SAN_MAX 2048

void
ra_made_release(ra_made *made)
{
	EVP_PKEY_free(made->key);
	X509_free(made->cert);
	*made = (ra_made){ .key = NULL };
}

static tmg_rc
crypto_fail(tmg_fault *f, const char *what)
{
	const unsigned long code = ERR_get_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return tmg_raise(f, TMG_E_CRYPTO, 0, "%s: %s", what,
	    why != NULL ? why : _("libcrypto refused"));
}

static EVP_PKEY *
new_key(tmg_ctx *ctx, tmg_alg alg)
{
	const tmg_alg_row *row = tmg_alg_get(alg);
	OSSL_LIB_CTX *lib = tmg_ctx_libctx(ctx);

	switch (row->family) {
	case TMG_FAMILY_RSA:
		return EVP_PKEY_Q_keygen(lib, NULL, "RSA", (size_t)row->bits);
	case TMG_FAMILY_EC:
		return EVP_PKEY_Q_keygen(lib, NULL, "EC", row->group);
	case TMG_FAMILY_ED:
		return EVP_PKEY_Q_keygen(lib, NULL, row->group);
	default:
		return NULL;
	}
}

static tmg_rc
begin(tmg_ctx *ctx, tmg_alg alg, int days, ra_made *made, tmg_fault *f)
{
	*made = (ra_made){ .not_before = tmg_ctx_now(ctx) - RA_BACKDATE_S };
	made->not_after = made->not_before + (time_t)days * DAY;
	made->key = new_key(ctx, alg);
	made->cert = X509_new_ex(tmg_ctx_libctx(ctx), NULL);
	if (made->key == NULL || made->cert == NULL ||
	    ra_serial_new(ctx, made->serial))
		return crypto_fail(f, _("no key could be made"));
	return TMG_OK;
}

static bool
set_cn(X509 *cert, const char *name)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	    MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1;
}

tmg_rc
ra_make_ca(tmg_ctx *ctx, const char *name, tmg_alg alg, int days, ra_made *made,
    tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = begin(ctx, alg, days, made, f)))
		return rc;
	if (!set_cn(made->cert, name)) {
		ERR_clear_error();
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("\"%s\" is no name for an authority: 1 to 64 letters"), name);
	}
	if (ra_cert_start(made->cert, made->serial, made->not_before,
	    made->not_after, X509_get_subject_name(made->cert), made->key) ||
	    ra_ext_add(made->cert, made->cert, NID_basic_constraints,
	    "critical,CA:TRUE,pathlen:0") ||
	    ra_ext_add(made->cert, made->cert, NID_key_usage,
	    "critical,keyCertSign,cRLSign") ||
	    ra_ext_add(made->cert, made->cert, NID_subject_key_identifier,
	    "hash") || ra_cert_sign(made->cert, made->key))
		return crypto_fail(f, _("the CA certificate could not be made"));
	return TMG_OK;
}

/* What libcrypto would read as more than one name is refused. */
static tmg_rc
list_hosts(const char *const *hosts, size_t count, char *text, size_t cap,
    tmg_fault *f)
{
	uint8_t address[16];
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		const bool ip = inet_pton(AF_INET, hosts[i], address) == 1 ||
		    inet_pton(AF_INET6, hosts[i], address) == 1;

		if (hosts[i][0] == '\0' || strpbrk(hosts[i], ",; \t\"\\") != NULL)
			return tmg_raise(f, TMG_E_USAGE, 0,
			    _("\"%s\" is no host name or address"), hosts[i]);
		at += (size_t)snprintf(text + at, cap - at, "%s%s:%s",
		    i > 0 ? "," : "", ip ? "IP" : "DNS", hosts[i]);
		if (at >= cap)
			return tmg_raise(f, TMG_E_USAGE, 0, _("too many hosts"));
	}
	return TMG_OK;
}

tmg_rc
ra_make_server(tmg_ctx *ctx, const ra_made *ca, const char *const *hosts,
    size_t count, int days, ra_made *made, tmg_fault *f)
{
	char san[SAN_MAX];
	tmg_rc rc;

	if ((rc = list_hosts(hosts, count, san, sizeof(san), f)) ||
	    (rc = begin(ctx, TMG_ALG_P256, days, made, f)))
		return rc;
	if (!set_cn(made->cert, hosts[0]) ||
	    ra_cert_start(made->cert, made->serial, made->not_before,
	    made->not_after, X509_get_subject_name(ca->cert), made->key) ||
	    ra_ext_add(made->cert, ca->cert, NID_basic_constraints,
	    "critical,CA:FALSE") ||
	    ra_ext_add(made->cert, ca->cert, NID_key_usage,
	    "critical,digitalSignature") ||
	    ra_ext_add(made->cert, ca->cert, NID_ext_key_usage, "serverAuth") ||
	    ra_ext_add(made->cert, ca->cert, NID_subject_alt_name, san) ||
	    ra_ext_add(made->cert, ca->cert, NID_subject_key_identifier, "hash") ||
	    ra_ext_add(made->cert, ca->cert, NID_authority_key_identifier,
	    "keyid:always") || ra_cert_sign(made->cert, ca->key))
		return crypto_fail(f, _("the server's certificate could not be made"));
	return TMG_OK;
}

static tmg_rc
write_bio(BIO *bio, const char *path, unsigned mode, tmg_fault *f)
{
	char *text;
	const long len = BIO_get_mem_data(bio, &text);
	const tmg_rc rc = tmg_file_replace(path,
	    (tmg_view){ (uint8_t *)text, (size_t)len }, mode);

	return rc ? tmg_raise(f, rc, 0, "%s: %s", path, strerror(errno)) : TMG_OK;
}

tmg_rc
ra_write_key(const EVP_PKEY *key, tmg_view passphrase, const char *path,
    tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_secmem());

	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key,
	    passphrase.len > 0 ? EVP_aes_256_cbc() : NULL,
	    (const char *)passphrase.ptr, (int)passphrase.len, NULL, NULL) != 1)
		return crypto_fail(f, _("the key could not be written"));
	return write_bio(bio, path, 0600, f);
}

tmg_rc
ra_write_cert(const X509 *cert, const char *path, tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());

	if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1)
		return crypto_fail(f, _("the certificate could not be written"));
	return write_bio(bio, path, 0644, f);
}
