/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/draw.h"

#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/lint.h"

static tmg_rc
set_time(ASN1_TIME *at, time_t t)
{
	return ASN1_TIME_adj(at, t, 0, 0) != NULL ? TMG_OK : TMG_E_CRYPTO;
}

/* The private struct is reached by its API only: serial from hexadecimal. */
tmg_rc
ra_serial_set(ASN1_INTEGER *into, const char *hex)
{
	BIGNUM *bn = NULL;
	const bool ok = BN_hex2bn(&bn, hex) != 0 &&
	    BN_to_ASN1_INTEGER(bn, into) != NULL;

	BN_free(bn);
	return ok ? TMG_OK : TMG_E_CRYPTO;
}

static tmg_rc
set_number(X509 *cert, const char *serial, time_t not_before, time_t not_after)
{
	if (ra_serial_set(X509_get_serialNumber(cert), serial) ||
	    set_time(X509_getm_notBefore(cert), not_before) ||
	    set_time(X509_getm_notAfter(cert), not_after))
		return TMG_E_CRYPTO;
	return TMG_OK;
}

tmg_rc
ra_cert_start(X509 *cert, const char *serial, time_t not_before,
    time_t not_after, const X509_NAME *issuer)
{
	if (X509_set_version(cert, X509_VERSION_3) != 1 ||
	    set_number(cert, serial, not_before, not_after) ||
	    X509_set_issuer_name(cert, issuer) != 1)
		return TMG_E_CRYPTO;
	return TMG_OK;
}

/* The bytes that the request had.  X509_set_pubkey() would write the key anew,
 * and read what it wrote: more work than all of the rest. */
