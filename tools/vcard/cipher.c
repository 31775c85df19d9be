/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/cipher.h"

#include <openssl/evp.h>

static void
free_cipher(EVP_CIPHER **c)
{
	EVP_CIPHER_free(*c);
}

static void
free_ctx(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
}
#define scoped(f) __attribute__((__cleanup__(f)))

bool
vc_cipher_run(OSSL_LIB_CTX *lib, const char *name, vc_cipher_way way, const uint8_t *key,
    tmg_view in, uint8_t *out)
{
	static const uint8_t zeros[EVP_MAX_IV_LENGTH];
	scoped(free_cipher) EVP_CIPHER *cipher = EVP_CIPHER_fetch(lib, name, NULL);
	scoped(free_ctx) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	return cipher != NULL && ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, cipher, key, zeros, (int)way, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	    EVP_CipherUpdate(ctx, out, &n, in.ptr, (int)in.len) == 1 && n == (int)in.len;
}
