/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ocsp/question.h"

#include <openssl/err.h>
#include <stdio.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/ra/ca/request.h"

void
ra_ocsp_question_release(ra_ocsp_question *q)
{
	OCSP_REQUEST_free(q->req);
	q->req = NULL;
}

/* ---- which certificate ---- */

/* What names an issuer: SHA-1 in RFC 5019 2.1.1, SHA-256 in RFC 9654's time. */
static const EVP_MD *
hash_of(const ASN1_OBJECT *algorithm)
{
	switch (OBJ_obj2nid(algorithm)) {
	case NID_sha1:
		return EVP_sha1();
	case NID_sha256:
		return EVP_sha256();
	case NID_sha384:
		return EVP_sha384();
	case NID_sha512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

static bool
is_hash(const ASN1_OCTET_STRING *said, const unsigned char *hash, unsigned len)
{
	return tmg_view_equal((tmg_view){ hash, len },
	    (tmg_view){ ASN1_STRING_get0_data(said),
	    (size_t)ASN1_STRING_length(said) });
}

static bool
is_issuer(const X509 *issuer, const EVP_MD *md, const ASN1_OCTET_STRING *name,
    const ASN1_OCTET_STRING *key)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	return X509_NAME_digest(X509_get_subject_name(issuer), md, hash,
	    &len) == 1 && is_hash(name, hash, len) &&
	    X509_pubkey_digest(issuer, md, hash, &len) == 1 &&
	    is_hash(key, hash, len);
}

/* A number too long to be one of ours is one that we never gave. */
static bool
read_asked(OCSP_CERTID *id, const X509 *issuer, ra_ocsp_asked *asked)
{
	ASN1_OCTET_STRING *name = NULL, *key = NULL;
	ASN1_OBJECT *algorithm = NULL;
	ASN1_INTEGER *serial = NULL;
	char number[TMG_SERIAL_MAX];
	const EVP_MD *md;

	*asked = (ra_ocsp_asked){ .id = id };
	if (OCSP_id_get0_info(&name, &algorithm, &key, &serial, id) != 1 ||
	    (md = hash_of(algorithm)) == NULL || !is_issuer(issuer, md, name, key))
		return false;
	if (ra_serial_text(serial, number))
		number[0] = '\0';
	memcpy(asked->serial, number, sizeof(number));
	snprintf(asked->name, sizeof(asked->name), "%s %s",
	    OBJ_nid2sn(EVP_MD_get_type(md)), number);
	return true;
}

/* ---- the whole ---- */

/* RFC 9654 2.1: an OCTET STRING of 1 to 128. */
static bool
is_nonce(X509_EXTENSION *ext)
{
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);
	const unsigned char *at = ASN1_STRING_get0_data(value);
	const unsigned char *const end = at + ASN1_STRING_length(value);
	ASN1_OCTET_STRING *nonce = d2i_ASN1_OCTET_STRING(NULL, &at,
	    ASN1_STRING_length(value));
	const int len = nonce != NULL ? ASN1_STRING_length(nonce) : 0;

	ASN1_OCTET_STRING_free(nonce);
	return at == end && len >= RA_OCSP_NONCE_MIN && len <= RA_OCSP_NONCE_MAX;
}

/* What is critical must be understood, RFC 6960 4.4. */
static bool
read_extensions(ra_ocsp_question *q)
{
	for (int i = 0; i < OCSP_REQUEST_get_ext_count(q->req); i++) {
		X509_EXTENSION *ext = OCSP_REQUEST_get_ext(q->req, i);
		const bool nonce = OBJ_obj2nid(X509_EXTENSION_get_object(ext)) ==
		    NID_id_pkix_OCSP_Nonce;

		if (nonce ? q->nonce || !is_nonce(ext) :
		    X509_EXTENSION_get_critical(ext) != 0)
			return false;
		q->nonce |= nonce;
	}
	return true;
}

static bool
has_critical(OCSP_ONEREQ *one)
{
	return OCSP_ONEREQ_get_ext_by_critical(one, 1, -1) >= 0;
}

static tmg_rc
read_all(ra_ocsp_question *q, const X509 *issuer)
{
	const int count = OCSP_request_onereq_count(q->req);
	bool ours = true;

	if (count < 1 || count > RA_OCSP_ASKED_MAX || !read_extensions(q))
		return TMG_MISMATCH;
	for (int i = 0; i < count; i++) {
		OCSP_ONEREQ *one = OCSP_request_onereq_get0(q->req, i);

		if (has_critical(one))
			return TMG_MISMATCH;
		ours = read_asked(OCSP_onereq_get0_id(one), issuer,
		    &q->asked[i]) && ours;
	}
	q->count = (size_t)count;
	return ours ? TMG_OK : TMG_DENIED;
}

/* RFC 6960 4.1.1 defines v1 (0), which DER leaves out; libcrypto does not tell
 * which it is. */
static bool
is_v1(tmg_view der)
{
	static const uint32_t path[] = { 0x30, 0x30, 0xa0, 0x02, 0 };
	tmg_view version;

	return tmg_tlv_walk(der, path, &version) != TMG_OK ||
	    (version.len == 1 && version.ptr[0] == 0);
}

tmg_rc
ra_ocsp_question_read(tmg_view der, const X509 *issuer, ra_ocsp_question *q)
{
	const unsigned char *at = der.ptr;
	tmg_rc rc = TMG_MISMATCH;

	*q = (ra_ocsp_question){ .req = NULL };
	q->req = d2i_OCSP_REQUEST(NULL, &at, (long)der.len);
	if (q->req != NULL && at == der.ptr + der.len && is_v1(der))
		rc = read_all(q, issuer);
	ERR_clear_error();
	return rc;
}
