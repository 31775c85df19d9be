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

/* Shorter input of raw RSA gets zeros in front, to k bytes; 6.1.8. */
tmg_view
tmg_p11_widen(tmg_view input, size_t k, uint8_t *store);

/*
 * Cryptoki's ECDSA signature is r and s side by side, everybody else's an
 * Ecdsa-Sig-Value; other signatures are the same for all.
 * encode: *sig becomes that, in store of TMG_SIG_MAX bytes where it is another.
 * decode: to gets tmg_p11_signature_size() bytes.
 */
CK_RV
tmg_p11_signature_encode(const tmg_p11_operation *op, tmg_view *sig,
    uint8_t *store);
CK_RV
tmg_p11_signature_decode(const tmg_p11_operation *op, tmg_view sig, uint8_t *to);

#endif
