/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A signer whose private key is in memory: for tests, for throw-away
 * transport keys, for whatever needs no token.
 */
#ifndef TMG_PKI_SOFT_H
#define TMG_PKI_SOFT_H

#include <openssl/types.h>

#include "tamga/ctx.h"
#include "tamga/signer.h"

typedef struct tmg_soft tmg_soft;

/* Takes a reference of its own on key.  Verdicts TMG_UNSUPPORTED: a kind of
 * key that tmg_alg has not. */
TMG_MUST_USE tmg_rc
tmg_soft_new(tmg_ctx *ctx, EVP_PKEY *key, tmg_soft **soft);

TMG_MUST_USE tmg_rc
tmg_soft_generate(tmg_ctx *ctx, tmg_alg alg, tmg_soft **soft);

/* Accepts NULL and a pointer to NULL; leaves NULL. */
void
tmg_soft_free(tmg_soft **soft);

/* Borrowed; lives as long as soft. */
tmg_signer *
tmg_soft_signer(tmg_soft *soft);
EVP_PKEY *
tmg_soft_key(tmg_soft *soft);

#endif
