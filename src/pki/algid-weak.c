/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures that others than the signer can make.
 */
#include "src/pki/algid.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "src/base/scope.h"

static const int weak[] = { NID_md2, NID_md4, NID_md5, NID_mdc2, NID_sha1, NID_ripemd160 };

static bool
is_weak(int hash)
{
	for (size_t i = 0; i < TMG_COUNT(weak); i++)
		if (weak[i] == hash)
			return true;
	return false;
}

/* Without parameters, or without the hash among them, it is SHA-1: RFC 4055 3.1. */
static int
hash_of_pss(const X509_ALGOR *algorithm)
{
	int type, hash = NID_sha1;
	const void *value;
	const unsigned char *p;
	RSA_PSS_PARAMS *pss;

	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type != V_ASN1_SEQUENCE)
		return hash;
	p = ASN1_STRING_get0_data(value);
	pss = d2i_RSA_PSS_PARAMS(NULL, &p, ASN1_STRING_length(value));
	if (pss != NULL && pss->hashAlgorithm != NULL)
		hash = OBJ_obj2nid(pss->hashAlgorithm->algorithm);
	RSA_PSS_PARAMS_free(pss);
	return hash;
}

bool
tmg_algid_is_weak(tmg_view algorithm)
{
	const unsigned char *p = algorithm.ptr;
	X509_ALGOR *parsed;
	int nid, hash = NID_undef, key;

	if (algorithm.len == 0)
		return false;
	ERR_set_mark();
	parsed = d2i_X509_ALGOR(NULL, &p, (long)algorithm.len);
	nid = parsed != NULL ? OBJ_obj2nid(parsed->algorithm) : NID_undef;
	if (nid == NID_rsassaPss)
		hash = hash_of_pss(parsed);
	else if (nid != NID_undef && OBJ_find_sigid_algs(nid, &hash, &key) != 1)
		hash = NID_undef;
	X509_ALGOR_free(parsed);
	ERR_pop_to_mark();
	return is_weak(hash);
}
