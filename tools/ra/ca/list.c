/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/list.h"

#include "tools/ra/ca/ca.h"

static void
revoked_free(X509_REVOKED **r)
{
	X509_REVOKED_free(*r);
}

static void
integer_free(ASN1_INTEGER **n)
{
	ASN1_INTEGER_free(*n);
}

static void
time_free(ASN1_TIME **t)
{
	ASN1_TIME_free(*t);
}

static void
enumerated_free(ASN1_ENUMERATED **e)
{
	ASN1_ENUMERATED_free(*e);
}

#define HELD(free) __attribute__((__cleanup__(free)))

/* unspecified (0) is left out, RFC 5280 5.3.1. */
static tmg_rc
add_reason(X509_REVOKED *r, int reason)
{
	HELD(enumerated_free) ASN1_ENUMERATED *e = ASN1_ENUMERATED_new();

	if (reason == 0)
		return TMG_OK;
	if (e == NULL || ASN1_ENUMERATED_set(e, reason) != 1 ||
	    X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, e, 0, 0) != 1)
		return TMG_E_CRYPTO;
	return TMG_OK;
}

tmg_rc
ra_list_add(X509_CRL *crl, const char *number, time_t when, int reason)
{
	HELD(revoked_free) X509_REVOKED *r = X509_REVOKED_new();
	HELD(integer_free) ASN1_INTEGER *serial = ASN1_INTEGER_new();
	HELD(time_free) ASN1_TIME *at = ASN1_TIME_set(NULL, when);

	if (r == NULL || serial == NULL || at == NULL ||
	    ra_serial_set(serial, number) ||
	    X509_REVOKED_set_serialNumber(r, serial) != 1 ||
	    X509_REVOKED_set_revocationDate(r, at) != 1 ||
	    add_reason(r, reason) || X509_CRL_add0_revoked(crl, r) != 1)
		return TMG_E_CRYPTO;
	r = NULL;
	return TMG_OK;
}

static tmg_rc
add_crl_extensions(X509_CRL *crl, X509 *issuer, int64_t number)
{
	HELD(integer_free) ASN1_INTEGER *n = ASN1_INTEGER_new();
	X509_EXTENSION *aki;
	X509V3_CTX v3;
	bool ok;

	X509V3_set_ctx(&v3, issuer, NULL, NULL, crl, 0);
	aki = X509V3_EXT_conf_nid(NULL, &v3, NID_authority_key_identifier,
	    "keyid:always");
	ok = n != NULL && aki != NULL && ASN1_INTEGER_set_int64(n, number) == 1 &&
	    X509_CRL_add_ext(crl, aki, -1) == 1 &&
	    X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) == 1;
	X509_EXTENSION_free(aki);
	return ok ? TMG_OK : TMG_E_CRYPTO;
}

tmg_rc
ra_list_begin(X509_CRL *crl, X509 *issuer, int64_t number, time_t now, time_t next)
{
	HELD(time_free) ASN1_TIME *from = ASN1_TIME_set(NULL, now);
	HELD(time_free) ASN1_TIME *to = ASN1_TIME_set(NULL, next);

	if (from == NULL || to == NULL ||
	    X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) != 1 ||
	    X509_CRL_set1_lastUpdate(crl, from) != 1 ||
	    X509_CRL_set1_nextUpdate(crl, to) != 1)
		return TMG_E_CRYPTO;
	return add_crl_extensions(crl, issuer, number);
}
