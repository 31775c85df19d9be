/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/given.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"

tmg_rc
ra_given_read(const ra_config *config, const char *name, X509 **cert, tmg_fault *f)
{
	tmg_auto(ra_BIO) bio = NULL;
	char path[PATH_MAX];

	if (ra_config_path(config, name, path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	if ((bio = BIO_new_file(path, "r")) != NULL &&
	    (*cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		return TMG_OK;
	ERR_clear_error();
	return tmg_raise(f, TMG_NOT_FOUND, 0,
	    _("%s: no certificate can be read there"), path);
}

static bool
is_signed_by(const ra_ca *ca, X509 *cert)
{
	const bool good = X509_NAME_cmp(X509_get_issuer_name(cert),
	    X509_get_subject_name(ca->cert)) == 0 &&
	    X509_verify(cert, X509_get0_pubkey(ca->cert)) == 1;

	ERR_clear_error();
	return good;
}

tmg_rc
ra_given_check(const ra_ca *ca, const ra_mandate *mandate, X509 *cert, tmg_fault *f)
{
	bool fits;
	tmg_rc rc;

	if (!is_signed_by(ca, cert))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the certificate of the %s is not signed by the first one of ca.certificate"),
		    mandate->name);
	if ((rc = ra_mandate_fits(mandate, cert, &fits)))
		return tmg_raise(f, rc, 0, _("out of memory"));
	return fits ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the certificate of the %s must have the usages %s and %s; ask the authority for one that has"),
	    mandate->name, mandate->key_usage, mandate->ext_key_usage);
}

static tmg_rc
copy_der(const X509 *given, ra_cert *cert)
{
	const int len = i2d_X509(given, NULL);
	unsigned char *at;

	if (len <= 0 || (at = cert->der = malloc((size_t)len)) == NULL)
		return TMG_E_NOMEM;
	cert->len = (size_t)len;
	return i2d_X509(given, &at) == len ? TMG_OK : TMG_E_NOMEM;
}

tmg_rc
ra_given_now(ra_desk *d, const ra_mandate *mandate, const X509 *given, ra_cert *cert)
{
	tmg_rc rc;

	if ((rc = tmg_x509_time(X509_get0_notBefore(given), &cert->not_before)) ||
	    (rc = tmg_x509_time(X509_get0_notAfter(given), &cert->not_after)) ||
	    (rc = copy_der(given, cert)))
		return tmg_raise(&d->fault, rc, 0, _("a certificate cannot be read"));
	return cert->not_after > ra_desk_now(d) ? TMG_OK :
	    tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("the certificate of the %s has expired: ask the authority upstream for a new one"),
	    mandate->name);
}
