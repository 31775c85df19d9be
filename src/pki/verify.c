/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chains: from a certificate to an anchor somebody gave.
 */
#include "tamga/cert.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/name.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

enum {
	WHO_TEXT = TMG_NAME_MAX,
};

static tmg_rc
explain(const X509_STORE_CTX *c, tmg_fault *f)
{
	const X509 *cert = X509_STORE_CTX_get_current_cert(c);
	char who[WHO_TEXT];
	tmg_out text = { (uint8_t *)who, sizeof(who) - 1, 0, false };

	if (cert == NULL || tmg_name_text(X509_get_subject_name(cert), &text))
		text.len = 0;
	if (text.len == 0)
		tmg_put_str(&text, "?");
	who[text.len] = '\0';
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("No chain to a trusted authority: %s; certificate \"%s\"."),
	    X509_verify_cert_error_string(X509_STORE_CTX_get_error(c)), who);
}

static tmg_rc
collect(const X509_STORE_CTX *c, tmg_certs *chain)
{
	const STACK_OF(X509) *found = X509_STORE_CTX_get0_chain(c);
	tmg_rc rc = TMG_OK;

	for (int i = 1; i < sk_X509_num(found) && rc == TMG_OK; i++)
		rc = tmg_certs_add_x509(chain, sk_X509_value(found, i));
	return rc;
}

static tmg_rc
verify(X509_STORE *store, X509 *leaf, STACK_OF(X509) *others,
    OSSL_LIB_CTX *libctx, tmg_certs *chain, tmg_fault *f)
{
	tmg_held(X509_STORE_CTX) c = X509_STORE_CTX_new_ex(libctx, NULL);

	if (c == NULL)
		return TMG_E_NOMEM;
	if (X509_STORE_CTX_init(c, store, leaf, others) != 1)
		return TMG_E_CRYPTO;
	if (X509_verify_cert(c) != 1)
		return explain(c, f);
	return chain != NULL ? collect(c, chain) : TMG_OK;
}

/* A chain ends at an anchor, and those are in the store.  Any other root among
 * what a peer sent would only lead libcrypto astray: after a roll-over the new
 * root has the name and key of the certificate that leads to the old one
 * (RFC 4210 4.4). */
static void
drop_roots(STACK_OF(X509) *certs)
{
	for (int i = sk_X509_num(certs); i-- > 0;)
		if (X509_self_signed(sk_X509_value(certs, i), 0) == 1)
			X509_free(sk_X509_delete(certs, i));
}

tmg_rc
tmg_certs_verify(tmg_ctx *ctx, tmg_view leaf, const tmg_certs *others,
    const tmg_certs *anchors, tmg_certs *chain, tmg_fault *f)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(ctx);
	tmg_held(X509_STORE) store = NULL;
	tmg_held(X509) cert = NULL;
	tmg_held_certs between = NULL;
	tmg_held_certs ends = NULL;
	tmg_rc rc;

	if ((rc = tmg_x509_parse(libctx, leaf, &cert)) ||
	    (rc = tmg_x509_stack(libctx, others, &between)) ||
	    (rc = tmg_x509_stack(libctx, anchors, &ends)) ||
	    (rc = tmg_x509_store(ctx, ends, &store)))
		return tmg_raise(f, rc, 0,
		    _("A certificate of the chain cannot be read."));

	ERR_set_mark();
	drop_roots(between);
	rc = verify(store, cert, between, libctx, chain, f);
	ERR_pop_to_mark();
	return tmg_pass(f, rc);
}
