/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto at work for a token's key.
 */
#ifndef TAMGA_CLI_CRYPTO_H
#define TAMGA_CLI_CRYPTO_H

#include <openssl/cms.h>
#include <openssl/evp.h>

#include "tools/tamga/cli.h"

#define CRYPTO_INPUT_MAX (256u * 1024u * 1024u)

/* A key and its certificate as libcrypto sees them. */
struct crypto {
	EVP_PKEY *pkey;
	X509 *cert;
	BIO *in, *out;
	CMS_ContentInfo *cms;
};

/* Verdicts TMG_NOT_FOUND: no certificate beside the key. */
TMG_MUST_USE tmg_rc
crypto_open(struct cli *cli, tmg_key *key, tmg_signer *signer,
    struct crypto *c);
void
crypto_release(struct crypto *c);

/* Why it failed: the token's words when the token refused, else ours. */
tmg_rc
crypto_failed(struct cli *cli, const tmg_signer *signer, const char *what);

TMG_MUST_USE tmg_rc
crypto_digest(struct cli *cli, tmg_hash hash, tmg_view data,
    uint8_t digest[static EVP_MAX_MD_SIZE], tmg_view *result);

/* r and s of an Ecdsa-Sig-Value, each as long as the field. */
TMG_MUST_USE tmg_rc
crypto_ecdsa_pair(struct cli *cli, tmg_alg alg, tmg_view der, tmg_out *pair);

/* Bytes to standard output; as base64 when that is a terminal. */
TMG_MUST_USE tmg_rc
crypto_write(struct cli *cli, tmg_view bytes);

#endif
