/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/http/header.h"

/* What a memory BIO holds, as a line to be shown; frees the BIO. */
static void
take_text(char *to, BIO *bio)
{
	char *text = NULL;
	const long n = bio != NULL ? BIO_get_mem_data(bio, &text) : 0;

	tmg_header_clean(to, TMG_TLS_TEXT,
	    (tmg_view){ (const uint8_t *)text, n > 0 ? (size_t)n : 0 });
	BIO_free(bio);
	ERR_clear_error();
}

static void
name_text(char *to, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio != NULL)
		X509_NAME_print_ex(bio, name, 0,
		    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	take_text(to, bio);
}

static void
alt_names_text(char *to, X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	BIO *bio = BIO_new(BIO_s_mem());

	for (int i = 0; bio != NULL && i < sk_GENERAL_NAME_num(names); i++) {
		if (i > 0)
			BIO_puts(bio, ", ");
		GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
	}
	GENERAL_NAMES_free(names);
	take_text(to, bio);
}

static void
until_text(char *to, size_t cap, const X509 *cert)
{
	struct tm when;

	to[0] = '\0';
	if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &when) == 1)
		strftime(to, cap, "%Y-%m-%d", &when);
}

/* Replaces libssl's chain check by the same one, with a note of what failed. */
static int
check_chain(X509_STORE_CTX *store, void *arg)
{
	tmg_tls *t = arg;
	X509 *bad, *leaf = X509_STORE_CTX_get0_cert(store);

	if (X509_verify_cert(store) == 1)
		return 1;

	t->error = X509_STORE_CTX_get_error(store);
	bad = X509_STORE_CTX_get_current_cert(store);
	if (bad == NULL)
		bad = leaf;
	if (bad != NULL && leaf != NULL) {
		name_text(t->subject, X509_get_subject_name(bad));
		name_text(t->issuer, X509_get_issuer_name(bad));
		alt_names_text(t->names, leaf);
		until_text(t->until, sizeof(t->until), bad);
	}
	return 0;
}

/* Subject names are not looked at: RFC 9525 6.3 leaves subjectAltName only. */
static bool
hold_to_host(SSL_CTX *ssl, const tmg_tls *t)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ssl);

	X509_VERIFY_PARAM_set_time(param, tmg_ctx_now(t->ctx));
	if (t->address)
		return X509_VERIFY_PARAM_set1_ip_asc(param, t->host) == 1;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return X509_VERIFY_PARAM_set1_host(param, t->host, 0) == 1;
}

static X509 *
parse(tmg_view der)
{
	const unsigned char *p = der.ptr;

	return d2i_X509(NULL, &p, (long)der.len);
}

static bool
add_issuers(SSL_CTX *ssl, const tmg_http_identity *id)
{
	for (size_t i = 0; i < id->chain_count; i++) {
		X509 *issuer = parse(id->chain[i]);
		const bool done = issuer != NULL &&
		    SSL_CTX_add0_chain_cert(ssl, issuer) == 1;

		if (!done) {
			X509_free(issuer);
			return false;
		}
	}
	return true;
}

/* RSA signs in TLS 1.3 by PSS alone (RFC 8446 4.2.3), and in 1.2 as well where
 * the server would rather have it.  What the server itself may sign by is not
 * touched. */
static bool
hold_to_pkcs1(SSL_CTX *ssl)
{
	char pkcs1[] = "RSA+SHA256:RSA+SHA384:RSA+SHA512";

	return SSL_CTX_set_max_proto_version(ssl, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set1_client_sigalgs_list(ssl, pkcs1) == 1;
}

static bool
use(SSL_CTX *ssl, X509 *cert, const tmg_http_identity *id)
{
	return (!id->pads || hold_to_pkcs1(ssl)) &&
	    SSL_CTX_use_certificate(ssl, cert) == 1 && add_issuers(ssl, id) &&
	    SSL_CTX_use_PrivateKey(ssl, id->key) == 1 &&
	    SSL_CTX_check_private_key(ssl) == 1;
}

/* Compared first: use_PrivateKey accepts a key of another type than the
 * certificate's, and says nothing useful about one of the same type. */
static tmg_rc
offer_identity(SSL_CTX *ssl, tmg_tls *t)
{
	const tmg_http_identity *id = t->identity;
	X509 *cert = parse(id->cert);
	const bool fits = cert != NULL && X509_check_private_key(cert, id->key) == 1;
	const bool used = fits && use(ssl, cert, id);
	const bool readable = cert != NULL;

	X509_free(cert);
	ERR_clear_error();
	if (readable && !fits)
		return tmg_raise(&t->fault, TMG_MISMATCH, 0, "%s",
		    _("the certificate you want to show to the authority belongs to "
		    "another key than the one that would sign"));
	return used ? TMG_OK : tmg_raise(&t->fault, TMG_E_CRYPTO, 0, "%s",
	    _("TLS does not take the certificate you want to show to the authority: "
	    "it cannot be read, or its key is too weak"));
}

/* Called when the server asks for a client certificate. */
static int
note_asked(SSL *ssl, void *arg)
{
	tmg_tls *t = arg;

	(void)ssl;
	t->asked = true;
	return 1;
}

tmg_rc
tmg_tls_hold(SSL_CTX *ssl, tmg_tls *t)
{
	SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
	if (!t->verify)
		return TMG_OK;

	if (!hold_to_host(ssl, t))
		return tmg_raise(&t->fault, TMG_E_USAGE, 0,
		    _("\"%s\" is no host name that a certificate could carry"), t->host);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ssl, check_chain, t);
	SSL_CTX_set_cert_cb(ssl, note_asked, t);
	return t->identity != NULL ? offer_identity(ssl, t) : TMG_OK;
}
