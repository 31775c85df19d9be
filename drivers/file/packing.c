/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS #12 (RFC 7292), made: one key, its certificate, the issuers.  The key is sealed
 * by the password and the whole has a MAC; the certificates are not hidden, so
 * that a list can be shown to whoever may read the file without asking anybody.
 */
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/file/file.h"

#define MAC_SALT 16
#define NAME_MAX_LEN 128

typedef STACK_OF(PKCS12_SAFEBAG) bags;

/* Its first common name: what keytool shows as alias. */
static void
name_of(const X509 *cert, char name[NAME_MAX_LEN])
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	uint8_t *text = NULL;

	snprintf(name, NAME_MAX_LEN, "tamga");
	if (at >= 0 && ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(
	    X509_NAME_get_entry(subject, at))) > 0)
		snprintf(name, NAME_MAX_LEN, "%.*s", NAME_MAX_LEN - 1, (char *)text);
	OPENSSL_free(text);
}

static bool
push_bag(bags *list, PKCS12_SAFEBAG *bag)
{
	if (bag != NULL && sk_PKCS12_SAFEBAG_push(list, bag) > 0)
		return true;
	PKCS12_SAFEBAG_free(bag);
	return false;
}

static bool
put_key(bags *list, X509_SIG *sealed, const char *name, uint8_t *id, int id_len)
{
	PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create0_pkcs8(sealed);

	if (bag == NULL) {
		X509_SIG_free(sealed);
		return false;
	}
	return push_bag(list, bag) &&
	    PKCS12_add_friendlyname_utf8(bag, name, -1) == 1 &&
	    PKCS12_add_localkeyid(bag, id, id_len) == 1;
}

static bool
put_certs(bags *list, STACK_OF(X509) *certs, const char *name, uint8_t *id,
    int id_len)
{
	for (int i = 0; i < sk_X509_num(certs); i++) {
		PKCS12_SAFEBAG *bag =
		    PKCS12_SAFEBAG_create_cert(sk_X509_value(certs, i));

		if (!push_bag(list, bag) || (i == 0 &&
		    (PKCS12_add_friendlyname_utf8(bag, name, -1) != 1 ||
		    PKCS12_add_localkeyid(bag, id, id_len) != 1)))
			return false;
	}
	return true;
}

static PKCS12 *
join(OSSL_LIB_CTX *libctx, bags *keys, bags *certs)
{
	STACK_OF(PKCS7) *parts = NULL;
	PKCS12 *p12 = NULL;

	if (PKCS12_add_safe_ex(&parts, certs, -1, 0, NULL, libctx, NULL) == 1 &&
	    PKCS12_add_safe_ex(&parts, keys, -1, 0, NULL, libctx, NULL) == 1)
		p12 = PKCS12_add_safes_ex(parts, 0, libctx, NULL);
	sk_PKCS7_pop_free(parts, PKCS7_free);
	return p12;
}

static PKCS12 *
assemble(OSSL_LIB_CTX *libctx, X509_SIG *sealed, STACK_OF(X509) *certs)
{
	bags *key_bags = sk_PKCS12_SAFEBAG_new_null();
	bags *cert_bags = sk_PKCS12_SAFEBAG_new_null();
	X509 *leaf = sk_X509_value(certs, 0);
	uint8_t id[EVP_MAX_MD_SIZE];
	unsigned id_len = 0;
	char name[NAME_MAX_LEN];
	PKCS12 *p12 = NULL;

	name_of(leaf, name);
	if (X509_digest(leaf, EVP_sha1(), id, &id_len) != 1) {
		X509_SIG_free(sealed);
	} else if (put_key(key_bags, sealed, name, id, (int)id_len) &&
	    put_certs(cert_bags, certs, name, id, (int)id_len)) {
		p12 = join(libctx, key_bags, cert_bags);
	}
	sk_PKCS12_SAFEBAG_pop_free(key_bags, PKCS12_SAFEBAG_free);
	sk_PKCS12_SAFEBAG_pop_free(cert_bags, PKCS12_SAFEBAG_free);
	return p12;
}

static tmg_rc
encode(PKCS12 *p12, uint8_t **file, size_t *len)
{
	const int n = i2d_PKCS12(p12, NULL);
	uint8_t *at;

	if (n <= 0 || (size_t)n > TMG_FILE_MAX)
		return TMG_E_SPACE;
	if ((*file = at = malloc((size_t)n)) == NULL)
		return TMG_E_NOMEM;
	*len = (size_t)i2d_PKCS12(p12, &at);
	return TMG_OK;
}

tmg_rc
tmg_p12_make(OSSL_LIB_CTX *libctx, EVP_PKEY *key, STACK_OF(X509) *certs,
    tmg_view password, const tmg_file_kind *kind, uint8_t **file, size_t *len)
{
	X509_SIG *sealed;
	EVP_MD *mac;
	PKCS12 *p12;
	tmg_rc rc;

	*file = NULL;
	*len = 0;
	if ((rc = tmg_pbe_encrypt(libctx, key, password, kind, &sealed)))
		return rc;
	p12 = assemble(libctx, sealed, certs);
	mac = EVP_MD_fetch(libctx, kind->mac, TMG_FILE_PROPS);
	rc = p12 != NULL && mac != NULL && PKCS12_set_mac(p12,
	    (const char *)password.ptr, (int)password.len, NULL, MAC_SALT,
	    kind->iterations, mac) == 1 ? encode(p12, file, len) : TMG_E_CRYPTO;
	EVP_MD_free(mac);
	PKCS12_free(p12);
	return tmg_file_heard(rc);
}
