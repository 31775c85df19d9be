/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures over bytes, and the names of their algorithms.
 */
#ifndef RA_VERIFY_H
#define RA_VERIFY_H

#include <openssl/evp.h>

#include "tamga/ctx.h"
#include "tamga/view.h"

/*
 * Whether key signed data, one DER object.
 *
 *   algorithm   AlgorithmIdentifier, DER
 *   bits        of the BIT STRING
 */
bool
ra_verify(tmg_ctx *ctx, EVP_PKEY *key, tmg_view algorithm, tmg_view bits,
    tmg_view data);

/* The AlgorithmIdentifier of what a key signs with its usual hash, DER. */
TMG_MUST_USE tmg_rc
ra_verify_algorithm(const EVP_PKEY *key, tmg_out *der);

#endif
