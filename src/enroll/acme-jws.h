/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON Web Keys (RFC 7517), their thumbprints (RFC 7638) and JSON Web
 * Signatures in the flattened form (RFC 7515 7.2.2), over any signer.
 */
#ifndef TMG_ENROLL_ACME_JWS_H
#define TMG_ENROLL_ACME_JWS_H

#include <jansson.h>

#include "tamga/ctx.h"
#include "tamga/signer.h"

#define TMG_JWK_THUMBPRINT 44u	/* base64url of a SHA-256, with the final zero */

/* base64url of bytes as a JSON string; NULL: no memory. */
json_t *
tmg_jws_text(tmg_view bytes);

/*
 * The public half of a key.  *jwk is yours.
 *
 * Verdicts  TMG_UNSUPPORTED  JOSE has no name for that kind of key
 */
TMG_MUST_USE tmg_rc
tmg_jws_jwk(tmg_ctx *ctx, const tmg_signer *signer, json_t **jwk);

TMG_MUST_USE tmg_rc
tmg_jws_thumbprint(tmg_ctx *ctx, const json_t *jwk,
    char text[static TMG_JWK_THUMBPRINT]);

/*
 * Signs payload under header, to which "alg" is added.  *text is yours to
 * free(); the words of a refusal are in the signer's fault.
 *
 * Verdicts  TMG_UNSUPPORTED; those of the signer
 */
TMG_MUST_USE tmg_rc
tmg_jws_sign(tmg_ctx *ctx, tmg_signer *signer, json_t *header, tmg_view payload,
    char **text);

/*
 * Signs text as it stands, with what goes with the key: ECDSA in DER.
 *
 *   cose   out   the algorithm's number (RFC 9053 2, RFC 8812 2)
 *
 * Verdicts  as above
 */
TMG_MUST_USE tmg_rc
tmg_jws_sign_text(tmg_ctx *ctx, tmg_signer *signer, tmg_view text, int *cose,
    tmg_out *sig);

/* The same with a shared key: HS256 (RFC 7518 3.2).  *jws is yours. */
TMG_MUST_USE tmg_rc
tmg_jws_mac(tmg_ctx *ctx, tmg_view key, json_t *header, tmg_view payload,
    json_t **jws);

#endif
