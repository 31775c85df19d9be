/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The local authority: its key is in a file or on a token.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/scep-message.h"
#include "tools/ra/ca/ca.h"
#include "tools/ra/ca/draw.h"
#include "tools/ra/ca/list.h"
#include "tools/ra/ca/mandate.h"
#include "tools/ra/store/cert.h"

struct local_ca {
	ra_ca base;
	ra_keeper *keeper;
};

static tmg_rc
give_der(int len, unsigned char *bytes, uint8_t **der, size_t *out_len)
{
	uint8_t *copy = len > 0 ? malloc((size_t)len) : NULL;

	if (copy != NULL) {
		memcpy(copy, bytes, (size_t)len);
		*der = copy;
		*out_len = (size_t)len;
	}
	OPENSSL_free(bytes);
	return copy != NULL ? TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
local_issue(ra_ca *base, const ra_order *o, uint8_t **der, size_t *len,
    tmg_fault *f)
{
	const struct local_ca *ca = (const struct local_ca *)(const void *)base;
	tmg_auto(ra_X509) cert = NULL;
	unsigned char *bytes = NULL;
	tmg_rc rc;

	if ((rc = ra_draw_take(base, o, &cert, f)) ||
	    (rc = ra_keeper_sign_cert(ca->keeper, cert, f)))
		return rc;

	const int n = i2d_X509(cert, &bytes);

	return give_der(n, bytes, der, len);
}

static tmg_rc
local_appoint(ra_ca *base, const ra_appointment *a, uint8_t **der, size_t *len,
    tmg_fault *f)
{
	const struct local_ca *ca = (const struct local_ca *)(const void *)base;
	tmg_auto(ra_X509) cert = X509_new_ex(tmg_ctx_libctx(base->ctx), NULL);
	unsigned char *bytes = NULL;
	tmg_rc rc;

	if (cert == NULL || ra_mandate_draw(cert, base->cert, a))
		return ra_ca_fail(f, _("the certificate could not be made"));
	if ((rc = ra_keeper_sign_cert(ca->keeper, cert, f)))
		return rc;

	const int n = i2d_X509(cert, &bytes);

	return give_der(n, bytes, der, len);
}

struct vouching {
	OSSL_LIB_CTX *libctx;
	X509 *cert;
	tmg_view content;
	tmg_scep_bytes der;
	tmg_fault fault;
};

static int
vouch_with(void *what, EVP_PKEY *key)
{
	struct vouching *v = what;

	return tmg_scep_write(v->libctx, NULL, &(tmg_scep_sender){ v->cert, key, NULL },
	    v->content, &v->der, &v->fault) == TMG_OK;
}

static tmg_rc
local_vouch(ra_ca *base, tmg_view content, uint8_t **der, size_t *len, tmg_fault *f)
{
	const struct local_ca *ca = (const struct local_ca *)(const void *)base;
	struct vouching v = { tmg_ctx_libctx(base->ctx), base->cert, content,
		{ NULL, 0 }, { .rc = TMG_OK } };
	tmg_rc rc;

	if (!ra_ca_vouches(base))
		return tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("the authority's key signs certificates, and no messages"));
	if ((rc = ca->keeper->ops->sign(ca->keeper, vouch_with, &v, f)))
		return rc;
	return give_der((int)v.der.len, v.der.ptr, der, len);
}

struct listing {
	X509_CRL *crl;
};

static tmg_rc
list_one(void *arg, const ra_cert *c)
{
	struct listing *l = arg;

	return ra_list_add(l->crl, c->serial, c->revoked, c->reason);
}

static tmg_rc
local_crl(ra_ca *base, ra_store *store, int64_t number, time_t now, time_t next,
    uint8_t **der, size_t *len, tmg_fault *f)
{
	const struct local_ca *ca = (const struct local_ca *)(const void *)base;
	tmg_auto(ra_X509_CRL) crl = X509_CRL_new_ex(tmg_ctx_libctx(base->ctx), NULL);
	struct listing l = { crl };
	unsigned char *bytes = NULL;
	tmg_rc rc;

	if (crl == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (ra_list_begin(crl, base->cert, number, now, next))
		return ra_ca_fail(f, _("the revocation list could not be made"));
	if ((rc = ra_cert_each_revoked(store, list_one, &l)))
		return rc == TMG_E_CRYPTO ?
		    ra_ca_fail(f, _("the revocation list could not be made")) :
		    tmg_fault_copy(f, &store->fault, rc);
	if (X509_CRL_sort(crl) != 1)
		return ra_ca_fail(f, _("the revocation list could not be made"));
	if ((rc = ra_keeper_sign_crl(ca->keeper, crl, f)))
		return rc;

	const int n = i2d_X509_CRL(crl, &bytes);

	return give_der(n, bytes, der, len);
}

static void
local_close(ra_ca *base)
{
	struct local_ca *ca = (struct local_ca *)(void *)base;

	ra_keeper_free(&ca->keeper);
	ra_ca_unload(base);
	free(ca);
}

static const ra_ca_ops at_once_ops = {
	.name = "local",
	.at_once = true,
	.vet = ra_draw_vet,
	.issue = local_issue,
	.appoint = local_appoint,
	.vouch = local_vouch,
	.crl = local_crl,
	.ask = ra_ca_no_ask,
	.hello = ra_ca_no_hello,
	.revoke = NULL,
	.close = local_close,
};

/* The key is on a token, which people wait for. */
static const ra_ca_ops waiting_ops = {
	.name = "token",
	.at_once = false,
	.vet = ra_draw_vet,
	.issue = local_issue,
	.appoint = local_appoint,
	.vouch = local_vouch,
	.crl = local_crl,
	.ask = ra_ca_no_ask,
	.hello = ra_ca_no_hello,
	.revoke = NULL,
	.close = local_close,
};

/* ---- opening ---- */

tmg_rc
ra_ca_local(tmg_ctx *ctx, const char *cert_file, const ra_keysource *source,
    tmg_fault *f, ra_ca **out)
{
	struct local_ca *ca = calloc(1, sizeof(*ca));
	tmg_rc rc;

	*out = NULL;
	if (ca == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	ca->base = (ra_ca){ &at_once_ops, ctx, NULL, NULL };
	if ((rc = ra_ca_load(&ca->base, cert_file, f)) ||
	    (rc = ra_keeper_open(ctx, source, ca->base.cert, &ca->keeper, f))) {
		local_close(&ca->base);
		return rc;
	}
	if (!ca->keeper->ops->at_once)
		ca->base.ops = &waiting_ops;
	*out = &ca->base;
	return TMG_OK;
}
