/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/err.h>
#include <openssl/provider.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"
#include "src/pki/scep-message.h"
#include "src/pki/scope.h"

enum {
	FLAGS = CMS_BINARY,
	RECIPIENTS_MAX = 4,	/* each may cost an operation with the key */
};

/* RFC 8894 2.9 asks for AES-128 at least and knows triple DES; RFC 3565 4.1,
 * RFC 8018 B.2.2, and DES as the NIST OSE workshop numbered it. */
#define NIST_AES(n) { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, n }, 9
static const tmg_scep_cipher ciphers[] = {
	{ "AES-128-CBC", "AES-128-CBC", false, NIST_AES(0x02) },
	{ "AES-192-CBC", "AES-192-CBC", false, NIST_AES(0x16) },
	{ "AES-256-CBC", "AES-256-CBC", false, NIST_AES(0x2a) },
	{ "DES-EDE3-CBC", "AES-128-CBC", false,
	    { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07 }, 8 },
	{ "DES-CBC", "AES-128-CBC", true, { 0x2b, 0x0e, 0x03, 0x02, 0x07 }, 5 },
};

const tmg_scep_cipher *
tmg_scep_cipher_named(const char *name)
{
	for (size_t i = 0; i < TMG_COUNT(ciphers); i++)
		if (strcmp(ciphers[i].name, name) == 0)
			return &ciphers[i];
	return NULL;
}

/* ---- closing ---- */

static bool
is_rsa(X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	return key != NULL && EVP_PKEY_is_a(key, "RSA");
}

static tmg_rc
take_der(CMS_ContentInfo *cms, tmg_scep_bytes *der)
{
	const int len = i2d_CMS_ContentInfo(cms, &der->ptr);

	if (len <= 0)
		return TMG_E_NOMEM;
	der->len = (size_t)len;
	return TMG_OK;
}

/* DER, not streamed BER: clients that read only DER are many. */
static tmg_rc
seal(OSSL_LIB_CTX *libctx, tmg_view plain, X509 *to, const char *name,
    tmg_scep_bytes *der)
{
	const unsigned flags = FLAGS | CMS_PARTIAL;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(libctx, name, NULL);
	tmg_held(CMS_ContentInfo) cms = cipher == NULL ? NULL :
	    CMS_encrypt_ex(NULL, NULL, cipher, flags, libctx, NULL);
	tmg_held(BIO) in = BIO_new_mem_buf(plain.ptr, (int)plain.len);
	tmg_rc rc = TMG_E_CRYPTO;

	if (cms != NULL && in != NULL &&
	    CMS_add1_recipient_cert(cms, to, 0) != NULL &&
	    CMS_final(cms, in, NULL, flags) == 1)
		rc = take_der(cms, der);
	EVP_CIPHER_free(cipher);
	return rc;
}

tmg_rc
tmg_scep_seal(OSSL_LIB_CTX *libctx, tmg_view plain, X509 *to,
    const char *cipher, tmg_scep_bytes *der, tmg_fault *f)
{
	tmg_rc rc;

	*der = (tmg_scep_bytes){ NULL, 0 };
	ERR_set_mark();
	rc = !is_rsa(to) ? TMG_UNSUPPORTED : plain.len > INT32_MAX ? TMG_E_USAGE :
	    seal(libctx, plain, to, cipher, der);
	ERR_pop_to_mark();
	if (rc == TMG_UNSUPPORTED)
		return tmg_raise(f, rc, 0,
		    _("Nothing can be encrypted to the other side: the key of its certificate is not RSA."));
	return rc ? tmg_raise(f, rc, 0, _("The contents could not be encrypted.")) :
	    TMG_OK;
}

/* ---- opening ---- */

static tmg_rc
parse(OSSL_LIB_CTX *libctx, tmg_view der, CMS_ContentInfo **cms)
{
	const uint8_t *p = der.ptr;

	if ((*cms = CMS_ContentInfo_new_ex(libctx, NULL)) == NULL)
		return TMG_E_NOMEM;
	return der.len > 0 && der.len <= INT32_MAX &&
	    d2i_CMS_ContentInfo(cms, &p, (long)der.len) != NULL &&
	    p == der.ptr + der.len &&
	    OBJ_obj2nid(CMS_get0_type(*cms)) == NID_pkcs7_enveloped ?
	    TMG_OK : TMG_MISMATCH;
}

/* contentEncryptionAlgorithm (RFC 5652 6.1), which libcrypto tells nobody:
 * the first SEQUENCE of EnvelopedData, and the first in that. */
static tmg_rc
find_cipher(CMS_ContentInfo *cms, const tmg_scep_cipher **cipher)
{
	static const uint32_t path[] = { 0x30, 0xa0, 0x30, 0x30, 0x30, 0x06, 0 };
	__attribute__((__cleanup__(tmg_scep_bytes_release)))
	    tmg_scep_bytes der = { NULL, 0 };
	tmg_view oid;
	tmg_rc rc;

	*cipher = NULL;
	if ((rc = take_der(cms, &der)))
		return rc;
	if (tmg_tlv_walk(tmg_scep_view(&der), path, &oid) != TMG_OK)
		return TMG_MISMATCH;
	for (size_t i = 0; i < TMG_COUNT(ciphers); i++)
		if (tmg_view_equal(oid, (tmg_view){ ciphers[i].oid,
		    ciphers[i].oid_len }))
			*cipher = &ciphers[i];
	return *cipher != NULL ? TMG_OK : TMG_UNSUPPORTED;
}

