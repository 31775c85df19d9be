/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "tools/vcard/pkey.h"

void
vc_pkey_drop(vc_pkey *key)
{
	OPENSSL_clear_free(key->der, key->der_len);
	EVP_PKEY_free(key->pkey);
	*key = (vc_pkey){ .alg = TMG_ALG_NONE };
}

tmg_rc
vc_pkey_keep(vc_pkey *key, tmg_alg alg, EVP_PKEY *pkey)
{
	vc_pkey fresh = { .alg = alg, .pkey = pkey };
	tmg_rc rc;

	if ((rc = vc_pkey_encode(pkey, &fresh.der, &fresh.der_len))) {
		EVP_PKEY_free(pkey);
		return rc;
	}
	vc_pkey_drop(key);
	*key = fresh;
	return TMG_OK;
}
