/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a token's attestation says of the key it is about: extensions of
 * Yubico's arc 1.3.6.1.4.1.41482: 3, PIV (developers.yubico.com/PIV/Introduction/
 * PIV_attestation.html), and 5, OpenPGP (developers.yubico.com/PGP/Attestation.html).
 */
#ifndef TMG_PKI_ATTESTATION_H
#define TMG_PKI_ATTESTATION_H

#include <openssl/types.h>

#include "tamga/driver.h"

typedef struct tmg_attestation {
	char serial[24];	/* of the token, decimal; "" not told */
	char firmware[16];	/* "5.7.1"; "" not told */
	tmg_pin_policy pin;
	tmg_touch_policy touch;
} tmg_attestation;

/*
 * Reads one certificate, DER; whether it is to be believed is another question
 * (tmg_certs_verify()).
 *
 * Verdicts  TMG_NOT_FOUND    it attests nothing: no policies in it
 * Faults    TMG_E_MALFORMED  it is no certificate, or what it says of the token
 *                            is not as it is described
 */
TMG_MUST_USE tmg_rc
tmg_attestation_read(OSSL_LIB_CTX *libctx, tmg_view cert,
    tmg_attestation *attestation);

#endif
