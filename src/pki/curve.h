/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Curves, made once for each context: libcrypto 3.0 computes all it knows of a
 * curve anew for every key, 20 microseconds of P-256, a third of a signature's
 * verification.
 */
#ifndef TMG_PKI_CURVE_H
#define TMG_PKI_CURVE_H

#include <openssl/evp.h>

#include "tamga/alg.h"
#include "tamga/ctx.h"

/*
 * A key without a point, for EVP_PKEY_dup(); borrowed, and nobody changes it, so
 * what fails elsewhere cannot damage it.  NULL: it could not be made now; nothing
 * is kept, and who asks next tries again.
 */
const EVP_PKEY *
tmg_curve(tmg_ctx *ctx, tmg_alg alg);

#endif
