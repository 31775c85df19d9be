/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/scep-message.h"

#include <openssl/err.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/scep-header.h"
#include "src/pki/scope.h"

/* What is signed with. */
static const struct {
	int nid;
	bool weak;		/* RFC 8894 2.9: no better than an option */
} hashes[] = {
	{ NID_sha256, false },
	{ NID_sha384, false },
	{ NID_sha512, false },
	{ NID_sha1, true },
};

enum {
	FLAGS = CMS_BINARY,
	SIGN = FLAGS | CMS_NOSMIMECAP | CMS_PARTIAL,
};

void
tmg_scep_message_release(tmg_scep_message *m)
{
	CMS_ContentInfo_free(m->cms);
	X509_free(m->signer);
	tmg_scep_bytes_release(&m->content);
	*m = (tmg_scep_message){ .cms = NULL };
}

/* ---- reading ---- */

static tmg_rc
parse(OSSL_LIB_CTX *libctx, tmg_view der, CMS_ContentInfo **cms)
{
	const uint8_t *p = der.ptr;

	if ((*cms = CMS_ContentInfo_new_ex(libctx, NULL)) == NULL)
		return TMG_E_NOMEM;
	return der.len <= INT32_MAX &&
	    d2i_CMS_ContentInfo(cms, &p, (long)der.len) != NULL &&
	    p == der.ptr + der.len &&
	    OBJ_obj2nid(CMS_get0_type(*cms)) == NID_pkcs7_signed ?
	    TMG_OK : TMG_E_MALFORMED;
}

/* The one signer, and his certificate. */
static tmg_rc
find_signer(tmg_scep_message *m, STACK_OF(X509) *known)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(m->cms);

	if (sk_CMS_SignerInfo_num(all) != 1 ||
	    CMS_set1_signers_certs(m->cms, known, 0) != 1)
		return TMG_E_MALFORMED;
	m->by = sk_CMS_SignerInfo_value(all, 0);
	CMS_SignerInfo_get0_algs(m->by, NULL, &m->signer, NULL, NULL);
	if (m->signer == NULL)
		return TMG_E_MALFORMED;
	return X509_up_ref(m->signer) == 1 ? TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
