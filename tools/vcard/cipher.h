/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole blocks under a symmetric key, as cards authenticate their administrator.
 */
#ifndef VCARD_CIPHER_H
#define VCARD_CIPHER_H

#include <openssl/types.h>

#include "tamga/view.h"

typedef enum vc_cipher_way { CIPHER_DECRYPT, CIPHER_ENCRYPT } vc_cipher_way;

/* name is libcrypto's, "DES-EDE3-CBC"; chained modes begin with zeros.  out is as
 * long as in, which is not padded. */
bool
vc_cipher_run(OSSL_LIB_CTX *lib, const char *name, vc_cipher_way way, const uint8_t *key,
    tmg_view in, uint8_t *out);

#endif
