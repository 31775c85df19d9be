/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/certificate.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "src/codec/tlv.h"

#define VALID_FROM "20200101000000Z"
#define VALID_TO "20520101000000Z"	/* as Yubico's own attestations */
#define X509_V3 2

enum {
	TAG_CERT = 0x70,
	TAG_CERT_INFO = 0x71,
	TAG_LRC = 0xfe,
};

static void
free_cert(X509 **cert)
{
	X509_free(*cert);
}

static void
free_name(X509_NAME **name)
{
	X509_NAME_free(*name);
}
#define scoped(f) __attribute__((__cleanup__(f)))

static bool
set_serial(OSSL_LIB_CTX *lib, X509 *cert)
{
	unsigned char bytes[16];
	BIGNUM *n = NULL;
	bool done;

	if (RAND_bytes_ex(lib, bytes, sizeof(bytes), 0) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	done = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
	BN_free(n);
	return done;
}

static bool
set_names(X509 *cert, const vc_cert_plan *plan)
{
	const unsigned char *at = plan->issuer.ptr;
	scoped(free_name) X509_NAME *name = X509_NAME_new();
	scoped(free_cert) X509 *issuer = plan->issuer.len > 0 ?
	    d2i_X509(NULL, &at, (long)plan->issuer.len) : NULL;

	if (name == NULL || (plan->issuer.len > 0 && issuer == NULL))
		return false;
	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)plan->subject, -1, -1, 0) == 1 &&
	    X509_set_subject_name(cert, name) == 1 &&
	    X509_set_issuer_name(cert, issuer != NULL ?
	    X509_get_subject_name(issuer) : name) == 1;
}

static bool
add_ext(X509 *cert, const vc_ext *ext)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(ext->oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *made = NULL;
	bool done;

	done = oid != NULL && value != NULL &&
	    ASN1_OCTET_STRING_set(value, ext->value.ptr, (int)ext->value.len) == 1 &&
	    (made = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value)) != NULL &&
	    X509_add_ext(cert, made, -1) == 1;
	X509_EXTENSION_free(made);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return done;
}

static bool
set_exts(X509 *cert, const vc_cert_plan *plan)
{
	BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();
	bool done = basic != NULL;

	if (done) {
		basic->ca = plan->ca ? 0xff : 0;
		done = X509_add1_ext_i2d(cert, NID_basic_constraints, basic, 1,
		    X509V3_ADD_DEFAULT) == 1;
	}
	BASIC_CONSTRAINTS_free(basic);
	for (size_t i = 0; done && i < plan->ext_count; i++)
		done = add_ext(cert, &plan->exts[i]);
	return done;
}

/* Edwards keys bring their own hash. */
static const EVP_MD *
hash_for(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "ED25519") == 1 ? NULL : EVP_sha256();
}

tmg_rc
vc_certificate_make(OSSL_LIB_CTX *lib, const vc_cert_plan *plan, tmg_out *der)
{
	scoped(free_cert) X509 *cert = X509_new_ex(lib, NULL);
	unsigned char *bytes = NULL;
	int len;

	if (cert == NULL || X509_set_version(cert, X509_V3) != 1 ||
	    !set_serial(lib, cert) || !set_names(cert, plan) ||
	    ASN1_TIME_set_string_X509(X509_getm_notBefore(cert), VALID_FROM) != 1 ||
	    ASN1_TIME_set_string_X509(X509_getm_notAfter(cert), VALID_TO) != 1 ||
	    X509_set_pubkey(cert, plan->key) != 1 || !set_exts(cert, plan) ||
	    X509_sign(cert, plan->issuer_key, hash_for(plan->issuer_key)) <= 0 ||
	    (len = i2d_X509(cert, &bytes)) <= 0)
		return TMG_E_CRYPTO;
	tmg_put(der, (tmg_view){ bytes, (size_t)len });
	OPENSSL_free(bytes);
	return tmg_out_done(der);
}

void
vc_certificate_wrap(tmg_view der, tmg_out *out)
{
	const uint8_t uncompressed = 0;

	tmg_tlv_put(out, TAG_CERT, der);
	tmg_tlv_put(out, TAG_CERT_INFO, (tmg_view){ &uncompressed, 1 });
	tmg_tlv_put(out, TAG_LRC, (tmg_view){ 0 });
}
