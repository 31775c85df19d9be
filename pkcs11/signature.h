/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Cryptoki's signatures look like, for those who make and check them.
 */
#ifndef TMG_PKCS11_SIGNATURE_H
#define TMG_PKCS11_SIGNATURE_H

#include "pkcs11/operation.h"

size_t
tmg_p11_signature_size(const tmg_p11_operation *op);

/* Can the key make such a signature of anything? */
bool
tmg_p11_signature_possible(const tmg_p11_operation *op);

/* Is the input as long as the mechanism takes it? */
bool
tmg_p11_signature_fits(const tmg_p11_operation *op, tmg_view input);

/* What is signed, as the token floor takes it; store: TMG_SIG_MAX bytes. */
tmg_view
tmg_p11_signature_widen(const tmg_p11_operation *op, tmg_view input,
    uint8_t *store);

#endif