/* cert where a recipient says so, else NULL: whoever may be meant is tried. */
static tmg_rc
find_recipient(CMS_ContentInfo *cms, X509 *cert, X509 **recipient)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
	const int count = sk_CMS_RecipientInfo_num(all);

	*recipient = NULL;
	for (int i = 0; i < count; i++) {
		CMS_RecipientInfo *ri = sk_CMS_RecipientInfo_value(all, i);

		if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_TRANS &&
		    CMS_RecipientInfo_ktri_cert_cmp(ri, cert) == 0)
			*recipient = cert;
	}
	return *recipient != NULL || (count > 0 && count <= RECIPIENTS_MAX) ?
	    TMG_OK : TMG_MISMATCH;
}

static tmg_rc
decrypt(CMS_ContentInfo *cms, X509 *recipient, EVP_PKEY *key,
    tmg_scep_bytes *plain)
{
	tmg_held(BIO) out = BIO_new(BIO_s_mem());
	char *at;
	long len;

	if (out == NULL)
		return TMG_E_NOMEM;
	/* a key that does not fit is replaced by a random one in there, so that
	 * it costs the time of one that does (RFC 3218) */
	if (CMS_decrypt(cms, key, recipient, NULL, out, FLAGS) != 1 ||
	    (len = BIO_get_mem_data(out, &at)) <= 0)
		return TMG_MISMATCH;
	if ((plain->ptr = OPENSSL_memdup(at, (size_t)len)) == NULL)
		return TMG_E_NOMEM;
	plain->len = (size_t)len;
	return TMG_OK;
}

/* libcrypto has the weak ones in a provider of their own: a context for this
 * message alone, so that nobody else finds them. */
typedef struct old_times {
	OSSL_LIB_CTX *libctx;
	OSSL_PROVIDER *legacy, *usual;
} old_times;

static void
old_times_release(old_times *o)
{
	if (o->legacy != NULL)
		OSSL_PROVIDER_unload(o->legacy);
	if (o->usual != NULL)
		OSSL_PROVIDER_unload(o->usual);
	OSSL_LIB_CTX_free(o->libctx);
}

static tmg_rc
old_times_enter(old_times *o)
{
	if ((o->libctx = OSSL_LIB_CTX_new()) == NULL)
		return TMG_E_NOMEM;
	o->legacy = OSSL_PROVIDER_load(o->libctx, "legacy");
	o->usual = OSSL_PROVIDER_load(o->libctx, "default");
	return o->legacy != NULL && o->usual != NULL ? TMG_OK : TMG_UNSUPPORTED;
}

static tmg_rc
open_parsed(CMS_ContentInfo *cms, X509 *cert, EVP_PKEY *key,
    tmg_scep_bytes *plain)
{
	X509 *recipient;
	const tmg_rc rc = find_recipient(cms, cert, &recipient);

	return rc ? rc : decrypt(cms, recipient, key, plain);
}

static tmg_rc
open_weak(tmg_view der, X509 *cert, EVP_PKEY *key, tmg_scep_bytes *plain)
{
	tmg_auto(old_times) old = { NULL, NULL, NULL };
	CMS_ContentInfo *cms = NULL;
	tmg_rc rc;

	if ((rc = old_times_enter(&old)) == TMG_OK &&
	    (rc = parse(old.libctx, der, &cms)) == TMG_OK)
		rc = open_parsed(cms, cert, key, plain);
	CMS_ContentInfo_free(cms);	/* before its context */
	return rc;
}

static tmg_rc
open_it(OSSL_LIB_CTX *libctx, tmg_view der, X509 *cert, EVP_PKEY *key,
    const tmg_scep_allow *allow, const tmg_scep_cipher **cipher,
    tmg_scep_bytes *plain)
{
	tmg_held(CMS_ContentInfo) cms = NULL;
	tmg_rc rc;

	if ((rc = parse(libctx, der, &cms)) || (rc = find_cipher(cms, cipher)))
		return rc;
	if (!(*cipher)->weak)
		return open_parsed(cms, cert, key, plain);
	return allow->des ? open_weak(der, cert, key, plain) : TMG_UNSUPPORTED;
}

tmg_rc
tmg_scep_open(OSSL_LIB_CTX *libctx, tmg_view der, X509 *cert, EVP_PKEY *key,
    const tmg_scep_allow *allow, const tmg_scep_cipher **cipher,
    tmg_scep_bytes *plain, tmg_fault *f)
{
	tmg_rc rc;

	*plain = (tmg_scep_bytes){ NULL, 0 };
	*cipher = NULL;
	ERR_set_mark();
	rc = open_it(libctx, der, cert, key, allow, cipher, plain);
	ERR_pop_to_mark();
	if (rc == TMG_UNSUPPORTED)
		return tmg_raise(f, rc, 0,
		    _("The contents are encrypted with %s, which is not taken: AES is."),
		    *cipher != NULL ? (*cipher)->name : _("an unknown cipher"));
	return rc ? tmg_raise(f, rc, 0, _("The contents could not be decrypted.")) :
	    TMG_OK;
}
