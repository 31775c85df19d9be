/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GetCert and GetCRL: RFC 8894 3.3.4.
 */
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/pkcs7.h"
#include "tools/ra/ca/request.h"
#include "tools/ra/scep/talk.h"

RA_SCOPE(PKCS7_ISSUER_AND_SERIAL, PKCS7_ISSUER_AND_SERIAL_free)

static tmg_rc
unknown(ra_talk *t)
{
	return ra_talk_refuse(t, TMG_SCEP_BAD_CERT_ID, tmg_raise(&t->desk->fault,
	    TMG_NOT_FOUND, 0, _("no such certificate was issued here")));
}

/* The serial number of the IssuerAndSerialNumber in the message. */
static tmg_rc
read_serial(ra_talk *t, char serial[TMG_SERIAL_MAX])
{
	const unsigned char *at = t->body.ptr;
	tmg_auto(ra_PKCS7_ISSUER_AND_SERIAL) which = d2i_PKCS7_ISSUER_AND_SERIAL(
	    NULL, &at, (long)t->body.len);

	if (which == NULL || at != t->body.ptr + t->body.len) {
		ERR_clear_error();
		return ra_talk_unreadable(t);
	}
	if (X509_NAME_cmp(which->issuer,
	    X509_get_subject_name(t->desk->office->ca->cert)) != 0 ||
	    ra_serial_text(which->serial, serial))
		return unknown(t);
	return TMG_OK;
}

/* Certificates name people: those get them who have one of ours. */
static tmg_rc
check_asker(ra_talk *t)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };

	return ra_talk_recognise(t, false, &cert, &app);
}

tmg_rc
ra_scep_cert(ra_talk *t)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	char serial[TMG_SERIAL_MAX];
	tmg_rc rc;

	if ((rc = read_serial(t, serial)) || (rc = check_asker(t)))
		return rc;
	rc = ra_cert_get(t->desk->store, serial, &cert);
	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && cert.der == NULL))
		return unknown(t);
	return rc ? ra_desk_says(t->desk, rc) :
	    ra_talk_give(t, (tmg_view){ cert.der, cert.len });
}

tmg_rc
ra_scep_crl(ra_talk *t)
{
	tmg_auto(ra_crl) crl = { .number = 0 };
	char serial[TMG_SERIAL_MAX];
	tmg_out o = { .ptr = NULL };
	tmg_rc rc;

	if ((rc = read_serial(t, serial)) || (rc = ra_desk_crl(t->desk, &crl)))
		return rc;
	o.cap = crl.len + RA_CERTS_ONLY_MORE;
	t->content = o.ptr = malloc(o.cap);
	if (o.ptr == NULL || ra_crl_only((tmg_view){ crl.der, crl.len }, &o))
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	t->len = o.len;
	return TMG_OK;
}
