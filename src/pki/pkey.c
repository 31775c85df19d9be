/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/pkey.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>

enum {
	REASON_REFUSED = 1,	/* our only reason; the words are in the fault */
};

tmg_pkey *
tmg_pkey_new(tmg_provider *provider, const char *type)
{
	tmg_pkey *key = calloc(1, sizeof(*key));

	if (key == NULL)
		return NULL;
	key->refs = 1;
	key->libctx = provider->libctx;
	key->type = type;
	pthread_mutex_init(&key->turn, NULL);
	return key;
}

tmg_pkey *
tmg_pkey_ref(tmg_pkey *key)
{
	if (key != NULL)
		__atomic_add_fetch(&key->refs, 1, __ATOMIC_RELAXED);
	return key;
}

void
tmg_pkey_unref(tmg_pkey *key)
{
	if (key == NULL || __atomic_sub_fetch(&key->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	EVP_PKEY_free(key->public);
	pthread_mutex_destroy(&key->turn);
	free(key);
}

static bool
begin(tmg_pkey *key)
{
	if (key == NULL || key->signer == NULL) {
		ERR_raise_data(ERR_LIB_USER, REASON_REFUSED,
		    "tamga: no private key");
		return false;
	}
	pthread_mutex_lock(&key->turn);
	return true;
}

static bool
end(tmg_pkey *key, tmg_rc rc)
{
	if (rc != TMG_OK)
		ERR_raise_data(ERR_LIB_USER, REASON_REFUSED, "tamga: %s: %s",
		    tmg_rc_name(rc), key->signer->fault->text);
	pthread_mutex_unlock(&key->turn);
	return rc == TMG_OK;
}

bool
tmg_pkey_sign(tmg_pkey *key, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	return begin(key) && end(key, tmg_signer_sign(key->signer, spec, input, sig));
}

bool
tmg_pkey_decrypt(tmg_pkey *key, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	return begin(key) &&
	    end(key, tmg_signer_decrypt(key->signer, spec, cipher, plain));
}

bool
tmg_pkey_derive(tmg_pkey *key, tmg_view peer, tmg_out *secret)
{
	return begin(key) && end(key, tmg_signer_derive(key->signer, peer, secret));
}

size_t
tmg_pkey_size(const tmg_pkey *key)
{
	const int size = key != NULL && key->public != NULL
	    ? EVP_PKEY_get_size(key->public) : 0;

	return size > 0 ? (size_t)size : 0;
}

tmg_hash
tmg_hash_of(const EVP_MD *md)
{
	for (int h = TMG_HASH_NONE + 1; h < TMG_HASH_COUNT; h++)
		if (md != NULL && EVP_MD_is_a(md, tmg_hash_name((tmg_hash)h)))
			return (tmg_hash)h;
	return TMG_HASH_NONE;
}
