/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/ca.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/pki/x509.h"

tmg_rc
ra_ca_fail(tmg_fault *f, const char *what)
{
	const unsigned long code = ERR_get_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return tmg_raise(f, TMG_E_CRYPTO, 0, "%s: %s", what,
	    why != NULL ? why : _("libcrypto refused"));
}

void
ra_ca_free(ra_ca **ca)
{
	if (*ca != NULL)
		(*ca)->ops->close(*ca);
	*ca = NULL;
}

/* Ed25519 in CMS (RFC 8419) has come to libcrypto after 3.0. */
bool
ra_ca_vouches(const ra_ca *ca)
{
	const EVP_PKEY *key = X509_get0_pubkey(ca->cert);

	return !ca->ops->elsewhere && key != NULL &&
	    (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "EC"));
}

tmg_rc
ra_ca_no_ask(ra_ca *ca, ra_asking *asking, tmg_fault *f)
{
	(void)ca, (void)asking;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("this authority signs by itself and asks nobody"));
}

tmg_rc
ra_ca_no_hello(ra_ca *ca, tmg_fault *f)
{
	return ra_ca_no_ask(ca, NULL, f);
}

tmg_rc
ra_ca_end(const ra_ca *ca, time_t *at)
{
	return tmg_x509_time(X509_get0_notAfter(ca->cert), at);
}

tmg_rc
ra_serial_new(tmg_ctx *ctx, char serial[TMG_SERIAL_MAX])
{
	uint8_t bytes[16];

	if (RAND_bytes_ex(tmg_ctx_libctx(ctx), bytes, sizeof(bytes), 0) != 1)
		return TMG_E_CRYPTO;
	/* positive, and always 16 octets long */
	bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
	tmg_hex_text(serial, TMG_SERIAL_MAX, TMG_VIEW(bytes));
	return TMG_OK;
}

/* The authority's own at 0; NULL beyond the last. */
static X509 *
cert_at(const ra_ca *ca, int i)
{
	return i == 0 ? ca->cert : i <= sk_X509_num(ca->above) ?
	    sk_X509_value(ca->above, i - 1) : NULL;
}

tmg_rc
ra_ca_pem(const ra_ca *ca, BIO *bio)
{
	for (int i = 0; cert_at(ca, i) != NULL; i++)
		if (PEM_write_bio_X509(bio, cert_at(ca, i)) != 1)
			return TMG_E_NOMEM;
	return TMG_OK;
}

tmg_rc
ra_ca_der(const ra_ca *ca, uint8_t **der, size_t *len)
{
	unsigned char *at;
	size_t whole = 0;
	int n;

	for (int i = 0; cert_at(ca, i) != NULL; i++)
		whole += (n = i2d_X509(cert_at(ca, i), NULL)) > 0 ? (size_t)n : 0;
	if ((*der = at = malloc(whole)) == NULL)
		return TMG_E_NOMEM;
	for (int i = 0; cert_at(ca, i) != NULL; i++)
		if (i2d_X509(cert_at(ca, i), &at) <= 0)
			break;
	*len = (size_t)(at - *der);
	if (*len == whole)
		return TMG_OK;
	free(*der);
	*der = NULL;
	return TMG_E_NOMEM;
}

/* ---- reading them ---- */

/* The file begins with the authority's own certificate; those above it follow,
 * the root last. */
static tmg_rc
read_above(ra_ca *base, BIO *bio)
{
	X509 *next;

	if ((base->above = sk_X509_new_null()) == NULL)
		return TMG_E_NOMEM;
	while ((next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		if (sk_X509_push(base->above, next) <= 0) {
			X509_free(next);
			return TMG_E_NOMEM;
		}
	}
	ERR_clear_error();
	return TMG_OK;
}

tmg_rc
ra_ca_load(ra_ca *base, const char *file, tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = BIO_new_file(file, "r");

	base->cert = X509_new_ex(tmg_ctx_libctx(base->ctx), NULL);
	if (bio == NULL || base->cert == NULL ||
	    PEM_read_bio_X509(bio, &base->cert, NULL, NULL) == NULL) {
		ERR_clear_error();
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("%s: no certificate can be read there; tamga-ra init makes an authority"),
		    file);
	}
	return read_above(base, bio) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

void
ra_ca_unload(ra_ca *base)
{
	X509_free(base->cert);
	sk_X509_pop_free(base->above, X509_free);
}
