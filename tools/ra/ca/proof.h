/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That a certificate is where its key is: the key signs a text that nobody
 * could know before the certificate was issued, and that means nothing else.
 */
#ifndef RA_PROOF_H
#define RA_PROOF_H

#include "tools/ra/store/app.h"
#include "tools/ra/store/digest.h"

#define RA_PROOF_TEXT 160

/* "tamga installed NUMBER SHA256-OF-THE-CERTIFICATE".  The certificate's serial
 * number is random, so this is as fresh as the certificate. */
TMG_MUST_USE tmg_rc
ra_proof_text(const char *id, tmg_view cert, char text[RA_PROOF_TEXT]);

/*
 * RSA (PKCS #1 v1.5) and ECDSA sign the text with SHA-256, Ed25519 the 32
 * bytes of its SHA-256: a token has the same 32 bytes to sign either way.
 *
 * Verdicts  TMG_MISMATCH  it is not that key's signature of the text
 */
TMG_MUST_USE tmg_rc
ra_proof_check(const char *id, tmg_view cert, tmg_view signature);

#endif
