/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys sealed by a password: PBES2 (RFC 8018 6.2), and the older PBE of PKCS #12
 * (RFC 7292 B) that old readers want.
 */
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>

#include "drivers/file/file.h"
#include "src/pki/scope.h"

#define SALT 16			/* bytes; SP 800-132 5.1 */

static int
nid_of(const X509_ALGOR *alg, const ASN1_STRING **parameter)
{
	const ASN1_OBJECT *oid;
	const void *value;
	int type;

	X509_ALGOR_get0(&oid, &type, &value, alg);
	*parameter = type == V_ASN1_SEQUENCE ? value : NULL;
	return OBJ_obj2nid(oid);
}

static tmg_rc
check_count(const ASN1_INTEGER *n, int most)
{
	const long count = n != NULL ? ASN1_INTEGER_get(n) : -1;

	return count > 0 && count <= most ? TMG_OK : TMG_UNSUPPORTED;
}

static tmg_rc
check_pbes2(const ASN1_STRING *text, int most)
{
	PBE2PARAM *two = text != NULL ? ASN1_item_unpack(text,
	    ASN1_ITEM_rptr(PBE2PARAM)) : NULL;
	const ASN1_STRING *inner = NULL;
	PBKDF2PARAM *kdf = NULL;
	tmg_rc rc = TMG_E_MALFORMED;

	if (two != NULL)
		rc = nid_of(two->keyfunc, &inner) == NID_id_pbkdf2 ? TMG_OK :
		    TMG_UNSUPPORTED;
	if (rc == TMG_OK && inner != NULL)
		kdf = ASN1_item_unpack(inner, ASN1_ITEM_rptr(PBKDF2PARAM));
	if (rc == TMG_OK)
		rc = kdf != NULL ? check_count(kdf->iter, most) : TMG_E_MALFORMED;
	PBKDF2PARAM_free(kdf);
	PBE2PARAM_free(two);
	return rc;
}

static tmg_rc
check_older(const ASN1_STRING *text, int most)
{
	PBEPARAM *p = text != NULL ? ASN1_item_unpack(text,
	    ASN1_ITEM_rptr(PBEPARAM)) : NULL;
	const tmg_rc rc = p != NULL ? check_count(p->iter, most) : TMG_E_MALFORMED;

	PBEPARAM_free(p);
	return rc;
}

tmg_rc
tmg_pbe_check(const X509_ALGOR *alg, int most)
{
	const ASN1_STRING *parameter;
	const int nid = nid_of(alg, &parameter);
	tmg_rc rc = TMG_UNSUPPORTED;

	if (nid == NID_pbes2)
		rc = check_pbes2(parameter, most);
	else if (nid == NID_pbe_WithSHA1And3_Key_TripleDES_CBC)
		rc = check_older(parameter, most);
	return tmg_file_heard(rc);
}

tmg_rc
tmg_pbe_decrypt(OSSL_LIB_CTX *libctx, const X509_SIG *sealed, tmg_view password,
    int most, EVP_PKEY **key)
{
	const X509_ALGOR *alg;
	PKCS8_PRIV_KEY_INFO *info;
	tmg_rc rc;

	*key = NULL;
	X509_SIG_get0(sealed, &alg, NULL);
	if ((rc = tmg_pbe_check(alg, most)))
		return rc;
	info = PKCS8_decrypt_ex(sealed, (const char *)password.ptr,
	    (int)password.len, libctx, TMG_FILE_PROPS);
	if (info != NULL)
		*key = EVP_PKCS82PKEY_ex(info, libctx, TMG_FILE_PROPS);
	PKCS8_PRIV_KEY_INFO_free(info);
	return tmg_file_heard(*key != NULL ? TMG_OK : TMG_PIN_WRONG);
}

tmg_rc
tmg_pbe_encrypt(OSSL_LIB_CTX *libctx, EVP_PKEY *key, tmg_view password,
    const tmg_file_kind *kind, X509_SIG **sealed)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	EVP_CIPHER *cipher = kind->cipher != NULL ? EVP_CIPHER_fetch(libctx,
	    kind->cipher, TMG_FILE_PROPS) : NULL;
	uint8_t salt[SALT];

	*sealed = NULL;
	if (info != NULL && (cipher != NULL || kind->key_pbe >= 0) &&
	    RAND_bytes_ex(libctx, salt, sizeof(salt), 0) == 1)
		*sealed = PKCS8_encrypt_ex(kind->key_pbe, cipher,
		    (const char *)password.ptr, (int)password.len, salt,
		    sizeof(salt), kind->iterations, info, libctx, TMG_FILE_PROPS);
	EVP_CIPHER_free(cipher);
	PKCS8_PRIV_KEY_INFO_free(info);
	return tmg_file_heard(*sealed != NULL ? TMG_OK : TMG_E_CRYPTO);
}
