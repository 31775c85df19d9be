/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A signer as an OpenSSL key.
 */
#ifndef TAMGA_OPENSSL_H
#define TAMGA_OPENSSL_H

#include <openssl/types.h>

#include "tamga/ctx.h"
#include "tamga/signer.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The library context in which token keys live: the default provider, ours
 * beside it, no configuration file.  The process's default context is never
 * touched.  Borrowed from ctx.
 */
TMG_API OSSL_LIB_CTX *
tmg_openssl_libctx(tmg_ctx *ctx);

/*
 * Makes an EVP_PKEY whose private operations are the signer's.  Use it in
 * tmg_openssl_libctx(), or give it to any SSL_CTX for client authentication.
 *
 * A program that has the certificate makes a TLS key without asking the card
 * anything: tmg_key_assume(), tmg_key_signer(), this.
 *
 * The signer outlives the key.  The key's private half cannot be exported.
 * Nothing but a signature, decryption or derivation with a buffer touches the
 * signer; questions about sizes are answered from the public half.  Why one
 * failed stands in signer->fault.  The key may be used by several threads: it
 * asks the signer for one thing at a time, and a PIN callback that is asked
 * meanwhile must not use the same key.  Digests are SHA-1 and SHA-2; others
 * are refused.  Free the key with EVP_PKEY_free() before the signer and the
 * context.
 *
 * Faults  TMG_E_CRYPTO, TMG_E_MALFORMED (the public half is none)
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_openssl_key(tmg_ctx *ctx, tmg_signer *signer, EVP_PKEY **key);

#ifdef __cplusplus
}
#endif

#endif