take_apart(OSSL_LIB_CTX *libctx, tmg_view der, STACK_OF(X509) *known,
    tmg_scep_message *m)
{
	tmg_rc rc;

	if ((rc = parse(libctx, der, &m->cms)) || (rc = find_signer(m, known)) ||
	    (rc = tmg_scep_header_read(m->by, &m->header)))
		return rc;
	return m->header.transaction[0] != '\0' ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_scep_read(OSSL_LIB_CTX *libctx, tmg_view der, STACK_OF(X509) *known,
    tmg_scep_message *m, tmg_fault *f)
{
	tmg_rc rc;

	*m = (tmg_scep_message){ .cms = NULL };
	ERR_set_mark();
	rc = take_apart(libctx, der, known, m);
	ERR_pop_to_mark();
	if (rc == TMG_OK)
		return TMG_OK;
	tmg_scep_message_release(m);
	return tmg_raise(f, rc, 0, rc == TMG_E_NOMEM ? _("out of memory") :
	    _("This is no SCEP message: one signer, his certificate and a transaction."));
}

tmg_rc
tmg_scep_read_signed(OSSL_LIB_CTX *libctx, tmg_view der, tmg_scep_message *m)
{
	tmg_rc rc;

	*m = (tmg_scep_message){ .cms = NULL };
	ERR_set_mark();
	if ((rc = parse(libctx, der, &m->cms)) == TMG_OK)
		rc = find_signer(m, NULL);
	ERR_pop_to_mark();
	if (rc)
		tmg_scep_message_release(m);
	return rc;
}

/* ---- verifying ---- */

static bool
takes_hash(const CMS_SignerInfo *by, const tmg_scep_allow *allow)
{
	X509_ALGOR *digest = NULL, *signature = NULL;
	int nid, of;

	CMS_SignerInfo_get0_algs((CMS_SignerInfo *)(uintptr_t)by, NULL, NULL,
	    &digest, &signature);
	nid = OBJ_obj2nid(digest->algorithm);
	/* an algorithm that names its hash names the same: RFC 5754 3.2 */
	if (OBJ_find_sigid_algs(OBJ_obj2nid(signature->algorithm), &of, NULL) == 1 &&
	    of != NID_undef && of != nid)
		return false;
	for (size_t i = 0; i < TMG_COUNT(hashes); i++)
		if (hashes[i].nid == nid)
			return !hashes[i].weak || allow->sha1;
	return false;
}

static tmg_rc
drain(BIO *from, tmg_scep_bytes *to)
{
	char *at;
	const long len = BIO_get_mem_data(from, &at);

	if (len <= 0)
		return TMG_OK;
	if ((to->ptr = OPENSSL_memdup(at, (size_t)len)) == NULL)
		return TMG_E_NOMEM;
	to->len = (size_t)len;
	return TMG_OK;
}

static tmg_rc
verify(tmg_scep_message *m)
{
	ASN1_OCTET_STRING **held = CMS_get0_content(m->cms);
	tmg_held(BIO) nothing = BIO_new_mem_buf("", 0);
	tmg_held(BIO) out = BIO_new(BIO_s_mem());

	if (nothing == NULL || out == NULL)
		return TMG_E_NOMEM;
	/* a reply without a certificate has no content */
	if (CMS_verify(m->cms, NULL, NULL, held == NULL || *held == NULL ?
	    nothing : NULL, out, FLAGS | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		return TMG_MISMATCH;
	return drain(out, &m->content);
}

tmg_rc
tmg_scep_verify(tmg_scep_message *m, const tmg_scep_allow *allow, tmg_fault *f)
{
	tmg_rc rc;

	if (!takes_hash(m->by, allow))
		return tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("The message is signed with a hash that is not taken: SHA-256, SHA-384 or SHA-512 is."));
	ERR_set_mark();
	rc = verify(m);
	ERR_pop_to_mark();
	return rc == TMG_OK ? rc : tmg_raise(f, rc, 0, rc == TMG_E_NOMEM ?
	    _("out of memory") : _("The signature of the message is wrong."));
}

/* ---- writing ---- */

/* A message by one signer.  One without contents has them all the same, of no length:
 * who verifies with PKCS7_verify(3) takes what has none for a detached signature. */
static CMS_ContentInfo *
prepare(OSSL_LIB_CTX *libctx, const tmg_scep_header *h,
    const tmg_scep_sender *s, BIO *in)
{
	const EVP_MD *md = EVP_get_digestbyname(s->digest != NULL ? s->digest : "SHA256");
	CMS_ContentInfo *cms = CMS_sign_ex(NULL, NULL, NULL, in, SIGN, libctx, NULL);
	CMS_SignerInfo *by = cms == NULL ? NULL :
	    CMS_add1_signer(cms, s->cert, s->key, md, SIGN);

	if (by != NULL && (h == NULL || tmg_scep_header_write(h, by) == TMG_OK))
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

static tmg_rc
write_message(OSSL_LIB_CTX *libctx, const tmg_scep_header *h,
    const tmg_scep_sender *s, tmg_view content, tmg_scep_bytes *der)
{
	tmg_held(BIO) in = BIO_new_mem_buf(content.len > 0 ? content.ptr :
	    (const uint8_t *)"", (int)content.len);
	tmg_held(CMS_ContentInfo) cms = in == NULL ? NULL :
	    prepare(libctx, h, s, in);
	int len;

	if (cms == NULL || CMS_final(cms, in, NULL, SIGN) != 1)
		return TMG_E_CRYPTO;
	if ((len = i2d_CMS_ContentInfo(cms, &der->ptr)) <= 0)
		return TMG_E_NOMEM;
	der->len = (size_t)len;
	return TMG_OK;
}

tmg_rc
tmg_scep_write(OSSL_LIB_CTX *libctx, const tmg_scep_header *header,
    const tmg_scep_sender *sender, tmg_view content, tmg_scep_bytes *der,
    tmg_fault *f)
{
	tmg_rc rc;

	*der = (tmg_scep_bytes){ NULL, 0 };
	ERR_set_mark();
	rc = content.len <= INT32_MAX ?
	    write_message(libctx, header, sender, content, der) : TMG_E_USAGE;
	ERR_pop_to_mark();
	return rc ? tmg_raise(f, rc, 0, _("The SCEP message could not be signed.")) :
	    TMG_OK;
}
