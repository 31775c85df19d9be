/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/proof.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "src/base/scope.h"

tmg_rc
ra_proof_text(const char *id, tmg_view cert, char text[RA_PROOF_TEXT])
{
	char hash[RA_HASH_TEXT];
	const tmg_rc rc = ra_sha256_text(cert, hash);

	if (rc)
		return rc;
	snprintf(text, RA_PROOF_TEXT, "tamga installed %s %s", id, hash);
	return TMG_OK;
}

static bool
verifies(EVP_PKEY *key, tmg_view text, tmg_view signature)
{
	tmg_auto(ra_md) md = { EVP_MD_CTX_new() };
	const bool whole = EVP_PKEY_get_id(key) == EVP_PKEY_ED25519;
	uint8_t hash[32];
	bool ok;

	if (md.ctx == NULL ||
	    EVP_Digest(text.ptr, text.len, hash, NULL, EVP_sha256(), NULL) != 1)
		return false;
	ok = EVP_DigestVerifyInit(md.ctx, NULL, whole ? NULL : EVP_sha256(), NULL,
	    key) == 1 && EVP_DigestVerify(md.ctx, signature.ptr, signature.len,
	    whole ? hash : text.ptr, whole ? sizeof(hash) : text.len) == 1;
	ERR_clear_error();
	return ok;
}

tmg_rc
ra_proof_check(const char *id, tmg_view cert, tmg_view signature)
{
	const unsigned char *at = cert.ptr;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert.len);
	char text[RA_PROOF_TEXT];
	tmg_rc rc;

	if (x == NULL)
		return TMG_E_MALFORMED;
	if ((rc = ra_proof_text(id, cert, text)))
		return rc;
	return verifies(X509_get0_pubkey(x), tmg_view_str(text), signature) ?
	    TMG_OK : TMG_MISMATCH;
}
