/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certs-only CMS: certificates in an envelope without content or signer.
 */
#ifndef RA_PKCS7_H
#define RA_PKCS7_H

#include "tamga/view.h"

/* Certificates, DER, one behind the other, in their envelope (RFC 5652 5, RFC 8551 3.2.2). */
TMG_MUST_USE tmg_rc
ra_certs_only(tmg_view certs, tmg_out *der);

/* A revocation list instead. */
TMG_MUST_USE tmg_rc
ra_crl_only(tmg_view crl, tmg_out *der);

#define RA_CERTS_ONLY_MORE 64	/* bytes that the envelope adds at most */

#endif
