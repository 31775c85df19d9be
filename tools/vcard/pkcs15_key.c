/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "tools/vcard/pkcs15.h"

bool
p15_kind_has(const p15_kind *kind, tmg_alg alg)
{
	for (const tmg_alg *at = kind->makes; *at != TMG_ALG_NONE; at++)
		if (*at == alg)
			return true;
	return false;
}

void
p15_key_clear(p15_key *key)
{
	OPENSSL_clear_free(key->der, key->der_len);
	EVP_PKEY_free(key->pkey);
	*key = (p15_key){ .alg = TMG_ALG_NONE };
}

tmg_rc
p15_key_store(p15_key *key, tmg_alg alg, EVP_PKEY *pkey)
{
	p15_key fresh = { .alg = alg, .pkey = pkey };
	tmg_rc rc;

	if ((rc = vc_pkey_encode(pkey, &fresh.der, &fresh.der_len))) {
		EVP_PKEY_free(pkey);
		return rc;
	}
	p15_key_clear(key);
	*key = fresh;
	return TMG_OK;
}
