/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/mandate.h"

#include <openssl/err.h>
#include <string.h>

#include "src/base/scope.h"

const ra_mandate ra_mandate_ocsp = { "OCSP responder",
	"critical,digitalSignature", "OCSPSigning", true };
const ra_mandate ra_mandate_cmp = { "CMP server",
	"critical,digitalSignature", "cmcRA", false };
const ra_mandate ra_mandate_server = { "HTTPS server",
	"critical,digitalSignature", "serverAuth", false };
const ra_mandate ra_mandate_scep = { "SCEP server",
	"critical,digitalSignature,keyEncipherment", "cmcRA", false };

static bool
add_word(X509_NAME *name, int nid, const unsigned char *text, int len)
{
	return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, text, len, -1,
	    0) == 1;
}

/* An authority without a CN has a deputy without an O. */
static bool
name_it(X509_NAME *name, const X509_NAME *authority, const char *cn)
{
	const int at = X509_NAME_get_index_by_NID(authority, NID_commonName, -1);
	unsigned char *text = NULL;
	int len;
	bool ok;

	if (at >= 0) {
		len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(
		    X509_NAME_get_entry(authority, at)));
		ok = len > 0 && add_word(name, NID_organizationName, text, len);
		OPENSSL_free(text);
		if (!ok)
			return false;
	}
	return add_word(name, NID_commonName, (const unsigned char *)cn, -1);
}

/* Where it need not be checked nothing says where that would be done. */
static tmg_rc
say_where(X509 *cert, X509 *issuer, const ra_appointment *a)
{
	return a->mandate->nocheck ?
	    ra_ext_add(cert, issuer, NID_id_pkix_OCSP_noCheck, "ignored") :
	    ra_points_add(cert, issuer, a->points);
}

tmg_rc
ra_mandate_draw(X509 *cert, X509 *issuer, const ra_appointment *a)
{
	const X509_NAME *authority = X509_get_subject_name(issuer);
	tmg_rc rc;

	if ((rc = ra_cert_start(cert, a->serial, a->not_before, a->not_after,
	    authority)))
		return rc;
	if (X509_set_pubkey(cert, a->key) != 1 || !name_it(X509_get_subject_name(cert), authority, a->mandate->name))
		return TMG_E_CRYPTO;
	if ((rc = ra_ext_add(cert, issuer, NID_basic_constraints,
	    "critical,CA:FALSE")) ||
	    (rc = ra_ext_add(cert, issuer, NID_key_usage,
	    a->mandate->key_usage)) ||
	    (rc = ra_ext_add(cert, issuer, NID_ext_key_usage,
	    a->mandate->ext_key_usage)) ||
	    (rc = ra_ext_add(cert, issuer, NID_subject_key_identifier, "hash")) ||
	    (rc = ra_ext_add(cert, issuer, NID_authority_key_identifier,
	    "keyid:always")))
		return rc;
	if (a->san != NULL && X509_add1_ext_i2d(cert, NID_subject_alt_name,
	    (void *)(uintptr_t)a->san, 0, X509V3_ADD_DEFAULT) != 1)
		return TMG_E_CRYPTO;
	return say_where(cert, issuer, a);
}

static void
purposes_free(EXTENDED_KEY_USAGE **purposes)
{
	EXTENDED_KEY_USAGE_free(*purposes);
}

/* wanted has one purpose. */
static bool
has_purpose(const X509 *cert, const X509 *wanted)
{
	__attribute__((__cleanup__(purposes_free))) EXTENDED_KEY_USAGE *have =
	    X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	__attribute__((__cleanup__(purposes_free))) EXTENDED_KEY_USAGE *want =
	    X509_get_ext_d2i(wanted, NID_ext_key_usage, NULL, NULL);

	for (int i = 0; want != NULL && i < sk_ASN1_OBJECT_num(have); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(have, i),
		    sk_ASN1_OBJECT_value(want, 0)) == 0)
			return true;
	return false;
}

tmg_rc
ra_mandate_fits(const ra_mandate *mandate, X509 *cert, bool *fits)
{
	tmg_auto(ra_X509) wanted = X509_new();
	uint32_t bits;
	tmg_rc rc;

	if (wanted == NULL)
		return TMG_E_NOMEM;
	if ((rc = ra_ext_add(wanted, wanted, NID_key_usage, mandate->key_usage)) ||
	    (rc = ra_ext_add(wanted, wanted, NID_ext_key_usage, mandate->ext_key_usage)))
		return rc;
	bits = X509_get_key_usage(wanted);
	*fits = (X509_get_key_usage(cert) & bits) == bits && has_purpose(cert, wanted);
	return TMG_OK;
}
