/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every digest call of libcrypto that is not deprecated fetches from a library
 * context, the process's default one when none is given, and that one reads
 * openssl.cnf, which may load the very module we are called from.
 */
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#include "src/pki/sha256.h"

#include <openssl/sha.h>

void
tmg_sha256(tmg_view data, uint8_t digest[static TMG_SHA256_SIZE])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, data.ptr, data.len);
	SHA256_Final(digest, &c);
}
