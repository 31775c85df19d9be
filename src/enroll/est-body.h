/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies of EST: base64 (RFC 8951 3.1) of DER.
 */
#ifndef TMG_ENROLL_EST_BODY_H
#define TMG_ENROLL_EST_BODY_H

#include "tamga/cert.h"

/*
 * The DER inside a body, decoded in place: base64 with any white space and
 * padding, or, as some servers send it, the bare DER.  der borrows from body.
 * Faults  TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_est_body_der(uint8_t *body, size_t len, tmg_view *der);

/* Adds every certificate of a certs-only CMS body.
 * Faults  TMG_E_MALFORMED, also when there is none */
TMG_MUST_USE tmg_rc
tmg_est_body_certs(uint8_t *body, size_t len, tmg_certs *certs);

/* Copies CsrAttrs (RFC 7030 4.5.2), one whole SEQUENCE; nothing from an
 * empty body.  Faults TMG_E_MALFORMED */
TMG_MUST_USE tmg_rc
tmg_est_body_attrs(uint8_t *body, size_t len, tmg_out *attrs);

/* Bytes that tmg_est_body_put() writes for a request of n. */
size_t
tmg_est_body_size(size_t n);

/* A request as servers understand it: lines of 64 and a final line feed; a
 * line without an end gets 400 from some. */
TMG_MUST_USE tmg_rc
tmg_est_body_put(tmg_out *body, tmg_view der);

#endif