static tmg_rc
copy_key(X509 *cert, const X509_PUBKEY *from)
{
	X509_PUBKEY *to = X509_get_X509_PUBKEY(cert);
	ASN1_OBJECT *kind = NULL, *named = NULL;
	X509_ALGOR *alg = NULL, *whole = NULL;
	const unsigned char *bits = NULL;
	unsigned char *copy;
	int len = 0;

	if (X509_PUBKEY_get0_param(&kind, &bits, &len, &alg, from) != 1)
		return TMG_E_CRYPTO;
	named = OBJ_dup(kind);
	copy = OPENSSL_memdup(bits, (size_t)len);
	if (named == NULL || copy == NULL ||
	    X509_PUBKEY_set0_param(to, named, V_ASN1_UNDEF, NULL, copy, len) != 1) {
		ASN1_OBJECT_free(named);
		OPENSSL_free(copy);
		return TMG_E_NOMEM;
	}
	return X509_PUBKEY_get0_param(NULL, NULL, NULL, &whole, to) == 1 &&
	    X509_ALGOR_copy(whole, alg) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

tmg_rc
ra_ext_add(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX v3;
	int ok;

	X509V3_set_ctx(&v3, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &v3, nid, value);
	ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok ? TMG_OK : TMG_E_CRYPTO;
}

/* What the key cannot do is left out: a profile that takes RSA and EC keys says
 * keyEncipherment of the first only. */
static void
fitting_usages(const ra_order *o, ra_words *fit)
{
	const ra_words *all = &o->profile->key_usage;
	const tmg_family family = tmg_alg_get(o->request->alg)->family;

	*fit = (ra_words){ .count = 0 };
	for (size_t i = 0; i < all->count; i++)
		if (ra_lint_usage_fits(family, all->word[i]))
			memcpy(fit->word[fit->count++], all->word[i],
			    sizeof(all->word[i]));
}

static tmg_rc
add_words(X509 *cert, X509 *issuer, int nid, const char *lead,
    const ra_words *words)
{
	char value[RA_WORDS_MAX * (RA_WORD_MAX + 1) + 16];
	size_t at = (size_t)snprintf(value, sizeof(value), "%s", lead);

	if (words->count == 0)
		return TMG_OK;
	for (size_t i = 0; i < words->count; i++)
		at += (size_t)snprintf(value + at, sizeof(value) - at, "%s%s",
		    i > 0 ? "," : "", words->word[i]);
	return ra_ext_add(cert, issuer, nid, value);
}

/* Critical where no subject names anybody: RFC 5280 4.1.2.6. */
static tmg_rc
add_san(X509 *cert, const ra_request *request)
{
	const int crit =
	    X509_NAME_entry_count(X509_get_subject_name(cert)) == 0;

	if (request->san == NULL)
		return TMG_OK;
	return X509_add1_ext_i2d(cert, NID_subject_alt_name, request->san, crit,
	    X509V3_ADD_DEFAULT) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

/* Addresses hold nothing that libcrypto would read as the next one: ra.conf
 * takes none that do. */
tmg_rc
ra_points_add(X509 *cert, X509 *issuer, const ra_points *points)
{
	char value[2 * RA_TEXT_MAX + 40];
	const bool both = points->issuer[0] != '\0' && points->ocsp[0] != '\0';
	tmg_rc rc = TMG_OK;

	if (points->crl[0] != '\0') {
		snprintf(value, sizeof(value), "URI:%s", points->crl);
		rc = ra_ext_add(cert, issuer, NID_crl_distribution_points, value);
	}
	if (rc || (points->issuer[0] == '\0' && points->ocsp[0] == '\0'))
		return rc;
	snprintf(value, sizeof(value), "%s%s%s%s%s",
	    points->issuer[0] ? "caIssuers;URI:" : "", points->issuer,
	    both ? "," : "", points->ocsp[0] ? "OCSP;URI:" : "", points->ocsp);
	return ra_ext_add(cert, issuer, NID_info_access, value);
}

static tmg_rc
add_extensions(X509 *cert, X509 *issuer, const ra_order *o)
{
	ra_words usages;
	tmg_rc rc;

	fitting_usages(o, &usages);
	/* one upstream may be older than RFC 5280 and have no identifier */
	if ((rc = ra_ext_add(cert, issuer, NID_basic_constraints,
	    "critical,CA:FALSE")) ||
	    (rc = ra_ext_add(cert, issuer, NID_subject_key_identifier, "hash")) ||
	    (rc = ra_ext_add(cert, issuer, NID_authority_key_identifier,
	    "keyid,issuer")) ||
	    (rc = add_words(cert, issuer, NID_key_usage, "critical,",
	    &usages)) ||
	    (rc = add_words(cert, issuer, NID_ext_key_usage, "",
	    &o->profile->ext_key_usage)) ||
	    (rc = add_san(cert, o->request)))
		return rc;
	return ra_points_add(cert, issuer, o->points);
}

static tmg_rc
check(const ra_ca *base, const ra_order *o, const X509 *cert, unsigned of,
    tmg_fault *f)
{
	return ra_lint_check(&(ra_draft){ cert, base->cert, o->profile,
	    o->request->key, o->request->spki, o->known }, of, f);
}

/* Everything but the signature, and nothing that must not be signed. */
static tmg_rc
draw_up(const ra_ca *base, const ra_order *o, X509 *cert, tmg_fault *f)
{
	if (cert == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (ra_cert_start(cert, o->serial, o->not_before, o->not_after,
	    X509_get_subject_name(base->cert)) ||
	    copy_key(cert, X509_REQ_get_X509_PUBKEY(o->request->req)) ||
	    X509_set_subject_name(cert,
	    X509_REQ_get_subject_name(o->request->req)) != 1 ||
	    add_extensions(cert, base->cert, o))
		return ra_ca_fail(f, _("the certificate could not be made"));
	return check(base, o, cert, RA_LINT_ALL, f);
}

/* A draft that was looked at gets the number and the time it is for. */
static tmg_rc
complete(const ra_ca *base, const ra_order *o, X509 *cert, tmg_fault *f)
{
	if (set_number(cert, o->serial, o->not_before, o->not_after))
		return ra_ca_fail(f, _("the certificate could not be made"));
	return check(base, o, cert, RA_LINT_NUMBER, f);
}

tmg_rc
ra_draw_vet(ra_ca *base, const ra_order *o, tmg_fault *f)
{
	tmg_auto(ra_X509) cert = X509_new_ex(tmg_ctx_libctx(base->ctx), NULL);
	const tmg_rc rc = draw_up(base, o, cert, f);

	if (rc == TMG_OK && o->draft != NULL) {
		*o->draft = cert;
		cert = NULL;
	}
	return rc;
}

tmg_rc
ra_draw_take(const ra_ca *base, const ra_order *o, X509 **cert, tmg_fault *f)
{
	if (o->draft != NULL && *o->draft != NULL) {
		*cert = *o->draft;
		*o->draft = NULL;
		return complete(base, o, *cert, f);
	}
	*cert = X509_new_ex(tmg_ctx_libctx(base->ctx), NULL);
	return draw_up(base, o, *cert, f);
}
