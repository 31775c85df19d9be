/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which certificates of GetCACert speak for the authority.  Its own does.  So does
 * one that it issued to a registration authority; anybody else has one of those, too,
 * and over http:// anybody can put himself in that list.  So one that says what it is
 * for must say that it is for this.
 */
#include <openssl/x509v3.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/enroll/scep.h"
#include "src/pki/x509.h"

/* id-kp-cmcRA (RFC 6402 2.10), Microsoft's enrollment agent. */
static const char *const for_registration[] = {
	"1.3.6.1.5.5.7.3.28", "1.3.6.1.4.1.311.20.2.1",
};

static bool
is_named(const EXTENDED_KEY_USAGE *uses, const char *name)
{
	tmg_held(ASN1_OBJECT) oid = OBJ_txt2obj(name, 1);

	for (int i = 0; oid != NULL && i < sk_ASN1_OBJECT_num(uses); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(uses, i), oid) == 0)
			return true;
	return false;
}

static bool
may_register(X509 *cert)
{
	EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	bool may = uses == NULL || X509_check_ca(cert) > 0;

	for (size_t i = 0; i < TMG_COUNT(for_registration) && !may; i++)
		may = is_named(uses, for_registration[i]);
	sk_ASN1_OBJECT_pop_free(uses, ASN1_OBJECT_free);
	return may;
}

static bool
is_believed(tmg_authority *a, const tmg_certs *certs, size_t i, X509 *cert)
{
	return tmg_certs_verify(a->ctx, tmg_certs_get(certs, i), certs, a->anchors,
	    NULL, NULL) == TMG_OK && may_register(cert);
}

static bool
can_decrypt(X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	return key != NULL && EVP_PKEY_is_a(key, "RSA") &&
	    (X509_get_key_usage(cert) & KU_KEY_ENCIPHERMENT) != 0;
}

/* Where only the authority's own is there it is taken whatever use it names: many
 * authorities have no other. */
static bool
is_better(X509 *cert, X509 *than)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	if (key == NULL || !EVP_PKEY_is_a(key, "RSA"))
		return false;
	return than == NULL || (can_decrypt(cert) && !can_decrypt(than)) ||
	    (can_decrypt(cert) && X509_check_ca(cert) == 0 && X509_check_ca(than) > 0);
}

tmg_rc
tmg_scep_recipient(tmg_authority *a, X509 **recipient)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(a->ctx);
	const tmg_certs *certs;
	tmg_rc rc;

	*recipient = NULL;
	if ((rc = tmg_authority_cacerts(a, &certs)))
		return tmg_pass(&a->fault, rc);
	for (size_t i = 0; i < tmg_certs_count(certs); i++) {
		X509 *cert = NULL;

		if (tmg_x509_parse(libctx, tmg_certs_get(certs, i), &cert) == TMG_OK &&
		    is_believed(a, certs, i, cert) && is_better(cert, *recipient)) {
			X509_free(*recipient);
			*recipient = cert;
			cert = NULL;
		}
		X509_free(cert);
	}
	return *recipient != NULL ? TMG_OK : tmg_authority_raise(a, TMG_MISMATCH,
	    _("%s: it names no certificate with an RSA key that may speak for the "
	    "authority, so nothing can be encrypted to it; nothing was sent"),
	    a->uri.where);
}

tmg_rc
tmg_scep_is_server(tmg_authority *a, X509 *signer)
{
	tmg_held_bytes der = NULL;
	const int len = i2d_X509(signer, &der);
	const tmg_certs *certs;
	tmg_rc rc;

	if (len <= 0)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = tmg_authority_cacerts(a, &certs)))
		return tmg_pass(&a->fault, rc);
	for (size_t i = 0; i < tmg_certs_count(certs); i++)
		if (tmg_view_equal(tmg_certs_get(certs, i),
		    (tmg_view){ der, (size_t)len }))
			return is_believed(a, certs, i, signer) ? TMG_OK : TMG_MISMATCH;
	return TMG_MISMATCH;
}
