/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/algorithms.h"

#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/store.h>

#include "src/base/scope.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"

#define MAKES(kind, name)                                                     \
	static bool makes_##kind(OSSL_LIB_CTX *lib)                           \
	{                                                                     \
		kind *one = kind##_fetch(lib, name, NULL);                    \
                                                                              \
		kind##_free(one);                                             \
		return one != NULL;                                           \
	}

MAKES(EVP_MD, "SHA256")
MAKES(EVP_CIPHER, "AES-256-CBC")
MAKES(EVP_MAC, "HMAC")
MAKES(EVP_KDF, "SCRYPT")
MAKES(EVP_RAND, "CTR-DRBG")
MAKES(EVP_KEYMGMT, "EC")
MAKES(EVP_KEYEXCH, "ECDH")
MAKES(EVP_SIGNATURE, "ECDSA")
MAKES(EVP_ASYM_CIPHER, "RSA")
MAKES(OSSL_ENCODER, "EC")
MAKES(OSSL_DECODER, "EC")
MAKES(OSSL_STORE_LOADER, "file")

static bool
makes_randomness(OSSL_LIB_CTX *lib)
{
	unsigned char byte;

	return RAND_bytes_ex(lib, &byte, sizeof(byte), 0) == 1;
}

static bool (*const operations[])(OSSL_LIB_CTX *) = { makes_EVP_MD,
	makes_EVP_CIPHER, makes_EVP_MAC, makes_EVP_KDF, makes_EVP_RAND,
	makes_EVP_KEYMGMT, makes_EVP_KEYEXCH, makes_EVP_SIGNATURE,
	makes_EVP_ASYM_CIPHER, makes_OSSL_ENCODER, makes_OSSL_DECODER,
	makes_OSSL_STORE_LOADER, makes_randomness };

tmg_rc
ra_algorithms_make(tmg_ctx *ctx, tmg_fault *f)
{
	OSSL_LIB_CTX *const libs[] = { NULL, tmg_ctx_libctx(ctx) };

	for (size_t i = 0; i < TMG_COUNT(libs); i++)
		for (size_t k = 0; k < TMG_COUNT(operations); k++)
			if (!operations[k](libs[i]))
				return tmg_raise(f, TMG_E_CRYPTO, 0, "%s",
				    _("OpenSSL could not make its algorithms: "
				    "is there memory, and is openssl.cnf sound?"));
	return TMG_OK;
}
