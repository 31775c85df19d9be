/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libcrypto does for commands beside the token.
 */
#ifndef TAMGA_CLI_CRYPTO_H
#define TAMGA_CLI_CRYPTO_H

#include <openssl/evp.h>

#include "tamga/cert.h"
#include "tools/tamga/cli.h"

#define CRYPTO_INPUT_MAX (256u * 1024u * 1024u)

/* What the first PEM block (RFC 7468) holds; *der is yours to OPENSSL_free(). */
TMG_MUST_USE tmg_rc
crypto_der(const uint8_t *text, size_t len, uint8_t **der, size_t *der_len);

/* The certificates of a file (NULL: standard input), PEM, or one in DER. */
TMG_MUST_USE tmg_rc
crypto_certs(struct cli *cli, const char *path, tmg_certs *certs);

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
