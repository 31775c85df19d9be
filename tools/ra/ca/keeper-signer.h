/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A keeper's key as what the library signs with: wherever the key is, it is
 * held for one operation at a time.
 */
#ifndef RA_KEEPER_SIGNER_H
#define RA_KEEPER_SIGNER_H

#include "tools/ra/ca/keeper.h"

typedef struct ra_keeper_signer ra_keeper_signer;

/* keeper is borrowed.  One thread at a time.  Verdicts TMG_UNSUPPORTED: a kind
 * of key that tmg_alg has not. */
TMG_MUST_USE tmg_rc
ra_keeper_signer_new(tmg_ctx *ctx, ra_keeper *keeper, ra_keeper_signer **signer,
    tmg_fault *f);

/* Borrowed. */
tmg_signer *
ra_keeper_signer_of(ra_keeper_signer *signer);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_keeper_signer_free(ra_keeper_signer **signer);

#endif
