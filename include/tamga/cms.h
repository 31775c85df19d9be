/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signed and enveloped messages, CMS (RFC 5652), over a signer.
 */
#ifndef TAMGA_CMS_H
#define TAMGA_CMS_H

#include "tamga/cert.h"
#include "tamga/signer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a signed message beside its content and its certificates. */
#define TMG_CMS_EXTRA 8192u

/*
 * Signs content with exactly one private-key operation: SignedData with
 * signing time and signing certificate (RFC 5652 11.3, RFC 5035), RSA with
 * PKCS#1 v1.5.
 *
 *   cert      the signer's certificate
 *   chain     certificates to send along; NULL none
 *   detached  the message does not hold the content
 *   der       out, DER
 *   f         out, words for any verdict or fault; may be NULL
 *
 * Verdicts  TMG_MISMATCH     cert is for another key
 *           TMG_UNSUPPORTED  OpenSSL cannot sign CMS with such a key (Ed25519)
 *           those of the signer
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_cms_sign(tmg_ctx *ctx, tmg_signer *signer, tmg_view cert,
    const tmg_certs *chain, tmg_view content, bool detached, tmg_out *der,
    tmg_fault *f);

/*
 * Opens EnvelopedData (DER or BER) that was made for cert: RSA (PKCS#1, OAEP)
 * or ECDH, one private-key operation.
 *
 *   plain   out, at most as long as the message
 *
 * Verdicts  TMG_NOT_FOUND  the message is not for this certificate
 *           those of the signer
 * Faults    TMG_E_MALFORMED, TMG_E_CRYPTO
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_cms_decrypt(tmg_ctx *ctx, tmg_signer *signer, tmg_view cert, tmg_view cms,
    tmg_out *plain, tmg_fault *f);

/*
 * Checks every signature of SignedData (DER or BER) and that every signer's
 * certificate leads to one of the anchors.
 *
 *   content   the content of a detached message; empty for one that holds it
 *   anchors   NULL: chains are not looked at
 *   signers   out, the signers' certificates; NULL not wanted
 *   out       out, the content; NULL not wanted
 *
 * Verdicts  TMG_MISMATCH  a signature is wrong, or see tmg_certs_verify()
 * Faults    TMG_E_MALFORMED
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_cms_verify(tmg_ctx *ctx, tmg_view cms, tmg_view content,
    const tmg_certs *anchors, tmg_certs *signers, tmg_out *out, tmg_fault *f);

#ifdef __cplusplus
}
#endif

#endif
