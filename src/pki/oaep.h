/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA-OAEP (RFC 8017 7.1) done by libcrypto.
 */
#ifndef TMG_PKI_OAEP_H
#define TMG_PKI_OAEP_H

#include <openssl/types.h>

#include "tamga/signer.h"

/* Sets padding, hashes and label; hash and mgf are none of them NONE. */
TMG_MUST_USE bool
tmg_oaep_set(EVP_PKEY_CTX *op, const tmg_decrypt_spec *spec);

#endif
