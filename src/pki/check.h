/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a signature that a token made verify with the public half?  In software.
 */
#ifndef TMG_PKI_CHECK_H
#define TMG_PKI_CHECK_H

#include <openssl/types.h>

#include "tamga/signer.h"

/*
 * spec and input are what the signer got.
 *
 * Verdicts  TMG_MISMATCH: another key made it
 * Faults    TMG_E_MALFORMED (spki is no public key), TMG_E_CRYPTO (libcrypto
 *           does not know the hash), TMG_E_NOMEM
 */
TMG_MUST_USE tmg_rc
tmg_signature_check(OSSL_LIB_CTX *libctx, tmg_view spki,
    const tmg_sign_spec *spec, tmg_view input, tmg_view sig);

#endif
