/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/extensions.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <strings.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/san.h"
#include "src/pki/scope.h"

#define OID_TEMPLATE "1.3.6.1.4.1.311.20.2"	/* MS-WCCE: szOID_ENROLL_CERTTYPE */

/* KeyUsage, RFC 5280 4.2.1.3; a name's place is its bit. */
static const char *const usages[] = {
	"digitalSignature", "nonRepudiation", "keyEncipherment",
	"dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign",
	"encipherOnly", "decipherOnly",
};

static const struct {
	const char *name, *oid;
} purposes[] = {
	{ "serverAuth", "1.3.6.1.5.5.7.3.1" },		/* RFC 5280 4.2.1.12 */
	{ "clientAuth", "1.3.6.1.5.5.7.3.2" },
	{ "codeSigning", "1.3.6.1.5.5.7.3.3" },
	{ "emailProtection", "1.3.6.1.5.5.7.3.4" },
	{ "timeStamping", "1.3.6.1.5.5.7.3.8" },
	{ "OCSPSigning", "1.3.6.1.5.5.7.3.9" },
	{ "ipsecIKE", "1.3.6.1.5.5.7.3.17" },		/* RFC 4945 5.1.3.12 */
	{ "documentSigning", "1.3.6.1.5.5.7.3.36" },	/* RFC 9336 3.1 */
	{ "smartcardLogin", "1.3.6.1.4.1.311.20.2.2" },
	{ "msSmartcardLogin", "1.3.6.1.4.1.311.20.2.2" },
	{ "pkinitKPClientAuth", "1.3.6.1.5.2.3.4" },	/* RFC 4556 3.2.2 */
	{ "anyExtendedKeyUsage", "2.5.29.37.0" },
};

#define wrong(f, what, name) tmg_raise((f), TMG_E_USAGE, 0, (what), (name))

static ASN1_OBJECT *
oid_of(const char *text)
{
	ASN1_OBJECT *oid;

	ERR_set_mark();
	oid = OBJ_txt2obj(text, 1);
	ERR_pop_to_mark();
	return oid;
}

static tmg_rc
add(STACK_OF(X509_EXTENSION) **list, int nid, void *value, bool critical)
{
	return X509V3_add1_i2d(list, nid, value, critical, X509V3_ADD_APPEND) == 1
	    ? TMG_OK : TMG_E_NOMEM;
}

static int
usage_bit(const char *name)
{
	if (strcasecmp(name, "contentCommitment") == 0)
		name = "nonRepudiation";	/* X.509's newer word */
	for (size_t i = 0; i < TMG_COUNT(usages); i++)
		if (strcasecmp(name, usages[i]) == 0)
			return (int)i;
	return -1;
}

static tmg_rc
add_key_usage(const char *const *names, STACK_OF(X509_EXTENSION) **list,
    tmg_fault *f)
{
	ASN1_BIT_STRING *bits;
	tmg_rc rc;

	bits = ASN1_BIT_STRING_new();
	if (bits == NULL)
		return TMG_E_NOMEM;
	for (; *names != NULL; names++) {
		const int bit = usage_bit(*names);

		if (bit < 0 || ASN1_BIT_STRING_set_bit(bits, bit, 1) != 1) {
			ASN1_BIT_STRING_free(bits);
			return wrong(f, _("\"%.160s\" is no key usage; digitalSignature is one."), *names);
		}
	}
	rc = add(list, NID_key_usage, bits, true);
	ASN1_BIT_STRING_free(bits);
	return rc;
}

static const char *
purpose_oid(const char *name)
{
	for (size_t i = 0; i < TMG_COUNT(purposes); i++)
		if (strcasecmp(name, purposes[i].name) == 0)
			return purposes[i].oid;
	return name;
}

static tmg_rc
add_purposes(const char *const *names, STACK_OF(X509_EXTENSION) **list,
    tmg_fault *f)
{
	EXTENDED_KEY_USAGE *eku;
	tmg_rc rc = TMG_OK;

	eku = sk_ASN1_OBJECT_new_null();
	if (eku == NULL)
		return TMG_E_NOMEM;
	for (; *names != NULL && rc == TMG_OK; names++) {
		ASN1_OBJECT *oid = oid_of(purpose_oid(*names));

		if (oid == NULL || sk_ASN1_OBJECT_push(eku, oid) <= 0) {
			ASN1_OBJECT_free(oid);
			rc = wrong(f, _("\"%.160s\" is no extended key usage; clientAuth is one, or write an OID."), *names);
		}
	}
	if (rc == TMG_OK)
		rc = add(list, NID_ext_key_usage, eku, false);
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return rc;
}

