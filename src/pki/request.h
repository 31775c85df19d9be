/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certification request while it is being made.
 */
#ifndef TMG_PKI_REQUEST_H
#define TMG_PKI_REQUEST_H

#include <openssl/x509.h>

#include "tamga/csr.h"

/* SEQUENCE OF Certificate, the key's attestation first: doc/design/csr.md. */
#define TMG_OID_ATTESTATION "2.25.20748539397497065646198298440835933150"

typedef struct tmg_request {
	tmg_ctx *ctx;
	const tmg_csr_spec *spec;
	tmg_signer *signer;
	X509_REQ *req;
	STACK_OF(X509_EXTENSION) *extensions;
	tmg_sign_spec sign;
	tmg_fault *f;
} tmg_request;

/*
 * Applies what the authority wants (CsrAttrs, RFC 7030 4.5.2, RFC 9908) to
 * what spec left open: hash, padding, extensions, subject.
 *
 * Verdicts  TMG_MISMATCH   it wants another kind of key
 * Faults    TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_request_apply(tmg_request *r, tmg_view wants);

#endif
