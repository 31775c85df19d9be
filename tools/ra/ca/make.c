/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/make.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"

#define DAY 86400
#define SAN_MAX 2048

void
ra_made_release(ra_made *made)
{
	EVP_PKEY_free(made->key);
	X509_free(made->cert);
	*made = (ra_made){ .key = NULL };
}

EVP_PKEY *
ra_make_key(tmg_ctx *ctx, tmg_alg alg)
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
begin(tmg_ctx *ctx, int days, ra_made *made, tmg_fault *f)
{
	made->not_before = tmg_ctx_now(ctx) - RA_BACKDATE_S;
	made->not_after = made->not_before + (time_t)days * DAY;
	made->cert = X509_new_ex(tmg_ctx_libctx(ctx), NULL);
	if (made->cert == NULL || ra_serial_new(ctx, made->serial))
		return ra_ca_fail(f, _("no certificate could be made"));
	return TMG_OK;
}

static bool
set_cn(X509 *cert, const char *name)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	    MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1;
}

static void
end_with(const X509 *issuer, time_t *not_after)
{
	time_t end;

	if (issuer != NULL && tmg_x509_time(X509_get0_notAfter(issuer), &end) == TMG_OK &&
	    end < *not_after)
		*not_after = end;
}

/* Commas would be read as more names by libcrypto. */
static tmg_rc
add_point(X509 *cert, const char *url)
{
	char value[512];

	if (strpbrk(url, ",; \t\r\n\"\\") != NULL || snprintf(value, sizeof(value),
	    "URI:%s", url) >= (int)sizeof(value))
		return TMG_E_USAGE;
	return ra_ext_add(cert, cert, NID_crl_distribution_points, value);
}

/* An issuer that is not the authority itself is told by its key's identifier. */
static tmg_rc
add_authority(X509 *cert, const ra_making *m)
{
	char basic[40];
	tmg_rc rc;

	snprintf(basic, sizeof(basic), "critical,CA:TRUE,pathlen:%d", m->below);
	if ((rc = ra_ext_add(cert, cert, NID_basic_constraints, basic)) ||
	    (rc = ra_ext_add(cert, cert, NID_key_usage,
	    "critical,keyCertSign,cRLSign")) ||
	    (rc = ra_ext_add(cert, cert, NID_subject_key_identifier, "hash")) ||
	    m->issuer == NULL)
		return rc;
	if ((rc = ra_ext_add(cert, (X509 *)(uintptr_t)m->issuer,
	    NID_authority_key_identifier, "keyid:always")) || m->crl == NULL)
		return rc;
	return add_point(cert, m->crl);
}

tmg_rc
ra_make_authority(tmg_ctx *ctx, const ra_making *m, ra_made *made, tmg_fault *f)
{
	const X509_NAME *issuer;
	tmg_rc rc;

	if ((rc = begin(ctx, m->days, made, f)))
		return rc;
	if (!set_cn(made->cert, m->name)) {
		ERR_clear_error();
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("\"%s\" is no name for an authority: 1 to 64 letters"), m->name);
	}
	end_with(m->issuer, &made->not_after);
	issuer = X509_get_subject_name(m->issuer != NULL ? m->issuer : made->cert);
	if (ra_cert_start(made->cert, made->serial, made->not_before,
	    made->not_after, issuer) ||
	    X509_set_pubkey(made->cert, m->public) != 1 ||
	    add_authority(made->cert, m))
		return ra_ca_fail(f, _("the CA certificate could not be made"));
	return ra_keeper_sign_cert(m->signer, made->cert, f);
}

tmg_rc
ra_make_ca(tmg_ctx *ctx, const char *name, tmg_alg alg, int days, ra_made *made,
    tmg_fault *f)
{
	tmg_auto_ptr(ra_keeper) keeper = NULL;

	*made = (ra_made){ .key = ra_make_key(ctx, alg) };
	if (made->key == NULL || ra_keeper_of(made->key, &keeper))
		return ra_ca_fail(f, _("no key could be made"));
	return ra_make_authority(ctx, &(ra_making){ name, made->key, NULL, keeper,
	    days, 0, NULL }, made, f);
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
ra_make_server(tmg_ctx *ctx, X509 *issuer, ra_keeper *signer,
    const char *const *hosts, size_t count, int days, ra_made *made,
    tmg_fault *f)
{
	char san[SAN_MAX];
	tmg_rc rc;

	if ((rc = list_hosts(hosts, count, san, sizeof(san), f)) ||
	    (rc = begin(ctx, days, made, f)))
		return rc;
	end_with(issuer, &made->not_after);
	if ((made->key = ra_make_key(ctx, TMG_ALG_P256)) == NULL)
		return ra_ca_fail(f, _("no key could be made"));
	if (!set_cn(made->cert, hosts[0]) ||
	    ra_cert_start(made->cert, made->serial, made->not_before,
	    made->not_after, X509_get_subject_name(issuer)) ||
	    X509_set_pubkey(made->cert, made->key) != 1 ||
	    ra_ext_add(made->cert, issuer, NID_basic_constraints,
	    "critical,CA:FALSE") ||
	    ra_ext_add(made->cert, issuer, NID_key_usage,
	    "critical,digitalSignature") ||
	    ra_ext_add(made->cert, issuer, NID_ext_key_usage, "serverAuth") ||
	    ra_ext_add(made->cert, issuer, NID_subject_alt_name, san) ||
	    ra_ext_add(made->cert, issuer, NID_subject_key_identifier, "hash") ||
	    ra_ext_add(made->cert, issuer, NID_authority_key_identifier,
	    "keyid:always"))
		return ra_ca_fail(f, _("the server's certificate could not be made"));
	return ra_keeper_sign_cert(signer, made->cert, f);
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

/* 16 MiB of memory for each guess, and what libcrypto still reads by default. */
enum { SCRYPT_N = 16384, SCRYPT_R = 8, SCRYPT_P = 1 };

static bool
write_encrypted(BIO *bio, const EVP_PKEY *key, tmg_view passphrase)
{
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
	X509_ALGOR *pbe = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 16, NULL,
	    SCRYPT_N, SCRYPT_R, SCRYPT_P);
	X509_SIG *sealed = plain == NULL || pbe == NULL ? NULL :
	    PKCS8_set0_pbe((const char *)passphrase.ptr, (int)passphrase.len,
	    plain, pbe);
	const bool written = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed) == 1;

	if (sealed == NULL)
		X509_ALGOR_free(pbe);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(plain);
	return written;
}

tmg_rc
ra_write_key(const EVP_PKEY *key, tmg_view passphrase, const char *path,
    tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_secmem());

	if (bio == NULL || !(passphrase.len > 0 ?
	    write_encrypted(bio, key, passphrase) :
	    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1))
		return ra_ca_fail(f, _("the key could not be written"));
	return write_bio(bio, path, 0600, f);
}

tmg_rc
ra_write_cert(const X509 *cert, const X509 *above, const char *path,
    tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());

	if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1 ||
	    (above != NULL && PEM_write_bio_X509(bio, above) != 1))
		return ra_ca_fail(f, _("the certificate could not be written"));
	return write_bio(bio, path, 0644, f);
}