static tmg_rc
add_names(const char *const *names, STACK_OF(X509_EXTENSION) **list, tmg_fault *f)
{
	tmg_held(GENERAL_NAMES) all = GENERAL_NAMES_new();
	GENERAL_NAME *name;
	tmg_rc rc;

	if (all == NULL)
		return TMG_E_NOMEM;
	for (; *names != NULL; names++) {
		if ((rc = tmg_san_parse(*names, &name, f)))
			return rc;
		if (sk_GENERAL_NAME_push(all, name) <= 0) {
			GENERAL_NAME_free(name);
			return TMG_E_NOMEM;
		}
	}
	return add(list, NID_subject_alt_name, all, false);
}

static tmg_rc
push_policy(CERTIFICATEPOLICIES *all, const char *text, tmg_fault *f)
{
	POLICYINFO *info;
	ASN1_OBJECT *oid = oid_of(text);

	if (oid == NULL)
		return wrong(f, _("\"%.160s\" is no policy: write an OID in numbers."), text);
	info = POLICYINFO_new();
	if (info == NULL || sk_POLICYINFO_push(all, info) <= 0) {
		POLICYINFO_free(info);
		ASN1_OBJECT_free(oid);
		return TMG_E_NOMEM;
	}
	ASN1_OBJECT_free(info->policyid);
	info->policyid = oid;
	return TMG_OK;
}

static tmg_rc
add_policies(const char *const *oids, STACK_OF(X509_EXTENSION) **list,
    tmg_fault *f)
{
	CERTIFICATEPOLICIES *all;
	tmg_rc rc = TMG_OK;

	all = CERTIFICATEPOLICIES_new();
	if (all == NULL)
		return TMG_E_NOMEM;
	for (; *oids != NULL && rc == TMG_OK; oids++)
		rc = push_policy(all, *oids, f);
	if (rc == TMG_OK)
		rc = add(list, NID_certificate_policies, all, false);
	CERTIFICATEPOLICIES_free(all);
	return rc;
}

/* The extension's value is a BMPString, whatever the name is made of. */
static tmg_rc
add_template(const char *name, STACK_OF(X509_EXTENSION) **list, tmg_fault *f)
{
	ASN1_STRING *text = NULL;
	uint8_t *der = NULL;
	X509_EXTENSION *ext = NULL;
	tmg_held(ASN1_OBJECT) oid = oid_of(OID_TEMPLATE);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	tmg_rc rc = TMG_E_NOMEM;
	int len = -1;

	ERR_set_mark();
	if (ASN1_mbstring_copy(&text, (const uint8_t *)name, -1, MBSTRING_UTF8,
	    B_ASN1_BMPSTRING) < 0)
		rc = wrong(f, _("\"%.160s\" is no name of a template."), name);
	else
		len = i2d_ASN1_BMPSTRING(text, &der);
	ERR_pop_to_mark();

	if (len > 0 && value != NULL && ASN1_OCTET_STRING_set(value, der, len) == 1)
		ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	if (ext != NULL && X509v3_add_ext(list, ext, -1) != NULL)
		rc = TMG_OK;
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	OPENSSL_free(der);
	ASN1_STRING_free(text);
	return rc;
}

static bool
some(const char *const *names)
{
	return names != NULL && names[0] != NULL;
}

tmg_rc
tmg_extensions_of(const tmg_csr_spec *spec, STACK_OF(X509_EXTENSION) **list,
    tmg_fault *f)
{
	tmg_rc rc = TMG_OK;

	if (some(spec->key_usage))
		rc = add_key_usage(spec->key_usage, list, f);
	if (rc == TMG_OK && some(spec->ext_key_usage))
		rc = add_purposes(spec->ext_key_usage, list, f);
	if (rc == TMG_OK && some(spec->san))
		rc = add_names(spec->san, list, f);
	if (rc == TMG_OK && some(spec->policies))
		rc = add_policies(spec->policies, list, f);
	if (rc == TMG_OK && spec->template_name != NULL)
		rc = add_template(spec->template_name, list, f);
	return rc;
}
