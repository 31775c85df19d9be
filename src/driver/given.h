/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private key that somebody gives, to be imported: read and looked at before a
 * card sees anything of it.
 */
#ifndef TMG_DRIVER_GIVEN_H
#define TMG_DRIVER_GIVEN_H

#include <openssl/types.h>

#include "tamga/driver.h"

/*
 * Reads PrivateKeyInfo (RFC 5958, DER, not encrypted) and nothing behind it.
 *
 *   who    the beginning of messages: token and reader
 *   key    out; the caller frees it
 *
 * Verdicts  TMG_MISMATCH     it is not of the kind alg
 *           TMG_UNSUPPORTED  RSA of more than two primes
 * Faults    TMG_E_MALFORMED  it cannot be read, or its parts do not belong together
 * All are raised in b.
 */
TMG_MUST_USE tmg_rc
tmg_given_key(tmg_backend *b, const char *who, tmg_alg alg, tmg_view pkcs8,
    EVP_PKEY **key);

#endif
