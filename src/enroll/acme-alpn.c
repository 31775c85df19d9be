/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls-alpn-01 (RFC 8737, RFC 8738 6) by a responder of our own: for each name a
 * certificate that nobody could mistake for one of a server, under a key that
 * lives as long as the responder.
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-alpn.h"
#include "src/enroll/responder.h"
#include "src/pki/scope.h"
#include "src/pki/soft.h"

#define OID_IDENTIFIER "1.3.6.1.5.5.7.1.31"	/* RFC 8737 3: id-pe-acmeIdentifier */
#define DAY_S (24L * 3600)

struct tmg_acme_door {
	SSL_CTX *tls;
	tmg_soft *key;
	struct {
		char asked[TMG_ACME_SNI_MAX];	/* the name a visitor asks for */
		X509 *cert;
	} names[TMG_ACME_NAMES_MAX];
	size_t count;
};

/* ---- the certificate --------------------------------------------------- */

static bool
add_identifier(X509 *x, const uint8_t hash[static 32])
{
	ASN1_OBJECT *oid = OBJ_txt2obj(OID_IDENTIFIER, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	/* RFC 8737 3: Authorization ::= OCTET STRING (SIZE (32)) */
	uint8_t der[2 + 32] = { 0x04, 32 };
	X509_EXTENSION *e = NULL;
	bool ok;

	memcpy(der + 2, hash, 32);
	ok = oid != NULL && value != NULL &&
	    ASN1_OCTET_STRING_set(value, der, sizeof(der)) == 1 &&
	    (e = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value)) != NULL &&
	    X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return ok;
}

static bool
add_name(X509 *x, const tmg_acme_identifier *name)
{
	const bool ip = strcmp(name->type, "ip") == 0;
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	GENERAL_NAME *n = a2i_GENERAL_NAME(NULL, NULL, NULL, ip ? GEN_IPADD : GEN_DNS,
	    name->value, 0);
	bool ok = names != NULL && n != NULL && sk_GENERAL_NAME_push(names, n) > 0;

	if (!ok)
		GENERAL_NAME_free(n);
	ok = ok && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0) == 1;
	GENERAL_NAMES_free(names);
	return ok;
}

static bool
fill(X509 *x, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(x);

	return X509_set_version(x, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -DAY_S) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(x), 7 * DAY_S) != NULL &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const uint8_t *)"ACME challenge", -1, -1, 0) == 1 &&
	    X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1;
}

tmg_rc
tmg_acme_alpn_cert(tmg_ctx *ctx, const tmg_acme_identifier *name, const char *answer,
    EVP_PKEY *key, X509 **cert)
{
	tmg_held(X509) x = X509_new_ex(tmg_ctx_libctx(ctx), NULL);
	uint8_t hash[32];

	*cert = NULL;
	if (x == NULL)
		return TMG_E_NOMEM;
	if (EVP_Q_digest(tmg_ctx_libctx(ctx), "SHA256", NULL, answer, strlen(answer),
	    hash, NULL) != 1 || !fill(x, key) || !add_name(x, name) ||
	    !add_identifier(x, hash) || X509_sign(x, key, EVP_sha256()) <= 0) {
		ERR_clear_error();
		return TMG_E_CRYPTO;
	}
	*cert = x;
	x = NULL;
	return TMG_OK;
}

/* RFC 8738 6: an address is asked for by its name in the reverse tree. */
static void
reverse_of(const uint8_t *bytes, size_t len, char text[TMG_ACME_SNI_MAX])
{
	size_t at = 0;

	for (size_t i = len; i-- > 0; )
		at += (size_t)(len == 4 ?
		    snprintf(text + at, TMG_ACME_SNI_MAX - at, "%u.", bytes[i]) :
		    snprintf(text + at, TMG_ACME_SNI_MAX - at, "%x.%x.", bytes[i] & 15u,
			(unsigned)bytes[i] >> 4));
	snprintf(text + at, TMG_ACME_SNI_MAX - at, len == 4 ? "in-addr.arpa" : "ip6.arpa");
}

void
tmg_acme_alpn_asked(const tmg_acme_identifier *name, char text[TMG_ACME_SNI_MAX])
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, name->value, bytes) == 1)
		reverse_of(bytes, 4, text);
	else if (inet_pton(AF_INET6, name->value, bytes) == 1)
		reverse_of(bytes, 16, text);
	else
		snprintf(text, TMG_ACME_SNI_MAX, "%s", name->value);
}

