/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/oaep.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>

static bool
set_label(EVP_PKEY_CTX *op, tmg_view label)
{
	void *copy;

	if (label.len == 0)
		return true;
	copy = OPENSSL_memdup(label.ptr, label.len);
	if (copy != NULL &&
	    EVP_PKEY_CTX_set0_rsa_oaep_label(op, copy, (int)label.len) == 1)
		return true;
	OPENSSL_free(copy);
	return false;
}

bool
tmg_oaep_set(EVP_PKEY_CTX *op, const tmg_decrypt_spec *spec)
{
	return EVP_PKEY_CTX_set_rsa_padding(op, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md_name(op, tmg_hash_name(spec->hash),
	    NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(op, tmg_hash_name(spec->mgf),
	    NULL) == 1 && set_label(op, spec->label);
}