/* ---- the handshake ----------------------------------------------------- */

static int
on_alpn(SSL *ssl, const uint8_t **out, uint8_t *out_len, const uint8_t *in,
    unsigned in_len, void *arg)
{
	static const uint8_t ours[] = "\x0a" "acme-tls/1";
	uint8_t *chosen = NULL;

	(void)ssl, (void)arg;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in, in_len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static int
on_name(SSL *ssl, int *alert, void *arg)
{
	const tmg_acme_door *door = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	*alert = SSL_AD_UNRECOGNIZED_NAME;
	for (size_t i = 0; name != NULL && i < door->count; i++)
		if (strcasecmp(door->names[i].asked, name) == 0 &&
		    SSL_use_certificate(ssl, door->names[i].cert) == 1 &&
		    SSL_use_PrivateKey(ssl, tmg_soft_key(door->key)) == 1)
			return SSL_TLSEXT_ERR_OK;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* The handshake is all there is to say. */
static void
serve(void *arg, int fd)
{
	const tmg_acme_door *door = arg;
	SSL *ssl = SSL_new(door->tls);

	if (ssl != NULL && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1)
		(void)SSL_shutdown(ssl);
	SSL_free(ssl);
	ERR_clear_error();
}

/* ---- the door ---------------------------------------------------------- */

static void
door_free(tmg_acme_door **door)
{
	tmg_acme_door *d = *door;

	if (d == NULL)
		return;
	for (size_t i = 0; i < d->count; i++)
		X509_free(d->names[i].cert);
	SSL_CTX_free(d->tls);
	tmg_soft_free(&d->key);
	free(d);
	*door = NULL;
}

static tmg_rc
fill_door(tmg_authority *a, tmg_acme_door *d)
{
	const tmg_acme *acme = tmg_acme_of(a);
	tmg_rc rc;

	d->tls = SSL_CTX_new_ex(tmg_ctx_libctx(a->ctx), NULL, TLS_server_method());
	if (d->tls == NULL || SSL_CTX_set_min_proto_version(d->tls, TLS1_2_VERSION) != 1)
		return TMG_E_CRYPTO;
	SSL_CTX_set_alpn_select_cb(d->tls, on_alpn, NULL);
	SSL_CTX_set_tlsext_servername_callback(d->tls, on_name);
	SSL_CTX_set_tlsext_servername_arg(d->tls, d);
	if ((rc = tmg_soft_generate(a->ctx, TMG_ALG_P256, &d->key)))
		return rc;
	for (size_t i = 0; i < acme->proof_count; i++) {
		const tmg_acme_proof *p = &acme->proofs[i];

		if (p->way != &tmg_acme_alpn)
			continue;
		if ((rc = tmg_acme_alpn_cert(a->ctx, &p->name, p->answer,
		    tmg_soft_key(d->key), &d->names[d->count].cert)))
			return rc;
		tmg_acme_alpn_asked(&p->name, d->names[d->count++].asked);
	}
	return TMG_OK;
}

static tmg_rc
show(tmg_authority *a, const tmg_acme_proof *p, const char *address)
{
	tmg_acme *acme = tmg_acme_of(a);
	tmg_rc rc;

	(void)p;
	if (acme->door != NULL)
		return TMG_OK;
	if (acme->responder != NULL)
		return tmg_acme_prove_taken(a);
	acme->door = calloc(1, sizeof(*acme->door));
	rc = acme->door != NULL ? fill_door(a, acme->door) : TMG_E_NOMEM;
	if (rc != TMG_OK)
		return tmg_authority_raise(a, rc, "%s",
		    _("libcrypto refused to make the certificate of the proof"));
	return tmg_pass(&a->fault, tmg_responder_open(address, serve, acme->door,
	    &a->fault, &acme->responder));
}

static void
hide(tmg_authority *a, const tmg_acme_proof *p, const char *address)
{
	(void)p, (void)address;
	tmg_responder_free(&tmg_acme_of(a)->responder);
	door_free(&tmg_acme_of(a)->door);
}

const tmg_acme_way tmg_acme_alpn = {
	.challenge = "tls-alpn-01",
	.option = "listen",
	.show = show,
	.hide = hide,
	.answer = tmg_acme_answer_seen,
};
